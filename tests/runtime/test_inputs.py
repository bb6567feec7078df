"""Input devices: frames over the real bus, and the replay of a real recording."""

import time
from pathlib import Path

import numpy as np
import pytest

from backend.core import clock
from backend.core.context import StepContext
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.step import step
from backend.recording.sample_writer import SampleWriter
from backend.runtime.bus import Bus
from backend.runtime.topics import OPERATOR_FRAME
from backend.settings import settings
from devices.inputs.browser import FORGET_NS, BrowserInput
from devices.inputs.replay import SAMPLES, ReplayInput
from devices.robots.g1_spec import g1_spec

SECOND_NS = 1_000_000_000


def frame(source: str, t_ns: int, seq: int = 0, driver: str = "anna", **channels) -> DeviceFrame:
    return DeviceFrame(source=source, driver=driver, t_ns=t_ns, seq=seq, source_t_ns=t_ns, **channels)


def test_the_browser_input_keeps_the_newest_frame_of_every_source(bus: Bus):
    publisher, device = bus.publisher(OPERATOR_FRAME), BrowserInput(bus)
    assert device.latest() == ()
    device.open()
    now_ns = clock.now_ns()
    for seq in range(500):
        publisher.publish(frame("keyboard", now_ns + seq, seq))
        publisher.publish(frame("gamepad", now_ns + seq, seq, deadman=True))
        publisher.publish(frame("keyboard", now_ns + seq, seq, driver="ben"))
        if seq > 10 and len(device.latest()) == 3:
            break
        time.sleep(0.005)
    newest = {(each.driver, each.source): each for each in device.latest()}
    assert set(newest) == {("anna", "keyboard"), ("anna", "gamepad"), ("ben", "keyboard")}
    assert newest["anna", "gamepad"].deadman
    device.close()
    assert device.latest() == ()


def test_a_source_that_is_silent_for_long_is_forgotten(bus: Bus):
    publisher, device = bus.publisher(OPERATOR_FRAME), BrowserInput(bus)
    device.open()
    for seq in range(500):
        publisher.publish(frame("old", clock.now_ns() - FORGET_NS - SECOND_NS, seq))
        publisher.publish(frame("new", clock.now_ns(), seq))
        time.sleep(0.005)
        if device.latest():
            break
    assert [each.source for each in device.latest()] == ["new"]
    device.close()


def test_a_replay_gives_each_frame_at_its_own_time_with_new_stamps():
    recording = [
        frame("keyboard", 5 * SECOND_NS, 1),
        frame("gamepad", 5 * SECOND_NS + 10, 1),
        frame("keyboard", 6 * SECOND_NS, 2, deadman=True),
    ]
    now_ns = 100 * SECOND_NS
    device = ReplayInput(frames=recording, driver="replay", now_ns=lambda: now_ns)
    device.open()
    assert [(each.source, each.t_ns, each.driver) for each in device.latest()] == [
        ("keyboard", 100 * SECOND_NS, "replay")
    ]
    now_ns += SECOND_NS - 1
    assert [each.seq for each in device.latest()] == [1, 1]
    assert not device.finished
    now_ns += 1
    keyboard = next(each for each in device.latest() if each.source == "keyboard")
    assert (keyboard.seq, keyboard.t_ns, keyboard.deadman) == (2, 101 * SECOND_NS, True)
    assert device.finished
    now_ns += 10 * SECOND_NS
    assert all(each.t_ns <= 101 * SECOND_NS for each in device.latest()), "stale when the recording has ended"
    device.close()
    assert device.latest() == ()


def test_an_episode_is_replayed_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    context = StepContext(g1_spec(), 0.01)
    with open(tmp_path / SAMPLES, "wb") as file:
        writer = SampleWriter(file)
        for tick in range(10):
            now_ns = SECOND_NS + tick * 10_000_000
            arm = ArmInput(twist=np.array([0.1, 0.0, tick / 100, 0.0, 0.0, 0.0]))
            sample = frame("keyboard", now_ns, tick, deadman=True, left=arm)
            writer.write(step(context, [sample], None, now_ns))
        writer.finish()
    now_ns = 0
    monkeypatch.setenv("BUNRAKU_REPLAY_EPISODE", str(tmp_path))
    settings.cache_clear()
    device = ReplayInput(now_ns=lambda: now_ns)
    device.open()
    settings.cache_clear()
    twists = []
    for tick in range(10):
        now_ns = tick * 10_000_000
        twists.append(device.latest()[0].left.twist[2])
    np.testing.assert_allclose(twists, np.arange(10) / 100)
    assert device.finished


def test_a_replay_of_nothing_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / SAMPLES).write_bytes(b"this is not a recording")
    for folder in (tmp_path, tmp_path / "absent"):
        monkeypatch.setenv("BUNRAKU_REPLAY_EPISODE", str(folder))
        settings.cache_clear()
        with pytest.raises(ConnectionError, match="BUNRAKU_REPLAY_EPISODE"):
            ReplayInput().open()
    settings.cache_clear()
