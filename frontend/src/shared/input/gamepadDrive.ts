/** The state of a gamepad to what it asks for. */
import { type Drive, SPEED } from "./drive";
import type { PadAxis, PadBindings, PadButton } from "./padBindings";

/** What the sticks do: translate the hand, turn it, or walk. */
export const LAYERS = ["move", "turn", "walk"] as const;
export type Layer = (typeof LAYERS)[number];

export interface PadState {
  /** -1 to 1 */
  axes: readonly number[];
  /** 0 to 1 */
  buttons: readonly number[];
}

export const PRESSED = 0.5;
const DEAD_ZONE = 0.12;

/** Returns 0 inside the dead zone, then rises gently to full at the rim, for fine motion near the middle. */
export function shape(value: number): number {
  const beyond = (Math.abs(value) - DEAD_ZONE) / (1 - DEAD_ZONE);
  return beyond <= 0 ? 0 : Math.sign(value) * Math.min(beyond, 1) ** 1.6;
}

export function pressed(pad: PadState, bindings: PadBindings, button: PadButton): boolean {
  return (pad.buttons[bindings.buttons[button]] ?? 0) > PRESSED;
}

export function gamepadDrive(pad: PadState, bindings: PadBindings, layer: Layer): Drive {
  const axis = (name: PadAxis): number => {
    const { index, sign } = bindings.axes[name];
    return sign * shape(pad.axes[index] ?? 0);
  };
  const on = (button: PadButton): number => (pressed(pad, bindings, button) ? 1 : 0);
  const arms = { left: on("left") === 1, right: on("right") === 1 };
  const forward = -axis("left_y");
  const left = -axis("left_x");
  const up = -axis("right_y");
  const yaw = -axis("right_x");
  const sideways = on("torso_left") - on("torso_right");
  const move = SPEED.hand_m_s;
  const turn = SPEED.hand_rad_s;
  const twists: Record<Layer, number[]> = {
    move: [move * forward, move * left, move * up, 0, 0, turn * yaw],
    turn: [0, 0, 0, -turn * left, turn * forward, turn * yaw],
    walk: [0, 0, 0, 0, 0, 0],
  };
  const walking = layer === "walk";
  return {
    deadman: arms.left || arms.right,
    arms,
    twist: twists[layer],
    torso: [
      layer === "turn" ? -SPEED.torso_rad_s * sideways : 0,
      SPEED.torso_rad_s * (on("torso_forward") - on("torso_back")),
      layer === "turn" ? 0 : SPEED.torso_rad_s * sideways,
    ],
    height: walking ? SPEED.height_m_s * up : 0,
    base: walking ? [SPEED.walk_m_s * forward, SPEED.step_m_s * left, SPEED.turn_rad_s * yaw] : [0, 0, 0],
  };
}
