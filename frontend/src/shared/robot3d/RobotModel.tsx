import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useState } from "react";
import type { URDFRobot } from "urdf-loader";
import { loadRobot } from "./loadRobot";
import type { PoseSource, ScenePose } from "./scenePose";

interface RobotModelProps {
  urdfUrl: string;
  source: PoseSource;
  /** Joints whose links are drawn as a ghost at the commanded angles; without it the whole robot is drawn as measured. */
  ghostOf?: readonly string[];
  onProblem: (text: string) => void;
  onLoad?: (robot: URDFRobot) => void;
}

/** The robot at its newest pose, or the ghost of its command. */
export function RobotModel({ urdfUrl, source, ghostOf, onProblem, onLoad }: RobotModelProps) {
  const [robot, setRobot] = useState<URDFRobot | null>(null);
  const { gl, scene, camera, invalidate } = useThree();

  useEffect(() => {
    let wanted = true;
    const load = async () => {
      const loaded = await loadRobot(urdfUrl, ghostOf);
      // Compiled now, not when the ghost first appears: that is when somebody begins to drive.
      await gl.compileAsync(loaded, camera, scene);
      return loaded;
    };
    load().then(
      (loaded) => {
        if (!wanted) return;
        setRobot(loaded);
        onProblem("");
        onLoad?.(loaded);
        invalidate();
      },
      (error: Error) => wanted && onProblem(error.message),
    );
    return () => {
      wanted = false;
    };
  }, [urdfUrl, ghostOf, onProblem, onLoad, gl, scene, camera, invalidate]);

  useFrame(() => {
    const pose = source.read();
    if (!robot || !pose) return;
    draw(robot, pose, ghostOf !== undefined);
  });

  return robot && <primitive object={robot} />;
}

function draw(robot: URDFRobot, pose: ScenePose, ghost: boolean): void {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = pose.T_world_pelvis;
  robot.position.set(x, y, z);
  robot.quaternion.set(qx, qy, qz, qw);
  robot.visible = !ghost || pose.ghost !== undefined;
  setJoints(robot, pose.joints, pose.q_rad);
  if (ghost && pose.ghost) setJoints(robot, pose.ghost.joints, pose.ghost.q_rad);
}

function setJoints(robot: URDFRobot, names: readonly string[], q_rad: readonly number[]): void {
  names.forEach((name, i) => {
    const angle = q_rad[i];
    if (angle !== undefined) robot.setJointValue(name, angle);
  });
}
