import { Paper } from "@mantine/core";
import { sameContent, useLive } from "@/shared/live/live";
import { Copyable } from "@/shared/ui/Copyable";
import { milliseconds, sentence } from "@/shared/ui/format";
import { ageOf, type Part, partsOf, type Place, spareTrackers, words } from "./model";
import classes from "./parts.module.css";

/** Everything that is worn: its state, serial number and age; what is wrong with it, and what to do. */
export function PartsList() {
  const parts = useLive(({ telemetry }) => partsOf(telemetry?.rig ?? null), sameContent);
  const spare = useLive(({ telemetry }) => spareTrackers(telemetry?.rig ?? null).map(({ name, state }) => ({ name, state })), sameContent);
  return (
    <Paper withBorder bg="var(--panel)" component="section" aria-label="What you wear">
      <ul className={classes.parts}>
        {parts.map((part) => (
          <Row key={part.place} part={part} />
        ))}
        {spare.map(({ name, state }) => (
          <li key={name} className={classes.part} data-level="off">
            <span className={classes.dot} aria-hidden="true" />
            <span className={classes.partName}>Spare tracker</span>
            <span className={classes.partWord}>{state}, worn nowhere</span>
            <Copyable value={name} label="serial number" />
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function Row({ part: { place, level, word, serial, trouble, fix } }: { part: Part }) {
  return (
    <li className={classes.part} data-level={level} data-place={place}>
      <span className={classes.dot} aria-hidden="true" />
      <span className={classes.partName}>{sentence(words(place))}</span>
      <span className={classes.partWord}>{word}</span>
      {serial ? <Copyable value={serial} label="serial number" /> : <span />}
      <Age place={place} />
      {(trouble || fix) && (
        <span className={classes.partFix}>
          {trouble} {fix}
        </span>
      )}
    </li>
  );
}

/** By itself, because it changes ten times a second. */
function Age({ place }: { place: Place }) {
  const age = useLive(({ telemetry }) => {
    const age_ms = ageOf(telemetry?.rig ?? null, place);
    return age_ms === null ? "" : milliseconds(Math.round(age_ms));
  });
  return (
    <span className={classes.age} title={age && "Since it was last seen"}>
      {age}
    </span>
  );
}
