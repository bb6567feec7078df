"""What a robot is (`RobotSpec`) and how it is now (`RobotState`)."""

from typing import Literal, Protocol

from backend.core.contracts.command import Command
from backend.core.contracts.layout import ActionLayout
from backend.core.contracts.record import Array, Record


class CameraSpec(Record):
    """A camera fixed to a link, with the size and rate it runs at.

    `T_link_camera` is (7,): x y z [m], qx qy qz qw; optical frame, z forward, x right, y down.
    """

    name: str
    link: str
    T_link_camera: Array
    fovy_rad: float
    width: int = 640
    height: int = 480
    fps: float = 30.0


class Capsule(Record):
    """A segment with a radius around it, fixed to a link: the shape that IK keeps others away from."""

    name: str
    """In words, for the operator: `left hand`, `torso`."""
    link: str
    start_m: Array
    """(3,) in the link's frame."""
    end_m: Array
    radius_m: float


class RobotSpec(Record):
    """Names, limits and geometry of one robot; every vector of joints is in the order of `joints`."""

    name: str
    joints: tuple[str, ...]
    hand_joints: tuple[str, ...]
    arm_joints: tuple[str, ...]
    lower_rad: Array
    upper_rad: Array
    velocity_limit_rad_s: Array
    effort_limit_nm: Array
    armature_kg_m2: Array
    """Reflected rotor inertia, which the URDF does not know of."""
    urdf_path: str
    mesh_dir: str
    stop: Literal["hold", "damp", "sit"]
    cameras: tuple[CameraSpec, ...]
    nominal_height_m: float
    """Pelvis height over the ground when standing."""
    neutral_rad: Array
    """Standing pose with relaxed arms and open hands, in the order of `joints`."""
    left_wrist_link: str = "left_wrist_yaw_link"
    right_wrist_link: str = "right_wrist_yaw_link"
    torso_link: str = "torso_link"
    left_foot_link: str = "left_ankle_roll_link"
    right_foot_link: str = "right_ankle_roll_link"
    capsules: tuple[Capsule, ...] = ()
    keep_apart: tuple[tuple[str, str], ...] = ()
    """Pairs of capsule names that must not touch."""

    @property
    def layout(self) -> ActionLayout:
        """Named order of this robot's action and state vectors."""
        return ActionLayout(hand_joints=self.hand_joints, arm_joints=self.arm_joints)

    def index(self, joint: str) -> int:
        """Return the place of `joint` in `joints`; raises ValueError with the allowed names."""
        if joint not in self.joints:
            raise ValueError(f"no joint {joint!r} on {self.name}; it has {', '.join(self.joints)}")
        return self.joints.index(joint)


class RobotState(Record):
    """One measurement of the whole robot, stamped where it was taken."""

    t_ns: int
    seq: int
    q_rad: Array
    dq_rad_s: Array
    tau_nm: Array
    T_world_pelvis: Array
    """(7,) x y z [m], qx qy qz qw."""
    base_twist: Array
    """(6,) linear [m/s] and angular [rad/s] velocity of the pelvis, in the world frame."""
    torso_rpy_rad: Array
    """(3,) torso roll, pitch and yaw relative to the heading frame."""
    base_height_m: float
    """Pelvis height over the ground."""
    hand_force_n: Array
    """(6,) contact force on left thumb, middle, index, right thumb, middle, index."""
    locomotion: Literal["stand", "walk", "fallen"]
    locomotion_note: str = ""
    """What the locomotion controller limits or cannot do, in words; empty when all is well."""
    command_seq: int = -1
    """Sequence number of the newest command the robot has acted on."""
    stopped_by_watchdog: bool = False
    """The robot-side watchdog has taken over because commands stopped arriving."""
    fault: str = ""
    """Why the robot's side refuses to move until it is reset, in words; empty when it does not."""


class RobotHealth(Record):
    """What a robot of hardware says of itself besides its state."""

    t_ns: int
    firmware: str
    """Which of its own programs runs, in words."""
    battery_percent: float
    """Charge, 0 to 100; -1 when it has not reported."""
    motor_c: Array
    """Temperature of each of `RobotSpec.joints` [degrees Celsius]."""
    state_rate_hz: float
    """Rate at which its states arrive."""
    warnings: tuple[str, ...] = ()
    """What needs attention, in words with the remedy."""


class Robot(Protocol):
    """A robot driver: one writer, never blocking, with its own watchdog on the robot's side."""

    spec: RobotSpec

    def open(self) -> None:
        """Connect; raises ConnectionError with what to do."""

    def read(self) -> RobotState | None:
        """Return the newest state, or None when nothing has arrived yet."""

    def send(self, command: Command) -> None:
        """Send a command without waiting."""

    def reset(self) -> None:
        """Put a fallen robot back on its feet (simulation), or clear its fault."""

    def close(self) -> None:
        """Disconnect; the robot stops by `spec.stop`."""
