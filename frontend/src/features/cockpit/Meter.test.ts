import { expect, test } from "vitest";
import { Meter } from "./Meter";

test("shows the middle of what is new, and the worst of all", () => {
  const meter = new Meter();
  expect(meter.recent()).toBeNull();
  expect(meter.worst).toBeNull();
  for (const value of [90, 1, 2, 3, 4, 5, 6, 7, 8, 100]) meter.push(value);
  expect(meter.recent(9)).toBe(5);
  expect(meter.worst).toBe(100);
});

test("leaves out what is not a number and forgets the oldest", () => {
  const meter = new Meter();
  meter.push(null);
  meter.push(Number.NaN);
  for (let i = 0; i < 500; i++) meter.push(i);
  expect(meter.all).toHaveLength(120);
  expect(meter.all[0]).toBe(380);
});
