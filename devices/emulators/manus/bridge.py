"""The wire of the bridge: hello ten times a second, data at the gloves' rate, vibrations back."""

from collections import deque

import msgspec
import numpy as np
import zmq

from devices.emulators.manus.glove import EmulatedGlove
from devices.inputs.manus.wire import (
    HELLO_S,
    PROTOCOL,
    VIBRATE_ENDS_S,
    Data,
    Hello,
    Vibrate,
    decode_vibrate,
    encode,
)


class EmulatedBridge:
    """Publishes its gloves and listens to what they are to feel.

    Attributes:
        silent: Nothing is sent, as by a program that hangs.
        drop: Share of values that are lost on the radio.
        late_ns: By how much every message is late, as on a congested network.
        vibrating: Strength of each glove's fingers by id; a vibration ends when it is not repeated.
    """

    def __init__(self, gloves: list[EmulatedGlove], port: int, seed: int = 0) -> None:
        self.gloves = gloves
        self.silent = False
        self.drop = 0.0
        self.late_ns = 0
        self.vibrating: dict[int, list[float]] = {}
        self._felt_ns: dict[int, int] = {}
        self._starts = 0
        self._hello_ns = 0
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._rng = np.random.default_rng(seed)
        self._context = zmq.Context()
        self._out = self._context.socket(zmq.PUB)
        self.ear = self._context.socket(zmq.SUB)
        self.ear.setsockopt(zmq.SUBSCRIBE, b"")
        self.port = port or self._free_port()
        if port:
            self._out.bind(f"tcp://127.0.0.1:{port}")
            self.ear.bind(f"tcp://127.0.0.1:{port + 1}")

    def turn(self, t_ns: int) -> None:
        """Send what is due."""
        messages = []
        if t_ns - self._hello_ns >= HELLO_S * 1e9:
            self._hello_ns = t_ns
            there = [glove.info for glove in self.gloves if glove.plugged]
            messages.append(encode(Hello(PROTOCOL, f"emulator {self._starts}", t_ns, there)))
        changed = [data for glove in self.gloves if (data := glove.data(t_ns * 1e-9)) is not None]
        changed = [data for data in changed if self._rng.random() >= self.drop]
        if changed:
            messages.append(encode(Data(t_ns, changed)))
        self._waiting.extend((t_ns + self.late_ns, message) for message in messages)
        while self._waiting and self._waiting[0][0] <= t_ns:
            message = self._waiting.popleft()[1]
            if not self.silent:
                self._out.send(message, zmq.NOBLOCK)

    def listen(self, t_ns: int) -> list[Vibrate]:
        """Take in what the gloves are to feel; returns what has changed."""
        changes = []
        while self.ear.poll(0):
            try:
                message = decode_vibrate(self.ear.recv())
            except msgspec.DecodeError:
                continue
            self._felt_ns[message.id] = t_ns
            if self.vibrating.get(message.id) != message.fingers:
                self.vibrating[message.id] = message.fingers
                changes.append(message)
        for glove, fingers in self.vibrating.items():
            if any(fingers) and t_ns - self._felt_ns[glove] > VIBRATE_ENDS_S * 1e9:
                self.vibrating[glove] = [0.0] * 5
                changes.append(Vibrate(glove, [0.0] * 5))
        return changes

    def restart(self) -> None:
        """Be another start of the program."""
        self._starts += 1

    def close(self) -> None:
        """Release the sockets."""
        for socket in (self._out, self.ear):
            socket.close(linger=0)
        self._context.term()

    def _free_port(self) -> int:
        """Bind both sockets to a pair of free ports and return the first."""
        while True:
            port = self._out.bind_to_random_port("tcp://127.0.0.1")
            try:
                self.ear.bind(f"tcp://127.0.0.1:{port + 1}")
            except zmq.ZMQError:
                self._out.unbind(f"tcp://127.0.0.1:{port}")
            else:
                return port
