/** What the addresses of these pages carry, so that every view has a link. */

const MOST = 4;

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const given = <T extends object>(search: T): T => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;

/** Which jobs the list shows. */
export interface ListSearch {
  kind?: string;
  dataset?: string;
}

export const parseList = (search: Record<string, unknown>): ListSearch => given({ kind: text(search["kind"]), dataset: text(search["dataset"]) });

/** What a new job starts from. */
export interface NewSearch {
  kind?: string;
  template?: string;
  dataset?: string;
  /** A job to copy. */
  from?: string;
  /** A registered policy to start from. */
  init?: string;
}

export const parseNew = (search: Record<string, unknown>): NewSearch =>
  given({
    kind: text(search["kind"]),
    template: text(search["template"]),
    dataset: text(search["dataset"]),
    from: text(search["from"]),
    init: text(search["init"]),
  });

export interface CompareSearch {
  jobs: string[];
}

/** Jobs to compare, each once, four at most. */
export function parseCompare(search: Record<string, unknown>): CompareSearch {
  const asked: unknown[] = Array.isArray(search["jobs"]) ? search["jobs"] : [search["jobs"]];
  return { jobs: [...new Set(asked.flatMap((one) => text(one) ?? []))].slice(0, MOST) };
}
