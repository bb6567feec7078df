"""Repeats a recorded episode: the baseline that every learned policy has to beat."""

from pathlib import Path

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import PROTOCOL, Observation, PolicyHello, Timings
from backend.recording.export.refused import ExportRefused
from backend.recording.export.rows import resample
from backend.recording.reader import EpisodeReader
from trainer.policies.served import PolicyRefused

FPS, CHUNK = 30, 30
MAX_AGE_S = 0.5
"""As the export's default: a stream silent for longer is no demonstration."""


class Replay:
    """The actions of an episode in the order in which they were recorded, whatever the robot sees.

    `source` is the folder of a closed raw episode. After its end the last pose is held without walking.
    """

    def __init__(self, source: Path, spec: RobotSpec) -> None:
        try:
            reader = EpisodeReader(source)
            rows = resample(reader, FPS, MAX_AGE_S)
        except (OSError, ValueError, ExportRefused) as error:
            raise PolicyRefused(f"{source} cannot be replayed: {error}; give a closed episode") from error
        if reader.spec.layout.hash != spec.layout.hash:
            raise PolicyRefused(f"{source} was recorded on {reader.spec.name}, whose joints differ")
        self._actions = rows.action.astype(float)
        self._velocity = spec.layout.velocity
        self.hello = PolicyHello(
            protocol=PROTOCOL,
            policy=f"replay-{source.name[:8]}",
            chunk_size=CHUNK,
            fps=float(FPS),
            layout_hash=spec.layout.hash,
            supports_rtc=True,
            d_max=CHUNK,
        )

    @property
    def steps(self) -> int:
        """How long the episode is."""
        return len(self._actions)

    def predict(self, observation: Observation) -> tuple[Array, Timings]:
        """Return the recorded actions from the observation's step on."""
        steps = observation.start_step + np.arange(CHUNK)
        actions = self._actions[np.clip(steps, 0, self.steps - 1)]
        actions[steps >= self.steps, self._velocity] = 0.0
        return actions, Timings()
