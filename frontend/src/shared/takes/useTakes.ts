import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Task, tasksQuery } from "@/shared/api/queries";
import type { CommandAction } from "@/shared/input/actions";
import { ask, live } from "@/shared/live/live";
import { CONFIRM_MS, COUNTDOWN_S, type TakeAction, takeObstacle } from "./recording";

const TASK = "bunraku.task";

export interface Takes {
  /** Tasks that can be recorded for; undefined while they are not known. */
  tasks: readonly Task[] | undefined;
  /** Id of the chosen task; empty without one. */
  task: string;
  chooseTask: (task: string) => void;
  /** Discard was pressed once and waits for the second press. */
  confirming: boolean;
  act: (action: TakeAction) => void;
  /** Does what a key asks for; false when the key is not about takes. */
  press: (command: CommandAction | "stop") => boolean;
}

/** The chosen task, and what keys and buttons do with takes. */
export function useTakes(): Takes {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState(() => localStorage.getItem(TASK) ?? "");
  const tasks = useQuery(tasksQuery).data?.filter((task) => !task.archived);
  // A task that is gone must not be recorded for; an only task needs no choice.
  const task = (tasks?.find(({ id }) => id === chosen) ?? (tasks?.length === 1 ? tasks[0] : undefined))?.id ?? "";
  const [confirming, setConfirming] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const chooseTask = useCallback((id: string) => {
    localStorage.setItem(TASK, id);
    setChosen(id);
  }, []);

  const act = useCallback(
    (action: TakeAction) => {
      const { connection, telemetry } = live.get();
      if (takeObstacle(action, connection.state === "open", telemetry?.recorder ?? null, task)) return;
      window.clearTimeout(timer.current);
      setConfirming(false);
      if (action === "discard" && !confirming) {
        setConfirming(true);
        timer.current = window.setTimeout(() => setConfirming(false), CONFIRM_MS);
        return;
      }
      void perform(action, task).then((changed) => {
        if (changed) for (const queryKey of [["episodes"], ["tasks"]]) void queries.invalidateQueries({ queryKey });
      });
    },
    [task, confirming, queries],
  );

  const press = useCallback(
    (command: CommandAction | "stop"): boolean => {
      const phase = live.get().telemetry?.recorder?.phase;
      if (command === "record") act(phase === "recording" || phase === "countdown" ? "stop" : "record");
      else if (command === "save" || command === "redo" || command === "discard") act(command);
      else return false;
      return true;
    },
    [act],
  );

  return { tasks, task, chooseTask, confirming, act, press };
}

/** Does it; returns whether the library has changed. */
async function perform(action: TakeAction, task: string): Promise<boolean> {
  if (action === "record" || action === "redo") {
    const free = action === "record" || (await ask({ kind: "record.discard" })).ok;
    if (free) await ask({ kind: "record.start", task, countdown_s: COUNTDOWN_S });
    return false;
  }
  const { ok } = await ask({ kind: `record.${action}` });
  return ok && action === "save";
}
