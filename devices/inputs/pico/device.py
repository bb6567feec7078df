"""A headset with trackers as a device of the rig: samples in, `DeviceFrame`s out.

samples -> tracks (live, lost, frozen, never seen) -> roles -> the operator's frame -> hands, head
                                                             -> walking, height
"""

from collections import deque

import numpy as np
import pinocchio as pin

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import Reply
from backend.core.contracts.record import Array
from backend.core.contracts.rig import RigDeviceStatus, RigRequest, Role, TrackState, Wearer
from backend.core.pose import pose as to_pose
from backend.core.pose import transform
from backend.core.rig.calibration import Neutral
from backend.core.rig.walking import BodyCommand, Walking
from backend.runtime.rig_store import RigStore
from devices.inputs.pico.guide import Guide
from devices.inputs.pico.origin import same_origin
from devices.inputs.pico.requests import KINDS, answer
from devices.inputs.pico.source import SampleSource
from devices.inputs.pico.tracking import Sample
from devices.inputs.pico.tracks import Tracks
from devices.inputs.pico.trouble import Trouble

SCALE = (0.5, 1.0)
"""Hands move by no less and no more than these parts of the operator's movement."""
LATE_NS = 200_000_000
"""Samples that come this much later than the fastest ones are of the past."""
RATE_WINDOW_NS = 2_000_000_000
LEGS = (Role.WAIST, Role.LEFT_FOOT, Role.RIGHT_FOOT)


