import { useEffect, useState, useSyncExternalStore } from "react";
import { body, http } from "@/shared/api/http";
import { LogTail, type LogView } from "./LogTail";

const ACTIVE_MS = 1_500;
const TAIL_BYTES = 64 * 1024;

const read = (job_id: string, offset: number, limit = TAIL_BYTES) =>
  body(http.GET("/api/jobs/{job_id}/log", { params: { path: { job_id }, query: { offset, limit } } }));

/** The log of a job: its end at once, what is added while `active`, and older parts on demand. */
export function useLog(job: string, active: boolean): { view: LogView; problem: string; earlier: () => Promise<void> } {
  const [tail] = useState(() => new LogTail());
  const [problem, setProblem] = useState("");
  const view = useSyncExternalStore(tail.subscribe, tail.get);

  useEffect(() => {
    let stopped = false;
    let timer = 0;
    const poll = async () => {
      try {
        // A log that grows faster than one part per poll is caught up with before the next pause.
        for (let more = true; more && !stopped; ) {
          const part = await read(job, tail.nextOffset ?? -TAIL_BYTES);
          if (stopped) return;
          const first = tail.nextOffset === null;
          if (first || part.text !== "" || part.size < (tail.nextOffset ?? 0)) tail.append(part);
          more = part.text !== "" && part.next_offset < part.size;
        }
        setProblem("");
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
      if (active && !stopped) timer = window.setTimeout(() => void poll(), ACTIVE_MS);
    };
    void poll();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [job, active, tail]);

  const earlier = async () => {
    const before = tail.get().before;
    const offset = Math.max(0, before - TAIL_BYTES);
    if (before > 0) tail.prepend(await read(job, offset, before - offset));
  };
  return { view, problem, earlier };
}
