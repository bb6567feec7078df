/** Index of the last entry of the sorted `times_s` that is not after `t_s`; -1 before the first. */
export function lastBefore(times_s: readonly number[], t_s: number): number {
  let low = 0;
  let high = times_s.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times_s[middle] ?? Infinity) <= t_s) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Capture time of the frame `count` steps from the one shown at `t_s`, kept inside the table. */
export function stepTime(times_s: readonly number[], t_s: number, count: number): number {
  const shown = lastBefore(times_s, t_s + 1e-6);
  const wanted = Math.min(Math.max(shown + count, 0), times_s.length - 1);
  return times_s[wanted] ?? t_s;
}
