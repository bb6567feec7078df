import { describe, expect, it } from "vitest";
import type { Situation } from "@/shared/live/situation";
import {
  borderRatio,
  drivenBy,
  latencyParts,
  noPause,
  noResume,
  noStart,
  parseRollout,
  planLines,
  whoDrives,
  type Rollout,
} from "./model";

const IDLE: Rollout = {
  phase: "idle",
  reason: "",
  policy: "",
  task: "",
  merge: "blend",
  fps: 30,
  chunk_size: 30,
  level: 0,
  d_est: 0,
  d_real: 0,
  latency_ms: { queue: 1, pre: 4, infer: 60, post: 2 },
  round_trip_ms: 75,
  round_trip_p95_ms: 90,
  observation_age_ms: 20,
  chunks: 0,
  late: 0,
  discarded: 0,
  stalls: 0,
  stalled_steps: 0,
  border_jump_rad: null,
  jerk_inside_rad_s3: null,
  jerk_border_rad_s3: null,
  takeovers: 0,
  step: 0,
  plan: [],
};
const READY: Situation = { online: true, robot: true, mode: "READY", holder: "me", holderName: "Ann" };

describe("the address", () => {
  it("names a policy or a trial, and nothing that makes no sense", () => {
    expect(parseRollout({ policy: "p" })).toEqual({ policy: "p" });
    expect(parseRollout({ evaluation: "e", trial: 3, policy: "p" })).toEqual({ evaluation: "e", trial: 3 });
    expect(parseRollout({ evaluation: "e", trial: -1 })).toEqual({});
    expect(parseRollout({ evaluation: "e", trial: "first" })).toEqual({});
    expect(parseRollout({ trial: 3 })).toEqual({});
  });
});

describe("starting", () => {
  it("needs control, an armed robot and a policy, and says which is missing", () => {
    expect(noStart(READY, IDLE, true)).toBe("");
    expect(noStart(READY, IDLE, false)).toMatch(/Choose/);
    expect(noStart({ ...READY, holder: "nobody" }, IDLE, true)).toMatch(/Take control/);
    expect(noStart({ ...READY, holder: "other" }, IDLE, true)).toMatch(/Ann/);
    expect(noStart({ ...READY, mode: "STOPPED" }, IDLE, true)).toMatch(/Arm/);
    expect(noStart({ ...READY, mode: "ACTIVE" }, IDLE, true)).toMatch(/ACTIVE/);
    expect(noStart(READY, { ...IDLE, phase: "driving" }, true)).toMatch(/under way/);
    expect(noStart(READY, undefined, true)).toMatch(/not reporting/);
  });

  it("may be tried again after a failure", () => {
    expect(noStart(READY, { ...IDLE, phase: "failed" }, true)).toBe("");
  });
});

it("only the holder pauses and resumes", () => {
  const driving: Rollout = { ...IDLE, phase: "driving" };
  const paused: Rollout = { ...IDLE, phase: "paused" };
  expect(noPause(driving, "me")).toBe("");
  expect(noPause(driving, "other")).not.toBe("");
  expect(noPause(paused, "me")).not.toBe("");
  expect(noPause(IDLE, "me")).not.toBe("");
  expect(noResume(paused, "me")).toBe("");
  expect(noResume(paused, "nobody")).not.toBe("");
  expect(noResume(driving, "me")).not.toBe("");
});

it("names who drives", () => {
  expect(whoDrives({ driver: "policy:tea-2", lease_name: "Ann" })).toEqual({ who: "policy", name: "tea-2" });
  expect(whoDrives({ driver: "c1", lease_name: "Ann" })).toEqual({ who: "person", name: "Ann" });
  expect(whoDrives({ driver: "", lease_name: "Ann" }).who).toBe("nobody");
  expect(whoDrives(null).who).toBe("nobody");
});

it("knows afterwards which policy of the registry drove", () => {
  const policies = [
    { name: "tea", number: 1 },
    { name: "tea", number: 2 },
  ];
  expect(drivenBy({ phase: "ended", policy: "policy:tea-2" }, policies)).toBe(policies[1]);
  expect(drivenBy({ phase: "failed", policy: "policy:tea-2" }, policies)).toBe(policies[1]);
  expect(drivenBy({ phase: "driving", policy: "policy:tea-2" }, policies)).toBeUndefined();
  expect(drivenBy({ phase: "ended", policy: "policy:from-elsewhere" }, policies)).toBeUndefined();
});

it("splits a round trip without remainder", () => {
  const parts = latencyParts(IDLE);
  expect(parts.at(-1)).toEqual({ name: "transport", ms: 8 });
  expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBe(75);
  expect(latencyParts({ ...IDLE, round_trip_ms: 10 }).at(-1)?.ms).toBe(0);
});

it("plots a group of the plan over time", () => {
  const names = ["left_hand_thumb_0_joint", "left_elbow_joint", "base_height", "base_vx"];
  const plan = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  const [line, ...others] = planLines(plan, names, "arms", 30);
  expect(others).toEqual([]);
  expect(line).toEqual({ label: "left elbow", x: [0, 0.1], y: [2, 6] });
  expect(planLines(plan, names, "walking", 30)[0]?.label).toBe("base vx");
});

it("has no ratio before anything moved", () => {
  expect(borderRatio(IDLE)).toBeNull();
  expect(borderRatio({ jerk_border_rad_s3: 3, jerk_inside_rad_s3: 2 })).toBe(1.5);
});
