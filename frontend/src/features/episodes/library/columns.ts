import type { Sort } from "../model";

/** Headings of the list, in the order of its grid; those with a `sort` can be pressed. */
export const COLUMNS: readonly { label: string; sort?: Sort }[] = [
  { label: "" },
  { label: "Id" },
  { label: "Task", sort: "task" },
  { label: "Length", sort: "length_s" },
  { label: "Operator", sort: "operator" },
  { label: "Quality", sort: "quality" },
  { label: "Status", sort: "status" },
  { label: "Recorded", sort: "started_at" },
];
