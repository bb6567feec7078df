import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { sentence } from "@/shared/ui/format";
import { noResume, type JobState } from "../model";
import type { ActionProps } from "./JobActions";

const TITLES: Partial<Record<JobState, string>> = { failed: "It failed", lost: "It was lost", stopped: "It was stopped" };

const WHAT_TO_DO: Partial<Record<JobState, string>> = {
  failed: "Everything up to its last checkpoint is kept. The last lines of the log are below.",
  lost: "Its process is gone and could not say why, for example after a restart of the machine. Everything up to its last checkpoint is kept.",
  stopped: "Everything up to its last checkpoint is kept.",
};

/** Why a job ended before it was done, what is safe, and what to do about it. */
export function Ending({ job, kind, act, onDuplicate }: ActionProps) {
  const title = TITLES[job.state];
  if (!title) return null;
  const resumable = noResume(job, kind) === "";
  return (
    <Alert color={job.state === "failed" ? "red" : job.state === "lost" ? "orange" : "gray"} title={title} icon={<IconAlertTriangle size={18} />} mb="md">
      {job.message && (
        <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
          {sentence(job.message)}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {WHAT_TO_DO[job.state]}
      </Text>
      <Group mt="xs" gap="xs">
        {resumable && (
          <Button size="xs" loading={act.isPending} onClick={() => act.mutate("resume")}>
            Resume from the newest checkpoint
          </Button>
        )}
        <Button size="xs" variant="default" onClick={onDuplicate}>
          Change parameters and start anew
        </Button>
      </Group>
      {act.error && (
        <Text size="sm" c="var(--fault)" mt="xs">
          {act.error.message}
        </Text>
      )}
    </Alert>
  );
}
