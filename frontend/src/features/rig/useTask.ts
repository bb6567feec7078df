import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import type { TaskStatus } from "@/shared/api/messages.gen";
import { sameContent, useClientId, useLive } from "@/shared/live/live";
import { taskOf } from "./model";
import { useRigAction, type Wish } from "./queries";

export interface RigTask {
  /** The task that this page began last; null before its first sign in the telemetry. */
  task: TaskStatus | null;
  /** It was asked for, or is under way. */
  busy: boolean;
  /** Why the last request was refused, in words; empty when it was not. */
  refused: string;
  ask: (wish: Wish) => void;
  /** Forgets what came of it. */
  forget: () => void;
}

/**
 * Follows one task of the rig from the request to its end.
 *
 * @param kind What the kinds of its tasks begin with.
 * @param onDone Called once when a task has gone well.
 */
export function useTask(kind: string, onDone: (task: TaskStatus) => void = () => undefined): RigTask {
  const queries = useQueryClient();
  const [number, setNumber] = useState<number | null>(null);
  const action = useRigAction(useClientId());
  const task = useLive(({ telemetry }) => taskOf(telemetry?.rig ?? null, kind, number), sameContent);
  const phase = task?.phase;
  const ended = useEffectEvent(() => {
    void queries.invalidateQueries({ queryKey: ["rig", "operator"] });
    if (task?.phase === "done") onDone(task);
  });
  useEffect(() => {
    if (phase === "done" || phase === "failed") ended();
  }, [phase, number]);
  const ask = (wish: Wish) => action.mutate(wish, { onSuccess: (answer) => answer.task !== null && setNumber(answer.task) });
  const forget = () => {
    setNumber(null);
    action.reset();
  };
  const busy = action.isPending || (number !== null && (task === null || phase === "running"));
  return { task, busy, refused: action.error?.message ?? "", ask, forget };
}
