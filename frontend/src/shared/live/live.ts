/** The app's one connection and store, and the hooks that read them. */
import { notifications } from "@mantine/notifications";
import { useRef, useSyncExternalStore } from "react";
import type { RequestReply } from "@/shared/api/messages.gen";
import { LiveConnection, type Request } from "./connection";
import { type LiveState, LiveStore } from "./liveStore";
import { operatorName } from "./operatorName";

export const live = new LiveStore();

const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`;

// One id per kind, so that a repeated problem replaces its notice instead of stacking up.
const tell = (id: string, message: string) => {
  notifications.hide(id);
  notifications.show({ id, color: "red", message });
};

export const connection = new LiveConnection(live, url, operatorName, (text) => tell("wire", text));

/** Asks the server; a refusal is shown to the person. */
export async function ask(request: Request): Promise<RequestReply> {
  const reply = await connection.request(request);
  if (!reply.ok) tell(request.kind, reply.error);
  return reply;
}

/**
 * Reads from the live state; the component renders only when the selected value changes.
 * Select primitives, or pass `same` for small objects.
 */
export function useLive<T>(select: (state: LiveState) => T, same: (a: T, b: T) => boolean = Object.is): T {
  const last = useRef<{ value: T } | null>(null);
  return useSyncExternalStore(live.subscribe, () => {
    const value = select(live.get());
    if (last.current && same(last.current.value, value)) return last.current.value;
    last.current = { value };
    return value;
  });
}

/** Compares by content, for small selected objects. */
export function sameContent<T>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** This connection's driver id; empty while not connected. */
export function useClientId(): string {
  return useLive(({ connection }) => (connection.state === "open" ? connection.client : ""));
}
