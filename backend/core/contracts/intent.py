"""What one driver wants, after fusion of all its devices."""

from backend.core.contracts.record import Array, Record


class Intent(Record):
    """What one driver wants of the robot.

    Wrist poses are in the footprint frame: origin on the ground below the pelvis, x along the heading,
    z up; it moves with the robot, so walking carries the hands along.
    """

    driver: str
    t_ns: int
    """Arrival time of the newest frame that contributed [ns]."""
    deadman: bool
    T_footprint_left: Array
    """(7,) wrist target: x y z [m], qx qy qz qw."""
    T_footprint_right: Array
    hands_rad: Array
    """(14,) hand joints, left then right."""
    torso_rpy_rad: Array
    """(3,) wanted torso orientation relative to the heading frame."""
    base_height_m: float
    base_velocity: Array
    """(3,) vx, vy [m/s], yaw rate [rad/s]."""
