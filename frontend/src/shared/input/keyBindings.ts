/** Which key does what. Keys are `KeyboardEvent.code`: places on the keyboard, whatever is printed on them. */
import { type Action, LABELS } from "./actions";

export type KeyBindings = Readonly<Record<Action, string>>;

/** Left hand: motion key, walking, torso. Right hand: the robot's hand. Ctrl and Alt belong to the browser. */
export const DEFAULT_KEYS: KeyBindings = {
  deadman: "ShiftLeft",
  walk_forward: "KeyW",
  walk_back: "KeyS",
  turn_left: "KeyA",
  turn_right: "KeyD",
  step_left: "KeyQ",
  step_right: "KeyE",
  hand_forward: "KeyI",
  hand_back: "KeyK",
  hand_left: "KeyJ",
  hand_right: "KeyL",
  hand_up: "KeyO",
  hand_down: "KeyU",
  pitch_up: "ArrowUp",
  pitch_down: "ArrowDown",
  yaw_left: "ArrowLeft",
  yaw_right: "ArrowRight",
  roll_left: "Comma",
  roll_right: "Period",
  torso_forward: "KeyT",
  torso_back: "KeyG",
  lean_left: "KeyZ",
  lean_right: "KeyX",
  twist_left: "KeyC",
  twist_right: "KeyV",
  rise: "KeyN",
  squat: "KeyB",
  next: "Enter",
  select_left: "Digit1",
  select_right: "Digit2",
  select_both: "Digit3",
  grip: "KeyF",
  pinch: "KeyR",
  home: "KeyH",
  record: "Digit7",
  save: "Digit8",
  redo: "Digit9",
  discard: "Digit0",
  help: "Slash",
};

/** Keys that stop the robot; they can be given no other meaning. */
export const RESERVED = ["Escape", "Space"];

/** Returns, for each action whose key has another meaning too, the other actions on that key. */
export function conflicts(bindings: KeyBindings): ReadonlyMap<Action, readonly Action[]> {
  const actions = Object.keys(bindings) as Action[];
  const shared = actions.map((action): [Action, readonly Action[]] => [
    action,
    actions.filter((other) => other !== action && bindings[other] === bindings[action]),
  ]);
  return new Map(shared.filter(([, others]) => others.length > 0));
}

/** Returns why `code` cannot be bound, or an empty string. */
export function refusal(code: string): string {
  if (RESERVED.includes(code)) return "This key stops the robot.";
  if (/^(Control|Alt|Meta|OS)/.test(code)) return "The browser keeps this key for itself.";
  return code ? "" : "The browser does not tell this key apart.";
}

/** Returns the bindings in `stored`, where it makes sense, over the defaults. */
export function parseKeys(stored: string | null): KeyBindings {
  const result: Record<Action, string> = { ...DEFAULT_KEYS };
  try {
    const parsed: unknown = JSON.parse(stored ?? "{}");
    for (const [action, code] of Object.entries(parsed ?? {})) {
      if (action in LABELS && typeof code === "string" && refusal(code) === "") result[action as Action] = code;
    }
  } catch {
    return DEFAULT_KEYS;
  }
  return result;
}
