import type uPlot from "uplot";

/** One curve of a plot. */
export interface Line {
  label: string;
  x: readonly number[];
  y: readonly (number | null)[];
  /** Which hue of how many; by its place among the lines when left out. */
  hue?: readonly [number, number];
  /** Drawn thin and pale behind the others. */
  faint?: boolean;
  dash?: boolean;
  /** Mark every value: for few and far between. */
  points?: boolean;
}

/** Lines over one common axis: every x once, in order, with null where a line has no value there. */
export function aligned(lines: readonly Line[], log: boolean): uPlot.AlignedData {
  const x = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  const place = new Map(x.map((value, index) => [value, index]));
  const columns = lines.map((line) => {
    const column = new Array<number | null>(x.length).fill(null);
    line.x.forEach((value, i) => {
      const at = place.get(value);
      const y = line.y[i] ?? null;
      // A logarithm has no place for zero and less.
      if (at !== undefined && !(log && y !== null && y <= 0)) column[at] = y;
    });
    return column;
  });
  return [x, ...columns];
}
