import { describe, expect, it } from "vitest";
import { fieldsOf, found, named, type Field, type JsonSchema } from "./schema";
import { baseOf, changed, filled, merged, missing, same } from "./values";

const SCHEMA: JsonSchema = {
  properties: {
    task: { type: "string", description: "Name of the task" },
    policy: { type: "string", default: "act", "x-choices": "/api/types" },
    policy_config: { type: "object", default: {}, "x-schema": "/api/types/{policy}/schema" },
    image_height_px: { type: "integer", minimum: 32, maximum: 1080, default: 120 },
    cameras: { type: "array", items: { type: "string" }, default: [] },
    betas: { type: "array", items: { type: "number" }, default: [0.9, 0.999] },
    device: { enum: ["cpu", "cuda"], default: "cpu" },
    dropout: { anyOf: [{ type: "number", minimum: 0 }, { type: "null" }], default: null },
    optimizer: { $ref: "#/$defs/Optimizer" },
  },
  required: ["task"],
  $defs: { Optimizer: { properties: { lr: { type: "number", default: 1e-4, description: "Peak learning rate" } } } },
};

const fields = fieldsOf(SCHEMA);
const field = (name: string): Field => {
  const one = fields.find(({ path }) => path[0] === name);
  if (!one) throw new Error(name);
  return one;
};

describe("fieldsOf", () => {
  it("gives every property the input it needs", () => {
    expect(Object.fromEntries(fields.map(({ path, kind }) => [path[0], kind]))).toEqual({
      task: "text",
      policy: "choice",
      policy_config: "group",
      image_height_px: "integer",
      cameras: "words",
      betas: "json",
      device: "choice",
      dropout: "number",
      optimizer: "group",
    });
  });

  it("keeps bounds, defaults and what may be left empty", () => {
    expect(field("image_height_px")).toMatchObject({ min: 32, max: 1080, default: 120, nullable: false, required: false });
    expect(field("dropout")).toMatchObject({ min: 0, nullable: true });
    expect(field("task").required).toBe(true);
    expect(field("optimizer").children[0]).toMatchObject({ path: ["optimizer", "lr"], default: 1e-4 });
  });

  it("names units", () => {
    expect(named("image_height_px")).toEqual({ label: "image height", unit: "px" });
    expect(named("steps")).toEqual({ label: "steps", unit: "" });
    expect(named("s")).toEqual({ label: "s", unit: "" });
  });
});

describe("found", () => {
  it("looks into groups, names and help", () => {
    expect(found(fields, "learning").map(({ path }) => path[0])).toEqual(["optimizer"]);
    expect(found(fields, "height px").map(({ path }) => path[0])).toEqual(["image_height_px"]);
    expect(found(fields, "no such thing")).toEqual([]);
  });
});

describe("changes", () => {
  const template = { policy: "act", policy_config: { dim_model: 256, pretrained: null }, image_height_px: 240 };

  it("going back is no change", () => {
    const once = changed(fields, template, {}, field("image_height_px"), 96);
    expect(once).toEqual({ image_height_px: 96 });
    expect(changed(fields, template, once, field("image_height_px"), 240)).toEqual({});
    expect(changed(fields, template, once, field("image_height_px"), undefined)).toEqual({});
  });

  it("another policy type starts with a config of its own", () => {
    const inner: Field = { ...field("dropout"), path: ["policy_config", "dim_model"], default: 512 };
    const deep = changed(fields, template, {}, inner, 128);
    expect(merged(template, deep)).toEqual({ ...template, policy_config: { dim_model: 128, pretrained: null } });
    const other = changed(fields, template, deep, field("policy"), "diffusion");
    expect(other).toEqual({ policy: "diffusion" });
    expect(merged(baseOf(fields, template, other), other)).toEqual({ policy: "diffusion", policy_config: {}, image_height_px: 240 });
    expect(changed(fields, template, other, inner, 512)).toEqual({ policy: "diffusion" });
    expect(baseOf(fields, template, changed(fields, template, other, field("policy"), "act"))).toBe(template);
  });

  it("makes groups that the template lacks, and leaves the template alone", () => {
    expect(merged({}, { "optimizer.lr": 1 })).toEqual({ optimizer: { lr: 1 } });
    expect(template.policy_config.dim_model).toBe(256);
  });

  it("compares content", () => {
    expect(same({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same({ a: undefined }, { b: undefined })).toBe(false);
  });

  it("names what nobody filled in", () => {
    expect(missing(fields, {})).toEqual(["task"]);
    expect(missing(fields, { task: "lift" })).toEqual([]);
  });

  it("fills addresses, and waits for what they need", () => {
    expect(filled("/api/types/{policy}/schema", { policy: "a b" })).toBe("/api/types/a%20b/schema");
    expect(filled("/api/types/{policy}/schema", {})).toBeNull();
  });
});
