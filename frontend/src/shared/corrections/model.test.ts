import { describe, expect, it } from "vitest";
import type { Dataset } from "@/shared/api/queries";
import { buildLabel, countsOf, fineTuneSearch, isEmpty, made, noBuild, noFineTune, type Corrections } from "./model";

const NONE: Corrections = {
  policy: "act-1",
  dataset: "lift-v1",
  next_version: "lift-v2",
  kept: 8,
  withdrawn: 0,
  accepted: 0,
  person_s: 0,
  waiting: 0,
  rejected: 0,
  included: 0,
  reason: "nobody has taken over from act-1 in a saved take yet",
  version: null,
};
const SOME: Corrections = { ...NONE, accepted: 5, person_s: 42.4, waiting: 1, rejected: 2, included: 3, reason: "" };
const VERSION: Dataset = {
  id: "d2",
  name: "lift",
  number: 2,
  fps: 30,
  state: "queued",
  progress: 0,
  message: "waiting for its turn",
  content_hash: "",
  episodes: 13,
  rows: 0,
  size_bytes: 0,
  folder: "/data/datasets/lift-v2",
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
};

it("is empty only while nobody has taken over", () => {
  expect(isEmpty(NONE)).toBe(true);
  expect(isEmpty({ ...NONE, rejected: 1 })).toBe(false);
});

it("counts what is to be done first and leaves out what there is none of", () => {
  expect(countsOf(SOME).map(({ count, label }) => `${count} ${label}`)).toEqual([
    "5 accepted, people drove 42 s",
    "1 waits for a review",
    "2 rejected",
    "3 in lift-v1 already",
  ]);
  expect(countsOf({ ...NONE, waiting: 2, withdrawn: 1 }).map(({ count, label }) => `${count} ${label}`)).toEqual([
    "0 accepted and new",
    "2 wait for a review",
    "1 of lift-v1 no longer accepted, left out",
  ]);
});

it("says what a press makes", () => {
  expect(buildLabel(SOME)).toBe("Build lift-v2 with 5 more takes");
  expect(buildLabel({ ...SOME, accepted: 1 })).toBe("Build lift-v2 with 1 more take");
  expect(buildLabel(NONE)).toBe("Build lift-v2");
  expect(buildLabel({ ...NONE, next_version: null })).toBe("Build a version");
});

describe("one step at a time", () => {
  it("builds first", () => {
    expect(noBuild(SOME)).toBe("");
    expect(noFineTune(SOME)).toMatch(/Build/);
    expect(noBuild(NONE)).toBe("Nobody has taken over from act-1 in a saved take yet");
    expect(noBuild(undefined)).not.toBe("");
    expect(noFineTune(undefined)).not.toBe("");
  });

  it("trains when the version is verified", () => {
    expect(noFineTune({ ...SOME, version: VERSION })).toMatch(/being built/);
    expect(noFineTune({ ...SOME, version: { ...VERSION, state: "ready" } })).toBe("");
  });

  it("builds again after a failure", () => {
    const failed = { ...SOME, version: { ...VERSION, state: "failed" as const } };
    expect(made(failed)).toBeNull();
    expect(noFineTune(failed)).toMatch(/Build/);
  });
});

it("starts from the policy's own job where that still exists", () => {
  expect(fineTuneSearch({ id: "p", job_id: "j" }, VERSION)).toEqual({ dataset: "d2", init: "p", from: "j" });
  expect(fineTuneSearch({ id: "p", job_id: null }, VERSION)).toEqual({ dataset: "d2", init: "p", kind: "train" });
});
