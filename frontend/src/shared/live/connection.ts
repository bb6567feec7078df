/** The one WebSocket: hello, requests with answers, input frames, and patient reconnecting. */
import {
  PROTOCOL,
  type ClientMessage,
  type ClientRequest,
  type InputFrame,
  type RequestReply,
  type ServerMessage,
} from "@/shared/api/messages.gen";
import { ServerClock } from "./clock";
import type { LiveStore } from "./liveStore";

const PING_MS = 1000;
const REPLY_TIMEOUT_MS = 8000;
const RETRY_MS = [250, 500, 1000, 2000, 3000];
/** Telemetry comes 30 times a second; a socket that says nothing for this long is dead. */
const SILENCE_MS = 4000;
/** More than this waiting to be sent means a blocked link: a late input frame is worse than none. */
const BACKLOG_BYTES = 4096;

export type Request = Omit<ClientRequest, "type" | "id">;

export class LiveConnection {
  readonly clock = new ServerClock();
  private socket: WebSocket | null = null;
  private attempt = 0;
  private requestId = 0;
  private heardMs = 0;
  private pending = new Map<number, (reply: RequestReply) => void>();
  private retryTimer = 0;
  private pingTimer = 0;
  private wanted = false;

  constructor(
    private readonly store: LiveStore,
    private readonly url: string,
    private readonly name: () => string,
    private readonly onProblem: (text: string) => void,
  ) {}

  /** Connects, and keeps connected until `close`. */
  open(): void {
    this.wanted = true;
    this.store.connect({ state: "connecting", attempt: this.attempt });
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.heardMs = performance.now();
    socket.onopen = () => this.send({ type: "hello", protocol: PROTOCOL, name: this.name() });
    socket.onmessage = (event: MessageEvent<string>) => this.receive(JSON.parse(event.data) as ServerMessage);
    socket.onclose = (event) => this.lost(event.reason);
    this.pingTimer = window.setInterval(() => this.probe(), PING_MS);
  }

  close(): void {
    this.wanted = false;
    window.clearTimeout(this.retryTimer);
    this.drop("closed");
  }

  /** Connects anew at once, e.g. under another name. */
  reopen(): void {
    this.close();
    this.attempt = 0;
    this.open();
  }

  /** Asks the server for something; never rejects: a problem is a reply with `error`. */
  request(request: Request): Promise<RequestReply> {
    const id = ++this.requestId;
    const failed = (error: string): RequestReply => ({ type: "reply", id, ok: false, error, detail: {} });
    if (this.store.get().connection.state !== "open") return Promise.resolve(failed("There is no connection to the server."));
    return new Promise((resolve) => {
      const timer = window.setTimeout(() => settle(failed("The server has not answered.")), REPLY_TIMEOUT_MS);
      const settle = (reply: RequestReply) => {
        window.clearTimeout(timer);
        this.pending.delete(id);
        resolve(reply);
      };
      this.pending.set(id, settle);
      this.send({ type: "request", id, ...request });
    });
  }

  /** Sends an input frame; one that would have to queue is dropped, except a release. */
  input(frame: Omit<InputFrame, "type">): void {
    if (this.store.get().connection.state !== "open") return;
    if (frame.deadman && (this.socket?.bufferedAmount ?? 0) > BACKLOG_BYTES) return;
    this.send({ type: "input", ...frame });
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private probe(): void {
    if (performance.now() - this.heardMs > SILENCE_MS) this.lost("the server has gone silent");
    else this.send({ type: "ping", client_t_ms: performance.now() });
  }

  private receive(message: ServerMessage): void {
    this.heardMs = performance.now();
    switch (message.type) {
      case "telemetry":
        return this.store.sample({ telemetry: message, arrivedMs: this.heardMs });
      case "pong":
        this.clock.add(message.client_t_ms, this.heardMs, message.server_t_ns);
        return this.store.sample({ roundTripMs: this.clock.roundTripMs });
      case "welcome":
        this.attempt = 0;
        this.store.connect({ state: "open", client: message.client, version: message.version });
        return this.probe();
      case "reply":
        return this.pending.get(message.id)?.(message);
      case "error":
        if (message.fatal) this.refuse(message.text);
        else this.onProblem(message.text);
    }
  }

  private refuse(text: string): void {
    this.wanted = false;
    this.drop(text);
    this.store.connect({ state: "refused", text });
  }

  private lost(reason: string): void {
    this.drop(reason);
    if (!this.wanted) return;
    const wait = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)];
    this.attempt += 1;
    this.store.connect({ state: "lost", attempt: this.attempt, text: reason || "the server cannot be reached" });
    this.retryTimer = window.setTimeout(() => this.open(), wait);
  }

  private drop(reason: string): void {
    window.clearInterval(this.pingTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.clock.reset();
    const error = `The connection was lost: ${reason}.`;
    for (const [id, settle] of this.pending) settle({ type: "reply", id, ok: false, error, detail: {} });
  }
}
