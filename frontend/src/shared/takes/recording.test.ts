import { expect, test } from "vitest";
import type { RecorderStatus } from "@/shared/api/messages.gen";
import { type TakeAction, takeObstacle } from "./recording";

const status = (phase: RecorderStatus["phase"]): RecorderStatus => ({
  t_ns: 0,
  phase,
  episode: "",
  task: "",
  instruction: "",
  elapsed_s: 0,
  countdown_s: 0,
  take: 0,
  disk_free_bytes: 0,
  bytes_written: 0,
  warning: "",
  streams: [],
});
const allowed = (phase: RecorderStatus["phase"], task = "t1"): TakeAction[] =>
  (["record", "stop", "save", "redo", "discard"] as const).filter((action) => takeObstacle(action, true, status(phase), task) === "");

test("each phase allows what makes sense in it", () => {
  expect(allowed("idle")).toEqual(["record"]);
  expect(allowed("countdown")).toEqual(["stop", "redo", "discard"]);
  expect(allowed("recording")).toEqual(["stop", "save", "redo", "discard"]);
  expect(allowed("review")).toEqual(["save", "redo", "discard"]);
});

test("a take needs a task", () => {
  expect(takeObstacle("record", true, status("idle"), "")).toMatch(/task/);
  expect(allowed("idle", "")).toEqual([]);
});

test("a silent recorder is said in capitals", () => {
  expect(takeObstacle("record", true, null, "t1")).toMatch(/^NOT RECORDING/);
  expect(takeObstacle("save", false, status("review"), "t1")).toMatch(/no connection/);
});
