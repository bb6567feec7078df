import { describe, expect, it } from "vitest";
import { mainMetric, metric, ordered, withUnit } from "./metrics";
import { smooth, sparkPath, thinned } from "./smoothing";

describe("smooth", () => {
  it("leaves a constant alone and starts where the curve starts", () => {
    expect(smooth([3, 3, 3], 0.9).every((value) => Math.abs(value - 3) < 1e-12)).toBe(true);
    expect(smooth([5, 1], 0.9)[0]).toBeCloseTo(5);
  });

  it("does nothing without weight, and forgets noise with it", () => {
    const noisy = Array.from({ length: 200 }, (_, i) => (i % 2 ? 1 : -1));
    expect(smooth(noisy, 0)).toEqual(noisy);
    expect(Math.abs(smooth(noisy, 0.95).at(-1) ?? 1)).toBeLessThan(0.05);
  });

  it("follows a step to its end", () => {
    const step = [...Array<number>(50).fill(0), ...Array<number>(50).fill(1)];
    expect(smooth(step, 0.8).at(-1)).toBeCloseTo(1, 3);
  });
});

describe("thinned", () => {
  it("keeps the mean and the length it is given", () => {
    const values = Array.from({ length: 1000 }, (_, i) => i);
    const few = thinned(values, 40);
    expect(few).toHaveLength(40);
    expect(few.reduce((a, b) => a + b) / few.length).toBeCloseTo(499.5);
  });

  it("leaves short curves as they are", () => {
    expect(thinned([1, 2, 3], 40)).toEqual([1, 2, 3]);
    expect(thinned([], 40)).toEqual([]);
  });
});

describe("sparkPath", () => {
  it("spans the whole box", () => {
    expect(sparkPath([0, 10, 5], 100, 22)).toBe("M0.0 21.0L50.0 1.0L100.0 11.0");
    expect(sparkPath([4, 4], 10, 10)).toBe("M0.0 9.0L10.0 9.0");
    expect(sparkPath([4], 10, 10)).toBe("");
  });
});

describe("metrics", () => {
  it("gives every value a unit it can know", () => {
    expect(withUnit("samples_s", 12.34)).toBe("12.3 samples/s");
    expect(withUnit("success_rate", 0.856)).toBe("86 %");
    expect(metric("update_s")).toEqual({ label: "Update", unit: "s" });
    expect(metric("l1_loss")).toEqual({ label: "L1 loss", unit: "" });
  });

  it("puts the loss first", () => {
    expect(ordered(["zeta", "lr", "alpha", "loss"])).toEqual(["loss", "lr", "alpha", "zeta"]);
    expect(mainMetric(["step", "success_rate", "seed"])).toBe("success_rate");
    expect(mainMetric(["step"])).toBeUndefined();
  });
});
