/** Held keys to what they ask for. */
import type { DriveAction } from "./actions";
import { type Arms, type Drive, SPEED } from "./drive";
import type { KeyBindings } from "./keyBindings";

/** Returns what the held keys ask for; opposite keys cancel. */
export function keyboardDrive(held: ReadonlySet<string>, keys: KeyBindings, arms: Arms): Drive {
  const on = (action: DriveAction): number => (held.has(keys[action]) ? 1 : 0);
  const pair = (plus: DriveAction, minus: DriveAction): number => on(plus) - on(minus);
  return {
    deadman: on("deadman") === 1,
    arms,
    twist: [
      SPEED.hand_m_s * pair("hand_forward", "hand_back"),
      SPEED.hand_m_s * pair("hand_left", "hand_right"),
      SPEED.hand_m_s * pair("hand_up", "hand_down"),
      // Turning about x lowers the right side, about y the front, about z goes left.
      SPEED.hand_rad_s * pair("roll_right", "roll_left"),
      SPEED.hand_rad_s * pair("pitch_down", "pitch_up"),
      SPEED.hand_rad_s * pair("yaw_left", "yaw_right"),
    ],
    torso: [
      SPEED.torso_rad_s * pair("lean_right", "lean_left"),
      SPEED.torso_rad_s * pair("torso_forward", "torso_back"),
      SPEED.torso_rad_s * pair("twist_left", "twist_right"),
    ],
    height: SPEED.height_m_s * pair("rise", "squat"),
    base: [
      SPEED.walk_m_s * pair("walk_forward", "walk_back"),
      SPEED.step_m_s * pair("step_left", "step_right"),
      SPEED.turn_rad_s * pair("turn_left", "turn_right"),
    ],
  };
}
