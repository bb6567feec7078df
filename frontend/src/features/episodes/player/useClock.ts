import { useSyncExternalStore } from "react";
import type { PlaybackClock } from "./PlaybackClock";

/** A value derived from the clock; the component renders only when the value changes. */
export function useClock<T extends string | number | boolean>(clock: PlaybackClock, select: (clock: PlaybackClock) => T): T {
  return useSyncExternalStore(clock.subscribe, () => select(clock));
}
