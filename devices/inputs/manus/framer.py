"""From the samples of both gloves to a DeviceFrame of whoever drives. No I/O, no clock."""

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.robot import RobotSpec
from backend.core.hands.calibration import HandCalibration
from devices.inputs.manus.mapper import Way, mappers
from devices.inputs.manus.sample import GloveSample
from devices.inputs.manus.table import of_side

SOURCE = "manus"


class GloveFramer:
    """Makes a frame whenever a glove has said something new.

    Args:
        spec: The robot.
        calibrations: Of the person who wears the gloves, by side; the usual hand where there is none.
        way: From angles or from finger tips.
    """

    def __init__(
        self, spec: RobotSpec, calibrations: dict[str, HandCalibration], way: Way = "angles"
    ) -> None:
        self._mappers = mappers(spec, calibrations, way)
        self._seq = 0
        self._said: tuple[int, ...] = ()
        self.troubles: dict[str, str] = {}
        """For each side why its hand does not follow, in words; sides that follow are missing."""

    def frame(self, samples: tuple[GloveSample, ...], driver: str) -> DeviceFrame | None:
        """Return a new frame of `driver`, or None when no trusted glove has said anything new.

        A glove that cannot be trusted has no part in the frame, so that fusion keeps that hand as it is.
        """
        arms: dict[str, ArmInput | None] = {}
        used: list[GloveSample] = []
        self.troubles = {}
        for side, mapper in self._mappers.items():
            sample, trouble = of_side(samples, side)
            if trouble:
                self.troubles[side] = trouble
                sample = None
            fingers_rad = None if sample is None else mapper.fingers_rad(sample)
            arms[side] = None if fingers_rad is None else ArmInput(fingers_rad=fingers_rad)
            if fingers_rad is not None:
                used.append(sample)
        said = tuple(value for sample in used for value in (sample.id, sample.t_ns))
        if not used or said == self._said:
            return None
        self._said = said
        self._seq += 1
        return DeviceFrame(
            source=SOURCE,
            driver=driver,
            t_ns=max(sample.t_ns for sample in used),
            seq=self._seq,
            source_t_ns=max(sample.source_t_ns for sample in used),
            left=arms["left"],
            right=arms["right"],
        )
