"""What a scripted operator sees: objects and the robot's own hands, a moment late."""

from collections import deque

import numpy as np
import pinocchio as pin

from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.contracts.world import WorldState
from backend.core.pose import footprint, transform

PALM_M = {"left": (0.0415, 0.003, 0.0), "right": (0.0415, -0.003, 0.0)}
"""The palm in the wrist's frame."""


class Eyes:
    """Sees the world `delay_s` after it was so.

    Attributes:
        world: Objects as seen.
        state: The robot as seen.
    """

    def __init__(self, spec: RobotSpec, delay_s: float) -> None:
        self._delay_ns = int(delay_s * 1e9)
        self._seen: deque[tuple[WorldState, RobotState]] = deque()
        self._model = pin.buildModelFromUrdf(spec.urdf_path)
        self._data = self._model.createData()
        self._place = np.array(
            [self._model.joints[self._model.getJointId(name)].idx_q for name in spec.joints]
        )
        self._wrists = {"left": spec.left_wrist_link, "right": spec.right_wrist_link}
        self.world: WorldState
        self.state: RobotState

    def look(self, world: WorldState, state: RobotState) -> None:
        """Take in the present; what is seen is the past."""
        self._seen.append((world, state))
        while len(self._seen) > 1 and state.t_ns - self._seen[1][1].t_ns >= self._delay_ns:
            self._seen.popleft()
        self.world, self.state = self._seen[0]
        q = np.zeros(self._model.nq)
        q[self._place] = self.state.q_rad
        pin.framesForwardKinematics(self._model, self._data, q)

    def thing(self, name: str) -> pin.SE3:
        """Return T_world_thing; raises ValueError with the names there are."""
        if name not in self.world.objects:
            raise ValueError(f"no object {name!r}; there are {', '.join(self.world.objects)}")
        return transform(self.world.object_poses.reshape(-1, 7)[self.world.objects.index(name)])

    @property
    def T_world_footprint(self) -> pin.SE3:
        """Return the footprint frame in the world."""
        return transform(footprint(self.state))

    def wrist(self, side: str) -> pin.SE3:
        """Return T_world_wrist as measured."""
        frame = self._model.getFrameId(self._wrists[side])
        return transform(self.state.T_world_pelvis) * self._data.oMf[frame]

    def palm_m(self, side: str) -> np.ndarray:
        """Return where the palm is, (3,) in the world."""
        return self.wrist(side).act(np.array(PALM_M[side]))
