import { withCredentials } from "./iceServer";
import { type Answer, type CameraStats, Peer } from "./peer";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8000;
/** A short gap on Wi-Fi heals by itself; after this long a new connection is faster. */
const DISCONNECTED_PATIENCE_MS = 1500;
/** An answer whose media never arrives must not leave the page waiting. */
const CONNECT_TIMEOUT_MS = 12_000;

export interface VideoClientOptions {
  /** Id of this page, from the welcome of its WebSocket: the peer is closed when that closes. */
  client: string;
  /** Names of the wanted cameras. */
  cameras: string[];
  /** STUN and TURN servers, as in `BUNRAKU_ICE_SERVERS`; none on a LAN, where asking costs seconds. */
  iceServers?: RTCIceServer[];
  url?: string;
}

export interface VideoState {
  phase: "connecting" | "connected" | "waiting" | "closed";
  /** Why there is no video, in words; empty when there is. */
  problem: string;
  /** Streams by camera, for `video.srcObject`. */
  streams: ReadonlyMap<string, MediaStream>;
}

const NO_STREAMS: ReadonlyMap<string, MediaStream> = new Map();

/**
 * Keeps a WebRTC connection to the video process: connects, notices loss, and connects again with growing
 * pauses. A framework-free store: `subscribe` and `state` fit `useSyncExternalStore`.
 */
export class VideoClient {
  private snapshot: VideoState = { phase: "closed", problem: "", streams: NO_STREAMS };
  private readonly listeners = new Set<() => void>();
  private peer: Peer | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delayMs = FIRST_DELAY_MS;
  private processStartedNs: number | null = null;

  constructor(private readonly options: VideoClientOptions) {}

  /** What to show now; a new object after every change. */
  get state(): VideoState {
    return this.snapshot;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Connect, or give up the present connection for a new one at once. */
  connect(): void {
    this.drop();
    this.set({ phase: "connecting", problem: "", streams: NO_STREAMS });
    const peer = new Peer((this.options.iceServers ?? []).map(withCredentials), (state) => {
      if (this.peer === peer) this.onConnectionState(state);
    });
    this.peer = peer;
    this.timer = setTimeout(() => this.retry("video did not connect in 12 s"), CONNECT_TIMEOUT_MS);
    peer
      .connect(this.options.cameras.length, (sdp) => this.exchange(sdp))
      .then(() => {
        if (this.peer === peer) this.set({ ...this.snapshot, streams: new Map(peer.streams) });
      })
      .catch((error: unknown) => {
        if (this.peer === peer) this.retry(error instanceof Error ? error.message : String(error));
      });
  }

  /**
   * Tell when the video process started, from its heartbeat. A new process knows nothing of the old one's
   * peers, without this the browser takes some 7 s to notice; and a client that waits need wait no longer.
   */
  processStarted(startedNs: number): void {
    if (startedNs === this.processStartedNs) return;
    const restarted = this.processStartedNs !== null && this.snapshot.phase !== "closed";
    this.processStartedNs = startedNs;
    if (restarted || this.snapshot.phase === "waiting") this.connect();
  }

  /** Return what came in since the last call, per camera. */
  async stats(): Promise<CameraStats[]> {
    return (await this.peer?.stats()) ?? [];
  }

  /** End the connection for good, until `connect` is called again. */
  close(): void {
    this.drop();
    this.set({ phase: "closed", problem: "", streams: NO_STREAMS });
  }

  private onConnectionState(state: RTCPeerConnectionState): void {
    if (state === "connected") {
      clearTimeout(this.timer);
      this.delayMs = FIRST_DELAY_MS;
      this.set({ ...this.snapshot, phase: "connected", problem: "" });
    } else if (state === "disconnected") {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.retry("the connection to the video process was lost"), DISCONNECTED_PATIENCE_MS);
    } else if (state === "failed" || state === "closed") {
      this.retry("the connection to the video process was lost");
    }
  }

  private retry(problem: string): void {
    this.drop();
    this.set({ phase: "waiting", problem, streams: NO_STREAMS });
    this.timer = setTimeout(() => this.connect(), this.delayMs * (0.75 + Math.random() / 2));
    this.delayMs = Math.min(this.delayMs * 2, LONGEST_DELAY_MS);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.peer?.close();
    this.peer = null;
  }

  private async exchange(sdp: string): Promise<Answer> {
    const response = await fetch(this.options.url ?? "/api/video/offer", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client: this.options.client, sdp, cameras: this.options.cameras }),
    });
    const body = (await response.json().catch(() => ({}))) as Partial<Answer> & { text?: string };
    if (!response.ok || body.sdp === undefined || body.cameras === undefined) {
      throw new Error(body.text ?? `the server refused video (HTTP ${response.status})`);
    }
    return { sdp: body.sdp, cameras: body.cameras };
  }

  private set(state: VideoState): void {
    this.snapshot = state;
    this.listeners.forEach((listener) => listener());
  }
}
