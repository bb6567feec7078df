/** What this page may do now, and why not: every button, key and hint asks here. */
import type { Mode } from "@/shared/api/messages.gen";
import type { LiveState } from "@/shared/live/liveStore";

export interface Situation {
  online: boolean;
  /** The control process reports; without it nothing can be driven. */
  robot: boolean;
  mode: Mode;
  /** Who holds control. */
  holder: "me" | "other" | "nobody";
  holderName: string;
}

export type ControlKind = "lease.take" | "lease.release" | "arm" | "reset" | "home" | "scene.reset";

export function situationOf({ connection, telemetry }: LiveState): Situation {
  const tick = telemetry?.tick;
  const client = connection.state === "open" ? connection.client : "";
  const lease = tick?.lease ?? "";
  return {
    online: client !== "",
    robot: Boolean(tick),
    mode: tick?.mode ?? "STOPPED",
    holder: lease === "" ? "nobody" : lease === client ? "me" : "other",
    holderName: tick?.lease_name ?? "",
  };
}

/** Returns why `kind` cannot be done now, in words; empty when it can. */
export function obstacle(kind: ControlKind, { online, robot, mode, holder, holderName }: Situation): string {
  if (!online) return "There is no connection to the server.";
  if (!robot && kind !== "scene.reset") return "The control process is not reporting. It is started again by itself; wait a moment.";
  const theirs = `${holderName} has control. Ask them to release it.`;
  switch (kind) {
    case "lease.take":
      if (holder === "other") return theirs;
      return holder === "me" ? "You have control already." : "";
    case "scene.reset":
      return holder === "other" ? theirs : "";
    case "reset":
      if (holder === "other") return theirs;
      return mode === "FAULT" ? "" : "There is no fault to reset.";
    case "lease.release":
      return holder === "me" ? "" : "You do not have control.";
    case "arm":
      if (holder !== "me") return holder === "other" ? theirs : "Take control first.";
      if (mode === "FAULT") return "Reset the fault first.";
      return mode === "STOPPED" ? "" : "The robot is armed already.";
    case "home":
      if (holder !== "me") return holder === "other" ? theirs : "Take control first.";
      return mode === "ACTIVE" ? "" : "Hold the motion key, then ask: the arms move only while it is held.";
  }
}

/** Returns what to press next, or null when the next thing is to drive, or to wait. */
export function nextStep(situation: Situation): ControlKind | null {
  const order: ControlKind[] = ["reset", "lease.take", "arm"];
  return order.find((kind) => obstacle(kind, situation) === "") ?? null;
}
