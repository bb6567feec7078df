"""What the operator is led through: finding out who wears what, the neutral pose, known motions."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from backend.core import clock
from backend.core.contracts.record import Array
from backend.core.contracts.rig import Role, TaskStatus
from backend.core.rig.calibration import WATCH_S as NEUTRAL_S
from backend.core.rig.calibration import Neutral, NeutralPose
from backend.core.rig.operator import Operator
from backend.core.rig.roles import WATCH_S as FIND_S
from backend.core.rig.roles import Mover, Roles
from backend.core.rig.sign_check import MOTIONS, SignCheck
from backend.core.rig.sign_check import WATCH_S as CHECK_S
from backend.runtime.rig_store import RigStore

SILENT_NS = 3_000_000_000
"""A task that gets no samples for this long has failed."""


class Guide:
    """At most one task at a time; it ends by itself, and keeps what it found.

    Attributes:
        roles: Which tracker is worn where.
        neutral: The neutral pose, while it holds.
        operator: Whose neutral pose it is, and what is known of them.
    """

    def __init__(self, source: str, store: RigStore) -> None:
        self._source, self._store = source, store
        self.roles: Roles = store.roles(source)
        self.neutral: Neutral | None = None
        self.operator: Operator | None = None
        self._task: TaskStatus | None = None
        self._step: Callable[[Array | None, Mapping[Role, Array], Mapping[str, Array], int], str | None]
        self._number = 0
        self._watch_s = 0.0
        self._first_ns: int | None = None
        self._fed_ns = 0

    @property
    def busy(self) -> bool:
        """A task is under way."""
        return self._task is not None and self._task.phase == "running"

    @property
    def status(self) -> TaskStatus | None:
        """The task that is under way, or how the last one went."""
        if not self.busy or self._first_ns is None:
            return self._task
        seen = min((self._fed_ns - self._first_ns) * 1e-9 / self._watch_s, 1.0)
        return msgspec.structs.replace(self._task, progress=seen)

    def find(self, role: Role, now_ns: int) -> str:
        """Begin to watch for the tracker that moves; return what to do."""
        mover = Mover()

        def step(_head: object, _worn: object, trackers: Mapping[str, Array], t_ns: int) -> str | None:
            if not mover.add(trackers, t_ns):
                return None
            serial, why = mover.verdict()
            if not serial:
                raise ValueError(why)
            self.assign(role, serial)
            return f"{serial} is worn at the {role.words}."

        text = f"Move the tracker of the {role.words}, and no other."
        return self._begin("roles.find", text, FIND_S, step, now_ns, about=role)

    def take_neutral(self, name: str, stature_m: float, now_ns: int) -> str:
        """Begin the neutral pose of `name`; return what to do."""
        pose = NeutralPose(stature_m)

        def step(head: Array | None, worn: Mapping[Role, Array], _all: object, t_ns: int) -> str | None:
            if not pose.add(head, worn, t_ns):
                return None
            neutral = pose.verdict()
            if isinstance(neutral, str):
                raise ValueError(neutral)
            known = self._store.operator(name)
            self.neutral, self.operator = neutral, Operator.of(name, neutral, clock.wall_ns())
            if known is not None:
                self.operator.checks = known.checks
            self._store.save_operator(self.operator)
            return f"{self.operator.words} {known.differs(neutral) if known else ''}".strip()

        text = "Stand upright, arms hanging, and look ahead."
        return self._begin("calibrate.neutral", text, NEUTRAL_S, step, now_ns)

    def check(self, motion: str, now_ns: int) -> str:
        """Begin a sign check; return what to do. The neutral pose must have been taken."""
        check = SignCheck(motion)

        def step(head: Array | None, worn: Mapping[Role, Array], _all: object, t_ns: int) -> str | None:
            if self.neutral is None:
                raise ValueError("The headset was away. Take the neutral pose again.")
            calibrated = {role: self.neutral.calibrated(role, pose) for role, pose in worn.items()}
            seen = None if head is None else self.neutral.calibrated("head", head)
            if not check.add(seen, calibrated, t_ns):
                return None
            passed, text = check.verdict()
            if not passed:
                raise ValueError(text)
            self.operator.checks[motion] = text
            self._store.save_operator(self.operator)
            return text

        return self._begin(f"calibrate.{motion}", MOTIONS[motion][0], CHECK_S, step, now_ns)

    def feed(
        self, head: Array | None, worn: Mapping[Role, Array], trackers: Mapping[str, Array], now_ns: int
    ) -> None:
        """Go on with the task, if there is one, from the (7,) poses that can be trusted now."""
        if not self.busy:
            return
        self._fed_ns = now_ns
        if self._first_ns is None:
            self._first_ns = now_ns
        try:
            done = self._step(head, worn, trackers, now_ns)
        except ValueError as why:
            self._end("failed", str(why))
        except OSError as error:
            self._end("failed", f"It could not be kept: {error}.")
        else:
            if done is not None:
                self._end("done", done)

    def watch(self, now_ns: int) -> None:
        """Give up a task that gets no samples."""
        if self.busy and now_ns - self._fed_ns > SILENT_NS:
            self._end("failed", "The headset was silent meanwhile. Try again.")

    def assign(self, role: Role, serial: str) -> None:
        """Wear `serial` at `role`; the neutral pose ends with it."""
        self.roles.assign(role, serial)
        self._keep_roles()

    def clear(self, role: Role) -> None:
        """Wear nothing at `role`."""
        self.roles.serials.pop(role, None)
        self._keep_roles()

    def mirror(self, mirrored: bool) -> None:
        """Take the trackers' axes for left-handed, or not."""
        self.roles.mirrored = mirrored
        self._keep_roles()

    def _keep_roles(self) -> None:
        self.neutral = None
        self._store.save_roles(self._source, self.roles)

    def _begin(
        self,
        kind: str,
        text: str,
        watch_s: float,
        step: Callable[..., str | None],
        now_ns: int,
        about: str = "",
    ) -> str:
        self._step, self._watch_s, self._first_ns, self._fed_ns = step, watch_s, None, now_ns
        self._number += 1
        self._task = TaskStatus(number=self._number, kind=kind, phase="running", text=text, about=about)
        return text

    def _end(self, phase: Literal["done", "failed"], text: str) -> None:
        self._task = msgspec.structs.replace(self._task, phase=phase, text=text, progress=1.0)
