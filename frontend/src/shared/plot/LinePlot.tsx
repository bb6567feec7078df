import { useComputedColorScheme } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { significant } from "../ui/format";
import { axisInk, hue } from "./ink";
import classes from "./LinePlot.module.css";
import { aligned, type Line } from "./lines";

interface Props {
  title: string;
  unit: string;
  lines: readonly Line[];
  /** Of the horizontal axis, such as `step` or `s`. */
  xLabel: string;
  height?: number;
  log?: boolean;
  /** Plots with the same key share the cursor. */
  sync?: string;
  /** Beside the title. */
  aside?: ReactNode;
}

const shown = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : significant(value));

/** A logarithmic axis leaves most of its ticks without a text. */
function tickText(tick: number | null): string {
  if (tick === null) return "";
  return tick !== 0 && Math.abs(tick) < 0.001 ? tick.toExponential() : `${tick}`;
}

/** The part of a line's look that a plot cannot change without being made anew. */
const look = (lines: readonly Line[]): string => JSON.stringify(lines.map(({ label, hue, faint, dash, points }) => [label, hue, faint, dash, points]));

function series({ label, hue: wheel, faint, dash, points }: Line, index: number, count: number, dark: boolean): uPlot.Series {
  const stroke = wheel ? hue(wheel[0], wheel[1], dark) : hue(index, count, dark);
  return {
    label,
    stroke: faint ? stroke.replace(")", " / 28%)") : stroke,
    width: faint ? 1 : 1.5,
    dash: dash ? [5, 4] : undefined,
    spanGaps: true,
    class: faint ? "faint" : undefined,
    points: { show: points ?? false, size: 6 },
    value: (_plot, value) => shown(value),
  };
}

/** Gives a plot its new values; somebody who zoomed in stays where they are. */
function renew(plot: uPlot, data: uPlot.AlignedData): void {
  const had = plot.data[0];
  const { min, max } = plot.scales["x"] ?? {};
  const zoomed = had.length > 1 && ((min ?? -Infinity) > (had[0] ?? 0) || (max ?? Infinity) < (had.at(-1) ?? 0));
  plot.setData(data, !zoomed);
  if (zoomed) plot.redraw();
}

/** Curves over one axis that may grow while they are looked at; drag to zoom, double-click to see all. */
export function LinePlot({ title, unit, lines, xLabel, height = 220, log = false, sync, aside }: Props) {
  const dark = useComputedColorScheme("dark") === "dark";
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(lines);
  const key = look(lines);

  useEffect(() => {
    newest.current = lines;
    if (plot.current) renew(plot.current, aligned(lines, log));
  }, [lines, log]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const axis = axisInk(dark);
    const drawn = newest.current;
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
        series: [{ label: xLabel, value: (_plot, value) => shown(value) }, ...drawn.map((line, i) => series(line, i, drawn.length, dark))],
        axes: [{ ...axis, size: 34 }, { ...axis, size: 62, values: (_plot, ticks) => ticks.map(tickText) }],
        cursor: { points: { size: 5 }, ...(sync ? { sync: { key: sync } } : {}) },
      },
      aligned(drawn, log),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [dark, height, key, log, sync, xLabel]);

  return (
    <section className={classes.plot} aria-label={unit ? `${title} [${unit}]` : title}>
      <h3 className={classes.title}>
        {title} {unit && <span className={classes.unit}>[{unit}]</span>} {aside}
      </h3>
      <div ref={host} className={classes.host} style={{ minHeight: height + 26 }} />
    </section>
  );
}
