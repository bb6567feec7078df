/** From a JSON schema to the fields of a form. Knows no kind of job: what a field needs is said by the schema. */

export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  /** Address of the api that lists what may be chosen: objects with `name` and `title`. */
  "x-choices"?: string;
  /** Address of the api with the schema of what is inside; `{policy}` stands for that field's value. */
  "x-schema"?: string;
}

export type Kind = "integer" | "number" | "boolean" | "choice" | "text" | "words" | "json" | "group";

export interface Field {
  /** Names from the outermost to the field, such as `["policy_config", "dim_model"]`. */
  path: readonly string[];
  label: string;
  /** Of a number; empty when it has none. */
  unit: string;
  help: string;
  kind: Kind;
  nullable: boolean;
  /** It has no default, so somebody must fill it in. */
  required: boolean;
  default: unknown;
  choices: readonly unknown[];
  min?: number;
  max?: number;
  choicesFrom?: string;
  schemaFrom?: string;
  children: readonly Field[];
}

const KINDS: Record<string, Kind> = { integer: "integer", number: "number", boolean: "boolean", string: "text" };
const SUFFIX: Record<string, string> = { px: "px", s: "s", ms: "ms", ns: "ns", m: "m", rad: "rad", hz: "Hz", bytes: "bytes" };

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.split("/").at(-1);
  const found = name === undefined ? undefined : root.$defs?.[name];
  return found ? { ...resolve(found, root), ...schema } : schema;
}

/** The alternative that is not null, and whether null is one. */
function withoutNull(schema: JsonSchema, root: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const resolved = resolve(schema, root);
  const isNull = (one: JsonSchema) => one.type === "null" || one.const === null;
  const alternatives = resolved.anyOf ?? resolved.oneOf;
  if (alternatives) {
    const rest = alternatives.filter((one) => !isNull(one));
    const nullable = rest.length < alternatives.length;
    const [only] = rest;
    const inner = rest.length === 1 && only ? resolve(only, root) : {};
    return { schema: { ...inner, ...resolved, anyOf: undefined, oneOf: undefined }, nullable };
  }
  if (Array.isArray(resolved.type)) {
    const rest = resolved.type.filter((type) => type !== "null");
    return { schema: { ...resolved, type: rest.length === 1 ? rest[0] : undefined }, nullable: rest.length < resolved.type.length };
  }
  return { schema: resolved, nullable: resolved.enum?.includes(null) ?? false };
}

function kindOf(schema: JsonSchema, root: JsonSchema): Kind {
  if (schema["x-schema"] !== undefined || (schema.properties && Object.keys(schema.properties).length > 0)) return "group";
  if (schema.enum || schema["x-choices"] !== undefined) return "choice";
  if (schema.type === "array") return schema.items && resolve(schema.items, root).type === "string" ? "words" : "json";
  return (typeof schema.type === "string" && KINDS[schema.type]) || "json";
}

/** `image_height_px` -> `image height` in `px`. */
export function named(name: string): { label: string; unit: string } {
  const parts = name.split("_");
  const unit = parts.length > 1 ? SUFFIX[parts.at(-1) ?? ""] : undefined;
  return { label: (unit ? parts.slice(0, -1) : parts).join(" "), unit: unit ?? "" };
}

/** The fields that a schema describes, in its order. */
export function fieldsOf(root: JsonSchema, prefix: readonly string[] = [], within: JsonSchema = root): Field[] {
  return Object.entries(within.properties ?? {}).map(([name, property]) => {
    const scope = property.$defs ? { ...root, $defs: { ...root.$defs, ...property.$defs } } : root;
    const { schema, nullable } = withoutNull(property, scope);
    const path = [...prefix, name];
    const kind = kindOf(schema, scope);
    return {
      path,
      ...named(name),
      help: schema.description ?? "",
      kind,
      nullable,
      required: !("default" in schema) && kind !== "group" && (within.required?.includes(name) ?? false),
      default: schema.default,
      choices: (schema.enum ?? []).filter((choice) => choice !== null),
      min: schema.minimum,
      max: schema.maximum,
      choicesFrom: schema["x-choices"],
      schemaFrom: schema["x-schema"],
      children: kind === "group" ? fieldsOf(scope, path, schema) : [],
    };
  });
}

/** Fields whose name, path or help holds every word of `query`; a group stays for the sake of what is in it. */
export function found(fields: readonly Field[], query: string): Field[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hit = ({ path, label, help }: Field): boolean => {
    const text = `${path.join(".")} ${label} ${help}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return fields.flatMap((field) => {
    if (hit(field)) return [field];
    const children = found(field.children, query);
    return children.length > 0 ? [{ ...field, children }] : [];
  });
}
