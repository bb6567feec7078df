import { Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import classes from "./wizard.module.css";
import type { RigTask } from "./useTask";

/** What to do now, how much of it was seen, and how it went. It keeps its height. */
export function TaskBox({ task: { task, busy, refused }, idle, then = "" }: { task: RigTask; idle: string; /** What comes after a task has ended. */ then?: string }) {
  const failed = refused !== "" || task?.phase === "failed";
  const state = busy ? "running" : failed ? "failed" : task?.phase === "done" ? "done" : "idle";
  const text = refused || (busy && !task ? "Asking the rig …" : (task?.text ?? idle));
  return (
    <div className={classes.task} data-state={state} role="status" aria-live="polite">
      <div className={classes.taskText}>
        {state === "done" && <IconCircleCheck size={22} aria-hidden="true" />}
        {state === "failed" && <IconAlertTriangle size={22} aria-hidden="true" />}
        <Text size="lg" fw={560}>
          {text}
        </Text>
      </div>
      {then && (state === "done" || state === "failed") && (
        <Text size="sm" c="dimmed">
          {then}
        </Text>
      )}
      <Progress value={busy ? 100 * (task?.progress ?? 0) : 0} color="jade" size="md" transitionDuration={120} aria-label="How much was seen" />
    </div>
  );
}