class PicoDevice:
    """A `RigDevice`.

    Args:
        samples: Where its samples come from.
        store: Roles and operators' measures.
        height_m: Nominal height of the robot's pelvis.
        reach_m: Shoulder to wrist of the robot.
    """

    source = "pico"
    kinds = KINDS

    def __init__(self, samples: SampleSource, store: RigStore, height_m: float, reach_m: float) -> None:
        self._samples, self._reach_m = samples, reach_m
        self._tracks, self._trouble = Tracks(), Trouble()
        self._guide = Guide(self.source, store)
        self._walking = Walking(height_m)
        self._body: BodyCommand | None = None
        self._body_of: Neutral | None = None
        self._samples.mirrored = self._guide.roles.mirrored
        self._session = self._seq = self._late_ns = 0
        self._headset = ""
        self._arrivals: deque[int] = deque()

    def open(self) -> None:
        """Connect or listen; raises ConnectionError with what to do."""
        self._samples.open()

    def fileno(self) -> int:
        """Return a descriptor that is readable when samples have arrived; -1 when there is none."""
        return self._samples.fileno()

    def turn(self, wearer: Wearer | None, now_ns: int) -> DeviceFrame | None:
        """Take in what has arrived; return the newest frame of `wearer`, or None when nothing is new."""
        samples = self._samples.read(now_ns)
        for sample in samples:
            self._take(sample)
        self._guide.watch(now_ns)
        if wearer is None:
            self._trouble.rest()
            return None
        return self._frame(wearer, samples[-1]) if samples else None

    def ask(self, request: RigRequest, now_ns: int) -> Reply:
        """Answer a request; an error says what was allowed."""
        reply = answer(request, self._guide, self._tracks, self._trouble.engaged, now_ns)
        self._samples.mirrored = self._guide.roles.mirrored
        return reply

    def status(self, now_ns: int) -> RigDeviceStatus:
        """Return how the headset, every tracker, the clock and the calibration are doing."""
        while self._arrivals and now_ns - self._arrivals[0] > RATE_WINDOW_NS:
            self._arrivals.popleft()
        roles, operator = self._guide.roles, self._guide.operator
        return RigDeviceStatus(
            source=self.source,
            state=self._state(now_ns),
            rate_hz=len(self._arrivals) * 1e9 / RATE_WINDOW_NS,
            late_ms=self._late_ns * 1e-6,
            dropped=self._samples.dropped,
            tracks=self._tracks.statuses(roles, now_ns),
            mirrored=roles.mirrored,
            clock=self._samples.clock.status(),
            task=self._guide.status,
            calibration=operator.words if operator is not None and self._guide.neutral is not None else "",
            notes=(*self._samples.notes(now_ns), *self._notes()),
        )

    def close(self) -> None:
        """Release the connection."""
        self._samples.close()

    def _take(self, sample: Sample) -> None:
        """Take in one sample."""
        now_ns = sample.t_ns
        self._arrivals.append(now_ns)
        self._late_ns = self._samples.clock.add(sample.source_t_ns, now_ns)
        if self._samples.session != self._session:
            self._begin_session(sample)
        self._tracks.update(sample)
        head, worn = self._tracks.head.pose(now_ns), self._tracks.worn(self._guide.roles, now_ns)
        self._guide.feed(head, worn, self._tracks.poses(now_ns), now_ns)
        neutral = self._guide.neutral
        if neutral is not self._body_of:
            self._body_of, self._body = neutral, None
            self._walking.reset()
        if neutral is not None:
            waist, left, right = (
                neutral.calibrated(role, worn[role]) if role in worn else None for role in LEGS
            )
            eyes = None if head is None else neutral.calibrated("head", head)
            self._body = self._walking.update(sample.source_t_ns * 1e-9, neutral, waist, (left, right), eyes)

    def _begin_session(self, sample: Sample) -> None:
        """Keep the neutral pose only if this is the same headset, with the same origin."""
        head, before = self._tracks.head, self._headset
        self._session, self._headset = self._samples.session, self._samples.headset
        known = bool(before) and before == self._headset
        if not (known and same_origin(head.last_pose, sample.head, head.age_ns(sample.t_ns))):
            self._guide.neutral = None

    def _frame(self, wearer: Wearer, sample: Sample) -> DeviceFrame:
        now_ns, neutral, body = sample.t_ns, self._neutral_of(wearer.name), self._body
        held = neutral is not None and self._tracks.deadman(now_ns)
        engaged = held or wearer.driving
        trouble = self._trouble.update(engaged, self._problems(wearer.name, now_ns))
        self._seq += 1
        channels = {}
        if neutral is not None and body is not None:
            worn, head = self._tracks.worn(self._guide.roles, now_ns), self._tracks.head.pose(now_ns)
            x, y, heading = body.footprint
            T_body = pin.SE3(pin.rpy.rpyToMatrix(0.0, 0.0, heading), np.array([x, y, 0.0])).inverse()
            channels = {
                "left": self._arm(Role.LEFT_WRIST, worn, neutral, T_body, engaged),
                "right": self._arm(Role.RIGHT_WRIST, worn, neutral, T_body, engaged),
                "head": None
                if head is None
                else to_pose(T_body * transform(neutral.calibrated("head", head))),
                "base_height_m": body.height_m,
                "base_velocity": body.velocity if all(role in worn for role in LEGS) else None,
            }
        return DeviceFrame(
            source=self.source,
            driver=wearer.driver,
            t_ns=now_ns,
            seq=self._seq,
            source_t_ns=sample.source_t_ns,
            deadman=held,
            moving=engaged,
            trouble=trouble,
            **channels,
        )

    def _arm(
        self, role: Role, worn: dict[Role, Array], neutral: Neutral, T_body: pin.SE3, engaged: bool
    ) -> ArmInput | None:
        """Return one arm relative to where the operator stands, scaled to the robot's reach."""
        if role not in worn:
            return None
        pose = to_pose(T_body * transform(neutral.calibrated(role, worn[role])))
        if neutral.arm_m is not None:
            pose[:3] *= np.clip(self._reach_m / neutral.arm_m, *SCALE)
        return ArmInput(clutch=engaged, pose=pose)

    def _neutral_of(self, name: str) -> Neutral | None:
        """Return the neutral pose, if it is that of `name`."""
        operator = self._guide.operator
        return self._guide.neutral if operator is not None and operator.name == name else None

    def _problems(self, name: str, now_ns: int) -> dict[str, str]:
        """Return what is wrong with every part that may steer, in words; empty where nothing is."""
        head = self._tracks.head.state(now_ns)
        problems = {
            "head": "" if head is TrackState.LIVE else f"the headset's own pose is {head}",
            "calibration": ""
            if self._neutral_of(name) is not None
            else f"the neutral pose of {name} is missing",
            "link": "" if self._late_ns < LATE_NS else f"samples come {self._late_ns / 1e6:.0f} ms late",
        }
        for role, serial in self._guide.roles.serials.items():
            state = self._tracks.state(serial, now_ns)
            problems[role] = (
                "" if state is TrackState.LIVE else f"the {role.words}'s tracker ({serial}) is {state}"
            )
        return problems

    def _state(self, now_ns: int) -> str:
        state = self._samples.state(now_ns)
        if state != "ok":
            return state
        roles, operator = self._guide.roles, self._guide.operator
        if not roles.serials:
            return "No tracker has a role yet. Choose a role, then move the tracker that is worn there."
        name = operator.name if operator is not None else "the operator"
        bad = [problem for problem in self._problems(name, now_ns).values() if problem]
        return "ok" if not bad else f"{'; '.join(bad)}."

    def _notes(self) -> list[str]:
        roles, operator = self._guide.roles, self._guide.operator
        notes = []
        if missing := [role.words for role in LEGS if role not in roles.serials]:
            notes.append(
                f"Walking is off: it needs trackers at waist and both feet; missing: {', '.join(missing)}."
            )
        if operator is not None and not operator.checks:
            notes.append("Directions have not been checked: raise your right hand, then step forward.")
        return notes
