"""The simulated world beside the robot: privileged, for pictures, demonstrations and evaluation."""

from backend.core.contracts.record import Array, Record


class WorldState(Record):
    """Objects and full simulator configuration at one instant."""

    t_ns: int
    seq: int
    objects: tuple[str, ...]
    object_poses: Array
    """(7 * n,) T_world_object of each object: x y z [m], qx qy qz qw."""
    qpos: Array
    """Full MuJoCo configuration, enough to render the world."""
    real_time_factor: float = 1.0


class WorldRequest(Record):
    """Reset the simulated robot (upright, where it is or at the start) or the whole scene."""

    kind: str
    """`reset_robot` or `reset_scene`."""
    seed: int = 0
