import { Badge, List, Text, Tooltip } from "@mantine/core";
import { formatQuality } from "./format";
import type { Episode } from "./model";

const GOOD = 0.85;
const FAIR = 0.6;

function color(score: number | null): string {
  if (score === null) return "gray";
  if (score >= GOOD) return "teal";
  return score >= FAIR ? "yellow" : "red";
}

/** Quality with its findings on hover; the number is the light's reason. */
export function Quality({ score, findings }: { score: number | null; findings: Episode["findings"] }) {
  const label =
    findings.length === 0 ? (
      <Text size="xs">{score === null ? "Not checked yet" : "Every check passed"}</Text>
    ) : (
      <List size="xs">
        {findings.map(({ check, text }) => (
          <List.Item key={`${check}${text}`}>{text}</List.Item>
        ))}
      </List>
    );
  return (
    <Tooltip label={label} multiline maw={360}>
      <Badge color={color(score)} variant="dot" tabIndex={0}>
        {formatQuality(score)}
      </Badge>
    </Tooltip>
  );
}
