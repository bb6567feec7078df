"""For whom the rig is switched on: the holder of the lease who asked for it, while their page is there."""

import msgspec

from backend.core.contracts.record import Array, Record
from backend.core.contracts.rig import RigRequest, Wearer
from backend.core.contracts.tick import Mode

CONTROL_NS = 500_000_000
"""Without a tick of control for this long, nobody is known to have control."""
PAGE_NS = 1_000_000_000
"""What a person wears says nothing of whether somebody attends to the page; only the page's own frames do. As
for a policy, it must have been heard of within this time."""


class TickView(msgspec.Struct):
    """The part of a `TickRecord` that matters here."""

    t_ns: int
    mode: Mode
    driver: str
    lease: str
    lease_name: str


class Touch(Record):
    """The part of a `RobotState` that can be felt."""

    t_ns: int
    hand_force_n: Array


class RigUse:
    """Who uses the rig. Requests return why not, or an empty string."""

    def __init__(self) -> None:
        self.driver = ""
        self.name = ""
        self.note = "Take control, then switch the rig on."
        self._tick: TickView | None = None
        self._page_ns: dict[str, int] = {}
        self._touch: Touch | None = None

    def see_tick(self, tick: TickView) -> None:
        """Take a tick of control."""
        self._tick = tick
        if self.driver and tick.lease != self.driver:
            self._end(f"{self.name} has no control any more; the rig is off.")

    def see_touch(self, touch: Touch) -> None:
        """Take what the robot's fingers feel."""
        self._touch = touch

    def see_page(self, driver: str, t_ns: int) -> None:
        """Take a sign of life of a page."""
        # Few pages at a time; the oldest is of no more use.
        self._page_ns.pop(driver, None)
        self._page_ns[driver] = t_ns
        while len(self._page_ns) > 32:
            self._page_ns.pop(next(iter(self._page_ns)))

    def use(self, request: RigRequest, now_ns: int) -> str:
        """Switch the rig on for the holder of the lease."""
        tick = self._fresh(now_ns)
        if tick is None:
            return "Control does not run; it is started again by itself."
        if not request.driver or tick.lease != request.driver:
            holder = f"{tick.lease_name} has it" if tick.lease else "nobody has it"
            return f"Only who has control may switch the rig on; {holder}."
        if self._drives(tick, request.driver):
            return "Let go of the deadman first."
        self.driver, self.name, self.note = request.driver, request.name or tick.lease_name, ""
        return ""

    def leave(self, request: RigRequest) -> str:
        """Switch the rig off; whoever uses it may do so at any time."""
        if not self.driver or request.driver != self.driver:
            return f"The rig is not used by you; {self.name or 'nobody'} uses it."
        self._end(f"{self.name} has switched the rig off.")
        return ""

    def wearer(self, now_ns: int) -> Wearer | None:
        """Return for whom devices work now, or None."""
        if not self.driver:
            return None
        tick = self._fresh(now_ns)
        if tick is None:
            self.note = "Control does not run; it is started again by itself."
            return None
        if now_ns - self._page_ns.get(self.driver, 0) > PAGE_NS:
            self.note = f"The page of {self.name} is silent; the rig waits for it."
            return None
        self.note = ""
        touch = self._touch
        return Wearer(
            driver=self.driver,
            name=self.name,
            driving=self._drives(tick, self.driver),
            touch_n=None if touch is None else touch.hand_force_n,
            touch_t_ns=0 if touch is None else touch.t_ns,
        )

    def _drives(self, tick: TickView, driver: str) -> bool:
        return tick.driver == driver and tick.mode in (Mode.ACTIVE, Mode.HOLD)

    def _fresh(self, now_ns: int) -> TickView | None:
        tick = self._tick
        return tick if tick is not None and now_ns - tick.t_ns < CONTROL_NS else None

    def _end(self, note: str) -> None:
        self.driver = self.name = ""
        self.note = note
