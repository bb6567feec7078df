/** What one device asks for at one instant, and the frame that says so to the server. */
import type { ArmInput, InputFrame } from "@/shared/api/messages.gen";

export type Side = "left" | "right";
export type Arms = Readonly<Record<Side, boolean>>;

/** Largest speeds a key or a full stick asks for; the operator's speed setting scales them on the server. */
export const SPEED = {
  walk_m_s: 0.45,
  step_m_s: 0.25,
  turn_rad_s: 0.7,
  hand_m_s: 0.2,
  hand_rad_s: 1.0,
  torso_rad_s: 0.5,
  height_m_s: 0.12,
} as const;

/** Vectors are in the heading frame: x forward, y left, z up. */
export interface Drive {
  deadman: boolean;
  /** Twist of the wrists that `arms` names: linear [m/s], angular [rad/s]. */
  twist: readonly number[];
  arms: Arms;
  /** Roll, pitch, yaw rate [rad/s]. */
  torso: readonly number[];
  /** [m/s] */
  height: number;
  /** vx, vy [m/s], yaw rate [rad/s]. */
  base: readonly number[];
}

/** Fingers of one hand: 0 open to 1 closed; null until the person has used them. */
export interface Fingers {
  grip: number | null;
  pinch: number | null;
}

export type Hands = Readonly<Record<Side, Fingers>>;

const STILL: readonly number[] = [0, 0, 0, 0, 0, 0];

export const IDLE: Drive = {
  deadman: false,
  twist: STILL,
  arms: { left: false, right: false },
  torso: [0, 0, 0],
  height: 0,
  base: [0, 0, 0],
};

/** Whether the person asks for motion, deadman or not. */
export function isMoving(drive: Drive): boolean {
  return drive.height !== 0 || [drive.twist, drive.torso, drive.base].some((rates) => rates.some((rate) => rate !== 0));
}

/** Returns the frame of a device that speaks in rates. Without deadman it asks for nothing. */
export function rateFrame(drive: Drive, hands: Hands, source: string, seq: number, nowMs: number): Omit<InputFrame, "type"> {
  const asked = drive.deadman ? drive : IDLE;
  const arm = (side: Side): ArmInput => ({
    clutch: false,
    twist: [...(asked.arms[side] ? asked.twist : STILL)],
    ...(drive.deadman ? hands[side] : {}),
  });
  return {
    source,
    seq,
    source_t_ns: Math.round(nowMs * 1e6),
    deadman: drive.deadman,
    moving: isMoving(asked),
    left: arm("left"),
    right: arm("right"),
    torso_rate_rad_s: [...asked.torso],
    height_rate_m_s: asked.height,
    base_velocity: [...asked.base],
  };
}
