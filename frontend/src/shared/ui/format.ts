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

/** 45 -> `45 s`, 754 -> `12 min 34 s`, 5000 -> `1 h 23 min`, 200000 -> `2 d 7 h`; null -> `–`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** 1 -> `1 episode`, 1200 -> `1,200 episodes`. */
export const several = (count: number, one: string): string => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

/** `the disk is full` -> `The disk is full`. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Three significant digits, without an exponent where one can do without: 0.0001 -> `1.00e-4`, 1234.5 -> `1,235`. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e7)) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Date and time in the viewer's zone. */
export const formatDate = (iso: string): string => clock.format(new Date(iso));

/** The same, exact, with its zone, for a tooltip. */
export const formatExact = (iso: string): string => exact.format(new Date(iso));
