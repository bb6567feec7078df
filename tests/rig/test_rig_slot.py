"""A device that cannot be opened is tried again, and says why."""

import socket

from backend.core.contracts.rig import RigRequest
from backend.runtime.rig_slot import AGAIN_NS, Slot
from backend.runtime.rig_store import RigStore
from devices.inputs.pico.device import PicoDevice
from devices.inputs.pico.receiver import Receiver

LOOPBACK = "127.0.0.1"


def test_a_port_that_is_taken_is_used_as_soon_as_it_is_free(tmp_path):
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        slot = Slot(PicoDevice(Receiver(LOOPBACK, port), RigStore(tmp_path), 0.74, 0.41))
        assert slot.turn(None, 1) is None
        assert slot.fileno() == -1
        assert "cannot listen" in slot.status(1).state
        assert "cannot listen" in slot.ask(RigRequest(kind="roles.find"), 1).error
    slot.turn(None, 2)
    assert slot.fileno() == -1, "not before its time"
    slot.turn(None, 1 + AGAIN_NS)
    assert slot.fileno() >= 0
    assert "Listening" in slot.status(1).state
    slot.close()


def test_a_file_that_cannot_be_written_is_said_and_a_broken_one_counts_as_absent(tmp_path):
    (tmp_path / "pico.json").write_text("{")
    store = RigStore(tmp_path)
    assert store.roles("pico").serials == {}
    assert store.operator("Ada") is None
    slot = Slot(PicoDevice(Receiver(LOOPBACK, 0), store, 0.74, 0.41))
    slot.turn(None, 1)
    (tmp_path / ".pico.json.new").mkdir()
    reply = slot.ask(RigRequest(kind="roles.clear", role="waist"), 1)
    assert "could not be kept" in reply.error
    (tmp_path / ".pico.json.new").rmdir()
    assert slot.ask(RigRequest(kind="roles.clear", role="waist"), 1).ok
    slot.close()
