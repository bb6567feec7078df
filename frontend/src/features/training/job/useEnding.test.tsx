// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import type { Job } from "../model";
import { useEnding } from "./useEnding";

const KEYS = [
  ["jobs", "checkpoints", "a"],
  ["jobs", "curves", "a", 800],
  ["jobs", "checkpoints", "b"],
];

test("what a job wrote at its very end is read again, once, and that of others is not", () => {
  const client = new QueryClient();
  const outdated = () => KEYS.map((key) => client.getQueryState(key)?.isInvalidated);
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const fresh = () => KEYS.forEach((key) => client.setQueryData(key, []));
  fresh();
  const states = (state: Job["state"]) => ({ id: "a", state });
  const { rerender } = renderHook(useEnding, { wrapper, initialProps: states("running") });
  expect(outdated()).toEqual([false, false, false]);
  rerender(states("stopping"));
  expect(outdated()).toEqual([false, false, false]);
  rerender(states("stopped"));
  expect(outdated()).toEqual([true, true, false]);
  fresh();
  rerender(states("stopped"));
  expect(outdated()).toEqual([false, false, false]);
});
