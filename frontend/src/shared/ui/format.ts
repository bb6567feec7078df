/** Numbers as people read them; always with a unit, always the same width while they change. */

/** 75.4 -> `1:15.4`; with `decimals` 0, `1:15`. */
export function clockTime(seconds: number, decimals = 1): string {
  const scale = 10 ** decimals;
  const total = Math.floor(Math.max(0, seconds) * scale) / scale;
  const minutes = Math.floor(total / 60);
  const rest = (total - minutes * 60).toFixed(decimals).padStart(decimals ? decimals + 3 : 2, "0");
  return `${minutes}:${rest}`;
}

/** 1536 -> `1.5 kB`. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3));
  const value = count / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}

/** 3.456 -> `3.5 ms`, 123.4 -> `123 ms`, 2345 -> `2.3 s`; null -> `–`. */
export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  if (Math.abs(ms) >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(Math.abs(ms) >= 99.95 ? 0 : 1)} ms`;
}

/** `left_hand_thumb_0_joint` -> `left hand thumb 0`. */
export function plainName(name: string): string {
  return name.replace(/_joint$/, "").replaceAll("_", " ");
}
