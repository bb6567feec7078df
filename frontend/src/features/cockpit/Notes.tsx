import { sameContent, useLive } from "@/shared/live/live";
import { plainName } from "@/shared/ui/format";
import classes from "./Notes.module.css";

interface Note {
  kind: "reach" | "limit" | "refused" | "balance";
  text: string;
}

const MOST = 4;

/** What the robot cannot do of what is asked, in words: reach, limits, balance. Keeps its place when empty. */
export function Notes() {
  const notes = useLive(({ telemetry }): Note[] => {
    const tick = telemetry?.tick;
    if (!tick) return [];
    const found: Note[] = [];
    if (tick.ik?.note) found.push({ kind: "reach", text: tick.ik.note });
    if (tick.verdict.refused) found.push({ kind: "refused", text: tick.verdict.refused });
    tick.refused.forEach((text) => found.push({ kind: "refused", text }));
    if (tick.state?.locomotion_note) found.push({ kind: "balance", text: tick.state.locomotion_note });
    const clips = new Set(tick.verdict.clips.map((clip) => `${plainName(clip.name)}: ${clip.kind.replace("_", " ")} limited`));
    clips.forEach((text) => found.push({ kind: "limit", text }));
    return found;
  }, sameContent);
  return (
    <ul className={classes.notes} aria-label="What limits the robot" aria-live="polite">
      {notes.slice(0, MOST).map(({ kind, text }) => (
        <li key={text} className={classes.note} data-kind={kind}>
          {text}
        </li>
      ))}
      {notes.length > MOST && <li className={classes.more}>and {notes.length - MOST} more</li>}
    </ul>
  );
}
