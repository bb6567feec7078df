/** What a rollout's state means for the person who supervises it. Pure: all of it is tested. */
import type { TickRecord } from "@/shared/api/messages.gen";
import { fullName } from "@/shared/api/policyName";
import type { Policy } from "@/shared/api/queries";
import type { components } from "@/shared/api/schema.gen";
import type { Situation } from "@/shared/live/situation";
import type { Line } from "@/shared/plot/lines";
import { plainName } from "@/shared/ui/format";

export type Rollout = components["schemas"]["Rollout"];
export type RolloutIn = components["schemas"]["RolloutIn"];

/** A trial of an evaluation that is scored by hand. */
export interface TrialAddress {
  /** Id of the evaluation. */
  evaluation: string;
  /** Its number, from 0. */
  trial: number;
}

export interface RolloutSearch {
  /** Id of the policy to begin with. */
  policy?: string;
  evaluation?: string;
  trial?: number;
}

/** Reads the address; what makes no sense is left out. */
export function parseRollout({ policy, evaluation, trial }: Record<string, unknown>): RolloutSearch {
  if (typeof evaluation === "string" && typeof trial === "number" && Number.isInteger(trial) && trial >= 0) return { evaluation, trial };
  return typeof policy === "string" ? { policy } : {};
}

const UNDER_WAY: readonly Rollout["phase"][] = ["loading", "connecting", "warming_up", "waiting", "driving", "taken_over", "paused"];

export const isUnderWay = ({ phase }: Pick<Rollout, "phase">): boolean => UNDER_WAY.includes(phase);

/** Every n-th action of the plan is sent. */
export const PLAN_STRIDE = 3;

export type Who = "policy" | "person" | "nobody";

/** Who moves the robot at this moment, as control says. */
export function whoDrives(tick: Pick<TickRecord, "driver" | "lease_name"> | null | undefined): { who: Who; name: string } {
  const driver = tick?.driver ?? "";
  if (driver.startsWith("policy:")) return { who: "policy", name: driver.slice("policy:".length) };
  return driver === "" ? { who: "nobody", name: "" } : { who: "person", name: tick?.lease_name ?? "" };
}

/** The policy of the registry that drove in a rollout that is over; undefined for one from elsewhere. */
export function drivenBy<P extends Pick<Policy, "name" | "number">>({ phase, policy }: Pick<Rollout, "phase" | "policy">, policies: readonly P[]): P | undefined {
  return phase === "ended" || phase === "failed" ? policies.find((one) => `policy:${fullName(one)}` === policy) : undefined;
}

/** Why a policy cannot be started now; empty when it can. */
export function noStart(situation: Situation, rollout: Rollout | undefined, chosen: boolean): string {
  if (!rollout || rollout.phase === "away") return "The rollout process is not reporting; it is started again by itself";
  if (isUnderWay(rollout)) return "A policy is under way; stop it first";
  if (!chosen) return "Choose a policy";
  if (situation.holder === "other") return `${situation.holderName} has control. Ask them to release it`;
  if (situation.holder === "nobody") return "Take control first: you supervise the policy, and take over from it";
  if (situation.mode === "STOPPED") return "Arm the robot first";
  return situation.mode === "READY" ? "" : `The robot is ${situation.mode}; let go of the motion key, and reset it when it has a fault`;
}

/** Why it cannot be paused; empty when it can. */
export function noPause(rollout: Rollout | undefined, holder: Situation["holder"]): string {
  if (holder !== "me") return "Only who has control may pause it; STOP is for everybody";
  if (rollout?.phase === "paused") return "It is paused already";
  return rollout && ["waiting", "driving", "taken_over"].includes(rollout.phase) ? "" : "No policy is driving";
}

/** Why it cannot be resumed; empty when it can. */
export function noResume(rollout: Rollout | undefined, holder: Situation["holder"]): string {
  if (holder !== "me") return "Only who has control may let it drive on";
  return rollout?.phase === "paused" ? "" : "It is not paused";
}

/** Where the time of the last answer went [ms]; what the server does not account for is the way there and back. */
export function latencyParts({ latency_ms, round_trip_ms }: Pick<Rollout, "latency_ms" | "round_trip_ms">): { name: string; ms: number }[] {
  const { queue, pre, infer, post } = latency_ms;
  const way = Math.max(0, round_trip_ms - queue - pre - infer - post);
  return [
    { name: "waiting", ms: queue },
    { name: "pictures in", ms: pre },
    { name: "inference", ms: infer },
    { name: "actions out", ms: post },
    { name: "transport", ms: way },
  ];
}

/** Entries of the action that are plotted together. */
export const GROUPS = ["arms", "hands", "torso and height", "walking"] as const;
export type Group = (typeof GROUPS)[number];
export const GROUP_UNIT: Record<Group, string> = { arms: "rad", hands: "rad", "torso and height": "rad, m", walking: "m/s, rad/s, rad" };

function groupOf(name: string): Group {
  if (name.includes("_hand_")) return "hands";
  if (name.startsWith("torso_") || name === "base_height") return "torso and height";
  return name.startsWith("base_") || name === "target_yaw" ? "walking" : "arms";
}

/** Lines of one group of the plan over the time from now [s]. */
export function planLines(plan: readonly (readonly number[])[], names: readonly string[], group: Group, fps: number): Line[] {
  const step_s = PLAN_STRIDE / (fps || 1);
  const x = plan.map((_, i) => i * step_s);
  return names.flatMap((name, i) => (groupOf(name) === group ? [{ label: plainName(name), x, y: plan.map((row) => row[i] ?? null) }] : []));
}

/** Jerk at the borders of chunks over jerk inside; 1 is as smooth as can be. */
export function borderRatio({ jerk_border_rad_s3, jerk_inside_rad_s3 }: Pick<Rollout, "jerk_border_rad_s3" | "jerk_inside_rad_s3">): number | null {
  return jerk_border_rad_s3 !== null && jerk_inside_rad_s3 ? jerk_border_rad_s3 / jerk_inside_rad_s3 : null;
}
