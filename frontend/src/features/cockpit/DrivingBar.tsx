import { Slider, Tooltip } from "@mantine/core";
import { useState } from "react";
import type { KeyBindings } from "@/shared/input/keyBindings";
import { keyLabel } from "@/shared/input/keyLabel";
import { ask, useLive } from "@/shared/live/live";
import { Key } from "@/shared/ui/Key";
import { useInput } from "@/shared/input/driving";
import classes from "./DrivingBar.module.css";

const LAYER_WORDS = { move: "sticks move the hand", turn: "sticks turn the hand", walk: "sticks walk" };

/** How to move right now: motion key, hands, gamepad layer and speed. Shown over the head camera. */
export function DrivingBar({ keys, onHelp }: { keys: KeyBindings; onHelp: () => void }) {
  const deadman = useInput((state) => state.deadman);
  const gamepad = useInput((state) => state.gamepad);
  const layer = useInput((state) => state.layer);
  const suspended = useInput((state) => state.suspended);
  const mine = useLive(({ connection, telemetry }) => connection.state === "open" && telemetry?.tick?.lease === connection.client);
  return (
    <div className={classes.bar}>
      <span className={classes.deadman} data-held={deadman || undefined}>
        <Key>{keyLabel(keys.deadman)}</Key>
        {suspended ? "this page has no focus: click it" : deadman ? "motion allowed" : "hold to move"}
      </span>
      <Fingers side="left" />
      <Fingers side="right" />
      <Tooltip label={gamepad || "Connect one and press a button on it: browsers hide it until then."}>
        <span className={classes.pad} tabIndex={0}>
          {gamepad ? `Gamepad: ${LAYER_WORDS[layer]}` : "No gamepad"}
        </span>
      </Tooltip>
      <Speed enabled={mine} />
      <button type="button" className={classes.help} onClick={onHelp}>
        <Key>?</Key> all keys
      </button>
    </div>
  );
}

function Fingers({ side }: { side: "left" | "right" }) {
  const chosen = useInput((state) => state.arms[side]);
  const grip = useInput((state) => state.hands[side].grip ?? 0);
  const pinch = useInput((state) => state.hands[side].pinch ?? 0);
  const word = grip > 0.5 ? "closed" : pinch > 0.5 ? "pinching" : "open";
  return (
    <Tooltip label={`The ${side} hand is ${word}${chosen ? ", and the keys move it" : ""}.`}>
      <span className={classes.hand} data-chosen={chosen || undefined}>
        {side === "left" ? "L" : "R"} {word}
      </span>
    </Tooltip>
  );
}

function Speed({ enabled }: { enabled: boolean }) {
  const [percent, setPercent] = useState(100);
  return (
    <Tooltip label={enabled ? "Slows everything you ask for." : "Take control to set the speed."}>
      <div className={classes.speed}>
        <span className={classes.percent}>{percent} %</span>
        <Slider
          size="sm"
          w={84}
          min={10}
          max={100}
          step={10}
          label={null}
          thumbLabel="Speed in percent"
          disabled={!enabled}
          value={percent}
          onChange={setPercent}
          onChangeEnd={(value) => void ask({ kind: "speed", value: value / 100 })}
        />
      </div>
    </Tooltip>
  );
}
