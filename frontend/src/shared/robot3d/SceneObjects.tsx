import { useQuery } from "@tanstack/react-query";
import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Group } from "three";
import { geometryOf, type ScenePart, sceneQuery, UNKNOWN } from "./sceneParts";
import type { PoseSource } from "./scenePose";

/** Furniture, and the movable objects where telemetry says they are. */
export function SceneObjects({ source }: { source: PoseSource }) {
  const { data: scene } = useQuery(sceneQuery);
  const [names, setNames] = useState<readonly string[]>([]);
  const groups = useRef(new Map<string, Group>());

  useFrame(() => {
    const pose = source.read();
    if (!pose) return;
    if (pose.objects.join() !== names.join()) setNames(pose.objects);
    pose.objects.forEach((name, i) => {
      const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = pose.object_poses.slice(7 * i, 7 * i + 7);
      const group = groups.current.get(name);
      group?.position.set(x, y, z);
      group?.quaternion.set(qx, qy, qz, qw);
    });
  });

  return (
    <>
      <Parts parts={scene?.fixed ?? []} />
      {names.map((name) => (
        <group
          key={name}
          ref={(group) => {
            if (group) groups.current.set(name, group);
            else groups.current.delete(name);
          }}
        >
          <Parts parts={scene?.objects[name] ?? [UNKNOWN]} />
        </group>
      ))}
    </>
  );
}

function Parts({ parts }: { parts: readonly ScenePart[] }) {
  return parts.map((part, i) => <PartMesh key={i} part={part} />);
}

function PartMesh({ part }: { part: ScenePart }) {
  const geometry = useMemo(() => geometryOf(part), [part]);
  useEffect(() => () => geometry.dispose(), [geometry]);
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = part.T_body_part;
  return (
    <mesh position={[x, y, z]} quaternion={[qx, qy, qz, qw]} geometry={geometry}>
      <meshLambertMaterial color={part.colour} />
    </mesh>
  );
}
