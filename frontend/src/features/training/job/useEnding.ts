import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { isOver, type Job } from "../model";

/**
 * Reads curves, checkpoints and judgements once more when a job ends: its last ones are written just before, and
 * nothing asks for them afterwards.
 */
export function useEnding(job: Pick<Job, "id" | "state"> | undefined): void {
  const client = useQueryClient();
  const followed = useRef("");
  const id = job?.id ?? "";
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (over && followed.current === id) void client.invalidateQueries({ predicate: ({ queryKey: [root, , of] }) => root === "jobs" && of === id });
    followed.current = over ? "" : id;
  }, [client, id, over]);
}
