/** Everything a person can do with a key or button, in the order of the help page. */

/** Done for as long as the key is held. Motion needs `deadman` besides. */
export const DRIVES = {
  deadman: "Allow motion (hold)",
  walk_forward: "Walk forward",
  walk_back: "Walk back",
  turn_left: "Turn left",
  turn_right: "Turn right",
  step_left: "Step left",
  step_right: "Step right",
  hand_forward: "Hand forward",
  hand_back: "Hand back",
  hand_left: "Hand left",
  hand_right: "Hand right",
  hand_up: "Hand up",
  hand_down: "Hand down",
  pitch_up: "Fingers up",
  pitch_down: "Fingers down",
  yaw_left: "Fingers left",
  yaw_right: "Fingers right",
  roll_left: "Roll hand left",
  roll_right: "Roll hand right",
  torso_forward: "Bend forward",
  torso_back: "Bend back",
  lean_left: "Lean left",
  lean_right: "Lean right",
  twist_left: "Twist waist left",
  twist_right: "Twist waist right",
  rise: "Rise",
  squat: "Squat",
} as const;

/** Done once when the key goes down. */
export const COMMANDS = {
  next: "Next step (take control, arm, reset)",
  select_left: "Move the left hand",
  select_right: "Move the right hand",
  select_both: "Move both hands",
  grip: "Close or open the hand",
  pinch: "Pinch with thumb and index",
  home: "Arms to rest pose (hold motion key)",
  record: "Start or stop recording",
  save: "Save the take",
  redo: "Discard the take and start again",
  discard: "Discard the take (press twice)",
  help: "Show this help",
} as const;

export type DriveAction = keyof typeof DRIVES;
export type CommandAction = keyof typeof COMMANDS;
export type Action = DriveAction | CommandAction;

export const LABELS: Readonly<Record<Action, string>> = { ...DRIVES, ...COMMANDS };

export const GROUPS: readonly { title: string; actions: readonly Action[] }[] = [
  { title: "Control", actions: ["next", "deadman", "home", "help"] },
  { title: "Walk", actions: ["walk_forward", "walk_back", "turn_left", "turn_right", "step_left", "step_right"] },
  { title: "Which hand", actions: ["select_left", "select_right", "select_both", "grip", "pinch"] },
  { title: "Move the hand", actions: ["hand_forward", "hand_back", "hand_left", "hand_right", "hand_up", "hand_down"] },
  { title: "Turn the hand", actions: ["pitch_up", "pitch_down", "yaw_left", "yaw_right", "roll_left", "roll_right"] },
  {
    title: "Torso and height",
    actions: ["torso_forward", "torso_back", "lean_left", "lean_right", "twist_left", "twist_right", "rise", "squat"],
  },
  { title: "Record", actions: ["record", "save", "redo", "discard"] },
];

export function isCommand(action: Action): action is CommandAction {
  return action in COMMANDS;
}
