import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Light.module.css";

export type Level = "good" | "warn" | "bad" | "off";

const WORDS: Record<Level, string> = { good: "good", warn: "late", bad: "bad", off: "absent" };

/** A small light with a name; its reason and numbers are on hover and focus, and read aloud. */
export function Light({ level, label, reason }: { level: Level; label: string; reason: ReactNode }) {
  return (
    <Tooltip label={reason} events={{ hover: true, focus: true, touch: true }}>
      <span className={classes.light} data-level={level} tabIndex={0} role="img" aria-label={`${label}: ${WORDS[level]}`}>
        <span className={classes.dot} aria-hidden="true" />
        {label}
      </span>
    </Tooltip>
  );
}
