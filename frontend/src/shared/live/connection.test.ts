// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PROTOCOL, type ServerMessage } from "@/shared/api/messages.gen";
import { LiveConnection } from "./connection";
import { LiveStore } from "./liveStore";

/** A socket whose other end is this test. */
class Peer {
  static OPEN = 1;
  static all: Peer[] = [];
  readyState = 1;
  bufferedAmount = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { reason: string }) => void) | null = null;
  constructor(readonly url: string) {
    Peer.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const WELCOME: ServerMessage = { type: "welcome", protocol: PROTOCOL, client: "c1", version: "1" };
const last = (): Peer => Peer.all.at(-1) as Peer;
let store: LiveStore;
let problems: string[];
let connection: LiveConnection;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Peer);
  Peer.all = [];
  problems = [];
  store = new LiveStore(() => undefined);
  connection = new LiveConnection(store, "ws://test", () => "Ada", (text) => problems.push(text));
  connection.open();
  last().onopen?.();
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("says hello with its protocol and name, and is open after the welcome", () => {
  expect(last().sent[0]).toEqual({ type: "hello", protocol: PROTOCOL, name: "Ada" });
  expect(store.get().connection.state).toBe("connecting");
  last().say(WELCOME);
  expect(store.get().connection).toEqual({ state: "open", client: "c1", version: "1" });
});

test("a reply settles its own request", async () => {
  last().say(WELCOME);
  const first = connection.request({ kind: "arm" });
  const second = connection.request({ kind: "stop" });
  const ids = last().sent.filter((message) => message.type === "request").map((message) => message.id as number);
  last().say({ type: "reply", id: ids[1] as number, ok: true, error: "", detail: {} });
  last().say({ type: "reply", id: ids[0] as number, ok: false, error: "not now", detail: {} });
  expect((await first).error).toBe("not now");
  expect((await second).ok).toBe(true);
});

test("a request without connection or answer fails in words", async () => {
  expect((await connection.request({ kind: "arm" })).error).toMatch(/no connection/);
  last().say(WELCOME);
  const silent = connection.request({ kind: "arm" });
  await vi.advanceTimersByTimeAsync(3900);
  last().say({ type: "pong", client_t_ms: 0, server_t_ns: 0 });
  await vi.advanceTimersByTimeAsync(3900);
  last().say({ type: "pong", client_t_ms: 0, server_t_ns: 0 });
  await vi.advanceTimersByTimeAsync(300);
  expect((await silent).error).toMatch(/not answered/);
});

test("a lost connection is tried again and open requests are answered", async () => {
  last().say(WELCOME);
  const open = connection.request({ kind: "arm" });
  last().onclose?.({ reason: "server restarts" });
  expect((await open).error).toMatch(/server restarts/);
  expect(store.get().connection.state).toBe("lost");
  vi.advanceTimersByTime(300);
  expect(Peer.all).toHaveLength(2);
  last().onopen?.();
  last().say(WELCOME);
  expect(store.get().connection.state).toBe("open");
});

test("a silent server counts as lost", () => {
  last().say(WELCOME);
  vi.advanceTimersByTime(6000);
  expect(Peer.all.length).toBeGreaterThan(1);
});

test("a refusal is final and says why", () => {
  last().say({ type: "error", code: "protocol", text: "reload the page", fatal: true });
  vi.advanceTimersByTime(60_000);
  expect(Peer.all).toHaveLength(1);
  expect(store.get().connection).toEqual({ state: "refused", text: "reload the page" });
});

test("a blocked link drops motion but never a release", () => {
  last().say(WELCOME);
  last().bufferedAmount = 1e6;
  const frame = { source: "keyboard", seq: 1, source_t_ns: 0 };
  connection.input({ ...frame, deadman: true });
  connection.input({ ...frame, deadman: false });
  const inputs = last().sent.filter((message) => message.type === "input");
  expect(inputs.map((message) => message.deadman)).toEqual([false]);
});

test("what the server objects to is told", () => {
  last().say(WELCOME);
  last().say({ type: "error", code: "input", text: "left.twist must have 6 numbers", fatal: false });
  expect(problems).toEqual(["left.twist must have 6 numbers"]);
  expect(store.get().connection.state).toBe("open");
});
