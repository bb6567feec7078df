/** What the pages of policies talk about. */
import type { components } from "@/shared/api/schema.gen";

export type PolicyDetail = components["schemas"]["PolicyDetail"];
export type PolicyChange = components["schemas"]["PolicyChange"];
export type Stage = components["schemas"]["PolicyStage"];

export const STAGES: readonly Stage[] = ["candidate", "production", "retired"];

export const STAGE_COLOR: Record<Stage, string> = { candidate: "blue", production: "teal", retired: "gray" };

export const STAGE_TEXT: Record<Stage, string> = {
  candidate: "To be tried out and judged.",
  production: "What others rely on: operators and evaluations take it as the reference.",
  retired: "Kept for its history; nobody should run it any more.",
};

/** What the list shows. */
export interface PolicySearch {
  stage?: Stage;
  dataset?: string;
}

/** Filters from a URL's search; what is unknown or malformed is left out. */
export function parsePolicies(search: Record<string, unknown>): PolicySearch {
  const stage = STAGES.find((one) => one === search["stage"]);
  const dataset = typeof search["dataset"] === "string" && search["dataset"] !== "" ? search["dataset"] : undefined;
  return { ...(stage && { stage }), ...(dataset && { dataset }) };
}
