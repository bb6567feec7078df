/** Latency of every stage, fed from telemetry and from the pictures that are shown. */
import { live } from "@/shared/live/live";
import { Meter } from "./Meter";

export const meters = {
  input: new Meter(),
  ik: new Meter(),
  command: new Meter(),
  link: new Meter(),
};

export type Stage = keyof typeof meters;

const cameras = new Map<string, Meter>();

/** Time from capture to display of one camera. */
export function cameraMeter(camera: string): Meter {
  let meter = cameras.get(camera);
  if (!meter) cameras.set(camera, (meter = new Meter()));
  return meter;
}

/** Feeds the meters until the returned function is called. */
export function startMeters(): () => void {
  let lastSeq = -1;
  return live.subscribe(() => {
    const { telemetry, roundTripMs } = live.get();
    const tick = telemetry?.tick;
    if (!tick || tick.seq === lastSeq) return;
    lastSeq = tick.seq;
    const driven = tick.driver !== "";
    meters.link.push(roundTripMs);
    if (!driven) return;
    meters.input.push(tick.stages.input_age);
    meters.ik.push(tick.stages.ik);
    meters.command.push(tick.stages.input_age + tick.stages.tick);
  });
}
