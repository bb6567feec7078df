import { Alert, Button, Checkbox, Group, NumberInput, Paper, Stack, Text, Textarea } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useKeys } from "@/shared/input/useKeys";
import { operatorName } from "@/shared/live/operatorName";
import { Key } from "@/shared/ui/Key";
import classes from "./evaluations.module.css";
import { SCORES, withoutLast, withScore, type EvaluationDetail, type Score } from "./model";
import { score, useChange } from "./queries";
import { SCORING_KEYS } from "./scoringKeys";
import { Start } from "./Start";

const CHOICES: readonly Score[] = ["success", "assisted", "fail"];

/** One trial on a real table: set it up, let the policy drive, score it subtask by subtask. */
export function Scoring({ evaluation, number }: { evaluation: EvaluationDetail; number: number }) {
  const { subtasks, trial_list, total } = evaluation;
  const trial = trial_list.find((one) => one.number === number);
  const navigate = useNavigate();
  const [scores, setScores] = useState<readonly Score[]>([]);
  const [time_s, setTime] = useState<number | string>("");
  const [interventions, setInterventions] = useState<number | string>(0);
  const [fell, setFell] = useState(false);
  const [note, setNote] = useState("");
  const complete = scores.length === subtasks.length;
  const save = useChange(() =>
    score(evaluation.id, number, {
      scores: [...scores],
      scored_by: operatorName(),
      time_s: typeof time_s === "number" ? time_s : null,
      interventions: Number(interventions) || 0,
      fell,
      episode: "",
      note: note.trim(),
    }),
  );
  const enter = (value: Score) => !complete && setScores(withScore(scores, value, subtasks.length));
  const back = () => setScores(withoutLast(scores));
  const submit = () => complete && !save.isPending && save.mutate(undefined);
  const actions = [() => enter("success"), () => enter("assisted"), () => enter("fail"), back, submit];
  useKeys(SCORING_KEYS.map((binding, index) => ({ ...binding, run: () => void actions[index]?.() })));
  if (!trial) return null;
  const now = complete ? undefined : subtasks[scores.length];
  return (
    <Paper withBorder p="md" mb="md" component="section" aria-label="Score a trial">
      <div className={classes.scoring}>
        <div>
          <Group gap="md" mb="sm" wrap="nowrap">
            <span className={classes.letter} aria-hidden="true">
              {trial.label}
            </span>
            <div>
              <Text fw={650} size="lg">
                Trial {number + 1} of {total}: policy {trial.label}
              </Text>
              <Text size="sm" c="dimmed">
                Start {trial.condition + 1}. Set it up as in the picture, then let the policy drive.
              </Text>
            </div>
            <Button
              ml="auto"
              variant="light"
              title="Opens the rollout page, where you take control, start it under its letter, see it and can take over"
              onClick={() => void navigate({ to: "/rollout", search: { evaluation: evaluation.id, trial: number } })}
            >
              Let policy {trial.label} drive
            </Button>
          </Group>
          <ol className={classes.list}>
            {subtasks.map(({ name, text }, index) => {
              const given = scores[index];
              return (
                <li key={name} data-now={text === now?.text || undefined}>
                  <span>
                    {index + 1}. {text}
                  </span>
                  <Text span size="sm" c={given ? SCORES[given].colour : "dimmed"} title={given && SCORES[given].text}>
                    {given ? SCORES[given].label : ""}
                  </Text>
                </li>
              );
            })}
          </ol>
          <div className={classes.buttons}>
            {CHOICES.map((choice, index) => (
              <Button
                key={choice}
                className={classes.big}
                variant="default"
                style={{ borderColor: complete ? undefined : SCORES[choice].colour }}
                disabled={complete}
                title={complete ? "Every subtask has its score; save it or take the last one back" : SCORES[choice].text}
                rightSection={<Key>{String(index + 1)}</Key>}
                onClick={() => enter(choice)}
              >
                {SCORES[choice].label}
              </Button>
            ))}
          </div>
          <Group mt="sm" grow>
            <Button variant="default" disabled={scores.length === 0} title={scores.length === 0 ? "Nothing is entered yet" : ""} onClick={back} rightSection={<Key>4</Key>}>
              Back one
            </Button>
            <Button disabled={!complete} title={complete ? "" : "Score every subtask first"} loading={save.isPending} onClick={submit} rightSection={<Key onColor={complete}>5</Key>}>
              Save, next trial
            </Button>
          </Group>
          {save.error && (
            <Alert color="red" mt="sm">
              {save.error.message}
            </Alert>
          )}
          <Stack gap="xs" mt="md">
            <Group grow align="flex-end">
              <NumberInput size="xs" label="Time" suffix=" s" min={0} value={time_s} onChange={setTime} />
              <NumberInput size="xs" label="Takeovers" min={0} allowDecimal={false} value={interventions} onChange={setInterventions} />
              <Checkbox label="It fell" checked={fell} onChange={({ currentTarget }) => setFell(currentTarget.checked)} mb={6} />
            </Group>
            <Textarea size="xs" label="Note" autosize maxLength={2000} value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
          </Stack>
        </div>
        <Start evaluation={evaluation} condition={trial.condition} />
      </div>
    </Paper>
  );
}
