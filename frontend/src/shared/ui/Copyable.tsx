import { CopyButton, Tooltip, UnstyledButton } from "@mantine/core";

/** A value too long to show; a press copies all of it. */
export function Copyable({ value, label, shown }: { value: string; label: string; shown?: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `Copy ${label}: ${value}`} maw={520}>
          <UnstyledButton onClick={copy} ff="monospace" fz="xs" style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
            {shown ?? value}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
