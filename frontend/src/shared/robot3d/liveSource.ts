/** The 3D twin's poses: the newest measurement, and the command as its ghost. */
import type { Robot } from "@/shared/api/queries";
import { live } from "@/shared/live/live";
import type { PoseSource, ScenePose } from "./scenePose";

/**
 * Poses from the telemetry.
 *
 * `wanted` returns an action, by the robot's `action_names`, to be drawn as the ghost instead of the command.
 */
export function liveSource(robot: Robot, wanted?: () => readonly number[] | undefined): PoseSource {
  const joints = robot.joints.map((joint) => joint.name);
  const commanded = robot.action_names.flatMap((name, i) => (joints.includes(name) ? [{ name, i }] : []));
  const ghostJoints = commanded.map(({ name }) => name);
  const ghostAt = (action: readonly number[] | undefined): ScenePose["ghost"] =>
    action && { joints: ghostJoints, q_rad: commanded.map(({ i }) => action[i] ?? 0) };
  return {
    subscribe: live.subscribe,
    read: (): ScenePose | null => {
      const { telemetry } = live.get();
      const tick = telemetry?.tick;
      const state = tick?.state;
      if (!tick || !state) return null;
      return {
        joints,
        q_rad: state.q_rad,
        T_world_pelvis: state.T_world_pelvis,
        objects: telemetry.world?.objects ?? [],
        object_poses: telemetry.world?.object_poses ?? [],
        ghost: ghostAt(wanted ? wanted() : tick.driver === "" ? undefined : tick.command.action),
      };
    },
  };
}
