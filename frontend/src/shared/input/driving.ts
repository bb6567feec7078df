/** The page's one input engine, and the hook that reads it. */
import { useSyncExternalStore } from "react";
import { bindingsStore } from "@/shared/input/bindingsStore";
import { InputEngine, type InputPorts, type InputState } from "@/shared/input/InputEngine";
import { connection, live } from "@/shared/live/live";

type CommandHandler = InputPorts["command"];
let onCommand: CommandHandler = () => undefined;

export const engine = new InputEngine(
  {
    send: (frame) => connection.input(frame),
    mayDrive: () => {
      const { connection: link, telemetry } = live.get();
      return link.state === "open" && telemetry?.tick?.lease === link.client;
    },
    command: (command) => onCommand(command),
    now: () => performance.now(),
  },
  bindingsStore,
);

/** Drives until the returned function is called; commands of keys and buttons go to `handler`. */
export function startDriving(handler: CommandHandler): () => void {
  onCommand = handler;
  return engine.start();
}

export function useInput<T>(select: (state: InputState) => T): T {
  return useSyncExternalStore(engine.subscribe, () => select(engine.get()));
}
