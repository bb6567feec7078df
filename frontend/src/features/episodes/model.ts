import type { components, operations } from "@/shared/api/schema.gen";
import { duration } from "@/shared/ui/format";

export type Episode = components["schemas"]["Episode"];
export type EpisodeDetail = components["schemas"]["EpisodeDetail"];
export type EpisodeStatus = components["schemas"]["EpisodeStatus"];
export type Review = components["schemas"]["Review"];
export type Poses = components["schemas"]["Poses"];
export type FrameTable = components["schemas"]["FrameTable"];
export type EpisodeQuery = NonNullable<operations["listEpisodes"]["parameters"]["query"]>;
export type Sort = NonNullable<EpisodeQuery["sort"]>;

export const STATUSES: readonly EpisodeStatus[] = ["new", "interrupted", "accepted", "rejected"];

export const STATUS_LABEL: Record<EpisodeStatus, string> = {
  new: "New",
  interrupted: "Interrupted",
  accepted: "Accepted",
  rejected: "Rejected",
};

export const STATUS_COLOR: Record<EpisodeStatus, string> = {
  new: "blue",
  interrupted: "orange",
  accepted: "teal",
  rejected: "red",
};

export const REJECT_REASONS = [
  "Task not finished",
  "Object dropped",
  "Robot fell",
  "Wrong object",
  "Camera or tracking fault",
  "Hesitant or jerky",
] as const;

/** 1 -> `once`, 3 -> `3 times`. */
export const times = (count: number): string => (count === 1 ? "once" : count === 0 ? "never" : `${count} times`);

/** Who drove and for how long: `act-3 12 s, people 40 s`; `nobody` when the robot only stood. */
export function whoDrove({ policies, policy_s, person_s }: Pick<Episode, "policies" | "policy_s" | "person_s">): string {
  const names = policies ?? [];
  const parts = names.length > 0 ? [`${names.join(" and ")} ${duration(policy_s)}`] : [];
  if (person_s) parts.push(`people ${duration(person_s)}`);
  return parts.join(", ") || "nobody";
}
