import { describe, expect, it, vi } from "vitest";
import { lastBefore, stepTime } from "./frames";
import { PlaybackClock } from "./PlaybackClock";

function manual(duration_s: number) {
  const state = { now: 0, callback: null as (() => void) | null };
  const clock = new PlaybackClock(
    duration_s,
    () => state.now,
    (callback) => {
      state.callback = callback;
      return 1;
    },
    () => {
      state.callback = null;
    },
  );
  const tick = (ms: number) => {
    state.now += ms;
    const { callback } = state;
    state.callback = null;
    callback?.();
  };
  return { clock, tick, state };
}

describe("PlaybackClock", () => {
  it("advances with the wall clock times the rate, only while playing", () => {
    const { clock, tick } = manual(10);
    tick(1000);
    expect(clock.time_s).toBe(0);
    clock.play();
    tick(500);
    expect(clock.time_s).toBeCloseTo(0.5);
    clock.setRate(2);
    tick(500);
    expect(clock.time_s).toBeCloseTo(1.5);
    clock.pause();
    tick(5000);
    expect(clock.time_s).toBeCloseTo(1.5);
  });

  it("stops at the end and starts over when played again", () => {
    const { clock, tick, state } = manual(1);
    clock.play();
    tick(2000);
    expect(clock.time_s).toBe(1);
    expect(clock.playing).toBe(false);
    expect(state.callback).toBeNull();
    clock.play();
    expect(clock.time_s).toBe(0);
  });

  it("keeps a seek inside the episode and tells its listeners", () => {
    const { clock } = manual(3);
    const listener = vi.fn();
    const leave = clock.subscribe(listener);
    clock.seek(99);
    expect(clock.time_s).toBe(3);
    clock.seek(-1);
    expect(clock.time_s).toBe(0);
    expect(listener).toHaveBeenCalledTimes(2);
    leave();
    clock.seek(1);
    expect(listener).toHaveBeenCalledTimes(2);
  });
});

describe("frames by capture time", () => {
  const times = [0.1, 0.133, 0.166, 0.3];

  it("shows the newest frame that was already taken", () => {
    expect(lastBefore(times, 0.05)).toBe(-1);
    expect(lastBefore(times, 0.133)).toBe(1);
    expect(lastBefore(times, 0.29)).toBe(2);
    expect(lastBefore(times, 9)).toBe(3);
    expect(lastBefore([], 1)).toBe(-1);
  });

  it("steps over a gap in one press, and stays inside", () => {
    expect(stepTime(times, 0.166, 1)).toBe(0.3);
    expect(stepTime(times, 0.25, -1)).toBe(0.133);
    expect(stepTime(times, 0.3, 1)).toBe(0.3);
    expect(stepTime(times, 0.05, -1)).toBe(0.1);
  });
});
