/** Recognises the two keyboard stops: Esc, and the space bar twice within `DOUBLE_MS`. */
const DOUBLE_MS = 450;

export class StopKeys {
  private lastSpaceMs = -Infinity;

  /** Returns whether this key press means stop. `atMs` is the time of the event [ms]. */
  press(code: string, repeat: boolean, atMs: number, doubleSpace: boolean): boolean {
    if (repeat) return false;
    if (code === "Escape") return true;
    if (code !== "Space" || !doubleSpace) {
      this.lastSpaceMs = -Infinity;
      return false;
    }
    const double = atMs - this.lastSpaceMs <= DOUBLE_MS;
    this.lastSpaceMs = double ? -Infinity : atMs;
    return double;
  }
}
