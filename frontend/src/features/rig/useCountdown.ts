import { useEffect, useEffectEvent, useState } from "react";

/** Counts whole seconds down to an action, so that whoever pressed the button can get into place. */
export function useCountdown(action: () => void): { left_s: number; start: (seconds: number) => void; cancel: () => void } {
  const [left_s, setLeft] = useState(0);
  const run = useEffectEvent(action);
  useEffect(() => {
    if (left_s === 0) return;
    const timer = window.setTimeout(() => {
      setLeft(left_s - 1);
      if (left_s === 1) run();
    }, 1000);
    return () => window.clearTimeout(timer);
  }, [left_s]);
  return { left_s, start: setLeft, cancel: () => setLeft(0) };
}
