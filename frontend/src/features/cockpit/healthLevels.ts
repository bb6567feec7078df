/** How the inputs, cameras and processes are doing, as lights with their reasons. */
import type { CameraHealth, Heartbeat, SourceHealth, Telemetry } from "@/shared/api/messages.gen";
import { milliseconds, plainName } from "@/shared/ui/format";
import type { Level } from "@/shared/ui/Light";

export interface LightState {
  name: string;
  level: Level;
  reason: string;
}

const PROCESSES = ["world", "cameras", "control", "video", "recorder", "rollout", "api"];
const INPUTS = ["keyboard", "gamepad", "pointer"];
/** Heartbeats come at 5 Hz. */
const PROCESS_LATE_MS = 600;
const PROCESS_LOST_MS = 1500;
const CAMERA_LATE_MS = 250;
const CAMERA_LOST_MS = 1000;

export function processLight(name: string, beat: Heartbeat | undefined, nowNs: number): LightState {
  if (!beat) return { name, level: "off", reason: `${name} has not reported yet.` };
  const ageMs = (nowNs - beat.t_ns) / 1e6;
  const numbers = `${beat.rate_hz.toFixed(0)} Hz, late p99 ${milliseconds(beat.late_p99_ms)}, ${beat.overruns} overruns, pid ${beat.pid}`;
  if (ageMs > PROCESS_LOST_MS) return { name, level: "bad", reason: `${name} has been silent for ${milliseconds(ageMs)}; it is started again by itself.` };
  if (beat.state !== "ok") return { name, level: "warn", reason: `${beat.state} (${numbers})` };
  return { name, level: ageMs > PROCESS_LATE_MS ? "warn" : "good", reason: `Heard ${milliseconds(ageMs)} ago; ${numbers}.` };
}

export function cameraLight(name: string, health: CameraHealth | undefined): LightState {
  const label = plainName(name);
  if (!health) return { name: label, level: "off", reason: `The video process has not seen ${label}.` };
  const reason = `${health.fps.toFixed(1)} pictures/s at ${health.width}×${health.height}, newest ${milliseconds(health.age_ms)} old, encoded in ${milliseconds(health.encode_ms)}, ${health.kbit_s.toFixed(0)} kbit/s, ${health.dropped} dropped.`;
  const level = health.age_ms > CAMERA_LOST_MS ? "bad" : health.age_ms > CAMERA_LATE_MS ? "warn" : "good";
  return { name: label, level, reason };
}

export function inputLight(name: string, source: SourceHealth | undefined): LightState {
  if (!source) return { name, level: "off", reason: `${name} sends nothing.` };
  const level: Level = source.state === "live" ? "good" : source.state === "lost" ? "off" : "warn";
  return { name, level, reason: `${source.state}, newest sample ${milliseconds(source.age_ms)} old.` };
}

/** Returns lights in fixed places: those known beforehand are there before they report. */
export function lightsOf(telemetry: Telemetry | null, cameras: readonly string[]): Record<"inputs" | "cameras" | "processes", LightState[]> {
  const sources = telemetry?.tick?.sources ?? [];
  const others = sources.map((source) => source.source).filter((name) => !INPUTS.includes(name));
  // Of several drivers' devices of one kind, the freshest is shown.
  const freshest = (name: string) => sources.filter((source) => source.source === name).sort((a, b) => a.age_ms - b.age_ms)[0];
  return {
    inputs: [...INPUTS, ...new Set(others)].map((name) => inputLight(name, freshest(name))),
    cameras: cameras.map((name) => cameraLight(name, telemetry?.video?.cameras.find((camera) => camera.camera === name))),
    processes: PROCESSES.map((name) =>
      processLight(name, telemetry?.processes.find((beat) => beat.process === name), telemetry?.t_ns ?? 0),
    ),
  };
}
