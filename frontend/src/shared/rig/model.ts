import type { Situation } from "@/shared/live/situation";

/** Why the rig cannot be switched on, in words; empty when it can. */
export function noRig({ online, robot, holder, holderName }: Situation): string {
  if (!online) return "There is no connection to the server.";
  if (!robot) return "The control process is not reporting. It is started again by itself; wait a moment.";
  if (holder === "other") return `${holderName} has control. Ask them to release it.`;
  return holder === "me" ? "" : "Take control first.";
}
