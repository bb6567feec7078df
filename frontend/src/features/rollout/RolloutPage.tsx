import { useQuery } from "@tanstack/react-query";
import { CatchBoundary, getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import { robotQuery, systemQuery } from "@/shared/api/queries";
import { type CommandAction, LABELS } from "@/shared/input/actions";
import { bindingsStore } from "@/shared/input/bindingsStore";
import { startDriving, useInput } from "@/shared/input/driving";
import { keyLabel } from "@/shared/input/keyLabel";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { ControlButtons } from "@/shared/live/ControlButtons";
import { ask, live, sameContent, useClientId, useLive } from "@/shared/live/live";
import { nextStep, situationOf } from "@/shared/live/situation";
import { RecordBar } from "@/shared/takes/RecordBar";
import { useTakes } from "@/shared/takes/useTakes";
import { Key } from "@/shared/ui/Key";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { CameraView } from "@/shared/video/CameraView";
import { useVideo } from "@/shared/video/useVideo";
import { Afterwards } from "./Afterwards";
import { isUnderWay, noPause } from "./model";
import { PlanPlot } from "./PlanPlot";
import { rolloutQuery, useRolloutAction } from "./queries";
import classes from "./rollout.module.css";
import { Running } from "./Running";
import { Setup } from "./Setup";
import { TrialSetup } from "./TrialSetup";
import { WhoDrives } from "./WhoDrives";

const route = getRouteApi("/rollout");
const NO_SERVERS: string[] = [];
const NO_NAMES: string[] = [];

const PlanTwin = lazy(() => import("./PlanTwin").then((module) => ({ default: module.PlanTwin })));

/** Let a policy drive, watch it, take over from it. */
export function RolloutPage() {
  const { policy, evaluation, trial } = route.useSearch();
  const { data: robot } = useQuery(robotQuery);
  const { data: system } = useQuery(systemQuery);
  const { data: rollout } = useQuery(rolloutQuery);
  const { keys } = useSyncExternalStore(bindingsStore.subscribe, bindingsStore.get);
  const act = useRolloutAction();
  const client = useClientId();
  const cameras = useMemo(() => robot?.cameras.map((camera) => camera.name) ?? [], [robot]);
  const video = useVideo(system ? client : "", cameras, system?.ice_servers ?? NO_SERVERS);
  const situation = useLive(situationOf, sameContent);
  const deadman = useInput((state) => state.deadman);
  const suspended = useInput((state) => state.suspended);
  const recording = useLive(({ telemetry }) => telemetry?.recorder?.phase === "recording");
  const [help, setHelp] = useState(false);
  const takes = useTakes();

  const onCommand = useEffectEvent((command: CommandAction | "stop") => {
    if (command === "stop") return void ask({ kind: "stop" });
    if (command === "help") return setHelp(true);
    if (takes.press(command)) return;
    if (command !== "next") return;
    const step = nextStep(situationOf(live.get()));
    if (step) void ask({ kind: step });
  });
  useEffect(() => startDriving((command) => onCommand(command)), []);

  const pause = () => noPause(rollout, situation.holder) === "" && act.mutate({ kind: "pause", client });
  const own: KeyBinding[] = [{ keys: ["p"], label: "Pause the policy", run: pause }];
  useKeys(own);
  const shown: KeyBinding[] = [
    { keys: ["Esc"], label: "STOP the robot", run: () => undefined },
    { keys: [keyLabel(keys.deadman)], label: "Take over (hold), let go to hand back; all keys of the cockpit drive meanwhile", run: () => undefined },
    { keys: [keyLabel(keys.next)], label: "Take control, then arm", run: () => undefined },
    ...own,
    { keys: [keyLabel(keys.record)], label: LABELS.record, run: () => undefined },
    { keys: [keyLabel(keys.save)], label: LABELS.save, run: () => undefined },
    { keys: ["?"], label: "This help", run: () => undefined },
  ];
  const underWay = rollout !== undefined && isUnderWay(rollout);
  const [head, ...others] = cameras;
  return (
    <div className={classes.page}>
      <div className={classes.top}>
        <WhoDrives />
        <ControlButtons situation={situation} />
      </div>
      <div className={classes.head} data-recording={recording || undefined}>
        <CameraView camera={head ?? "head"} stream={video.streams.get(head ?? "")} problem={video.problem} />
      </div>
      <div className={classes.others}>
        {others.map((camera) => (
          <CameraView key={camera} camera={camera} stream={video.streams.get(camera)} problem={video.problem} />
        ))}
        <div className={classes.twin}>
          <CatchBoundary getResetKey={() => "twin"} errorComponent={() => <p className={classes.hint}>No 3D view in this browser; everything else works without it.</p>}>
            <Suspense fallback={null}>{robot && <PlanTwin robot={robot} />}</Suspense>
          </CatchBoundary>
        </div>
      </div>
      <div className={classes.plan}>
        {rollout && <PlanPlot rollout={rollout} names={robot?.action_names ?? NO_NAMES} />}
      </div>
      <div className={classes.side}>
        <p className={classes.hint} aria-live="polite">
          <Key>{keyLabel(keys.deadman)}</Key>{" "}
          {suspended ? "This page has no focus: click it, or you cannot take over." : deadman ? "You drive while you hold it." : "Hold to take over at any time."}
        </p>
        {underWay ? (
          <Running rollout={rollout} situation={situation} act={act} />
        ) : (
          <>
            {rollout?.reason && (
              <p className={classes.hint} data-testid="phase" role="status">
                {rollout.phase === "failed" ? "It failed: " : ""}
                {rollout.reason}
              </p>
            )}
            {rollout && <Afterwards rollout={rollout} />}
            {evaluation !== undefined && trial !== undefined ? (
              <TrialSetup trial={{ evaluation, trial }} rollout={rollout} situation={situation} act={act} />
            ) : (
              <Setup rollout={rollout} situation={situation} act={act} takes={takes} wanted={policy} />
            )}
          </>
        )}
      </div>
      <div className={classes.record}>
        <RecordBar takes={takes} keys={keys} taskLocked={underWay ? "The policy was told this task" : ""} />
      </div>
      <KeyHelp title="Keys of this page" keys={shown} opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}
