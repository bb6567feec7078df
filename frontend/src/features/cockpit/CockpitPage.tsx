import { useQuery } from "@tanstack/react-query";
import { CatchBoundary, type ErrorComponentProps } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import { robotQuery, systemQuery } from "@/shared/api/queries";
import type { CommandAction } from "@/shared/input/actions";
import { bindingsStore } from "@/shared/input/bindingsStore";
import { ask, live, useClientId, useLive } from "@/shared/live/live";
import { EmptyState } from "@/shared/ui/EmptyState";
import { CameraView } from "@/shared/video/CameraView";
import classes from "./CockpitPage.module.css";
import { DrivingBar } from "./DrivingBar";
import { startDriving } from "@/shared/input/driving";
import { HealthLights } from "./HealthLights";
import { HelpDialog } from "./HelpDialog";
import { LatencyStrip } from "./LatencyStrip";
import { cameraMeter, startMeters } from "./meters";
import { Notes } from "./Notes";
import { RecordBar } from "@/shared/takes/RecordBar";
import { nextStep, situationOf } from "@/shared/live/situation";
import { StatusBar } from "./StatusBar";
import { useTakes } from "@/shared/takes/useTakes";
import { useVideo } from "@/shared/video/useVideo";

const NO_SERVERS: string[] = [];

// three.js is most of the page's weight; the head camera does not wait for it.
const TwinView = lazy(() => import("./TwinView").then((module) => ({ default: module.TwinView })));

/** A browser without WebGL must still drive by its cameras. */
function NoTwin({ error }: ErrorComponentProps) {
  return <EmptyState title="No 3D view" text={`${String(error)}. Cameras, driving and recording work without it.`} />;
}

/** Drive and record. The head camera is the page. */
export function CockpitPage() {
  const { data: robot } = useQuery(robotQuery);
  const { data: system } = useQuery(systemQuery);
  const { keys } = useSyncExternalStore(bindingsStore.subscribe, bindingsStore.get);
  const cameras = useMemo(() => robot?.cameras.map((camera) => camera.name) ?? [], [robot]);
  const client = useClientId();
  const video = useVideo(system ? client : "", cameras, system?.ice_servers ?? NO_SERVERS);
  const recording = useLive(({ telemetry }) => telemetry?.recorder?.phase === "recording");
  const [help, setHelp] = useState(false);
  const takes = useTakes();

  const onCommand = useEffectEvent((command: CommandAction | "stop") => {
    if (takes.press(command)) return;
    switch (command) {
      case "next": {
        const step = nextStep(situationOf(live.get()));
        if (step) void ask({ kind: step });
        return;
      }
      case "stop":
      case "home":
        return void ask({ kind: command });
      case "help":
        return setHelp(true);
    }
  });
  useEffect(() => startDriving((command) => onCommand(command)), []);
  useEffect(startMeters, []);

  const [head, ...others] = cameras;
  return (
    <div className={classes.cockpit}>
      <div className={classes.status}>
        <StatusBar />
      </div>
      <div className={classes.head} data-recording={recording || undefined}>
        <CameraView camera={head ?? "head"} stream={video.streams.get(head ?? "")} problem={video.problem} meter={cameraMeter(head ?? "head")}>
          <Notes />
        </CameraView>
      </div>
      <div className={classes.side}>
        <div className={classes.wrists}>
          {others.map((camera) => (
            <CameraView key={camera} camera={camera} stream={video.streams.get(camera)} problem={video.problem} meter={cameraMeter(camera)} />
          ))}
        </div>
        <div className={classes.twin}>
          <CatchBoundary getResetKey={() => "twin"} errorComponent={NoTwin}>
            <Suspense fallback={null}>{robot && <TwinView robot={robot} />}</Suspense>
          </CatchBoundary>
        </div>
      </div>
      <div className={classes.driving}>
        <DrivingBar keys={keys} onHelp={() => setHelp(true)} />
      </div>
      <div className={classes.record}>
        <RecordBar takes={takes} keys={keys} />
      </div>
      <footer className={classes.footer}>
        <LatencyStrip cameras={cameras} />
        <HealthLights cameras={cameras} />
      </footer>
      <HelpDialog opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}
