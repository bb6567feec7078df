import { useThree } from "@react-three/fiber";
import { useEffect } from "react";
import { quality } from "./quality";
import type { PoseSource } from "./scenePose";

/** Draws when the pose has changed, at most `quality.fps` times a second and never in a hidden tab. */
export function FrameCap({ source }: { source: PoseSource }) {
  const invalidate = useThree((three) => three.invalidate);
  useEffect(() => {
    const period = 1000 / quality.fps;
    let drawnMs = -Infinity;
    let timer = 0;
    const draw = () => {
      timer = 0;
      drawnMs = performance.now();
      invalidate();
    };
    const unsubscribe = source.subscribe(() => {
      if (timer || document.hidden) return;
      timer = window.setTimeout(draw, Math.max(0, drawnMs + period - performance.now()));
    });
    return () => {
      unsubscribe();
      window.clearTimeout(timer);
    };
  }, [source, invalidate]);
  return null;
}
