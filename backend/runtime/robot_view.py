"""What a policy sees of the robot: the newest state, tick and pictures from the bus."""

import numpy as np

from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.video import CameraFrame
from backend.core.policy.observation import state_vector, torso_base, torso_command
from backend.runtime.bus import Bus, Subscription
from backend.runtime.policy_dialect import View
from backend.runtime.topics import CAMERA_FRAME, CONTROL_TICK, ROBOT_STATE

OLD_NS = 500_000_000
"""A picture older than this is no view of the present."""


class RobotView:
    """Subscriptions of one rollout. Never blocks."""

    def __init__(self, bus: Bus, spec: RobotSpec) -> None:
        self._bus, self._spec = bus, spec
        self._states = bus.subscribe(ROBOT_STATE)
        self._ticks = bus.subscribe(CONTROL_TICK)
        self.fresh_ticks: list[TickRecord] = []
        """Ticks that came with the last `refresh`."""
        self._cameras: dict[str, Subscription] = {}
        self._pictures: dict[str, tuple[CameraFrame, np.ndarray]] = {}

    def watch(self, cameras: list[str]) -> None:
        """Read these cameras from now on, and no others."""
        for subscription in self._cameras.values():
            subscription.close()
        self._pictures.clear()
        self._cameras = {name: self._bus.subscribe(CAMERA_FRAME, name) for name in cameras}

    @property
    def tick(self) -> TickRecord | None:
        """The newest tick of control."""
        return self._ticks.newest

    def refresh(self) -> None:
        """Take in what has arrived."""
        self._states.drain()
        self.fresh_ticks = self._ticks.drain()
        for name, subscription in self._cameras.items():
            while (message := subscription.poll()) is not None:
                header, payload = message
                pixels = np.frombuffer(payload, np.uint8).reshape(header.height, header.width, 3)
                self._pictures[name] = (header, pixels)

    def problem(self, now_ns: int) -> str:
        """Return what is missing for a view, in words; empty when nothing is."""
        if self._states.newest is None or self.tick is None:
            return "the robot has not reported yet"
        for name in self._cameras:
            if name not in self._pictures:
                return f"there is no picture of {name} yet"
            age_ns = now_ns - self._pictures[name][0].t_ns
            if age_ns > OLD_NS:
                return f"the picture of {name} is {age_ns / 1e6:.0f} ms old"
        return ""

    def now(self) -> View:
        """Return the newest view; ask `problem` first."""
        state = self._states.newest
        return View(
            t_ns=state.t_ns,
            state=state_vector(self._spec, state),
            torso_base=torso_base(state),
            torso_command=torso_command(self._spec, self.tick.command.action),
            pictures=tuple(self._pictures[name] for name in self._cameras),
        )

    def close(self) -> None:
        """Release the sockets."""
        for subscription in (self._states, self._ticks, *self._cameras.values()):
            subscription.close()
