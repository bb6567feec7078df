import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { robotQuery } from "@/shared/api/queries";
import { RobotView } from "@/shared/robot3d/RobotView";
import { posesQuery } from "../queries";
import classes from "./player.module.css";
import type { PlaybackClock } from "./PlaybackClock";
import { posesSource } from "./posesSource";

/** The recorded robot and objects in 3D, at the clock's time. */
export function RobotPane({ episode, clock }: { episode: string; clock: PlaybackClock }) {
  const robot = useQuery(robotQuery).data;
  const poses = useQuery(posesQuery(episode)).data;
  const source = useMemo(() => poses && posesSource(poses, clock), [poses, clock]);
  return (
    <div className={classes.robot}>
      {robot && source && <RobotView urdfUrl={robot.urdf_url} source={source} label="Recorded pose of the robot" />}
    </div>
  );
}
