import { describe, expect, it } from "vitest";
import { nextSort, parseFilters, toQuery } from "./filters";

describe("filters in the URL", () => {
  it("keeps what it knows and drops the rest", () => {
    const search = { status: ["accepted", "bogus"], sort: "quality", order: "up", text: "", operator: "Ada", page: 3 };
    expect(parseFilters(search)).toEqual({ status: ["accepted"], sort: "quality", operator: "Ada" });
  });

  it("knows takeovers and the policy they were from", () => {
    expect(parseFilters({ takeovers: true, policy: "act-1" })).toEqual({ takeovers: true, policy: "act-1" });
    expect(parseFilters({ takeovers: "no", policy: 3 })).toEqual({});
    expect(toQuery({ takeovers: true, policy: "act-1" }, 50, 0)).toMatchObject({ takeovers: true, policy: "act-1" });
  });

  it("takes a single status as well as a list", () => {
    expect(parseFilters({ status: "new" })).toEqual({ status: ["new"] });
  });

  it("asks for the newest first unless told otherwise", () => {
    expect(toQuery({}, 50, 100)).toEqual({ sort: "started_at", order: "desc", limit: 50, offset: 100 });
  });

  it("sorts the worst quality first, then turns round", () => {
    const worst = nextSort({}, "quality");
    expect(worst).toMatchObject({ sort: "quality", order: "asc" });
    expect(nextSort(worst, "quality")).toMatchObject({ order: "desc" });
    expect(nextSort({}, "started_at")).toMatchObject({ order: "asc" });
  });
});
