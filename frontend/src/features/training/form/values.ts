/** What somebody changed, on top of what a template or another job says, on top of the schema's defaults. */
import type { Field } from "./schema";

export type Params = Record<string, unknown>;

/** Path joined with dots -> value. */
export type Changes = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Params => typeof value === "object" && value !== null && !Array.isArray(value);

/** Same content, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
  }
  return Object.is(a, b);
}

/** The value at a path, or undefined when nothing is there. */
export function at(params: Params, path: readonly string[]): unknown {
  let inner: unknown = params;
  for (const name of path) inner = isObject(inner) ? inner[name] : undefined;
  return inner;
}

/** Names that stand in braces: `/a/{policy}/b` -> `["policy"]`. */
export const placeholders = (address: string): string[] => [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");

/** An address with its placeholders filled in; null while one has no value. */
export function filled(address: string, params: Params): string | null {
  const values = placeholders(address).map((name) => params[name]);
  if (values.some((value) => typeof value !== "string" || value === "")) return null;
  return address.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(params[name])));
}

/**
 * What the changes apply to. A group whose schema hangs on a field that was changed (another policy type) starts
 * empty: what was chosen for the old one does not fit.
 */
export function baseOf(fields: readonly Field[], given: Params, changes: Changes): Params {
  const stale = fields.filter(({ schemaFrom }) => schemaFrom !== undefined && placeholders(schemaFrom).some((name) => name in changes));
  if (stale.length === 0) return given;
  return { ...given, ...Object.fromEntries(stale.map(({ path }) => [path.join("."), {}])) };
}

/** What a field shows when nobody has changed it. */
export function baseValue(field: Field, base: Params): unknown {
  const value = at(base, field.path);
  return value === undefined ? field.default : value;
}

/** The changes after a field got a value; going back to what it was is no change. */
export function changed(fields: readonly Field[], given: Params, changes: Changes, field: Field, value: unknown): Changes {
  const key = field.path.join(".");
  const dependent = fields.filter(({ schemaFrom }) => schemaFrom !== undefined && placeholders(schemaFrom).includes(key));
  const kept = Object.entries(changes).filter(
    ([name]) => name !== key && !dependent.some(({ path }) => name.startsWith(`${path.join(".")}.`)),
  );
  const next = Object.fromEntries(kept);
  const reset = value === undefined || same(value, baseValue(field, baseOf(fields, given, next)));
  return reset ? next : { ...next, [key]: value };
}

/** The parameters to send: the base with the changes in it. */
export function merged(base: Params, changes: Changes): Params {
  const params = structuredClone(base);
  for (const [key, value] of Object.entries(changes)) {
    const path = key.split(".");
    const last = path.pop() ?? key;
    let inner = params;
    for (const name of path) {
      const next = inner[name];
      inner = inner[name] = isObject(next) ? next : {};
    }
    inner[last] = value;
  }
  return params;
}

/** Labels of fields that somebody must fill in and nobody has. */
export function missing(fields: readonly Field[], params: Params): string[] {
  return fields
    .filter(({ required, path }) => required && (at(params, path) === undefined || at(params, path) === ""))
    .map(({ label }) => label);
}
