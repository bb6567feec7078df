import { Button, Group, NumberInput, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useState } from "react";
import { useKeys } from "@/shared/input/useKeys";
import { sameContent, useClientId, useLive } from "@/shared/live/live";
import { operatorName } from "@/shared/live/operatorName";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { headsetOf, type Motion, wornAt } from "./model";
import { keptQuery, useRigAction } from "./queries";
import classes from "./wizard.module.css";
import { TaskBox } from "./TaskBox";
import { useCountdown } from "./useCountdown";
import { useTask } from "./useTask";

const GET_READY_S = 3;
type Stage = "neutral" | Motion;
const STAGES: readonly { stage: Stage; title: string; todo: string }[] = [
  { stage: "neutral", title: "Neutral pose", todo: "Stand upright, arms hanging, look ahead, and keep still for two and a half seconds." },
  { stage: "right_hand", title: "Raise your right hand", todo: "Raise it above your shoulder, and leave everything else where it is." },
  { stage: "step_forward", title: "Step forward", todo: "Half a metre, and stay there." },
];

/** Measures the operator, and checks by known motions that the axes are what they are taken for. */
export function CalibrateWizard() {
  const name = operatorName();
  const { data: kept } = useQuery(keptQuery(name));
  const { headset, neutral, mirrored, feet } = useLive(({ telemetry }) => {
    const rig = telemetry?.rig ?? null;
    const one = headsetOf(rig);
    return { headset: Boolean(one), neutral: one?.calibration ?? "", mirrored: one?.mirrored ?? false, feet: Boolean(wornAt(rig, "left_foot") ?? wornAt(rig, "right_foot")) };
  }, sameContent);
  const [height_m, setHeight] = useState<number | "">("");
  const [stage, setStage] = useState<Stage>("neutral");
  const action = useRigAction(useClientId());
  const task = useTask("calibrate.", () => {
    const next = STAGES[STAGES.findIndex((one) => one.stage === stage) + 1];
    if (next) setStage(next.stage);
  });
  const countdown = useCountdown(() => {
    action.reset();
    task.ask(stage === "neutral" ? { kind: "neutral", stature_m: height_m || null } : { kind: "check", motion: stage });
  });
  const mine = neutral.startsWith(`${name}:`);
  const done = (one: Stage): boolean => mine && (one === "neutral" || Boolean(kept?.checks[one]));
  const now = STAGES.find((one) => one.stage === stage);
  const reason = !headset ? "There is no headset in this rig" : task.busy || countdown.left_s > 0 ? "It is under way" : stage !== "neutral" && !mine ? "Take the neutral pose first" : "";
  const start = () => {
    if (reason) return;
    task.forget();
    countdown.start(GET_READY_S);
  };
  useKeys([{ keys: ["s"], label: "Start", run: start }]);
  const choose = (one: Stage) => {
    task.forget();
    setStage(one);
  };
  const mirror = (value: boolean) => {
    choose("neutral");
    action.mutate({ kind: "mirrored", mirrored: value });
  };
  const wentWell = task.task?.phase === "done" && task.task.kind === `calibrate.${stage}`;
  const axesAreMirrored = task.task?.phase === "failed" && task.task.text.includes("mirrored");
  return (
    <Paper withBorder bg="var(--panel)" p="lg" component="section" aria-label="Calibrate">
      <Stack gap="md">
        <div>
          <Title order={3} fz="lg">
            Calibrate {name}
          </Title>
          <Text size="sm" c="dimmed">
            The neutral pose is taken at the beginning of every session. The two motions check left and right, front and back.
          </Text>
        </div>
        <ol className={classes.stages}>
          {STAGES.map((one) => (
            <li key={one.stage}>
              <button type="button" className={classes.stage} data-current={one.stage === stage || undefined} aria-current={one.stage === stage ? "step" : undefined} disabled={task.busy || countdown.left_s > 0} onClick={() => choose(one.stage)}>
                {done(one.stage) ? <IconCircleCheck size={18} className={classes.doneIcon} aria-label="done" /> : <IconCircleDashed size={18} aria-label="to do" />}
                {one.title}
              </button>
            </li>
          ))}
        </ol>
        {countdown.left_s > 0 ? (
          <div className={classes.task} data-state="running" role="status">
            <Text size="lg" fw={560}>
              {now?.todo}
            </Text>
            <div className={classes.countdown}>{countdown.left_s}</div>
          </div>
        ) : (
          <TaskBox task={task} idle={now?.todo ?? ""} then={wentWell ? "" : `Next: ${now?.title ?? ""}. ${now?.todo ?? ""}`} />
        )}
        <Group gap="sm" align="flex-end">
          {stage === "neutral" && (
            <NumberInput
              label="Your height [m]"
              description={feet ? "Not needed: your feet show the ground" : "Without foot trackers the ground follows from it"}
              min={1.2}
              max={2.3}
              step={0.01}
              decimalScale={2}
              clampBehavior="blur"
              w={240}
              value={height_m}
              onChange={(value) => setHeight(typeof value === "number" ? value : "")}
            />
          )}
          <ReasonButton reason={reason} hint={`Begins after ${GET_READY_S} seconds, so that you can get into place`} keyHint="S" variant="filled" onClick={start}>
            {countdown.left_s > 0 ? `Begins in ${countdown.left_s} s` : done(stage) ? "Once more" : "Start"}
          </ReasonButton>
          {countdown.left_s > 0 && (
            <Button variant="default" onClick={countdown.cancel}>
              Cancel
            </Button>
          )}
          {axesAreMirrored && (
            <Button variant="default" onClick={() => mirror(!mirrored)}>
              Switch mirrored axes
            </Button>
          )}
        </Group>
        {action.error && (
          <Text size="sm" c="var(--fault)" role="alert">
            {action.error.message}
          </Text>
        )}
        <dl className={classes.measures}>
          <Measure name="Eyes" value={kept?.head_m} />
          <Measure name="Waist" value={kept?.waist_m} />
          <Measure name="Arms" value={kept?.arm_m} />
        </dl>
        <Text size="xs" c="dimmed">
          Heights over the ground, and shoulder to wrist, as the last neutral pose measured them. The robot's hands move in proportion to your arms.
        </Text>
        <Switch
          size="xs"
          label="The trackers' axes are mirrored"
          description="Only when a check says so; the neutral pose must be taken again afterwards."
          checked={mirrored}
          disabled={!headset || task.busy}
          onChange={({ currentTarget }) => mirror(currentTarget.checked)}
        />
      </Stack>
    </Paper>
  );
}

function Measure({ name, value }: { name: string; value: number | null | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value ? `${value.toFixed(2)} m` : "–"}</dd>
    </div>
  );
}
