import type { KeyBinding } from "@/shared/input/useKeys";

const nothing = () => undefined;

/** The keys of scoring, for the map of the page; `Scoring` runs them. */
export const SCORING_KEYS: readonly KeyBinding[] = [
  { keys: ["1"], label: "Subtask done", run: nothing },
  { keys: ["2"], label: "Done with help", run: nothing },
  { keys: ["3"], label: "Failed: ends the trial", run: nothing },
  { keys: ["4"], label: "Take the last one back", run: nothing },
  { keys: ["5"], label: "Save, and to the next trial", run: nothing },
];
