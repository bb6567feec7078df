/** What jobs measure, in words and units. */
import { plainName, sentence, significant } from "@/shared/ui/format";

interface Metric {
  label: string;
  unit: string;
}

const KNOWN: Record<string, Metric> = {
  loss: { label: "Loss", unit: "" },
  lr: { label: "Learning rate", unit: "" },
  samples_s: { label: "Throughput", unit: "samples/s" },
  grad_norm: { label: "Gradient norm", unit: "" },
  success_rate: { label: "Success rate", unit: "share" },
  demos_per_hour: { label: "Demonstrations", unit: "per hour" },
};
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/_per_hour$/, "per hour"],
  [/_ms$/, "ms"],
  [/_rad$/, "rad"],
  [/_gb$/i, "GB"],
  [/_s$/, "s"],
  [/_m$/, "m"],
];

/** Name and unit of a measured value; unknown ones are read from their name. */
export function metric(name: string): Metric {
  const known = KNOWN[name];
  if (known) return known;
  const [pattern, unit] = UNITS.find(([one]) => one.test(name)) ?? [/$/, ""];
  const words = plainName(name.replace(pattern, ""));
  return { label: sentence(words), unit };
}

/** `12.3 samples/s`. */
export function withUnit(name: string, value: number): string {
  const { unit } = metric(name);
  return unit === "share" ? `${Math.round(value * 100)} %` : `${significant(value)} ${unit}`.trim();
}

/** They say which measurement it is, and are none themselves. */
const IDENTITY: ReadonlySet<string> = new Set(["step", "seed"]);

/** Names of curves, those everybody asks for first. */
export function ordered(names: readonly string[]): string[] {
  const place = Object.keys(KNOWN);
  const rank = (name: string) => (place.includes(name) ? place.indexOf(name) : place.length);
  return names.filter((name) => !IDENTITY.has(name)).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** The one curve that tells how a job is going. */
export const mainMetric = (names: readonly string[]): string | undefined => ordered(names)[0];
