import { OrbitControls } from "@react-three/drei";
import { Canvas } from "@react-three/fiber";
import { type ReactNode, useCallback, useState } from "react";
import { useComputedColorScheme } from "@mantine/core";
import type { URDFRobot } from "urdf-loader";
import { FollowRobot } from "./FollowRobot";
import { FrameCap } from "./FrameCap";
import { quality } from "./quality";
import { RobotModel } from "./RobotModel";
import classes from "./RobotView.module.css";
import { SceneObjects } from "./SceneObjects";
import type { PoseSource } from "./scenePose";

interface RobotViewProps {
  urdfUrl: string;
  source: PoseSource;
  /** Arm and hand joints, to draw the ghost of their command; leave out for no ghost. */
  ghostOf?: readonly string[];
  /** More to draw, in world coordinates, z up. */
  children?: ReactNode;
  label: string;
  /** Told of the measured robot's model when it is drawn. */
  onRobot?: (robot: URDFRobot) => void;
}

const COLOURS = {
  dark: { back: "#10141a", cell: "#232b35", section: "#36414f", sky: "#dfe8f2", ground: "#30363f" },
  light: { back: "#e7ebef", cell: "#d0d7de", section: "#b3bdc8", sky: "#ffffff", ground: "#a5adb6" },
};

/** The robot and what is around it: orbit with the pointer, the view follows the robot. */
export function RobotView({ urdfUrl, source, ghostOf, children, label, onRobot }: RobotViewProps) {
  const colours = COLOURS[useComputedColorScheme("dark")];
  const [problem, setProblem] = useState("");
  const onProblem = useCallback((text: string) => setProblem(text), []);
  return (
    <div className={classes.view} role="img" aria-label={label}>
      <Canvas
        frameloop="demand"
        dpr={quality.pixelRatio}
        gl={{ antialias: quality.antialias, powerPreference: "high-performance" }}
        camera={{ up: [0, 0, 1], position: [-1.3, -1.75, 1.85], fov: 38, near: 0.05, far: 40 }}
      >
        <color attach="background" args={[colours.back]} />
        <hemisphereLight position={[0, 0, 1]} args={[colours.sky, colours.ground, 1.7]} />
        <directionalLight position={[2, -3, 5]} intensity={1.6} />
        <directionalLight position={[-3, 2, 2]} intensity={0.5} />
        <fog attach="fog" args={[colours.back, 4, 11]} />
        <gridHelper args={[14, 28, colours.section, colours.cell]} rotation={[Math.PI / 2, 0, 0]} />
        <FrameCap source={source} />
        <FollowRobot source={source} />
        <OrbitControls makeDefault enableDamping={false} target={[0.2, 0, 0.82]} minDistance={0.5} maxDistance={8} maxPolarAngle={1.56} />
        <RobotModel urdfUrl={urdfUrl} source={source} onProblem={onProblem} onLoad={onRobot} />
        {ghostOf && <RobotModel urdfUrl={urdfUrl} source={source} ghostOf={ghostOf} onProblem={onProblem} />}
        <SceneObjects source={source} />
        {children}
      </Canvas>
      {problem && <p className={classes.problem}>{problem}. Reload the page when the server runs.</p>}
    </div>
  );
}
