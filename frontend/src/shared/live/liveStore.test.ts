import { expect, test, vi } from "vitest";
import type { Telemetry } from "@/shared/api/messages.gen";
import { LiveStore } from "./liveStore";

const telemetry = (t_ns: number): Telemetry => ({
  type: "telemetry",
  t_ns,
  tick: null,
  world: null,
  recorder: null,
  video: null,
  rig: null,
  processes: [],
});

test("many samples in one frame are one notification of the newest", () => {
  const frames: (() => void)[] = [];
  const store = new LiveStore((callback) => frames.push(callback));
  const listener = vi.fn();
  store.subscribe(listener);
  for (let i = 1; i <= 5; i++) store.sample({ telemetry: telemetry(i) });
  expect(listener).not.toHaveBeenCalled();
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(store.get().telemetry?.t_ns).toBe(5);
});

test("a lost connection is told at once and leaves no stale telemetry", () => {
  const store = new LiveStore(() => undefined);
  const listener = vi.fn();
  store.subscribe(listener);
  store.sample({ telemetry: telemetry(1) });
  store.connect({ state: "lost", attempt: 1, text: "gone" });
  expect(listener).toHaveBeenCalledTimes(1);
  expect(store.get().telemetry).toBeNull();
});

test("a listener that left is not called", () => {
  const store = new LiveStore(() => undefined);
  const listener = vi.fn();
  store.subscribe(listener)();
  store.connect({ state: "connecting", attempt: 1 });
  expect(listener).not.toHaveBeenCalled();
});
