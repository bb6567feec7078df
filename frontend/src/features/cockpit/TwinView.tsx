import { SegmentedControl, Tooltip } from "@mantine/core";
import { useMemo, useState } from "react";
import type { URDFRobot } from "urdf-loader";
import type { Robot } from "@/shared/api/queries";
import type { Side } from "@/shared/input/drive";
import { useLive } from "@/shared/live/live";
import { RobotView } from "@/shared/robot3d/RobotView";
import { engine, useInput } from "@/shared/input/driving";
import { liveSource } from "@/shared/robot3d/liveSource";
import { obstacle, situationOf } from "@/shared/live/situation";
import classes from "./TwinView.module.css";
import { type GizmoMode, WristHandle } from "./WristHandle";

/** The robot in 3D: measured, commanded (ghost), and the wrist targets that the pointer can drag. */
export function TwinView({ robot }: { robot: Robot }) {
  const source = useMemo(() => liveSource(robot), [robot]);
  const ghostOf = useMemo(() => [...robot.arm_joints, ...robot.hand_joints], [robot]);
  const [model, setModel] = useState<URDFRobot | null>(null);
  const [mode, setMode] = useState<GizmoMode>("translate");
  const arms = useInput((state) => state.arms);
  const mayDrag = useLive((state) => {
    const situation = situationOf(state);
    return obstacle("lease.release", situation) === "" && ["READY", "ACTIVE", "HOLD"].includes(situation.mode);
  });
  const chosen = arms.left && arms.right ? "both" : arms.left ? "left" : "right";
  return (
    <div className={classes.twin}>
      <RobotView
        urdfUrl={robot.urdf_url}
        source={source}
        ghostOf={ghostOf}
        onRobot={setModel}
        label="3D view of the robot: as measured, and in amber where its arms are commanded to"
      >
        {model &&
          (["left", "right"] as Side[]).map((side) => (
            <WristHandle
              key={side}
              side={side}
              wrist={model.links[robot[`${side}_wrist_link`]]}
              draggable={mayDrag && arms[side]}
              mode={mode}
            />
          ))}
      </RobotView>
      <div className={classes.tools}>
        <Tooltip label="The hand that keys and the pointer move. Keys: 1, 2, 3.">
          <SegmentedControl
            size="xs"
            aria-label="Hand to move"
            value={chosen}
            onChange={(value) => engine.select({ left: value !== "right", right: value !== "left" })}
            data={[
              { value: "left", label: "Left" },
              { value: "right", label: "Right" },
              { value: "both", label: "Both" },
            ]}
          />
        </Tooltip>
        <Tooltip label="What the pointer does with the handle at the wrist. It moves the robot only while you hold it down.">
          <SegmentedControl
            size="xs"
            aria-label="Handle"
            value={mode}
            onChange={(value) => setMode(value as GizmoMode)}
            data={[
              { value: "translate", label: "Move" },
              { value: "rotate", label: "Turn" },
            ]}
          />
        </Tooltip>
      </div>
      <p className={classes.legend}>
        <span className={classes.ghost} aria-hidden="true" /> commanded
        <span className={classes.hint}>{mayDrag ? "Drag the handle at the wrist to move it" : "Drag to look around"}</span>
      </p>
    </div>
  );
}
