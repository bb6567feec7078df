import { expect, test } from "vitest";
import { type ControlKind, nextStep, obstacle, type Situation } from "./situation";

const free: Situation = { online: true, robot: true, mode: "STOPPED", holder: "nobody", holderName: "" };
const mine: Situation = { ...free, holder: "me", holderName: "Ada" };
const theirs: Situation = { ...free, holder: "other", holderName: "Grace" };
const KINDS: ControlKind[] = ["lease.take", "lease.release", "arm", "reset", "home", "scene.reset"];

test("the next step leads from a free robot to an armed one, and out of a fault", () => {
  expect(nextStep(free)).toBe("lease.take");
  expect(nextStep(mine)).toBe("arm");
  expect(nextStep({ ...mine, mode: "READY" })).toBeNull();
  expect(nextStep({ ...mine, mode: "FAULT" })).toBe("reset");
  expect(nextStep(theirs)).toBeNull();
});

test("the next step is always allowed", () => {
  for (const situation of [free, mine, theirs]) {
    for (const mode of ["STOPPED", "READY", "ACTIVE", "HOLD", "FAULT"] as const) {
      const step = nextStep({ ...situation, mode });
      if (step) expect(obstacle(step, { ...situation, mode })).toBe("");
    }
  }
});

test("another's control forbids everything but says whose it is", () => {
  for (const kind of KINDS.filter((kind) => kind !== "lease.release")) expect(obstacle(kind, theirs)).toMatch(/Grace/);
});

test("nothing is possible offline", () => {
  for (const kind of KINDS) expect(obstacle(kind, { ...mine, online: false })).toMatch(/no connection/);
});

test("arms go to rest only while the motion key is held", () => {
  expect(obstacle("home", { ...mine, mode: "READY" })).toMatch(/motion key/);
  expect(obstacle("home", { ...mine, mode: "ACTIVE" })).toBe("");
});
