import { expect, test } from "vitest";
import type { Situation } from "@/shared/live/situation";
import { noRig } from "./model";

const me: Situation = { online: true, robot: true, mode: "READY", holder: "me", holderName: "Ada" };

test("only who has control switches the rig on", () => {
  expect(noRig(me)).toBe("");
  expect(noRig({ ...me, holder: "nobody" })).toBe("Take control first.");
  expect(noRig({ ...me, holder: "other", holderName: "Ben" })).toContain("Ben has control");
  expect(noRig({ ...me, robot: false })).toContain("not reporting");
  expect(noRig({ ...me, online: false })).toContain("no connection");
});
