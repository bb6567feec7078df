import { TransformControls } from "@react-three/drei";
import { useFrame } from "@react-three/fiber";
import { useEffect, useRef, useState } from "react";
import { Group, Matrix4, Quaternion, Vector3 } from "three";
import type { URDFLink } from "urdf-loader";
import type { Side } from "@/shared/input/drive";
import { live } from "@/shared/live/live";
import { engine } from "@/shared/input/driving";

export type GizmoMode = "translate" | "rotate";

interface WristHandleProps {
  side: Side;
  /** Where the wrist is measured; the handle rests there while nobody drives. */
  wrist: URDFLink | undefined;
  draggable: boolean;
  mode: GizmoMode;
}

/**
 * The target frame of one wrist, with a handle for the pointer.
 *
 * It lives in the footprint frame, as the target does, so a held wrist walks along with the robot. Holding the
 * handle down is the deadman; letting go, or losing the pointer, releases it.
 */
export function WristHandle({ side, wrist, draggable, mode }: WristHandleProps) {
  const footprint = useRef<Group>(null);
  // State, not a ref: the controls need the object when they are first rendered.
  const [target, setTarget] = useState<Group | null>(null);
  const dragging = useRef(false);

  useFrame(() => {
    const tick = live.get().telemetry?.tick;
    if (!tick || !footprint.current || !target) return;
    put(footprint.current, tick.T_world_footprint);
    if (dragging.current) engine.pointer.hold(side, poseOf(target), performance.now());
    else if (tick.intent) put(target, side === "left" ? tick.intent.T_footprint_left : tick.intent.T_footprint_right);
    else if (wrist) placeAt(target, wrist, footprint.current);
  });

  useEffect(() => {
    const release = () => {
      if (!dragging.current) return;
      dragging.current = false;
      engine.pointer.let();
    };
    const events = ["pointerup", "pointercancel", "blur"] as const;
    events.forEach((event) => window.addEventListener(event, release));
    return () => {
      events.forEach((event) => window.removeEventListener(event, release));
      release();
    };
  }, [draggable]);

  const grab = () => {
    if (!target) return;
    dragging.current = true;
    engine.pointer.hold(side, poseOf(target), performance.now());
  };
  return (
    <>
      <group ref={footprint}>
        <group ref={setTarget}>
          <axesHelper args={[0.09]} />
        </group>
      </group>
      {target && draggable && (
        <TransformControls object={target} mode={mode} space={mode === "rotate" ? "local" : "world"} size={0.85} onMouseDown={grab} />
      )}
    </>
  );
}

const scratch = { matrix: new Matrix4(), position: new Vector3(), rotation: new Quaternion(), scale: new Vector3() };

function put(group: Group, [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1]: readonly number[]): void {
  group.position.set(x, y, z);
  group.quaternion.set(qx, qy, qz, qw);
  group.updateMatrixWorld();
}

function placeAt(target: Group, link: URDFLink, frame: Group): void {
  const { matrix, position, rotation, scale } = scratch;
  link.updateWorldMatrix(true, false);
  matrix.copy(frame.matrixWorld).invert().multiply(link.matrixWorld).decompose(position, rotation, scale);
  target.position.copy(position);
  target.quaternion.copy(rotation);
}

/** x y z [m], qx qy qz qw in the footprint frame. */
function poseOf({ position: p, quaternion: q }: Group): number[] {
  return [p.x, p.y, p.z, q.x, q.y, q.z, q.w];
}
