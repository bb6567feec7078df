import { Anchor, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { bytes, formatExact } from "@/shared/ui/format";
import { isOver, type Checkpoint, type Job } from "../model";
import { checkpointsQuery, openLoopQuery } from "../queries";
import { RegisterDialog } from "./RegisterDialog";

/** What can become a policy, newest first. */
export function Checkpoints({ job }: { job: Job }) {
  const checkpoints = useQuery(checkpointsQuery(job.id, !isOver(job))).data ?? [];
  const judged = useQuery(openLoopQuery(job.id, !isOver(job))).data ?? [];
  const [chosen, setChosen] = useState<Checkpoint | null>(null);
  if (checkpoints.length === 0) return null;
  const best = judged.length > 1 ? judged.reduce((a, b) => (b.score < a.score ? b : a)).step : null;
  return (
    <Paper withBorder p="md" mt="md" component="section" aria-label="Checkpoints">
      <Text fw={600} size="sm" mb="xs">
        Checkpoints
      </Text>
      <Stack gap={8}>
        {[...checkpoints].reverse().map((checkpoint) => {
          const score = judged.find(({ step }) => step === checkpoint.step)?.score;
          return (
            <Group key={checkpoint.step} justify="space-between" wrap="nowrap" data-testid="checkpoint">
              <div>
                <Text size="sm" className="numeric" title={formatExact(checkpoint.written_at)}>
                  step {checkpoint.step.toLocaleString("en")}
                  {checkpoint.step === best && (
                    <Text span size="xs" c="var(--active)" fw={600}>
                      {" "}
                      best
                    </Text>
                  )}
                </Text>
                <Text size="xs" c="dimmed" className="numeric">
                  {bytes(checkpoint.size_bytes)}
                  {score !== undefined && `, error ${score.toFixed(2)} × baseline`}
                </Text>
              </div>
              {checkpoint.policy_id ? (
                <Anchor component={Link} to={`/policies/${checkpoint.policy_id}`} size="sm">
                  Policy
                </Anchor>
              ) : (
                <Button size="compact-sm" variant="light" onClick={() => setChosen(checkpoint)}>
                  Register
                </Button>
              )}
            </Group>
          );
        })}
      </Stack>
      {chosen && <RegisterDialog job={job} checkpoint={chosen} onClose={() => setChosen(null)} />}
    </Paper>
  );
}
