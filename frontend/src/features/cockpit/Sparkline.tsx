import { useEffect, useRef } from "react";
import type { Meter } from "./Meter";

const WIDTH = 44;
const HEIGHT = 18;

/** A small curve of a meter; `top` [ms] is the upper edge, so that curves compare over time. */
export function Sparkline({ meter, top, refreshMs }: { meter: Meter; top: number; refreshMs: number }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const ratio = window.devicePixelRatio;
    canvas.width = WIDTH * ratio;
    canvas.height = HEIGHT * ratio;
    const draw = () => {
      if (document.hidden) return;
      const values = meter.all;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      context.strokeStyle = getComputedStyle(canvas).color;
      context.lineWidth = 1.2;
      context.beginPath();
      values.forEach((value, i) => {
        const x = WIDTH - ((values.length - 1 - i) / 119) * WIDTH;
        const y = HEIGHT - 1 - Math.min(value / top, 1) * (HEIGHT - 2);
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.stroke();
    };
    draw();
    const timer = window.setInterval(draw, refreshMs);
    return () => window.clearInterval(timer);
  }, [meter, top, refreshMs]);
  return <canvas ref={ref} style={{ width: WIDTH, height: HEIGHT }} aria-hidden="true" />;
}
