"""Who may use the rig, and for how long."""

from backend.core.contracts.rig import RigRequest
from backend.core.contracts.tick import Mode
from backend.runtime.rig_use import CONTROL_NS, PAGE_NS, RigUse, TickView

MS = 1_000_000


class Room:
    def __init__(self) -> None:
        self.use = RigUse()
        self.now_ns = 10_000 * MS

    def tick(self, lease: str = "ada", driver: str = "", mode: Mode = Mode.READY) -> None:
        self.use.see_tick(TickView(self.now_ns, mode, driver, lease, lease.capitalize()))

    def ask(self, driver: str = "ada") -> str:
        return self.use.use(RigRequest(kind="use", driver=driver), self.now_ns)

    def wearer(self):
        return self.use.wearer(self.now_ns)


def test_only_the_holder_of_the_lease_may_use_it_and_only_for_themselves():
    room = Room()
    assert "Control does not run" in room.ask()
    room.tick(lease="")
    assert "nobody has it" in room.ask()
    room.tick(lease="ben")
    assert "Ben has it" in room.ask()
    room.tick()
    assert room.ask() == ""
    assert room.wearer() is None, "the page has given no sign of life"
    room.use.see_page("ben", room.now_ns)
    assert room.wearer() is None
    room.use.see_page("ada", room.now_ns)
    assert (room.wearer().driver, room.wearer().name, room.wearer().driving) == ("ada", "Ada", False)
    assert "Ada uses it" in room.use.leave(RigRequest(kind="leave", driver="ben"))
    room.tick(lease="ben")
    assert room.wearer() is None
    assert "Ada has no control any more" in room.use.note


def test_it_drives_only_while_control_and_the_page_are_there():
    room = Room()
    room.tick()
    room.use.see_page("ada", room.now_ns)
    assert room.ask() == ""
    room.tick(driver="ada", mode=Mode.ACTIVE)
    assert room.wearer().driving
    assert "Let go" in room.ask()
    room.tick(driver="ada", mode=Mode.HOLD)
    assert room.wearer().driving
    room.tick(driver="policy:act", mode=Mode.ACTIVE)
    assert not room.wearer().driving
    room.now_ns += CONTROL_NS
    assert room.wearer() is None
    room.tick()
    assert room.wearer() is not None
    room.now_ns += PAGE_NS
    room.tick()
    assert room.wearer() is None
    assert "page of Ada is silent" in room.use.note
    room.use.see_page("ada", room.now_ns)
    assert room.wearer() is not None
    assert room.use.leave(RigRequest(kind="leave", driver="ada")) == ""
    assert room.wearer() is None


def test_many_pages_do_not_pile_up():
    room = Room()
    for i in range(1000):
        room.use.see_page(f"page{i}", room.now_ns)
    assert len(room.use._page_ns) == 32
