import { Tooltip } from "@mantine/core";
import { ask, useLive } from "@/shared/live/live";
import { Key } from "@/shared/ui/Key";
import classes from "./StopButton.module.css";

/** Always visible, always enabled: one press stops the robot, whoever drives it. */
export function StopButton() {
  const stopped = useLive(({ telemetry }) => telemetry?.tick?.mode === "STOPPED");
  const offline = useLive(({ connection }) => connection.state !== "open");
  const hint = offline
    ? "There is no connection. Without input the robot holds still by itself and nobody keeps control."
    : "Stops the robot at once, whoever drives it: the base comes to rest and the arms hold. Keys: Esc, or space twice where one drives.";
  return (
    <Tooltip label={hint} position="bottom-end">
      <button
        type="button"
        className={classes.stop}
        data-stopped={stopped || undefined}
        onClick={() => void ask({ kind: "stop" })}
      >
        <span className={classes.word}>STOP</span>
        <Key onColor>Esc</Key>
      </button>
    </Tooltip>
  );
}
