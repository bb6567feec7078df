/** Newest state of everything, outside React: telemetry arrives 30 times a second, listeners hear of it once a frame. */
import type { Telemetry } from "@/shared/api/messages.gen";

export type Connection =
  | { state: "connecting"; attempt: number }
  | { state: "open"; client: string; version: string }
  | { state: "lost"; attempt: number; text: string }
  | { state: "refused"; text: string };

export interface LiveState {
  connection: Connection;
  /** Newest telemetry; null before the first and after the connection is lost. */
  telemetry: Telemetry | null;
  /** `performance.now()` of its arrival [ms]. */
  arrivedMs: number;
  roundTripMs: number | null;
}

type Listener = () => void;

export class LiveStore {
  private state: LiveState = {
    connection: { state: "connecting", attempt: 0 },
    telemetry: null,
    arrivedMs: 0,
    roundTripMs: null,
  };
  private listeners = new Set<Listener>();
  private scheduled = false;

  constructor(private readonly schedule: (callback: Listener) => void = (callback) => void requestAnimationFrame(callback)) {}

  get = (): LiveState => this.state;

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes a sample; listeners hear of the newest one at the next frame. */
  sample(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => {
      this.scheduled = false;
      this.notify();
    });
  }

  /** Changes the connection; listeners hear of it at once, also in a hidden tab. */
  connect(connection: Connection): void {
    const telemetry = connection.state === "open" ? this.state.telemetry : null;
    this.state = { ...this.state, connection, telemetry };
    this.notify();
  }

  private notify(): void {
    this.listeners.forEach((listener) => listener());
  }
}
