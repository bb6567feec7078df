"""A scripted operator with two tracked controllers, a stick and triggers.

It sees the privileged state of the world, and acts only through device frames: what it does passes fusion,
inverse kinematics and safety as a person's hands do.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pinocchio as pin

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.contracts.world import WorldState
from backend.core.pose import pose
from trainer.demos.eyes import Eyes
from trainer.demos.style import Style, Tremor

SIDES = ("left", "right")
ROOM_M = 0.5
"""The tracker's origin is this far away at most, in each direction; it has no meaning."""

Script = Iterator[None]


class Operator:
    """Follows a script of motions (`trainer.demos.motions`), one sample per call of `frames`.

    Attributes:
        T: T_footprint_wrist that each hand asks for, by side.
        grip: How far each trigger is pulled, 0 to 1, by side.
        velocity: Deflection of the stick: vx, vy [m/s], yaw rate [rad/s].
        height_m: Base height asked for; None leaves it.
        deadman: Whether the motion key is held; released while somebody else drives.
    """

    def __init__(self, spec: RobotSpec, driver: str, rng: np.random.Generator, period_s: float) -> None:
        self.spec = spec
        self.driver = driver
        self.rng = rng
        self.period_s = period_s
        self.style = Style.draw(rng)
        self.eyes = Eyes(spec, self.style.reaction_s)
        self.T: dict[str, pin.SE3] = {}
        self.grip = dict.fromkeys(SIDES, 0.0)
        self.velocity = np.zeros(3)
        self.height_m: float | None = None
        self.finished = False
        self.deadman = True
        self._script: Script | None = None
        self._seq = 0
        self._tremor = {side: Tremor(rng, self.style.tremor_m, period_s) for side in SIDES}
        self._origin_m = {side: rng.uniform(-ROOM_M, ROOM_M, 3) for side in SIDES}

    def begin(self, script: Script) -> None:
        """Take both controllers in hand and start a script."""
        T_footprint_world = self.eyes.T_world_footprint.inverse()
        self.T = {side: T_footprint_world * self.eyes.wrist(side) for side in SIDES}
        self._script = script
        self.finished = False

    def frames(self, world: WorldState, state: RobotState, now_ns: int) -> Sequence[DeviceFrame]:
        """Look, go on with the script by one sample, and return that sample."""
        self.eyes.look(world, state)
        if self._script is not None and next(self._script, StopIteration) is StopIteration:
            self._script, self.finished = None, True
        self._seq += 1
        frame = DeviceFrame(
            source="scripted",
            driver=self.driver,
            t_ns=now_ns,
            seq=self._seq,
            source_t_ns=now_ns,
            deadman=self.deadman,
            moving=self._script is not None,
            left=self._arm("left") if self.deadman else None,
            right=self._arm("right") if self.deadman else None,
            base_velocity=self.velocity if self.T else None,
            base_height_m=self.height_m,
        )
        return (frame,)

    def _arm(self, side: str) -> ArmInput:
        if side not in self.T:
            return ArmInput(grip=self.grip[side])
        T = self.T[side]
        shown = pin.SE3(T.rotation, T.translation + self._origin_m[side] + self._tremor[side].next_m())
        return ArmInput(clutch=True, pose=pose(shown), grip=self.grip[side])
