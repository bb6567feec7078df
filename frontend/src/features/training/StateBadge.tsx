import { Badge, Group, Progress, Text } from "@mantine/core";
import { duration } from "@/shared/ui/format";
import { isOver, STATE_COLOR, type Job } from "./model";

export function StateBadge({ job }: { job: Job }) {
  return (
    <Badge color={STATE_COLOR[job.state]} variant="dot" style={{ flexShrink: 0 }}>
      {job.state}
    </Badge>
  );
}

/** How far it is and how long it still takes; nothing for a job that is over. */
export function JobProgress({ job }: { job: Job }) {
  if (isOver(job)) return null;
  const percent = Math.floor(job.progress * 100);
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <Progress flex={1} miw={40} value={job.progress * 100} animated={job.state === "running"} aria-label={`Progress of ${job.name}`} />
      <Text size="xs" className="numeric" style={{ whiteSpace: "nowrap" }}>
        {percent} %{job.eta_s !== null && `, ${duration(job.eta_s)} left`}
      </Text>
    </Group>
  );
}
