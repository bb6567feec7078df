/** What the buttons of a gamepad that have just been pressed mean. */
import type { CommandAction } from "./actions";
import type { Side } from "./drive";
import { pressed } from "./gamepadDrive";
import type { PadSample } from "./Gamepads";
import type { PadBindings } from "./padBindings";

export type PadCommand =
  | { kind: "command"; command: CommandAction | "stop" }
  | { kind: "fingers"; fingers: "grip" | "pinch"; sides: readonly Side[] }
  | { kind: "layer" };

const PLAIN = ["stop", "home", "record", "next"] as const;

export function padCommands(pad: PadSample, bindings: PadBindings): PadCommand[] {
  const { buttons, triggers } = bindings;
  const went = (button: keyof typeof buttons): boolean => pad.down.has(buttons[button]);
  const held = (["left", "right"] as const).filter((side) => pressed(pad, bindings, side));
  const result: PadCommand[] = PLAIN.filter(went).map((command) => ({ kind: "command", command }));
  if (went("layer")) result.push({ kind: "layer" });
  if (went("pinch")) result.push({ kind: "fingers", fingers: "pinch", sides: held });
  if (triggers === "toggle") {
    if (went("grip_left")) result.push({ kind: "fingers", fingers: "grip", sides: ["left"] });
    if (went("grip_right")) result.push({ kind: "fingers", fingers: "grip", sides: ["right"] });
  }
  return result;
}
