import { expect, test } from "vitest";
import { ServerClock } from "./clock";

test("knows nothing before the first probe", () => {
  const clock = new ServerClock();
  expect(clock.serverMs(0)).toBeNull();
  expect(clock.roundTripMs).toBeNull();
});

test("trusts the probe with the shortest round trip", () => {
  const clock = new ServerClock();
  // The server is 1000 ms ahead; the second probe waited 40 ms on its way back.
  clock.add(0, 2, 1001e6);
  clock.add(10, 54, 1012e6);
  expect(clock.serverMs(106)).toBeCloseTo(1106, 6);
  expect(clock.roundTripMs).toBe(44);
});

test("forgets a good probe that is too old to be true", () => {
  const clock = new ServerClock();
  clock.add(0, 1, 0.5e6);
  for (let i = 0; i < 16; i++) clock.add(100, 104, 152e6);
  expect(clock.serverMs(102)).toBeCloseTo(152, 6);
});
