import { expect, test } from "vitest";
import { differing, flat } from "./params";

test("nested parameters become paths with readable values", () => {
  expect(flat({ steps: 20_000, policy_config: { dim_model: 256, backbone: null, betas: [0.9, 0.99] }, augment: true, cameras: [], extra: {} })).toEqual([
    ["steps", "20,000"],
    ["policy_config.dim_model", "256"],
    ["policy_config.backbone", "empty"],
    ["policy_config.betas", "[0.9,0.99]"],
    ["augment", "yes"],
    ["cameras", "[]"],
    ["extra", "as it is by default"],
  ]);
});

test("only what differs is left, also when a job does not say it", () => {
  const a = flat({ steps: 100, lr: 0.1, policy_config: { dim: 1 } });
  const b = flat({ steps: 100, lr: 0.2 });
  expect(differing([a, b])).toEqual([
    { name: "lr", values: ["0.1", "0.2"] },
    { name: "policy_config.dim", values: ["1", null] },
  ]);
  expect(differing([a, a])).toEqual([]);
});
