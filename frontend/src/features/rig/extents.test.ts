import { expect, test } from "vitest";
import { Extents } from "./extents";

test("a tracker has moved as far as the diagonal of the box that holds its path", () => {
  const extents = new Extents();
  expect(extents.of("T1")).toBe(0);
  expect(extents.add("T1", [1, 1, 1, 0, 0, 0, 1])).toBe(0);
  expect(extents.add("T1", [1.3, 1, 1.4, 0, 0, 0, 1])).toBeCloseTo(0.5);
  expect(extents.add("T1", [1.1, 1, 1.1, 0, 0, 0, 1])).toBeCloseTo(0.5);
  expect(extents.of("T2")).toBe(0);
});
