import classes from "./evaluations.module.css";
import { SCORES, type Score } from "./model";

/** A mark per subtask: done, helped, failed, not reached. */
export function Steps({ scores, subtasks }: { scores: readonly Score[]; subtasks: readonly { name: string; text: string }[] }) {
  const words = subtasks.map(({ text }, index) => `${text}: ${SCORES[scores[index] ?? "none"].label.toLowerCase()}`).join(", ");
  return (
    <div className={classes.steps} role="img" aria-label={words} title={words}>
      {subtasks.map(({ name }, index) => (
        <span key={name} className={classes.step} data-score={scores[index] ?? "none"} />
      ))}
    </div>
  );
}
