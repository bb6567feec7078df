import { describe, expect, it } from "vitest";
import { PlaybackClock } from "./PlaybackClock";
import { modeSpans, posesSource } from "./posesSource";

const poses = {
  t_s: [0, 0.5, 1],
  joints: ["elbow"],
  q_rad: [[0], [1], [2]],
  T_world_pelvis: [[0, 0, 0.7, 0, 0, 0, 1], [0.1, 0, 0.7, 0, 0, 0, 1], [0.2, 0, 0.7, 0, 0, 0, 1]],
  objects: ["ball"],
  T_world_object: [[[1, 0, 0, 0, 0, 0, 1]]],
  mode: ["READY", "ACTIVE", "ACTIVE"],
  driver: ["", "ada", "ada"],
  T_world_footprint: [],
  T_footprint_wrists: [],
};

describe("posesSource", () => {
  it("reads the pose that was current at the clock's time", () => {
    const clock = new PlaybackClock(1);
    const source = posesSource(poses, clock);
    expect(source.read()?.q_rad).toEqual([0]);
    expect(source.read()?.object_poses).toEqual([1, 0, 0, 0, 0, 0, 1]);
    clock.seek(0.7);
    expect(source.read()?.q_rad).toEqual([1]);
    expect(source.read()?.object_poses).toEqual([]);
  });

  it("says nothing when nothing was recorded", () => {
    const empty = { ...poses, t_s: [], q_rad: [], T_world_pelvis: [] };
    expect(posesSource(empty, new PlaybackClock(1)).read()).toBeNull();
  });
});

describe("modeSpans", () => {
  it("joins neighbours and leaves no gap", () => {
    expect(modeSpans(poses)).toEqual([
      { mode: "READY", driver: "", from_s: 0, to_s: 0.5 },
      { mode: "ACTIVE", driver: "ada", from_s: 0.5, to_s: 1 },
    ]);
  });
});
