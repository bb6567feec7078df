"""Keeps the pose it sees first: the simplest baseline, and a check of everything around a policy."""

from pathlib import Path

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import PROTOCOL, Observation, PolicyHello, Timings

FPS, CHUNK = 30.0, 30


class Hold:
    """Asks for the arms, torso and height that were decided last, or else measured, and no walking."""

    def __init__(self, source: Path, spec: RobotSpec) -> None:
        self._layout = spec.layout
        self.hello = PolicyHello(
            protocol=PROTOCOL,
            policy="hold",
            chunk_size=CHUNK,
            fps=FPS,
            layout_hash=spec.layout.hash,
            supports_rtc=True,
            d_max=CHUNK,
        )

    def predict(self, observation: Observation) -> tuple[Array, Timings]:
        """Return one pose for every step."""
        sight = observation.sights[-1]
        action = np.zeros(len(self._layout.action_names))
        action[: len(sight.state)] = sight.state
        # What is measured lags and sags; commands do not.
        action[self._layout.torso.start : self._layout.height.stop] = sight.torso_command
        if observation.left_over.size:
            action = observation.left_over[-1].copy()
        action[self._layout.velocity] = 0.0
        return np.tile(action, (CHUNK, 1)), Timings()
