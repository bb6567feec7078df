import { Alert, Anchor, Button, Group, Paper, Skeleton, Text } from "@mantine/core";
import { IconDownload, IconEyeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { Comparisons } from "./Comparisons";
import classes from "./evaluations.module.css";
import { Facts } from "./Facts";
import { isRunning } from "./model";
import { evaluationQuery, exportAddress, finish, useChange } from "./queries";
import { Results } from "./Results";
import { Scoring } from "./Scoring";
import { SCORING_KEYS } from "./scoringKeys";
import { StateBadge } from "./StateBadge";
import { Trials } from "./Trials";

const route = getRouteApi("/evaluations/$id");

/** One evaluation: score what is open, then read what came of it. */
export function EvaluationPage() {
  const { id } = route.useParams();
  const navigate = route.useNavigate();
  const { data: evaluation, error } = useQuery(evaluationQuery(id));
  const [help, setHelp] = useState(false);
  const end = useChange(() => finish(id));
  const scoring = evaluation?.mode === "manual" && evaluation.blind && evaluation.next_number !== null;
  const keys: KeyBinding[] = [
    { keys: ["b"], label: "Back to the list", run: () => void navigate({ to: "/evaluations" }) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);
  if (error) {
    return (
      <EmptyState title="This evaluation cannot be shown" text={error.message}>
        <Anchor component={Link} to="/evaluations">
          Back to the list
        </Anchor>
      </EmptyState>
    );
  }
  if (!evaluation) return <Skeleton m="md" h={480} />;
  const notYet = evaluation.scored === 0 ? "No trial is over yet" : "";
  const why = isRunning(evaluation) ? "Its trials are being run; stop the job first" : "";
  return (
    <Page
      title={
        <Group gap="sm" component="span" wrap="nowrap">
          <Anchor component={Link} to="/evaluations" size="sm">
            Evaluations
          </Anchor>
          <span>{evaluation.name}</span>
        </Group>
      }
      actions={
        <>
          {(["md", "csv"] as const).map((format) => (
            <ReasonButton
              key={format}
              variant="default"
              leftSection={<IconDownload size={15} />}
              reason={notYet}
              hint={format === "md" ? "A table with a row per policy and a column per subtask, for a paper" : "A line per trial, for a spreadsheet"}
              onClick={() => window.location.assign(exportAddress(id, format))}
            >
              {format === "md" ? "Markdown" : "CSV"}
            </ReasonButton>
          ))}
          {evaluation.blind && (
            <ReasonButton reason={why || notYet} hint="Ends it with the trials it has, and says which policy is which. Nothing can be scored afterwards." onClick={() => end.mutate(undefined)}>
              Finish and reveal
            </ReasonButton>
          )}
        </>
      }
    >
      {end.error && (
        <Alert color="red" mb="md">
          {end.error.message}
        </Alert>
      )}
      {scoring && <Scoring key={evaluation.next_number} evaluation={evaluation} number={evaluation.next_number ?? 0} />}
      <div className={classes.columns}>
        <Paper withBorder p="md">
          <Group justify="space-between" mb="sm" align="flex-start">
            <Text fw={600}>{evaluation.blind ? "So far" : "Result"}</Text>
            {evaluation.blind && (
              <Group gap={6}>
                <IconEyeOff size={15} aria-hidden="true" />
                <Text size="xs" c="dimmed">
                  Blind: letters say nothing of the policy until it is finished
                </Text>
              </Group>
            )}
          </Group>
          {evaluation.scored === 0 ? (
            <Text size="sm" c="dimmed">
              {evaluation.mode === "manual" ? "Nothing is scored yet. Set up the start above and begin." : "The first trial is under way; results appear here one by one."}
            </Text>
          ) : (
            <>
              <Results evaluation={evaluation} />
              <Comparisons comparisons={evaluation.report.comparisons} />
            </>
          )}
        </Paper>
        <Paper withBorder p="md" component="section" aria-label="What is compared">
          <StateBadge evaluation={evaluation} />
          <Facts evaluation={evaluation} />
          {evaluation.job_id && (
            <Button component={Link} to={`/training/${evaluation.job_id}`} variant="light" size="xs" mt="sm" fullWidth>
              Its job: log, stop, resume
            </Button>
          )}
        </Paper>
      </div>
      {evaluation.scored > 0 && (
        <Paper withBorder p="md" mt="md">
          <Text fw={600} mb="sm">
            Trials
          </Text>
          <Trials evaluation={evaluation} />
        </Paper>
      )}
      <KeyHelp title="Keys of this page" keys={scoring ? [...SCORING_KEYS, ...keys] : keys} opened={help} onClose={() => setHelp(false)} />
    </Page>
  );
}
