import { expect, test } from "vitest";
import { parsePolicies } from "./model";

test("an address keeps only filters that exist", () => {
  expect(parsePolicies({ stage: "production", dataset: "abc" })).toEqual({ stage: "production", dataset: "abc" });
  expect(parsePolicies({ stage: "famous", dataset: "", other: 1 })).toEqual({});
});
