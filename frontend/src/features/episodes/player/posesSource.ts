import type { PoseSource } from "@/shared/robot3d/scenePose";
import type { Poses } from "../model";
import { lastBefore } from "./frames";
import type { PlaybackClock } from "./PlaybackClock";

/** The recorded poses as seen by the clock, for the 3D view. */
export function posesSource(poses: Poses, clock: PlaybackClock): PoseSource {
  return {
    subscribe: clock.subscribe,
    read: () => {
      const at = Math.max(lastBefore(poses.t_s, clock.time_s), 0);
      const q_rad = poses.q_rad[at];
      const T_world_pelvis = poses.T_world_pelvis[at];
      if (!q_rad || !T_world_pelvis) return null;
      return {
        joints: poses.joints,
        q_rad,
        T_world_pelvis,
        objects: poses.objects,
        object_poses: poses.T_world_object[at]?.flat() ?? [],
      };
    },
  };
}

export interface ModeSpan {
  mode: string;
  driver: string;
  from_s: number;
  to_s: number;
}

/** Stretches of one mode and driver, for the band under the timeline. */
export function modeSpans({ t_s, mode, driver }: Pick<Poses, "t_s" | "mode" | "driver">): ModeSpan[] {
  const spans: ModeSpan[] = [];
  t_s.forEach((time, i) => {
    const last = spans.at(-1);
    const now = { mode: mode[i] ?? "", driver: driver[i] ?? "" };
    if (last) last.to_s = time;
    if (last?.mode !== now.mode || last.driver !== now.driver) spans.push({ ...now, from_s: time, to_s: time });
  });
  return spans;
}
