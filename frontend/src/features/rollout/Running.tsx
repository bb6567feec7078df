import { Group, Paper, Progress, Slider, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ask, useClientId } from "@/shared/live/live";
import type { Situation } from "@/shared/live/situation";
import { Fact } from "@/shared/ui/Fact";
import { milliseconds, several } from "@/shared/ui/format";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { borderRatio, isUnderWay, latencyParts, noPause, noResume, type Rollout } from "./model";
import type { useRolloutAction } from "./queries";
import classes from "./rollout.module.css";

const PHASES: Record<Rollout["phase"], string> = {
  away: "Not reporting",
  idle: "Idle",
  loading: "Loading",
  connecting: "Connecting",
  warming_up: "Warming up",
  waiting: "Waiting for control",
  driving: "Driving",
  taken_over: "Taken over",
  paused: "Paused",
  ended: "Ended",
  failed: "Failed",
};
const COLOURS = ["gray", "blue", "teal", "grape", "orange"];

interface Props {
  rollout: Rollout;
  situation: Situation;
  act: ReturnType<typeof useRolloutAction>;
}

/** How it goes: what to press, how much is left in the buffer, where the time goes, what went wrong. */
export function Running({ rollout, situation, act }: Props) {
  const client = useClientId();
  const parts = latencyParts(rollout);
  const whole = Math.max(rollout.round_trip_ms, 1);
  const left_s = rollout.fps > 0 ? rollout.level / rollout.fps : 0;
  const ratio = borderRatio(rollout);
  return (
    <Paper withBorder p="md" component="section" aria-label="The rollout">
      <Stack gap="sm">
        <div>
          <Text fw={650} data-testid="phase">
            {PHASES[rollout.phase]}
          </Text>
          <Text size="xs" c={rollout.phase === "failed" ? "var(--fault)" : "dimmed"}>
            {rollout.reason || rollout.task}
          </Text>
        </div>
        <Group gap="xs">
          <ReasonButton
            size="xs"
            variant="default"
            keyHint="P"
            reason={noPause(rollout, situation.holder)}
            hint="The robot stands; you may drive on by hand"
            onClick={() => act.mutate({ kind: "pause", client })}
          >
            Pause
          </ReasonButton>
          <ReasonButton
            size="xs"
            variant="default"
            reason={noResume(rollout, situation.holder)}
            hint="It drives on from what it sees then"
            onClick={() => act.mutate({ kind: "resume", client })}
          >
            Resume
          </ReasonButton>
          <ReasonButton
            size="xs"
            color="red"
            variant="light"
            reason={isUnderWay(rollout) ? "" : "Nothing is under way"}
            hint="Ends the rollout; the robot comes to rest and stays armed"
            onClick={() => act.mutate({ kind: "stop" })}
          >
            End rollout
          </ReasonButton>
        </Group>
        <SpeedCap mine={situation.holder === "me"} />
        <div>
          <Group justify="space-between">
            <Text size="xs">Actions left</Text>
            <Text size="xs" className="numeric">
              {rollout.level} of {rollout.chunk_size}, {left_s.toFixed(2)} s
            </Text>
          </Group>
          <Progress
            value={rollout.chunk_size > 0 ? (100 * rollout.level) / rollout.chunk_size : 0}
            color={rollout.level <= rollout.d_est ? "orange" : "teal"}
            aria-label="Actions left in the buffer"
            transitionDuration={0}
          />
        </div>
        <div>
          <Group justify="space-between">
            <Text size="xs">Last answer took</Text>
            <Text size="xs" className="numeric">
              {milliseconds(rollout.round_trip_ms)}, 95 % below {milliseconds(rollout.round_trip_p95_ms)}
            </Text>
          </Group>
          <Progress.Root size="md" transitionDuration={0}>
            {parts.map(({ name, ms }, i) => (
              <Progress.Section key={name} value={(100 * ms) / whole} color={COLOURS[i] ?? "gray"} aria-label={`${name} ${milliseconds(ms)}`} />
            ))}
          </Progress.Root>
          <div className={classes.parts}>
            {parts.map(({ name, ms }, i) => (
              <span key={name}>
                <span className={classes.swatch} style={{ background: `var(--mantine-color-${COLOURS[i] ?? "gray"}-filled)` }} />
                {name} {milliseconds(ms)}
              </span>
            ))}
          </div>
        </div>
        <Stack gap={3}>
          <Fact name="Interventions" value={<strong className="numeric">{several(rollout.takeovers, "time")}</strong>} />
          <Fact name="Answers" value={`${rollout.chunks}, of them ${rollout.late} late and ${rollout.discarded} unused`} />
          <Fact name="Stalls" value={`${several(rollout.stalls, "time")}, ${several(rollout.stalled_steps, "step")}`} />
          <Fact name="Delay" value={`${several(rollout.d_real, "step")}, ${rollout.d_est} expected`} />
          <Fact name="Pictures were" value={`${milliseconds(rollout.observation_age_ms)} old`} />
          <Fact name="Jump between chunks" value={rollout.border_jump_rad === null ? "–" : `${rollout.border_jump_rad.toFixed(4)} rad`} />
          <Fact name="Jerk at borders" value={ratio === null ? "–" : `${ratio.toFixed(2)} × inside`} title="1 is as smooth at the borders of chunks as inside them" />
        </Stack>
      </Stack>
    </Paper>
  );
}

function SpeedCap({ mine }: { mine: boolean }) {
  const [percent, setPercent] = useState(100);
  return (
    <div title={mine ? "No joint moves faster than this share of its limit" : "Take control to set the speed"}>
      <Group justify="space-between">
        <Text size="xs">Speed cap</Text>
        <Text size="xs" className="numeric">
          {percent} %
        </Text>
      </Group>
      <Slider
        size="sm"
        min={10}
        max={100}
        step={10}
        label={null}
        thumbLabel="Speed cap in percent"
        disabled={!mine}
        value={percent}
        onChange={setPercent}
        onChangeEnd={(value) => void ask({ kind: "speed", value: value / 100 })}
      />
    </div>
  );
}
