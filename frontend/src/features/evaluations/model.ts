import type { components } from "@/shared/api/schema.gen";

export type Evaluation = components["schemas"]["Evaluation"];
export type EvaluationDetail = components["schemas"]["EvaluationDetail"];
export type Trial = components["schemas"]["Trial"];
export type Score = components["schemas"]["Score"];
export type Proportion = components["schemas"]["ProportionOut"];
export type Spread = components["schemas"]["SpreadOut"];

export const isRunning = ({ mode, state }: Pick<Evaluation, "mode" | "state">): boolean =>
  mode === "simulation" && (state === "queued" || state === "running");

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** 8 of 10 -> `80 %, between 49 % and 94 % (95 % interval)`. */
export function inWords({ successes, trials, low, high }: Proportion): string {
  if (trials === 0) return "No trials yet";
  return `${percent(successes / trials)}, between ${percent(low)} and ${percent(high)} (95 % interval)`;
}

/** Median and quartiles with a unit: `9.4 s (9.2 to 9.6)`. */
export function spreadText(spread: Spread | null | undefined, unit: string, digits = 1): string {
  if (!spread) return "–";
  const [median, lower, upper] = [spread.median, spread.lower, spread.upper].map((value) => value.toFixed(digits));
  return `${median}${unit && ` ${unit}`} (${lower} to ${upper})`;
}

export const SCORES: Record<Score, { label: string; colour: string; text: string }> = {
  success: { label: "Done", colour: "var(--active)", text: "Done without help" },
  assisted: { label: "Done with help", colour: "var(--hold)", text: "Somebody helped past it; it counts as failed, the next one can be tried" },
  fail: { label: "Failed", colour: "var(--fault)", text: "Failed; the ones after it were not come to" },
  none: { label: "Not reached", colour: "var(--line)", text: "It was not come to" },
};

/** The scores of a trial after one more is entered; a failure ends it. */
export function withScore(scores: readonly Score[], next: Score, subtasks: number): Score[] {
  const entered = [...scores, next].slice(0, subtasks);
  return next === "fail" ? [...entered, ...Array<Score>(subtasks - entered.length).fill("none")] : entered;
}

/** The scores before the last one that was entered by hand. */
export function withoutLast(scores: readonly Score[]): Score[] {
  const failed = scores.indexOf("fail");
  return scores.slice(0, failed >= 0 ? failed : Math.max(scores.length - 1, 0));
}

export const OUTCOMES = ["all", "success", "assisted", "failed", "fell"] as const;
export type Outcome = (typeof OUTCOMES)[number];

const MATCHES: Record<Outcome, (trial: Trial) => boolean> = {
  all: () => true,
  success: ({ success }) => success === true,
  assisted: ({ scores }) => scores?.includes("assisted") ?? false,
  failed: ({ success }) => success === false,
  fell: ({ fell }) => fell,
};

/** Trials that are over, with one outcome and of one policy (`""` for all). */
export function filtered(trials: readonly Trial[], outcome: Outcome, label: string): Trial[] {
  return trials.filter((trial) => trial.scores && MATCHES[outcome](trial) && (label === "" || trial.label === label));
}

/** `failed at: lift the box`, `done in 9.4 s`. */
export function resultText(trial: Trial, subtasks: readonly { text: string }[]): string {
  if (!trial.scores) return "not run yet";
  if (trial.success) return trial.time_s === null ? "done" : `done in ${trial.time_s.toFixed(1)} s`;
  const at = trial.scores.findIndex((score) => score !== "success");
  const why = trial.fell ? "fell" : trial.scores[at] === "assisted" ? "helped" : "failed";
  return `${why} at: ${subtasks[at]?.text ?? `subtask ${at + 1}`}`;
}

/** Lines of a text field as subtasks. */
export const subtaskLines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
