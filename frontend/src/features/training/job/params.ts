/** Parameters as flat lists, for reading and comparing. */

/** Nested parameters as `group.name` -> text, in their own order. */
export function flat(params: Readonly<Record<string, unknown>>, prefix = ""): [string, string][] {
  return Object.entries(params).flatMap(([name, value]): [string, string][] => {
    const path = prefix + name;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const inner = flat(value as Record<string, unknown>, `${path}.`);
      return inner.length > 0 ? inner : [[path, "as it is by default"]];
    }
    return [[path, shown(value)]];
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  if (typeof value === "number") return Math.abs(value) >= 10_000 ? value.toLocaleString("en") : String(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What at least two of the lists disagree on: name and one value per list, null where a list does not say. */
export function differing(lists: readonly (readonly (readonly [string, string])[])[]): { name: string; values: (string | null)[] }[] {
  const tables = lists.map((list) => new Map(list));
  const names = [...new Set(lists.flatMap((list) => list.map(([name]) => name)))];
  return names
    .map((name) => ({ name, values: tables.map((table) => table.get(name) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}
