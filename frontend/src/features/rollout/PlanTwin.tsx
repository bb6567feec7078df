import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Robot } from "@/shared/api/queries";
import { liveSource } from "@/shared/robot3d/liveSource";
import { RobotView } from "@/shared/robot3d/RobotView";
import { rolloutQuery } from "./queries";

/** The robot as measured, and as a ghost where the policy's plan ends. */
export function PlanTwin({ robot }: { robot: Robot }) {
  const client = useQueryClient();
  const source = useMemo(() => liveSource(robot, () => client.getQueryData(rolloutQuery.queryKey)?.plan.at(-1)), [robot, client]);
  const ghostOf = useMemo(() => [...robot.arm_joints, ...robot.hand_joints], [robot]);
  return (
    <RobotView
      urdfUrl={robot.urdf_url}
      source={source}
      ghostOf={ghostOf}
      label="3D view of the robot: as measured, and in amber where the policy's plan ends"
    />
  );
}
