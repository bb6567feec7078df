import { describe, expect, it } from "vitest";
import { slug } from "./slug";

describe("slug", () => {
  it("keeps only what the api allows", () => {
    expect(slug("Tea box → shelf!")).toBe("tea-box-shelf");
    expect(slug("  _x_1 ")).toBe("x_1");
    expect(slug("a".repeat(80))).toMatch(/^[a-z0-9][a-z0-9_-]{0,59}$/);
  });

  it("leaves a good name alone", () => {
    expect(slug("pick_place-v2")).toBe("pick_place-v2");
  });
});
