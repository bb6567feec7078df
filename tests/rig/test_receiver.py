"""What a receiver says and does that needs no headset."""

import socket
import time

import pytest

from backend.core import clock
from devices.emulators.pico import wire
from devices.inputs.pico.receiver import MOST, Receiver

LOOPBACK = "127.0.0.1"


def test_it_announces_itself_in_the_app_s_own_words():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as headset:
        headset.bind((LOOPBACK, 0))
        headset.settimeout(5.0)
        receiver = Receiver(LOOPBACK, 0, announce_to=headset.getsockname())
        receiver.open()
        receiver.read(clock.now_ns())
        packets, rest = wire.split(headset.recv(2048))
        receiver.close()
    assert packets == [(wire.TCP_ADDRESS, f"{LOOPBACK}|{receiver.port}".encode())]
    assert rest == b""


def test_a_port_that_is_taken_says_what_to_do():
    with (
        socket.create_server((LOOPBACK, 0)) as taken,
        pytest.raises(ConnectionError, match="BUNRAKU_PICO_HOST"),
    ):
        Receiver(LOOPBACK, taken.getsockname()[1]).open()


def test_too_many_connections_and_rubbish_are_counted():
    receiver = Receiver(LOOPBACK, 0)
    receiver.open()
    peers = []
    for _ in range(MOST + 2):
        peers.append(socket.create_connection((LOOPBACK, receiver.port)))
        receiver.read(clock.now_ns())
    peers[0].sendall(b"GET / HTTP/1.1\r\n\r\n")
    for _ in range(200):
        receiver.read(clock.now_ns())
        if receiver.dropped:
            break
    assert receiver.dropped == 18
    assert "refused; allowed: 4" in " ".join(receiver.notes(clock.now_ns()))
    assert "switch Send on" in receiver.state(clock.now_ns())
    for peer in peers:
        peer.close()
    for _ in range(200):
        receiver.read(clock.now_ns())
    assert "Listening" in receiver.state(clock.now_ns())
    receiver.close()


class Peer:
    """A connection that says what a headset says, when it is told to."""

    def __init__(self, receiver: Receiver, serial: str) -> None:
        self._receiver = receiver
        self._socket = socket.create_connection((LOOPBACK, receiver.port))
        self._socket.sendall(wire.packet(wire.CONNECT, f"{serial}|-1".encode(), 1))
        receiver.read(clock.now_ns())

    def send(self) -> int:
        """Send one sample; return how many the receiver gives for it."""
        value = {"Head": {"pose": "0,0,0,0,0,0,1"}, "timeStampNs": clock.wall_ns()}
        self._socket.sendall(wire.packet(wire.FUNCTION, wire.function("Tracking", value), 1))
        return sum(len(self._receiver.read(clock.now_ns())) for _ in range(20))

    def close(self) -> None:
        self._socket.close()


def test_one_headset_at_a_time_and_the_same_one_anew_at_once():
    receiver = Receiver(LOOPBACK, 0)
    receiver.open()
    first = Peer(receiver, "PA9")
    assert first.send() == 1
    assert receiver.session == 1
    second, again = Peer(receiver, "PB7"), Peer(receiver, "PA9")
    first.send()
    assert second.send() == 0
    assert "PB7" in " ".join(receiver.notes(clock.now_ns()))
    assert again.send() == 1, "the same serial number: its old connection is dead"
    assert receiver.session == 2
    time.sleep(0.55)
    assert "has been silent for" in receiver.state(clock.now_ns())
    assert second.send() == 1
    assert (receiver.session, receiver.state(clock.now_ns())) == (3, "ok")
    for peer in (first, second, again):
        peer.close()
    receiver.close()
