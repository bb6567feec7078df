"""MANUS gloves as a device of the rig: they move the robot's hands, and feel what those touch."""

from collections import deque

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import Reply
from backend.core.contracts.rig import HandStatus, RigDeviceStatus, RigRequest, Wearer
from backend.core.contracts.robot import RobotSpec
from backend.core.hands.human import SIDES
from backend.runtime.hand_calibrations import HandCalibrations
from devices.inputs.manus.framer import SOURCE, GloveFramer
from devices.inputs.manus.guide import HandGuide
from devices.inputs.manus.haptics import Haptics
from devices.inputs.manus.mapper import Way
from devices.inputs.manus.sample import GloveSample, Side
from devices.inputs.manus.source import GloveSource
from devices.inputs.manus.table import of_side

KINDS = ("hands.calibrate", "hands.take", "hands.cancel")
RATE_WINDOW_NS = 2_000_000_000


class ManusDevice:
    """A `RigDevice`.

    Args:
        gloves: Where gloves are heard of.
        store: Calibrations by operator.
        spec: The robot whose hands they move.
        way: From angles or from finger tips.
    """

    source = SOURCE
    kinds = KINDS

    def __init__(
        self, gloves: GloveSource, store: HandCalibrations, spec: RobotSpec, way: Way = "angles"
    ) -> None:
        self._gloves, self._store, self._spec, self._way = gloves, store, spec, way
        self._guide = HandGuide(store)
        self._haptics = Haptics()
        self._framer = GloveFramer(spec, {}, way)
        self._samples: tuple[GloveSample, ...] = ()
        self._name = self._calibration = ""
        self._driving = False
        self._counts: deque[tuple[int, int]] = deque()

    def open(self) -> None:
        """Connect; raises ConnectionError with what to do."""
        self._gloves.open()

    def fileno(self) -> int:
        """Return -1: gloves must be polled, because a socket of ZeroMQ has no descriptor to wait for."""
        return -1

    def turn(self, wearer: Wearer | None, now_ns: int) -> DeviceFrame | None:
        """Take in what has arrived; return a frame of `wearer`, or None when nothing is new."""
        self._samples = self._gloves.poll()
        self._guide.feed(self._samples)
        self._feel(wearer, now_ns)
        self._driving = wearer is not None and wearer.driving
        if wearer is None:
            return None
        if wearer.name != self._name:
            self._follow(wearer.name)
        return self._framer.frame(self._samples, wearer.driver)

    def ask(self, request: RigRequest, now_ns: int) -> Reply:
        """Answer a request; an error says what was allowed."""
        if request.kind == "hands.cancel":
            self._guide.cancel()
            return Reply(ok=True, detail={"text": "Nothing is being calibrated."})
        if self._driving:
            return Reply(ok=False, error="The body moves the robot now; let go of the deadman first.")
        if request.kind == "hands.calibrate":
            return self._begin(request)
        if why := self._guide.take():
            return Reply(ok=False, error=why)
        if not self._guide.busy:
            self._follow(request.name)
        return Reply(ok=True, detail={"text": self._guide.status.text})

    def status(self, now_ns: int) -> RigDeviceStatus:
        """Return how the bridge, every glove and the calibration are doing."""
        hands = tuple(self._hand(side) for side in SIDES)
        clock = self._gloves.clock
        return RigDeviceStatus(
            source=self.source,
            state=self._state(hands),
            rate_hz=self._rate_hz(now_ns),
            late_ms=self._gloves.late_ns * 1e-6,
            dropped=sum(self._gloves.refused.values()),
            hands=hands,
            clock=None if clock is None or not clock.samples else clock.status(),
            task=self._guide.status,
            calibration=self._calibration,
            notes=self._notes(hands),
        )

    def close(self) -> None:
        """Let the gloves be still and disconnect."""
        self._feel(None, 0)
        self._gloves.close()

    def _begin(self, request: RigRequest) -> Reply:
        if request.side not in SIDES:
            return Reply(ok=False, error=f"unknown side {request.side!r}; allowed: {', '.join(SIDES)}")
        if not request.name:
            return Reply(ok=False, error="A glove's calibration needs the operator's name.")
        number = self._guide.begin(request.side, request.name)
        return Reply(ok=True, detail={"text": self._guide.status.text, "task": str(number)})

    def _follow(self, name: str) -> None:
        """Map as the calibration of `name` says, or as for the usual hand."""
        known = self._store.load(name)
        self._framer = GloveFramer(self._spec, known, self._way)
        self._name = name
        if self._store.note:
            self._calibration = self._store.note
        else:
            hands = " and ".join(sorted(known)) or "no"
            self._calibration = f"{name}: {hands} hand{'s' if len(known) == 2 else ''} calibrated."

    def _feel(self, wearer: Wearer | None, now_ns: int) -> None:
        """Let the fingers of whoever drives feel what the robot's touch."""
        drives = wearer is not None and wearer.driving
        touch_n, t_ns = (wearer.touch_n, wearer.touch_t_ns) if drives else (None, 0)
        for side, fingers in self._haptics.update(touch_n, t_ns, now_ns).items():
            glove, _ = of_side(self._samples, side)
            if glove is not None and glove.haptics:
                self._gloves.vibrate(glove.id, fingers)

    def _hand(self, side: Side) -> HandStatus:
        sample, trouble = of_side(self._samples, side)
        if sample is None:
            return HandStatus(side=side, state=None, trouble=trouble)
        return HandStatus(
            side=side,
            state=sample.state,
            glove=str(sample.id),
            trouble=trouble,
            age_ms=sample.age_ms,
            angles_deg=sample.angles_deg,
            haptics=sample.haptics,
        )

    def _state(self, hands: tuple[HandStatus, ...]) -> str:
        if not self._samples:
            return f"No glove is heard of from {self._gloves.where}. Is it running, and a glove switched on?"
        known = {sample.side for sample in self._samples}
        return " ".join(hand.trouble for hand in hands if hand.trouble and hand.side in known) or "ok"

    def _notes(self, hands: tuple[HandStatus, ...]) -> tuple[str, ...]:
        notes = []
        if self._samples:
            notes += [
                f"There is no {hand.side} glove; other devices move that hand."
                for hand in hands
                if hand.state is None and not any(sample.side == hand.side for sample in self._samples)
            ]
        if self._gloves.last_refusal:
            notes.append(f"Refused: {self._gloves.last_refusal}")
        return tuple(notes)

    def _rate_hz(self, now_ns: int) -> float:
        """Return how many messages came in a second, from one call to the next."""
        self._counts.append((now_ns, self._gloves.received))
        while now_ns - self._counts[0][0] > RATE_WINDOW_NS:
            self._counts.popleft()
        (then_ns, before), (_, count) = self._counts[0], self._counts[-1]
        return (count - before) * 1e9 / (now_ns - then_ns) if now_ns > then_ns else 0.0
