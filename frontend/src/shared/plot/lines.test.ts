import { expect, test } from "vitest";
import { aligned } from "./lines";

test("lines with different steps share one axis", () => {
  const data = aligned(
    [
      { label: "a", x: [10, 20], y: [1, 2] },
      { label: "b", x: [5, 20, 30], y: [7, 8, 9] },
    ],
    false,
  );
  expect(data).toEqual([
    [5, 10, 20, 30],
    [null, 1, 2, null],
    [7, null, 8, 9],
  ]);
});

test("a logarithmic axis leaves out what has no logarithm", () => {
  const line = { label: "a", x: [1, 2, 3], y: [0, -1, 2] };
  expect(aligned([line], true)[1]).toEqual([null, null, 2]);
  expect(aligned([line], false)[1]).toEqual([0, -1, 2]);
});
