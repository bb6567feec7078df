/** What can be done with the take now, and why not. */
import type { RecorderStatus } from "@/shared/api/messages.gen";

export type TakeAction = "record" | "stop" | "save" | "redo" | "discard";

export const COUNTDOWN_S = 3;
/** Time to press a second time before a discard is forgotten. */
export const CONFIRM_MS = 2000;

/** Returns why `action` cannot be done, in words; empty when it can. */
export function takeObstacle(action: TakeAction, online: boolean, recorder: RecorderStatus | null, task: string): string {
  if (!online) return "There is no connection to the server.";
  if (!recorder) return "NOT RECORDING: the recorder is not reporting. It is started again by itself; wait a moment.";
  const { phase } = recorder;
  switch (action) {
    case "record":
      if (phase === "review") return "Save or discard this take first.";
      if (phase !== "idle") return "A take is running already.";
      return task === "" ? "Choose a task first." : "";
    case "stop":
      return phase === "recording" || phase === "countdown" ? "" : "No take is running.";
    case "save":
      return phase === "recording" || phase === "review" ? "" : "There is no take to save.";
    case "redo":
      if (task === "") return "Choose a task first.";
      return phase === "idle" ? "There is no take to do again." : "";
    case "discard":
      return phase === "idle" ? "There is no take to discard." : "";
  }
}
