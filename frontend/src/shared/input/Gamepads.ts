/** The first connected gamepad: its state, and which buttons went down since the last look. */
import type { PadState } from "./gamepadDrive";
import { PRESSED } from "./gamepadDrive";

export interface PadSample extends PadState {
  name: string;
  /** Numbers of the buttons that have just been pressed. */
  down: ReadonlySet<number>;
}

export class Gamepads {
  private before: readonly number[] = [];

  constructor(private readonly list: () => readonly (Gamepad | null)[] = () => navigator.getGamepads()) {}

  /** Returns the pad as it is now, or null when none is connected. */
  poll(): PadSample | null {
    const pad = this.list().find((candidate) => candidate?.connected);
    if (!pad) {
      this.before = [];
      return null;
    }
    const buttons = pad.buttons.map((button) => button.value);
    const known = this.before;
    // A button that is held when the pad appears was not pressed for us.
    const down = buttons.flatMap((value, i) => (known.length > 0 && value > PRESSED && (known[i] ?? 0) <= PRESSED ? [i] : []));
    this.before = buttons;
    return { name: pad.id.replace(/\s*\(.*\)$/, ""), axes: pad.axes, buttons, down: new Set(down) };
  }
}
