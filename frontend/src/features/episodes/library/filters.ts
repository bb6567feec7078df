import { STATUSES, type EpisodeQuery, type EpisodeStatus, type Sort } from "../model";

/** What the Episodes page shows; all of it lives in the URL, so every view has a link. */
export interface Filters {
  task?: string;
  status?: EpisodeStatus[];
  operator?: string;
  text?: string;
  /** Only those in which a person took over from a policy. */
  takeovers?: boolean;
  /** Name of a policy that drove. */
  policy?: string;
  sort?: Sort;
  order?: "asc" | "desc";
}

const SORTS: readonly Sort[] = ["started_at", "length_s", "quality", "operator", "status", "task"];

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Filters from a URL's search; what is unknown or malformed is left out. */
export function parseFilters(search: Record<string, unknown>): Filters {
  const asked = Array.isArray(search["status"]) ? search["status"] : [search["status"]];
  const status = STATUSES.filter((name) => asked.includes(name));
  const sort = SORTS.find((name) => name === search["sort"]);
  const order = search["order"] === "asc" || search["order"] === "desc" ? search["order"] : undefined;
  const filters: Filters = {
    task: text(search["task"]),
    status: status.length > 0 ? status : undefined,
    operator: text(search["operator"]),
    text: text(search["text"]),
    takeovers: search["takeovers"] === true || undefined,
    policy: text(search["policy"]),
    sort,
    order,
  };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

/** The api's query for a page of the filtered library. */
export function toQuery(filters: Filters, limit: number, offset: number): EpisodeQuery {
  return { ...filters, sort: filters.sort ?? "started_at", order: filters.order ?? "desc", limit, offset };
}

/** The next sorting when a column's heading is pressed: worst or newest first, then the other way. */
export function nextSort(filters: Filters, column: Sort): Filters {
  const first = column === "quality" || column === "operator" || column === "task" ? "asc" : "desc";
  const current = filters.sort ?? "started_at";
  if (current !== column) return { ...filters, sort: column, order: first };
  const order = (filters.order ?? "desc") === "asc" ? "desc" : "asc";
  return { ...filters, sort: column, order };
}
