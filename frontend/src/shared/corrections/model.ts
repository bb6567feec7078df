/** What takeovers from a policy amount to, and what can be made of them. Pure: all of it is tested. */
import { isBuilding, type Dataset, type Policy } from "@/shared/api/queries";
import type { components } from "@/shared/api/schema.gen";
import { duration, sentence } from "@/shared/ui/format";

export type Corrections = components["schemas"]["Corrections"];

export const takes = (count: number): string => `${count} ${count === 1 ? "take" : "takes"}`;

/** Nobody has taken over yet: the page teaches instead of counting. */
export const isEmpty = ({ accepted, waiting, rejected, included }: Corrections): boolean => accepted + waiting + rejected + included === 0;

export interface Count {
  count: number;
  label: string;
  /** What there is on the Episodes page; null where nothing is to be done there. */
  status: readonly ("new" | "interrupted" | "accepted" | "rejected")[] | null;
}

/** What is in which state, the most urgent first; what there is none of is left out, except what would be added. */
export function countsOf(found: Corrections): Count[] {
  const { dataset } = found;
  const counts: Count[] = [
    { count: found.accepted, label: found.accepted > 0 ? `accepted, people drove ${duration(found.person_s)}` : "accepted and new", status: ["accepted"] },
    { count: found.waiting, label: found.waiting === 1 ? "waits for a review" : "wait for a review", status: ["new", "interrupted"] },
    { count: found.rejected, label: "rejected", status: ["rejected"] },
    { count: found.included, label: `in ${dataset ?? "its version"} already`, status: null },
    { count: found.withdrawn, label: `of ${dataset ?? "its version"} no longer accepted, left out`, status: null },
  ];
  return counts.filter(({ count }, index) => index === 0 || count > 0);
}

/** The version that holds the corrections or is about to; null when one can be built. */
export function made({ version }: Corrections): Dataset | null {
  return version && version.state !== "failed" ? version : null;
}

/** What the button says it makes. */
export function buildLabel({ next_version, accepted }: Pick<Corrections, "next_version" | "accepted">): string {
  const what = `Build ${next_version ?? "a version"}`;
  return accepted > 0 ? `${what} with ${accepted} more ${accepted === 1 ? "take" : "takes"}` : what;
}

/** Why no version can be built now; empty when it can. */
export const noBuild = (found: Corrections | undefined): string => (found ? sentence(found.reason) : "Counting the takes");

/** Why nothing can be trained on the version now; empty when it can. */
export function noFineTune(found: Corrections | undefined): string {
  const version = found && made(found);
  if (!version) return "Build the version first";
  return isBuilding(version) ? "It is being built and verified" : "";
}

/** What the new job starts from: its own job's parameters where that still exists, its weights, the new data. */
export function fineTuneSearch(policy: Pick<Policy, "id" | "job_id">, dataset: Pick<Dataset, "id">) {
  const base = { dataset: dataset.id, init: policy.id };
  return policy.job_id ? { ...base, from: policy.job_id } : { ...base, kind: "train" };
}
