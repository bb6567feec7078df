/** Curves as people want to see them. */

/**
 * Exponential moving average that starts at the first value instead of at zero.
 *
 * `weight` is the share of the past, 0 (as measured) to below 1.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let sum = 0;
  let past = 0;
  return values.map((value) => {
    sum = weight * sum + (1 - weight) * value;
    past = weight * past + (1 - weight);
    return past === 0 ? value : sum / past;
  });
}

/** At most about `count` of the values in order, each the mean of those it stands for. */
export function thinned(values: readonly number[], count: number): number[] {
  const size = Math.max(1, Math.ceil(values.length / count));
  const means: number[] = [];
  for (let start = 0; start < values.length; start += size) {
    const part = values.slice(start, start + size);
    means.push(part.reduce((sum, value) => sum + value, 0) / part.length);
  }
  return means;
}

/** An SVG path through values over the whole width, the highest at the top; empty for fewer than two. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return "";
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, i) => {
    const x = (i * width) / (values.length - 1);
    const y = 1 + (1 - (value - low) / span) * (height - 2);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}
