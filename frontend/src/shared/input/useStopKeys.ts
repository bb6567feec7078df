import { useEffect } from "react";
import { ask, live } from "@/shared/live/live";
import { isTyping, overlayOpen } from "./focus";
import { StopKeys } from "./stopKeys";

const holdsLease = (): boolean => {
  const { connection, telemetry } = live.get();
  return connection.state === "open" && telemetry?.tick?.lease === connection.client;
};

/**
 * Stops the robot on Esc and, with `doubleSpace`, on the space bar pressed twice.
 *
 * For a person who does not drive, Esc first closes the dialog or leaves the field they are in: a reviewer must
 * not stop a colleague's robot by closing a menu.
 */
export function useStopKeys({ doubleSpace }: { doubleSpace: boolean }): void {
  useEffect(() => {
    const keys = new StopKeys();
    const onKeyDown = (event: KeyboardEvent) => {
      const elsewhere = isTyping(event.target) || overlayOpen();
      if (elsewhere && (event.code !== "Escape" || !holdsLease())) return;
      // A focused button must not be pressed by the space bar that stops the robot.
      if (doubleSpace && event.code === "Space" && !elsewhere) event.preventDefault();
      if (keys.press(event.code, event.repeat, event.timeStamp, doubleSpace)) void ask({ kind: "stop" });
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (doubleSpace && event.code === "Space" && !isTyping(event.target) && !overlayOpen()) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown, true);
    window.addEventListener("keyup", onKeyUp, true);
    return () => {
      window.removeEventListener("keydown", onKeyDown, true);
      window.removeEventListener("keyup", onKeyUp, true);
    };
  }, [doubleSpace]);
}
