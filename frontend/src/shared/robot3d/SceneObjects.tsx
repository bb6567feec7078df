import { useQuery } from "@tanstack/react-query";
import { useFrame } from "@react-three/fiber";
import { useRef, useState } from "react";
import type { Group } from "three";
import { systemQuery } from "@/shared/api/queries";
import type { PoseSource } from "./scenePose";
import { furnitureOf, type Part, partsOf } from "./sceneShapes";

/** Furniture, and the movable objects where telemetry says they are. */
export function SceneObjects({ source }: { source: PoseSource }) {
  const { data: system } = useQuery(systemQuery);
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
      <Parts parts={furnitureOf(system?.scene ?? "")} />
      {names.map((name) => (
        <group
          key={name}
          ref={(group) => {
            if (group) groups.current.set(name, group);
            else groups.current.delete(name);
          }}
        >
          <Parts parts={partsOf(name)} />
        </group>
      ))}
    </>
  );
}

function Parts({ parts }: { parts: readonly Part[] }) {
  return parts.map((part, i) => (
    <mesh key={i} position={part.at} rotation={part.kind === "cylinder" ? [Math.PI / 2, 0, 0] : undefined}>
      <Shape part={part} />
      <meshLambertMaterial color={part.colour} />
    </mesh>
  ));
}

function Shape({ part: { kind, size } }: { part: Part }) {
  const [a = 0, b = 0, c = 0] = size;
  if (kind === "box") return <boxGeometry args={[a, b, c]} />;
  if (kind === "sphere") return <sphereGeometry args={[a, 20, 14]} />;
  return <cylinderGeometry args={[a, a, b, 20]} />;
}
