import type { components, operations } from "@/shared/api/schema.gen";

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
