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

/** Mantine's greys, in the tint of the panels; index 3 is for placeholders, 4 for borders, 6 for fields, 7 for panels. */
const dark: MantineColorsTuple = [
  "#e9edf2",
  "#c3ccd6",
  "#9ba7b6",
  "#8b98a8",
  "#303a46",
  "#242c36",
  "#1a2028",
  "#13171d",
  "#0f1318",
  "#0c0f13",
];

export const theme = createTheme({
  primaryColor: "jade",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { jade, dark },
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
