/** Decides when each device's frames are sent: every tick while it is used, once to let go, then only as a sign of life. */
import type { InputFrame } from "@/shared/api/messages.gen";

export type Frame = Omit<InputFrame, "type">;

/** The server forgets a lease after 2 s of silence. */
const ALIVE_MS = 100;

export class FrameSender {
  private active = new Map<string, (seq: number) => Frame>();
  private seqs = new Map<string, number>();
  private sentMs = -Infinity;

  constructor(private readonly send: (frame: Frame) => void) {}

  /**
   * Sends what a device asks for, if it is in use.
   *
   * @param released Builds the frame that lets go, for when the device goes quiet or away.
   */
  offer(source: string, inUse: boolean, frame: (seq: number) => Frame, released: (seq: number) => Frame, nowMs: number): void {
    if (inUse) {
      this.active.set(source, released);
      this.emit(source, frame, nowMs);
    } else {
      this.release(source, nowMs);
    }
  }

  /** Lets go of one device. */
  release(source: string, nowMs: number): void {
    const released = this.active.get(source);
    if (!released) return;
    this.active.delete(source);
    this.emit(source, released, nowMs);
  }

  /** Lets go of everything. */
  releaseAll(nowMs: number): void {
    for (const source of [...this.active.keys()]) this.release(source, nowMs);
  }

  /** Sends an idle frame when nothing has been sent for a while. */
  keepAlive(source: string, idle: (seq: number) => Frame, nowMs: number): void {
    if (nowMs - this.sentMs >= ALIVE_MS) this.emit(source, idle, nowMs);
  }

  private emit(source: string, frame: (seq: number) => Frame, nowMs: number): void {
    const seq = (this.seqs.get(source) ?? 0) + 1;
    this.seqs.set(source, seq);
    this.sentMs = nowMs;
    this.send(frame(seq));
  }
}
