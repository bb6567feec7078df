import { expect, test } from "vitest";
import { conflicts, DEFAULT_KEYS, parseKeys, refusal } from "./keyBindings";

test("the defaults have no conflicts and need no reserved key", () => {
  expect(conflicts(DEFAULT_KEYS).size).toBe(0);
  for (const code of Object.values(DEFAULT_KEYS)) expect(refusal(code)).toBe("");
});

test("two actions on one key are both named", () => {
  const found = conflicts({ ...DEFAULT_KEYS, rise: "KeyB" });
  expect(found.get("rise")).toEqual(["squat"]);
  expect(found.get("squat")).toEqual(["rise"]);
  expect(found.size).toBe(2);
});

test("keys that stop the robot or belong to the browser are refused", () => {
  expect(refusal("Space")).toMatch(/stops/);
  expect(refusal("Escape")).toMatch(/stops/);
  expect(refusal("ControlLeft")).toMatch(/browser/);
});

test("what was stored is used where it makes sense", () => {
  const keys = parseKeys(JSON.stringify({ grip: "KeyY", pinch: "Escape", nonsense: "KeyA", save: 3 }));
  expect(keys).toEqual({ ...DEFAULT_KEYS, grip: "KeyY" });
  expect(parseKeys("{broken")).toEqual(DEFAULT_KEYS);
  expect(parseKeys(null)).toEqual(DEFAULT_KEYS);
});
