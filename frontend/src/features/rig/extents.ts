/** A bar is full here [m]; half of it is what the rig asks for. */
export const FULL_M = 0.3;

/** Diagonal of the box that each tracker's path fills, as the rig measures it. */
export class Extents {
  private readonly boxes = new Map<string, { low: number[]; high: number[] }>();

  /** Takes a (7,) pose, of which the first three are the position [m]; returns how far it has moved [m]. */
  add(name: string, pose: readonly number[]): number {
    const place = pose.slice(0, 3);
    const box = this.boxes.get(name) ?? { low: place, high: place };
    this.boxes.set(name, {
      low: place.map((value, i) => Math.min(value, box.low[i] ?? value)),
      high: place.map((value, i) => Math.max(value, box.high[i] ?? value)),
    });
    return this.of(name);
  }

  of(name: string): number {
    const box = this.boxes.get(name);
    return box ? Math.hypot(...box.high.map((value, i) => value - (box.low[i] ?? value))) : 0;
  }
}
