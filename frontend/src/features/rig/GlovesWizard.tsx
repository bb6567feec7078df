import { Button, Group, Paper, Progress, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useKeys } from "@/shared/input/useKeys";
import { sameContent, useClientId, useLive } from "@/shared/live/live";
import { operatorName } from "@/shared/live/operatorName";
import { formatDate, sentence } from "@/shared/ui/format";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { AngleBars } from "./AngleBars";
import { HandPose } from "./HandPose";
import { partsOf, type Setup, type Side, SIDES } from "./model";
import { keptQuery, useRigAction } from "./queries";
import classes from "./gloves.module.css";
import { useTask } from "./useTask";
import wizard from "./wizard.module.css";

const POSES = ["open", "fist", "pinch"] as const;
const NAMES: Record<(typeof POSES)[number], string> = { open: "Open hand", fist: "Fist", pinch: "Pinch" };

/** Open, fist, pinch: what one person's glove reads in three poses, one hand at a time. */
export function GlovesWizard({ setup }: { setup: Setup }) {
  const name = operatorName();
  const { data: kept } = useQuery(keptQuery(name));
  const [side, setSide] = useState<Side>("left");
  const task = useTask("hands.");
  const step = useRigAction(useClientId());
  const glove = useLive(({ telemetry }) => partsOf(telemetry?.rig ?? null).find(({ place }) => place === `${side}_hand`), sameContent);
  const running = task.task?.phase === "running" && task.task.about === side;
  const current = running ? task.task?.step : "";
  const finished = task.task?.phase === "done" && task.task.about === side;
  const made = kept?.hands.find((hand) => hand.side === side);
  const absent = glove?.level === "off" ? `There is no ${side} glove` : "";
  const trouble = running ? (task.task?.trouble ?? "") : "";
  const begin = () => {
    if (absent || task.busy) return;
    step.reset();
    task.ask({ kind: "hand", side });
  };
  const take = () => running && !trouble && step.mutate({ kind: "take" });
  useKeys([
    { keys: ["s"], label: "Start", run: begin },
    { keys: ["t"], label: "Take the pose", run: take },
  ]);
  const text = running ? task.task?.text : finished ? task.task?.text : task.refused || (absent ? `${absent}. ${glove?.fix ?? ""}` : `Three poses, held still for a second each. ${made ? "" : `Until then the ${side} glove follows usual ranges.`}`);
  return (
    <Paper withBorder bg="var(--panel)" p="lg" component="section" aria-label="Gloves">
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <div>
            <Title order={3} fz="lg">
              Gloves of {name}
            </Title>
            <Text size="sm" c="dimmed">
              {made ? `The ${side} hand was calibrated on ${formatDate(made.made_at)}.` : `The ${side} hand has not been calibrated.`}
            </Text>
          </div>
          <SegmentedControl
            aria-label="Which hand"
            disabled={task.busy}
            value={side}
            onChange={(value) => {
              setSide(value as Side);
              task.forget();
            }}
            data={SIDES.map((value) => ({ value, label: sentence(value) }))}
          />
        </Group>
        <ol className={classes.poses}>
          {POSES.map((pose, i) => {
            const past = finished || (running && POSES.indexOf(current as (typeof POSES)[number]) > i);
            return (
              <li key={pose} className={classes.pose} data-current={pose === current || undefined} data-done={past || undefined} aria-current={pose === current ? "step" : undefined}>
                <HandPose step={pose} side={side} />
                <span>
                  {past && <IconCircleCheck size={16} className={classes.doneIcon} aria-label="taken" />} {NAMES[pose]}
                </span>
              </li>
            );
          })}
        </ol>
        <div className={wizard.task} data-state={running ? "running" : finished ? "done" : task.refused || task.task?.phase === "failed" ? "failed" : "idle"} role="status" aria-live="polite">
          <Text size="lg" fw={560}>
            {text}
          </Text>
          <Text size="sm" c={trouble ? "var(--hold)" : "var(--active)"} mih="1.4em">
            {running && (trouble || "That is it: take it.")}
          </Text>
          <Progress value={running ? 100 * (task.task?.progress ?? 0) : 0} size="md" transitionDuration={120} aria-label="How long it was held" />
        </div>
        <Group gap="sm">
          {running ? (
            <>
              <ReasonButton reason={trouble} hint="Takes what your hand does now" keyHint="T" variant="filled" loading={step.isPending} onClick={take}>
                Take this pose
              </ReasonButton>
              <Button variant="default" onClick={() => step.mutate({ kind: "cancel" })}>
                Give up
              </Button>
            </>
          ) : (
            <ReasonButton reason={absent} hint="Somebody else, or your other hand, presses for each pose" keyHint="S" variant="filled" loading={task.busy} onClick={begin}>
              {made || finished ? "Calibrate again" : `Calibrate the ${side} hand`}
            </ReasonButton>
          )}
          {step.error && (
            <Text size="sm" c="var(--fault)" role="alert">
              <IconAlertTriangle size={14} aria-hidden="true" /> {step.error.message}
            </Text>
          )}
        </Group>
        <AngleBars side={side} names={setup.angles} />
      </Stack>
    </Paper>
  );
}
