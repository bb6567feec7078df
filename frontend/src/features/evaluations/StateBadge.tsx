import { Badge, Group, Progress, Text } from "@mantine/core";
import { isRunning, type Evaluation } from "./model";

const COLOUR: Record<Evaluation["state"], string> = { queued: "gray", running: "blue", finished: "teal", stopped: "yellow", failed: "red" };

/** How far an evaluation is. */
export function StateBadge({ evaluation }: { evaluation: Evaluation }) {
  const { mode, state, scored, total, message } = evaluation;
  const word = mode === "manual" && state === "running" ? "scoring" : state;
  return (
    <div>
      <Group gap="xs" wrap="nowrap">
        <Badge color={COLOUR[state]} variant="light">
          {word}
        </Badge>
        <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {scored} of {total} trials
        </Text>
      </Group>
      {state !== "finished" && <Progress mt={6} size="sm" value={(100 * scored) / Math.max(total, 1)} animated={isRunning(evaluation)} aria-label="Trials that are over" />}
      {message && state !== "finished" && (
        <Text size="xs" c={state === "failed" ? "var(--fault)" : "dimmed"} mt={4} lineClamp={2} title={message}>
          {message}
        </Text>
      )}
    </div>
  );
}
