"""Leads one hand at a time through open, fist and pinch, and keeps what came of it."""

import msgspec

from backend.core import clock
from backend.core.contracts.rig import GloveState, TaskStatus
from backend.core.hands.calibrator import HandCalibrator
from backend.core.hands.human import STEPS
from backend.runtime.hand_calibrations import HandCalibrations
from devices.inputs.manus.sample import GloveSample, Side
from devices.inputs.manus.table import of_side


class HandGuide:
    """At most one calibration at a time; it lasts until all steps were taken, or it is given up."""

    def __init__(self, store: HandCalibrations) -> None:
        self._store = store
        self._calibrator: HandCalibrator | None = None
        self._task: TaskStatus | None = None
        self._number = 0
        self._side: Side = "left"
        self._name = ""
        self._lost = ""

    @property
    def busy(self) -> bool:
        """A calibration is under way."""
        return self._calibrator is not None

    @property
    def status(self) -> TaskStatus | None:
        """The calibration that is under way, or how the last one went."""
        guide = self._calibrator
        if guide is None:
            return self._task
        return msgspec.structs.replace(
            self._task,
            text=guide.instruction,
            step=guide.step,
            progress=0.0 if self._lost else guide.progress,
            trouble=self._lost or guide.trouble(),
        )

    def begin(self, side: Side, name: str) -> int:
        """Begin with a hand of `name`, instead of whatever was under way; return the task's number."""
        self._calibrator, self._side, self._name, self._lost = HandCalibrator(side), side, name, ""
        self._number += 1
        text = self._calibrator.instruction
        self._task = TaskStatus(
            number=self._number, kind="hands.calibrate", phase="running", text=text, about=side
        )
        return self._number

    def feed(self, samples: tuple[GloveSample, ...]) -> None:
        """Take in what the hand does now; what a glove says that cannot be trusted does not count."""
        if self._calibrator is None:
            return
        sample, self._lost = of_side(samples, self._side)
        if sample is not None and sample.state is GloveState.LIVE:
            self._calibrator.add(sample.t_ns, sample.angles_deg, sample.nodes)

    def take(self) -> str:
        """Take the present pose; return why not, or an empty string.

        The last pose ends the task and stores the calibration: OSError when that cannot be done.
        """
        guide = self._calibrator
        if guide is None:
            return "No hand is being calibrated; begin with one."
        if why := self._lost or guide.finish_step():
            return why
        made = guide.result(clock.wall_ns())
        if made is None:
            return ""
        try:
            self._store.save(self._name, made)
        except OSError as error:
            self._end("failed", f"It could not be kept: {error}.")
            raise
        self._end("done", f"The {self._side} glove follows {self._name}: {', '.join(STEPS)} were taken.")
        return ""

    def cancel(self) -> None:
        """Give up what is under way."""
        if self._calibrator is not None:
            self._end("failed", "It was given up; what was known before still holds.")

    def _end(self, phase: str, text: str) -> None:
        self._calibrator = None
        self._task = msgspec.structs.replace(self._task, phase=phase, text=text, progress=1.0)
