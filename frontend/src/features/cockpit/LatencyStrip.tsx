import { Tooltip } from "@mantine/core";
import { useEffect, useRef } from "react";
import { milliseconds, plainName } from "@/shared/ui/format";
import { Meter } from "./Meter";
import { cameraMeter, meters, type Stage } from "./meters";
import { Sparkline } from "./Sparkline";
import classes from "./LatencyStrip.module.css";

const REFRESH_MS = 250;

const STAGES: readonly { stage: Stage; label: string; top: number; warn: number; hint: string }[] = [
  { stage: "link", label: "Link", top: 100, warn: 60, hint: "Round trip between this page and the server." },
  { stage: "input", label: "Input", top: 100, warn: 100, hint: "Age of the newest input when a tick of control begins, while somebody drives." },
  { stage: "ik", label: "IK", top: 5, warn: 5, hint: "Time to solve the arms, waist and height, while somebody drives." },
  { stage: "command", label: "Command", top: 100, warn: 110, hint: "From the arrival of the input to the command that answers it, while somebody drives." },
];

/** Live latency of every stage, from hand to picture. */
export function LatencyStrip({ cameras }: { cameras: readonly string[] }) {
  return (
    <div className={classes.strip} role="group" aria-label="Latency">
      {STAGES.map(({ stage, label, top, warn, hint }) => (
        <Reading key={stage} meter={meters[stage]} label={label} top={top} warn={warn} hint={hint} />
      ))}
      {cameras.map((camera) => (
        <Reading
          key={camera}
          meter={cameraMeter(camera)}
          label={camera === "head" ? "Video head" : plainName(camera)}
          top={200}
          warn={150}
          hint="From the moment a picture was taken to the moment this page showed it."
        />
      ))}
    </div>
  );
}

interface ReadingProps {
  meter: Meter;
  label: string;
  top: number;
  /** From here on it is coloured [ms]. */
  warn: number;
  hint: string;
}

function Reading({ meter, label, top, warn, hint }: ReadingProps) {
  const number = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (!number.current || document.hidden) return;
      const value = meter.recent();
      number.current.textContent = milliseconds(value);
      number.current.dataset["slow"] = String((value ?? 0) > warn);
    }, REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [meter, warn]);
  return (
    <Tooltip label={hint} events={{ hover: true, focus: true, touch: true }}>
      <div className={classes.reading} tabIndex={0}>
        <span className={classes.label}>{label}</span>
        <Sparkline meter={meter} top={top} refreshMs={REFRESH_MS} />
        <span ref={number} className={classes.number}>
          –
        </span>
      </div>
    </Tooltip>
  );
}
