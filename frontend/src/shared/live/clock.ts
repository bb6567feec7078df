/** Maps the server's monotonic clock to `performance.now()`, from round trips. */
const KEEP = 16;

interface Probe {
  roundTripMs: number;
  offsetMs: number;
}

export class ServerClock {
  private probes: Probe[] = [];

  /** Takes in a pong. Times are `performance.now()` [ms] and the server's clock [ns]. */
  add(sentMs: number, receivedMs: number, serverNs: number): void {
    const roundTripMs = receivedMs - sentMs;
    const offsetMs = serverNs / 1e6 - (sentMs + receivedMs) / 2;
    this.probes = [...this.probes.slice(1 - KEEP), { roundTripMs, offsetMs }];
  }

  /** Forgets everything: another server has another clock. */
  reset(): void {
    this.probes = [];
  }

  /** Newest round trip [ms]; null before the first. */
  get roundTripMs(): number | null {
    return this.probes.at(-1)?.roundTripMs ?? null;
  }

  /** The server's time at `nowMs` [ms]; null before the first probe. */
  serverMs(nowMs: number): number | null {
    if (this.probes.length === 0) return null;
    // The shortest trip had the least queueing, so its midpoint is the best guess.
    const best = this.probes.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a));
    return nowMs + best.offsetMs;
  }
}
