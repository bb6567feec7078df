import { useEffect, useState } from "react";
import { duration } from "@/shared/ui/format";
import { isOver, runTime_s, type Job } from "./model";

const TICK_MS = 1_000;

/** How long a job has been running, or ran. */
export function RunTime({ job }: { job: Job }) {
  const [now, setNow] = useState(() => Date.now());
  const running = !isOver(job);
  useEffect(() => {
    if (!running) return;
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, [running]);
  return <span className="numeric">{duration(runTime_s(job, now))}</span>;
}
