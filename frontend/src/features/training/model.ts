/** What the pages of jobs talk about. */
import type { components } from "@/shared/api/schema.gen";
import { sentence } from "@/shared/ui/format";

export type Job = components["schemas"]["Job"];
export type JobState = components["schemas"]["JobState"];
export type JobKind = components["schemas"]["JobKindOut"];
export type JobTemplate = components["schemas"]["JobTemplateOut"];
export type JobIn = components["schemas"]["JobIn"];
export type Checkpoint = components["schemas"]["Checkpoint"];
export type OpenLoop = components["schemas"]["OpenLoop"];
export type Curves = components["schemas"]["JobMetrics"]["curves"];

export const STATE_COLOR: Record<JobState, string> = {
  queued: "gray",
  starting: "blue",
  running: "blue",
  stopping: "yellow",
  succeeded: "teal",
  failed: "red",
  stopped: "gray",
  lost: "orange",
};

const OVER: ReadonlySet<JobState> = new Set(["succeeded", "failed", "stopped", "lost"]);

export const isOver = ({ state }: Pick<Job, "state">): boolean => OVER.has(state);

/** Why it cannot be stopped; empty when it can. */
export function noStop({ state }: Job): string {
  if (state === "stopping") return "It was asked to stop and is writing its last checkpoint";
  return OVER.has(state) ? `It is ${state} already` : "";
}

/** Why it cannot be resumed; empty when it can. */
export function noResume(job: Job, kind: JobKind | undefined): string {
  if (job.resumable) return "";
  if (kind && !kind.resumable) return "A job of this kind begins anew: duplicate it";
  if (!isOver(job)) return `It is ${job.state}; only what stopped, failed or was lost can go on`;
  return "It has done all it was asked for; duplicate it to do more";
}

/** How long it has been running, or ran [s]; null before it started. */
export function runTime_s({ started_at, ended_at }: Job, now: number): number | null {
  if (!started_at) return null;
  return Math.max(0, (ended_at ? Date.parse(ended_at) : now) - Date.parse(started_at)) / 1000;
}

/** What somebody looks at first: the last line of a failure, or what it is doing. */
export const headline = (job: Job): string => sentence(job.message.split("\n")[0] ?? "");
