/** Colours of plots, readable on both schemes. */
import type uPlot from "uplot";

const INK = {
  dark: { text: "#a6a7ab", grid: "#2c2e33" },
  light: { text: "#5c5f66", grid: "#e9ecef" },
};

/** An axis in the scheme's own grey. */
export function axisInk(dark: boolean): uPlot.Axis {
  const { text, grid } = dark ? INK.dark : INK.light;
  return { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
}

/** One of `count` evenly spread hues. */
export const hue = (index: number, count: number, dark: boolean): string =>
  `hsl(${Math.round((index * 360) / Math.max(count, 1))} ${dark ? "65% 64%" : "70% 38%"})`;
