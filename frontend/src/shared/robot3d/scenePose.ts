/** What a 3D view draws at one instant. Poses are x y z [m], qx qy qz qw in the world. */
export interface ScenePose {
  /** Names of the joints of `q_rad`. */
  joints: readonly string[];
  q_rad: readonly number[];
  T_world_pelvis: readonly number[];
  objects: readonly string[];
  /** Seven numbers per object. */
  object_poses: readonly number[];
  /** Commanded joints, drawn as a ghost; joints that it leaves out are where they are measured. */
  ghost?: { joints: readonly string[]; q_rad: readonly number[] };
}

/** Where a view gets its poses: the newest one, and word of every change. */
export interface PoseSource {
  read: () => ScenePose | null;
  subscribe: (listener: () => void) => () => void;
}
