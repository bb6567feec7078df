/** A wrist target held with the pointer: an absolute pose, clutched and allowed to move for as long as it is held. */
import type { Frame } from "./FrameSender";
import type { Side } from "./drive";

/** A pointer that rests is held, but not moving: the watchdog for frozen poses must not fire. */
const RESTS_AFTER_MS = 100;

export class PointerGrab {
  private grab: { side: Side; pose: readonly number[]; movedMs: number } | null = null;

  /** Holds `side` at a pose in the footprint frame: x y z [m], qx qy qz qw. */
  hold(side: Side, pose: readonly number[], nowMs: number): void {
    this.grab = { side, pose, movedMs: nowMs };
  }

  let(): void {
    this.grab = null;
  }

  get held(): boolean {
    return this.grab !== null;
  }

  frame(seq: number, nowMs: number): Frame {
    const released: Frame = { source: "pointer", seq, source_t_ns: Math.round(nowMs * 1e6), deadman: false, moving: false };
    if (!this.grab) return released;
    const { side, pose, movedMs } = this.grab;
    return {
      ...released,
      deadman: true,
      moving: nowMs - movedMs < RESTS_AFTER_MS,
      [side]: { clutch: true, pose: [...pose] },
    };
  }
}
