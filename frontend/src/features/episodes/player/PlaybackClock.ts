/**
 * The one clock of the player. Cameras, plots and the 3D view follow it; nothing else keeps time.
 *
 * Lives outside React: listeners are called at most once per animation frame and draw for themselves.
 */
export class PlaybackClock {
  time_s = 0;
  playing = false;
  rate = 1;
  private frame = 0;
  private last_ms = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly duration_s: number,
    private readonly now_ms: () => number = () => performance.now(),
    private readonly request: (callback: () => void) => number = (callback) => requestAnimationFrame(callback),
    private readonly cancel: (handle: number) => void = (handle) => cancelAnimationFrame(handle),
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  play(): void {
    if (this.playing) return;
    if (this.time_s >= this.duration_s) this.time_s = 0;
    this.playing = true;
    this.last_ms = this.now_ms();
    this.frame = this.request(this.advance);
    this.notify();
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.cancel(this.frame);
    this.notify();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(time_s: number): void {
    this.time_s = Math.min(Math.max(time_s, 0), this.duration_s);
    this.last_ms = this.now_ms();
    this.notify();
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.notify();
  }

  /** Stop the animation; the clock is not used afterwards. */
  dispose(): void {
    this.playing = false;
    this.cancel(this.frame);
    this.listeners.clear();
  }

  private readonly advance = (): void => {
    const now_ms = this.now_ms();
    this.time_s += ((now_ms - this.last_ms) / 1000) * this.rate;
    this.last_ms = now_ms;
    if (this.time_s >= this.duration_s) {
      this.time_s = this.duration_s;
      this.playing = false;
    } else {
      this.frame = this.request(this.advance);
    }
    this.notify();
  };

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
