"""The connection to a policy server, in threads of its own: nothing here makes the rollout wait."""

import contextlib
import socket
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from backend.core.contracts.rollout import ChunkAnswer, PolicyHello, PolicyRefusal
from backend.core.policy.chunk import ChunkRequest
from backend.runtime.policy_dialect import Dialect, NotUnderstood, View

CONNECT_S = 10.0
HELLO_S = 120.0
"""A server that has just been started loads its policy first."""
ANSWER_S = 10.0
MAX_BYTES = 32 * 1024 * 1024
WINDOW = 100


class PolicyLink:
    """Connects, greets, sends observations and collects answers."""

    def __init__(self, url: str, token: str, dialect: Dialect) -> None:
        self.hello: PolicyHello | None = None
        """What the server said first; None until then."""
        self.failure = ""
        """Why the connection is over, in words; empty while it is not."""
        self.round_trips_ms: deque[float] = deque(maxlen=WINDOW)
        self._url, self._token, self._dialect = url, token, dialect
        self._answers: deque[ChunkAnswer | PolicyRefusal] = deque()
        self._asked: ChunkRequest | None = None
        self._asked_s = 0.0
        self._connection: ClientConnection | None = None
        self._closing = False
        self._sender = ThreadPoolExecutor(1, "policy-sender")
        self._reader = threading.Thread(target=self._read, name="policy-reader", daemon=True)
        self._reader.start()

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None

    def send(self, request: ChunkRequest, views: tuple[View, ...], task: str) -> None:
        """Encode and send an observation in the background; one at a time."""
        self._asked, self._asked_s = request, time.monotonic()
        self._sender.submit(self._send, request, views, task)

    def poll(self) -> list[ChunkAnswer | PolicyRefusal]:
        """Return the answers that have come since the last call."""
        if self._asked is not None and time.monotonic() - self._asked_s > ANSWER_S:
            self._fail(f"the policy server has not answered for {ANSWER_S:g} s")
        answers = []
        while self._answers:
            answers.append(self._answers.popleft())
        return answers

    def close(self) -> None:
        """Disconnect without waiting for the server."""
        self._closing = True
        self._sender.shutdown(wait=False, cancel_futures=True)
        if self._connection is not None:
            # The closing handshake would wait for the other side, which may be dead.
            with contextlib.suppress(OSError):
                self._connection.socket.shutdown(socket.SHUT_RDWR)

    def _fail(self, why: str) -> None:
        self.failure = self.failure or why

    def _send(self, request: ChunkRequest, views: tuple[View, ...], task: str) -> None:
        try:
            self._connection.send(self._dialect.encode(request, views, task))
        except (OSError, WebSocketException) as error:
            self._fail(f"the policy server is gone: {error}")

    def _read(self) -> None:
        try:
            self._connection = connection = self._connect()
            self.hello = self._dialect.hello(connection.recv(HELLO_S))
            while not self._closing:
                self._take(connection.recv())
        except InvalidStatus as error:
            status = error.response.status_code
            hint = "check the token" if status == 401 else "check the address"
            self._fail(f"the policy server refuses the connection with status {status}: {hint}")
        except TimeoutError:
            self._fail(f"the policy server at {self._url} does not answer")
        except NotUnderstood as error:
            self._fail(str(error))
        except ConnectionClosed:
            self._fail("the policy server is gone: it has closed the connection")
        except (OSError, InvalidURI, WebSocketException) as error:
            self._fail(f"cannot connect to the policy server at {self._url}: {error}")

    def _connect(self) -> ClientConnection:
        return connect(
            self._url,
            additional_headers={"Authorization": f"Bearer {self._token}"} if self._token else None,
            open_timeout=CONNECT_S,
            max_size=MAX_BYTES,
            compression=None,
            proxy=None,
        )

    def _take(self, message: bytes | str) -> None:
        request, self._asked = self._asked, None
        if request is None:
            raise NotUnderstood("the policy server answers what was not asked")
        answer = self._dialect.answer(request, message)
        self.round_trips_ms.append((time.monotonic() - self._asked_s) * 1e3)
        self._answers.append(answer)
