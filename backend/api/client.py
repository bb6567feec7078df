"""One connected browser: what is sent to it, without ever queueing telemetry."""

import asyncio
from collections import deque

from starlette.websockets import WebSocket

from backend.core.contracts.record import to_json
from backend.core.contracts.wire import ServerMessage

MAX_BACKLOG = 256
"""Answers that may wait for a client that does not read; then it is disconnected."""


class Client:
    """The sending side of a WebSocket. `post` and `show` never wait."""

    def __init__(self, socket: WebSocket, client_id: str, name: str) -> None:
        self.id = client_id
        self.name = name
        self._socket = socket
        self._answers: deque[str] = deque()
        self._telemetry: str | None = None
        self._pending = asyncio.Event()

    def post(self, message: ServerMessage) -> None:
        """Send an answer, in order.

        Raises:
            ConnectionError: the client has not read its answers for too long.
        """
        if len(self._answers) >= MAX_BACKLOG:
            raise ConnectionError(f"{self.name} does not read its answers")
        self._answers.append(to_json(message).decode())
        self._pending.set()

    def show(self, telemetry: str) -> None:
        """Send the newest telemetry; what a slow client has not got yet is replaced."""
        self._telemetry = telemetry
        self._pending.set()

    async def write(self) -> None:
        """Send until the connection ends. Sending waits while the client's buffer is full."""
        while True:
            await self._pending.wait()
            self._pending.clear()
            while self._answers:
                await self._socket.send_text(self._answers.popleft())
            if self._telemetry is not None:
                telemetry, self._telemetry = self._telemetry, None
                await self._socket.send_text(telemetry)
