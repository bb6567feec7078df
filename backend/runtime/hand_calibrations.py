"""Calibrations of gloves on disk: one file per operator, named by the hash of their name."""

import hashlib
from pathlib import Path

import msgspec

from backend.core.contracts.record import Record, json_decoder, to_json
from backend.core.hands.calibration import HandCalibration
from backend.core.hands.human import ANGLES
from backend.files import write_atomically


class OperatorHands(Record):
    """Both hands of one operator."""

    operator: str
    hands: tuple[HandCalibration, ...] = ()


class HandCalibrations:
    """Reads and writes calibrations below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decoder = json_decoder(OperatorHands)
        self.note = ""
        """Why the last file read could not be used, in words; empty when it could or there was none."""

    def load(self, operator: str) -> dict[str, HandCalibration]:
        """Return the calibrations of an operator by side; empty when there are none or they are unusable."""
        self.note = ""
        path = self.path(operator)
        try:
            stored = self._decoder.decode(path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            self.note = f"The glove calibration of {operator} cannot be read ({error}); calibrate again."
            return {}
        poses = [pose for hand in stored.hands for pose in (hand.open_deg, hand.fist_deg, hand.pinch_deg)]
        if any(pose.shape != (len(ANGLES),) or not (abs(pose) <= 360.0).all() for pose in poses):
            self.note = f"The glove calibration of {operator} has unusable angles; calibrate again."
            return {}
        return {hand.side: hand for hand in stored.hands}

    def save(self, operator: str, calibration: HandCalibration) -> None:
        """Store one hand and keep the other; a crash leaves the old file or the new one."""
        hands = self.load(operator) | {calibration.side: calibration}
        path = self.path(operator)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = OperatorHands(operator=operator, hands=tuple(hands[side] for side in sorted(hands)))
        write_atomically(path, to_json(record))

    def path(self, operator: str) -> Path:
        """Return the file of an operator: a name may hold what a file's name must not."""
        return self._folder / f"{hashlib.sha256(operator.encode()).hexdigest()[:16]}.json"
