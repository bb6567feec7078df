import { sameContent, useLive } from "@/shared/live/live";
import { whoDrives, type Who } from "./model";
import classes from "./rollout.module.css";

const WORDS: Record<Who, string> = { policy: "POLICY", person: "PERSON", nobody: "NOBODY" };
const TEXT: Record<Who, string> = { policy: "is driving", person: "is driving", nobody: "drives: the robot stands" };

/** The one thing a supervisor must see from the corner of the eye. */
export function WhoDrives() {
  const { who, name, mode, reason, advice } = useLive(({ telemetry }) => {
    const tick = telemetry?.tick;
    return { ...whoDrives(tick), mode: tick?.mode ?? "NO ROBOT", reason: tick?.reason ?? "The control process is not reporting.", advice: tick?.advice ?? "" };
  }, sameContent);
  return (
    <section className={classes.who} data-who={who} aria-label="Who drives">
      <div className={classes.word} role="status">
        {WORDS[who]}
      </div>
      <div className={classes.text}>
        <p className={classes.advice}>
          {name} {TEXT[who]}
          {advice && `. ${advice}`}
        </p>
        <p className={classes.reason} title={reason}>
          {mode}: {reason}
        </p>
      </div>
    </section>
  );
}
