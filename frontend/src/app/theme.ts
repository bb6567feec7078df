import { createTheme, type MantineColorsTuple } from "@mantine/core";

const jade: MantineColorsTuple = [
  "#e6faf6",
  "#d0f1ea",
  "#a3e2d6",
  "#73d2c1",
  "#4dc5af",
  "#35bda4",
  "#159c87",
  "#0c7d6c",
  "#086256",
  "#034a41",
];

export const theme = createTheme({
  primaryColor: "jade",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { jade },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  headings: { fontWeight: "620" },
  components: {
    Tooltip: { defaultProps: { withArrow: true, multiline: true, maw: 320, openDelay: 250, withinPortal: true } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.55, blur: 2 } } },
    Button: { defaultProps: { size: "sm" } },
  },
});
