import { SegmentedControl, Stack, Text, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { bindingsStore } from "@/shared/input/bindingsStore";
import { Gamepads, type PadSample } from "@/shared/input/Gamepads";
import { buttonName, PAD_AXES, PAD_BUTTONS, type PadAxis, type PadBindings, type PadButton, padConflicts } from "@/shared/input/padBindings";
import { Key } from "@/shared/ui/Key";
import classes from "./HelpDialog.module.css";

const POLL_MS = 30;
/** Further than a stick that is merely touched. */
const PUSHED = 0.7;

type Changing = { kind: "button"; name: PadButton } | { kind: "axis"; name: PadAxis };

/** Returns the bindings with what the person has just pressed or pushed, or null while they have not. */
function rebound(pad: PadBindings, changing: Changing, sample: PadSample): PadBindings | null {
  if (changing.kind === "button") {
    const [index] = sample.down;
    return index === undefined ? null : { ...pad, buttons: { ...pad.buttons, [changing.name]: index } };
  }
  const index = sample.axes.findIndex((value) => Math.abs(value) > PUSHED);
  const sign: 1 | -1 = (sample.axes[index] ?? 0) < 0 ? -1 : 1;
  return index < 0 ? null : { ...pad, axes: { ...pad.axes, [changing.name]: { index, sign } } };
}

export function GamepadHelp({ pad }: { pad: PadBindings }) {
  const [changing, setChanging] = useState<Changing | null>(null);
  const shared = padConflicts(pad);

  useEffect(() => {
    if (!changing) return;
    const pads = new Gamepads();
    const timer = window.setInterval(() => {
      const sample = pads.poll();
      const bindings = sample && rebound(pad, changing, sample);
      if (!bindings) return;
      bindingsStore.set({ pad: bindings });
      setChanging(null);
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [changing, pad]);

  const row = (next: Changing, label: string, key: string, conflict: boolean) => (
    <UnstyledButton
      key={next.name}
      className={classes.row}
      data-changing={changing?.name === next.name || undefined}
      data-conflict={conflict || undefined}
      onClick={() => setChanging(changing?.name === next.name ? null : next)}
    >
      <span>{label}</span>
      <Key>{changing?.name === next.name ? "…" : key}</Key>
    </UnstyledButton>
  );
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" aria-live="polite">
        {changing
          ? changing.kind === "button"
            ? "Press the new button."
            : "Push the stick the way that the line says."
          : "Hold a bumper to move. Move layer: left stick forward and sideways, right stick up and turn. Turn layer: both sticks turn the hand. Walk layer: left stick walks, right stick turns, rises and squats."}
      </Text>
      <div className={classes.groups}>
        <section>
          <h3 className={classes.title}>Buttons</h3>
          {(Object.keys(PAD_BUTTONS) as PadButton[]).map((name) =>
            row({ kind: "button", name }, PAD_BUTTONS[name], buttonName(pad.buttons[name]), shared.has(name)),
          )}
        </section>
        <section>
          <h3 className={classes.title}>Sticks</h3>
          {(Object.keys(PAD_AXES) as PadAxis[]).map((name) => {
            const { index, sign } = pad.axes[name];
            return row({ kind: "axis", name }, PAD_AXES[name], `Axis ${index}${sign < 0 ? ", reversed" : ""}`, false);
          })}
          <h3 className={classes.title}>Triggers</h3>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Triggers"
            value={pad.triggers}
            onChange={(value) => bindingsStore.set({ pad: { ...pad, triggers: value as PadBindings["triggers"] } })}
            data={[
              { value: "toggle", label: "Pull to close, pull to open" },
              { value: "squeeze", label: "Hand follows the trigger" },
            ]}
          />
        </section>
      </div>
    </Stack>
  );
}
