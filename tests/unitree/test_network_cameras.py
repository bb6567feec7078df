"""Cameras on the network: real JPEG over real sockets, from the emulator's encoder to what video gets."""

from collections.abc import Iterator

import numpy as np
import pytest
import zmq

from backend.core import clock
from backend.settings import settings
from devices.cameras.network_jpeg import NetworkJpeg
from devices.emulators.g1.cameras import JpegStream
from tests.support.app import free_port
from tests.unitree.robot import until


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    url = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setattr(settings(), "camera_urls", {"head": url})
    return url


def grabbed(source: NetworkJpeg, send) -> tuple:
    def arrived():
        send()
        try:
            return source.grab(source.cameras[0], None)
        except ValueError:
            return None

    return until(arrived, 60.0, "a picture")


def test_a_picture_arrives_as_it_was_sent_and_is_stamped_on_arrival(address: str):
    source = NetworkJpeg()
    source.open()
    assert [camera.name for camera in source.cameras] == ["head"]
    with pytest.raises(ValueError, match=f"head at {address} sends nothing"):
        source.grab(source.cameras[0], None)
    stream = JpegStream(address, 64, 48)
    sent = np.zeros((48, 64, 3), np.uint8)
    sent[:, :32], sent[:, 32:] = (200, 40, 30), (20, 60, 180)
    before_ns = clock.now_ns()
    header, pixels = grabbed(source, lambda: stream.send(sent))
    assert (header.width, header.height) == (64, 48)
    assert before_ns < header.t_ns <= clock.now_ns()
    middle = np.abs(pixels[:, [10, 54]].astype(int) - sent[:, [10, 54]])
    assert middle.max() < 25
    source.close()


def test_what_is_no_picture_is_said(address: str):
    source = NetworkJpeg()
    source.open()
    rubbish = zmq.Context.instance().socket(zmq.PUB)
    rubbish.bind(address)

    def told() -> str:
        rubbish.send(b"this is not a picture")
        try:
            source.grab(source.cameras[0], None)
        except ValueError as error:
            return str(error) if "that are no JPEG" in str(error) else ""
        return ""

    until(told, 60.0, "the complaint")
    rubbish.close(linger=0)
    source.close()


def test_a_robot_without_named_cameras_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings(), "camera_urls", {"tail": "tcp://127.0.0.1:1"})
    with pytest.raises(ConnectionError, match="allowed: head, left_wrist, right_wrist"):
        NetworkJpeg().open()
