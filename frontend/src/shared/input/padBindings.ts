/** Which button and stick of a gamepad does what, by the numbers of the standard layout. */

export const PAD_BUTTONS = {
  left: "Allow motion, left hand (hold)",
  right: "Allow motion, right hand (hold)",
  grip_left: "Close or open the left hand",
  grip_right: "Close or open the right hand",
  pinch: "Pinch with the chosen hand",
  stop: "STOP",
  home: "Arms to rest pose",
  layer: "Next layer: move, turn, walk",
  record: "Start or stop recording",
  next: "Next step (take control, arm, reset)",
  torso_forward: "Bend forward",
  torso_back: "Bend back",
  torso_left: "Twist left (turn layer: lean left)",
  torso_right: "Twist right (turn layer: lean right)",
} as const;

export const PAD_AXES = {
  left_x: "Left stick, to the right",
  left_y: "Left stick, towards you",
  right_x: "Right stick, to the right",
  right_y: "Right stick, towards you",
} as const;

export type PadButton = keyof typeof PAD_BUTTONS;
export type PadAxis = keyof typeof PAD_AXES;

export interface PadBindings {
  buttons: Readonly<Record<PadButton, number>>;
  axes: Readonly<Record<PadAxis, { index: number; sign: 1 | -1 }>>;
  /** `toggle`: a trigger closes or opens the hand; `squeeze`: the hand follows the trigger. */
  triggers: "toggle" | "squeeze";
}

export const DEFAULT_PAD: PadBindings = {
  buttons: {
    left: 4,
    right: 5,
    grip_left: 6,
    grip_right: 7,
    pinch: 0,
    stop: 1,
    home: 2,
    layer: 3,
    record: 8,
    next: 9,
    torso_forward: 12,
    torso_back: 13,
    torso_left: 14,
    torso_right: 15,
  },
  axes: {
    left_x: { index: 0, sign: 1 },
    left_y: { index: 1, sign: 1 },
    right_x: { index: 2, sign: 1 },
    right_y: { index: 3, sign: 1 },
  },
  triggers: "toggle",
};

const NAMES = ["A", "B", "X", "Y", "LB", "RB", "LT", "RT", "View", "Menu", "L3", "R3", "↑", "↓", "←", "→", "Home"];

/** What is printed on the button, on most pads. */
export function buttonName(index: number): string {
  return NAMES[index] ?? `Button ${index}`;
}

/** Returns the buttons that share a number with another one. */
export function padConflicts({ buttons }: PadBindings): ReadonlySet<PadButton> {
  const names = Object.keys(buttons) as PadButton[];
  return new Set(names.filter((name) => names.some((other) => other !== name && buttons[other] === buttons[name])));
}

/** Returns the bindings in `stored`, where it makes sense, over the defaults. */
export function parsePad(stored: string | null): PadBindings {
  try {
    const parsed = JSON.parse(stored ?? "{}") as Partial<PadBindings> | null;
    const buttons = { ...DEFAULT_PAD.buttons };
    for (const name of Object.keys(buttons) as PadButton[]) {
      const index = parsed?.buttons?.[name];
      if (Number.isInteger(index)) buttons[name] = index as number;
    }
    const axes = { ...DEFAULT_PAD.axes };
    for (const name of Object.keys(axes) as PadAxis[]) {
      const axis = parsed?.axes?.[name];
      if (axis && Number.isInteger(axis.index)) axes[name] = { index: axis.index, sign: axis.sign === -1 ? -1 : 1 };
    }
    return { buttons, axes, triggers: parsed?.triggers === "squeeze" ? "squeeze" : "toggle" };
  } catch {
    return DEFAULT_PAD;
  }
}
