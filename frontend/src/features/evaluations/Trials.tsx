import { Button, Chip, Group, SegmentedControl, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { EmptyState } from "@/shared/ui/EmptyState";
import classes from "./evaluations.module.css";
import { filtered, OUTCOMES, resultText, type EvaluationDetail, type Outcome, type Trial } from "./model";
import { Steps } from "./Steps";

const PAGE = 24;
const WORDS: Record<Outcome, string> = { all: "All", success: "Done", assisted: "Helped", failed: "Not done", fell: "Fell" };

/** Every trial that is over, with its film, by outcome and policy. */
export function Trials({ evaluation }: { evaluation: EvaluationDetail }) {
  const [outcome, setOutcome] = useState<Outcome>("all");
  const [label, setLabel] = useState("");
  const [shown, setShown] = useState(PAGE);
  const { trial_list, names } = evaluation;
  const found = filtered(trial_list, outcome, label);
  const count = (which: Outcome) => filtered(trial_list, which, label).length;
  if (!trial_list.some(({ scores }) => scores)) return null;
  return (
    <section aria-label="Trials">
      <Group gap="md" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label="Outcome"
          value={outcome}
          data={OUTCOMES.map((value) => ({ value, label: `${WORDS[value]} ${count(value)}` }))}
          onChange={(value) => setOutcome(value as Outcome)}
        />
        <Chip.Group value={label} onChange={(value) => setLabel(String(value))}>
          <Group gap={6}>
            {["", ...Object.keys(names)].map((one) => (
              <Chip key={one} size="xs" value={one}>
                {one === "" ? "Every policy" : names[one]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Group>
      {found.length === 0 && <EmptyState title="No such trial" text="Take a filter away to see more." />}
      <div className={classes.grid}>
        {found.slice(0, shown).map((trial) => (
          <Tile key={trial.number} trial={trial} evaluation={evaluation} />
        ))}
      </div>
      {found.length > shown && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => setShown(shown + PAGE)}>
            Show {Math.min(PAGE, found.length - shown)} more of {found.length - shown}
          </Button>
        </Group>
      )}
    </section>
  );
}

function Tile({ trial, evaluation }: { trial: Trial; evaluation: EvaluationDetail }) {
  const { names, subtasks, starts } = evaluation;
  const start = starts[trial.condition];
  return (
    <article className={classes.tile} data-testid="trial">
      {trial.video ? (
        <video
          className={classes.film}
          src={trial.video}
          poster={start?.picture || undefined}
          preload="none"
          controls
          muted
          playsInline
          aria-label={`Film of trial ${trial.number + 1}`}
        />
      ) : (
        start?.picture && evaluation.job_id === null && <img className={classes.film} src={start.picture} alt={`Start ${trial.condition + 1}`} loading="lazy" />
      )}
      <div className={classes.caption}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" fw={600} truncate>
            {names[trial.label]}
          </Text>
          <Text size="xs" c="dimmed" title={start?.note} style={{ whiteSpace: "nowrap" }}>
            start {trial.condition + 1}
          </Text>
        </Group>
        <Text size="xs" c={trial.success ? "var(--active)" : "dimmed"} lineClamp={2} title={trial.ended || undefined}>
          {resultText(trial, subtasks)}
        </Text>
        <Steps scores={trial.scores ?? []} subtasks={subtasks} />
        {trial.note && (
          <Text size="xs" mt={6} lineClamp={2} title={trial.note}>
            {trial.note}
          </Text>
        )}
        {trial.episode && (
          <Link to="/episodes/$id" params={{ id: trial.episode }} className={classes.link}>
            Its episode
          </Link>
        )}
      </div>
    </article>
  );
}
