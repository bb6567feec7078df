import { Text } from "@mantine/core";
import { IconEqual, IconTrophy } from "@tabler/icons-react";
import classes from "./evaluations.module.css";
import type { EvaluationDetail } from "./model";

/** Who is better, in words; nobody is without significance. */
export function Comparisons({ comparisons }: { comparisons: EvaluationDetail["report"]["comparisons"] }) {
  if (comparisons.length === 0) return null;
  return (
    <section aria-label="Comparison">
      {comparisons.map(({ first, second, better, text }) => (
        <p key={first + second} className={classes.words} data-testid="comparison">
          {better ? <IconTrophy size={16} color="var(--accent)" aria-hidden="true" /> : <IconEqual size={16} color="var(--dim)" aria-hidden="true" />}
          {text}
        </p>
      ))}
      <Text size="xs" c="dimmed">
        McNemar&apos;s exact test on the starts that both have tried, adjusted for the number of comparisons; below p = 0.05 one is called better.
      </Text>
    </section>
  );
}
