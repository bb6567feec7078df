"""From a glove's sample to the joints of the robot's hand."""

from typing import Literal

from backend.core.contracts.record import Array
from backend.core.contracts.rig import GloveState
from backend.core.contracts.robot import RobotSpec
from backend.core.hands.by_angles import AngleRetargeting
from backend.core.hands.by_tips import TipRetargeting
from backend.core.hands.calibration import HandCalibration, usual_hand
from devices.inputs.manus.sample import GloveSample

Way = Literal["angles", "tips"]


class HandMapper:
    """Maps samples of one side; `tips` falls back to angles for a glove that sends no joints.

    Args:
        spec: The robot.
        calibration: Of the person who wears the glove; `usual_hand(side)` for somebody unknown.
        way: From angles (the default) or from finger tips.
    """

    def __init__(self, spec: RobotSpec, calibration: HandCalibration, way: Way = "angles") -> None:
        self.side = calibration.side
        self._by_angles = AngleRetargeting(spec, calibration)
        self._by_tips = TipRetargeting(spec, calibration) if way == "tips" else None

    def fingers_rad(self, sample: GloveSample) -> Array | None:
        """Return (7,) joints of this side in the order of `RobotSpec.hand_joints` [rad].

        None for a glove that cannot be trusted or is of the other side.
        """
        if sample.state is not GloveState.LIVE or sample.side != self.side or sample.angles_deg is None:
            return None
        if self._by_tips is not None and sample.nodes is not None:
            return self._by_tips.retarget(sample.nodes)
        return self._by_angles.retarget(sample.angles_deg)


def mappers(
    spec: RobotSpec, calibrations: dict[str, HandCalibration], way: Way = "angles"
) -> dict[str, HandMapper]:
    """Return a mapper of each side, for the usual hand where there is no calibration."""
    return {
        side: HandMapper(spec, calibrations.get(side, usual_hand(side)), way) for side in ("left", "right")
    }
