import { Anchor, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useClientId } from "@/shared/live/live";
import type { Situation } from "@/shared/live/situation";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { noStart, type Rollout, type TrialAddress } from "./model";
import { evaluationOfTrialQuery, type useRolloutAction } from "./queries";

interface Props {
  trial: TrialAddress;
  rollout: Rollout | undefined;
  situation: Situation;
  act: ReturnType<typeof useRolloutAction>;
}

/** One trial of an evaluation that is scored by hand: its policy starts here, where somebody supervises it, under its letter. */
export function TrialSetup({ trial, rollout, situation, act }: Props) {
  const client = useClientId();
  const { data: evaluation, error } = useQuery(evaluationOfTrialQuery(trial.evaluation));
  const found = evaluation?.trial_list.find(({ number }) => number === trial.trial);
  if (error) return <Text c="var(--fault)">{error.message}</Text>;
  if (!evaluation) return <Skeleton h={180} />;
  if (!found) return <Text c="var(--fault)">{`${evaluation.name} has no trial ${trial.trial + 1}.`}</Text>;
  const reason = noStart(situation, rollout, true);
  return (
    <Paper withBorder p="md" component="section" aria-label="A trial">
      <Stack gap="sm">
        <div>
          <Text fw={650}>
            Trial {found.number + 1} of {evaluation.total}: policy {found.label}
          </Text>
          <Text size="xs" c="dimmed">
            {evaluation.name}, start {found.condition + 1}. {evaluation.starts[found.condition]?.note}
          </Text>
        </div>
        {act.error && (
          <Text size="sm" c="var(--fault)" role="alert">
            {act.error.message}
          </Text>
        )}
        <ReasonButton
          reason={reason}
          hint="It drives under its letter as soon as its first actions are there. Hold your motion key to take over."
          loading={act.isPending}
          onClick={() => act.mutate({ kind: "trial", trial, client })}
        >
          Start policy {found.label}
        </ReasonButton>
        {reason && (
          <Text size="xs" c="dimmed">
            {reason}.
          </Text>
        )}
        <Anchor component={Link} to={`/evaluations/${evaluation.id}`} size="sm">
          Score the trial
        </Anchor>
      </Stack>
    </Paper>
  );
}
