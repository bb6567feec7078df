import { useFrame, useThree } from "@react-three/fiber";
import { useRef } from "react";
import { Vector3 } from "three";
import type { OrbitControls } from "three-stdlib";
import type { PoseSource } from "./scenePose";

/** Carries camera and orbit centre along with the pelvis over the ground. */
export function FollowRobot({ source }: { source: PoseSource }) {
  const camera = useThree((three) => three.camera);
  const controls = useThree((three) => three.controls) as OrbitControls | null;
  const last = useRef(new Vector3());
  useFrame(() => {
    const pose = source.read();
    if (!pose || !controls) return;
    const [x = 0, y = 0] = pose.T_world_pelvis;
    const dx = x - last.current.x;
    const dy = y - last.current.y;
    if (dx === 0 && dy === 0) return;
    last.current.set(x, y, 0);
    for (const point of [camera.position, controls.target]) {
      point.x += dx;
      point.y += dy;
    }
    controls.update();
  });
  return null;
}
