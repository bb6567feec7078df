import { sameContent, useLive } from "@/shared/live/live";
import { ControlButtons } from "@/shared/live/ControlButtons";
import { RigButton } from "@/shared/rig/RigButton";
import { situationOf } from "@/shared/live/situation";
import classes from "./StatusBar.module.css";

const ABSENT = {
  mode: "NO ROBOT",
  reason: "The control process is not reporting.",
  advice: "It is started again by itself. If it stays away, see the terminal that runs Bunraku.",
};

/** The one word that matters, why, and what to do next. */
export function StatusBar() {
  const status = useLive(({ connection, telemetry }) => {
    const tick = telemetry?.tick;
    if (connection.state !== "open") return { mode: "OFFLINE", reason: "There is no connection to the server.", advice: "The robot holds still by itself." };
    if (!tick) return ABSENT;
    return { mode: tick.mode as string, reason: tick.reason, advice: tick.advice };
  }, sameContent);
  const situation = useLive(situationOf, sameContent);
  const holder =
    situation.holder === "me" ? "You have control" : situation.holder === "other" ? `${situation.holderName} has control` : "Nobody has control";
  return (
    <section className={classes.bar} aria-label="State of the robot" data-mode={status.mode}>
      <div className={classes.word} role="status">
        {status.mode}
      </div>
      <div className={classes.text}>
        <p className={classes.reason} title={status.reason}>
          {status.reason}
        </p>
        <p className={classes.advice} title={status.advice}>
          {status.advice}
        </p>
      </div>
      <div className={classes.holder} data-mine={situation.holder === "me" || undefined}>
        {holder}
      </div>
      <ControlButtons situation={situation} />
      <RigButton />
    </section>
  );
}
