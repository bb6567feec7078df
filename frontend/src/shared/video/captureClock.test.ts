import { describe, expect, it } from "vitest";
import { captureAgeMs } from "./captureClock";

const MODULUS = 2 ** 32;

/** The stamp that the video process puts on a picture captured at `serverMs`. */
const stamp = (serverMs: number) => Math.floor(serverMs * 90) % MODULUS;

describe("captureAgeMs", () => {
  it.each([0, 1, 33.3, 1000, 600_000])("knows a picture that is %d ms old", (ageMs) => {
    const now = 123_456_789.25;
    expect(captureAgeMs(stamp(now - ageMs), now)).toBeCloseTo(ageMs, 1);
  });

  it("survives the wrap of the stamp after 13.2 hours", () => {
    const wrapMs = MODULUS / 90;
    expect(captureAgeMs(stamp(wrapMs - 5), wrapMs + 15)).toBeCloseTo(20, 1);
    expect(captureAgeMs(stamp(7 * wrapMs - 5), 7 * wrapMs + 15)).toBeCloseTo(20, 1);
  });

  it("is slightly negative when the caller's clock is slightly behind", () => {
    expect(captureAgeMs(stamp(5000), 4998)).toBeCloseTo(-2, 1);
  });
});
