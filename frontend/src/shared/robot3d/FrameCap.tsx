import { useThree } from "@react-three/fiber";
import { useEffect } from "react";
import { quality } from "./quality";
import type { PoseSource } from "./scenePose";

/** Two pictures of a 60 Hz screen: what it takes when the machine keeps up. */
const PROMPT_MS = 34;
/** The part of the time that a slow machine gives to this view; video and input need the rest. */
const SHARE = 0.2;

/**
 * Draws when the pose has changed: at most `quality.fps` times a second, less often where drawing is slow, and never
 * in a hidden tab.
 */
export function FrameCap({ source }: { source: PoseSource }) {
  const invalidate = useThree((three) => three.invalidate);
  useEffect(() => {
    let pauseMs = 1000 / quality.fps;
    let readyMs = 0;
    let pending = 0;
    const draw = () => {
      const startMs = performance.now();
      invalidate();
      // The second callback comes when the first picture is done, also where that is another process' work.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const lateMs = performance.now() - startMs - PROMPT_MS;
          pauseMs = Math.max(1000 / quality.fps, lateMs / SHARE);
          readyMs = startMs + pauseMs;
          pending = 0;
        }),
      );
    };
    const unsubscribe = source.subscribe(() => {
      if (pending || document.hidden) return;
      pending = window.setTimeout(draw, Math.max(0, readyMs - performance.now()));
    });
    return () => {
      unsubscribe();
      window.clearTimeout(pending);
    };
  }, [source, invalidate]);
  return null;
}
