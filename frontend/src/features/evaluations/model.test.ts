import { describe, expect, it } from "vitest";
import { filtered, inWords, resultText, spreadText, subtaskLines, withoutLast, withScore, type Trial } from "./model";

const trial = (change: Partial<Trial>): Trial => ({
  number: 0,
  condition: 0,
  label: "A",
  scores: ["success", "success"],
  success: true,
  time_s: 9.42,
  interventions: 0,
  fell: false,
  underruns: 0,
  ended: "",
  episode: "",
  video: "",
  note: "",
  scored_by: "",
  scored_at: null,
  ...change,
});

describe("proportions in words", () => {
  it("always come with their interval", () => {
    expect(inWords({ successes: 8, trials: 10, low: 0.49, high: 0.943 })).toBe("80 %, between 49 % and 94 % (95 % interval)");
    expect(inWords({ successes: 0, trials: 0, low: 0, high: 1 })).toBe("No trials yet");
  });
  it("spreads name their unit", () => {
    expect(spreadText({ median: 9.35, lower: 9.15, upper: 9.55, count: 3 }, "s")).toBe("9.3 s (9.2 to 9.6)");
    expect(spreadText(null, "s")).toBe("–");
  });
});

describe("scoring", () => {
  it("ends with a failure, but not with help", () => {
    expect(withScore([], "assisted", 3)).toEqual(["assisted"]);
    expect(withScore(["assisted"], "fail", 3)).toEqual(["assisted", "fail", "none"]);
    expect(withScore(["success", "success", "success"], "fail", 3)).toEqual(["success", "success", "success"]);
  });
  it("is taken back one by one", () => {
    expect(withoutLast(["success", "fail", "none"])).toEqual(["success"]);
    expect(withoutLast(["success", "success"])).toEqual(["success"]);
    expect(withoutLast([])).toEqual([]);
  });
});

describe("trials", () => {
  const trials = [
    trial({ number: 0 }),
    trial({ number: 1, label: "B", scores: ["fail", "none"], success: false, fell: true }),
    trial({ number: 2, scores: ["assisted", "success"], success: false }),
    trial({ number: 3, scores: null, success: null }),
  ];
  const numbers = (...args: Parameters<typeof filtered>) => filtered(...args).map(({ number }) => number);
  it("are filtered by outcome and policy", () => {
    expect(numbers(trials, "all", "")).toEqual([0, 1, 2]);
    expect(numbers(trials, "success", "")).toEqual([0]);
    expect(numbers(trials, "failed", "A")).toEqual([2]);
    expect(numbers(trials, "assisted", "")).toEqual([2]);
    expect(numbers(trials, "fell", "B")).toEqual([1]);
  });
  it("say where they failed", () => {
    const subtasks = [{ text: "grasp it" }, { text: "lift it" }];
    expect(trials.map((one) => resultText(one, subtasks))).toEqual(["done in 9.4 s", "fell at: grasp it", "helped at: grasp it", "not run yet"]);
  });
});

it("subtasks are lines", () => {
  expect(subtaskLines(" grasp it\n\nlift it ")).toEqual(["grasp it", "lift it"]);
});
