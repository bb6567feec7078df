import { Fragment } from "react";
import type { components } from "../api/schema.gen";
import { plainName, significant } from "../ui/format";
import classes from "./GroupErrors.module.css";

type GroupError = components["schemas"]["GroupError"];

const KINDS = [
  { kind: "policy", label: "policy" },
  { kind: "repeat_last", label: "repeat last action" },
  { kind: "mean_action", label: "mean action" },
] as const;

interface Props {
  groups: readonly GroupError[];
  chosen?: string;
  onChoose?: (group: string) => void;
}

/** Error of a policy beside two predictions that need no learning; each group has its own unit and scale. */
export function GroupErrors({ groups, chosen, onChoose }: Props) {
  return (
    <div className={classes.table}>
      {groups.map((error) => {
        const top = Math.max(error.policy, error.repeat_last, error.mean_action, Number.MIN_VALUE);
        const worse = error.policy >= Math.min(error.repeat_last, error.mean_action);
        const name = plainName(error.group);
        return (
          <Fragment key={error.group}>
            <span className={classes.group}>
              {onChoose ? (
                <button type="button" className={classes.button} aria-pressed={chosen === error.group} onClick={() => onChoose(error.group)}>
                  {name}
                </button>
              ) : (
                name
              )}
            </span>
            {KINDS.map(({ kind, label }) => (
              <Fragment key={kind}>
                <span
                  className={classes.bar}
                  data-kind={kind}
                  data-worse={(kind === "policy" && worse) || undefined}
                  style={{ width: `${(100 * error[kind]) / top}%` }}
                />
                <span className={classes.value} data-kind={kind}>
                  {significant(error[kind])} {error.unit} {label}
                  {kind === "policy" && worse && ", no better"}
                </span>
              </Fragment>
            ))}
            <span className={classes.gap} />
          </Fragment>
        );
      })}
    </div>
  );
}
