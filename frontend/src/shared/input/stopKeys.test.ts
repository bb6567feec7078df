import { expect, test } from "vitest";
import { StopKeys } from "./stopKeys";

test("Esc stops at once, but a held Esc stops once", () => {
  const keys = new StopKeys();
  expect(keys.press("Escape", false, 0, false)).toBe(true);
  expect(keys.press("Escape", true, 30, false)).toBe(false);
});

test("space stops only when pressed twice quickly", () => {
  const keys = new StopKeys();
  expect(keys.press("Space", false, 0, true)).toBe(false);
  expect(keys.press("Space", false, 300, true)).toBe(true);
  expect(keys.press("Space", false, 400, true)).toBe(false);
  expect(keys.press("Space", false, 1200, true)).toBe(false);
});

test("holding space is one press", () => {
  const keys = new StopKeys();
  keys.press("Space", false, 0, true);
  expect(keys.press("Space", true, 100, true)).toBe(false);
});

test("another key between the two spaces breaks the pair", () => {
  const keys = new StopKeys();
  keys.press("Space", false, 0, true);
  keys.press("KeyW", false, 100, true);
  expect(keys.press("Space", false, 200, true)).toBe(false);
});

test("space is left alone where it means something else", () => {
  const keys = new StopKeys();
  keys.press("Space", false, 0, false);
  expect(keys.press("Space", false, 100, false)).toBe(false);
});
