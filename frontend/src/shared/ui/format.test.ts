import { expect, test } from "vitest";
import { bytes, clockTime, duration, milliseconds, plainName, several, significant } from "./format";

test("clock time never shows sixty seconds", () => {
  expect(clockTime(0)).toBe("0:00.0");
  expect(clockTime(59.99)).toBe("0:59.9");
  expect(clockTime(75.44)).toBe("1:15.4");
  expect(clockTime(3600, 0)).toBe("60:00");
});

test("bytes pick their unit", () => {
  expect(bytes(0)).toBe("0 B");
  expect(bytes(1536)).toBe("1.5 kB");
  expect(bytes(123_456_789)).toBe("123 MB");
  expect(bytes(5.4e12)).toBe("5.4 TB");
});

test("milliseconds stay short", () => {
  expect(milliseconds(3.456)).toBe("3.5 ms");
  expect(milliseconds(99.97)).toBe("100 ms");
  expect(milliseconds(2345)).toBe("2.3 s");
  expect(milliseconds(null)).toBe("–");
});

test("names of joints read as words", () => {
  expect(plainName("left_hand_thumb_0_joint")).toBe("left hand thumb 0");
});

test("durations pick two units", () => {
  expect(duration(45.4)).toBe("45 s");
  expect(duration(754)).toBe("12 min 34 s");
  expect(duration(3599.7)).toBe("1 h 0 min");
  expect(duration(200_000)).toBe("2 d 7 h");
  expect(duration(null)).toBe("–");
});

test("three digits say enough", () => {
  expect(significant(0)).toBe("0.00");
  expect(significant(0.0001)).toBe("1.00e-4");
  expect(significant(0.12345)).toBe("0.123");
  expect(significant(-1234.5)).toBe("-1,234");
  expect(significant(12.345)).toBe("12.3");
});

test("one thing is not plural", () => {
  expect(several(1, "episode")).toBe("1 episode");
  expect(several(0, "episode")).toBe("0 episodes");
  expect(several(1200, "row")).toBe("1,200 rows");
});
