"""The robot's services: a request on one topic, its response on another, both as JSON.

Each service `name` listens on `rt/api/<name>/request` and answers on `rt/api/<name>/response`.
"""

import itertools
import os
import time
from collections.abc import Callable
from typing import Any

import msgspec

from backend.core import clock
from devices.robots.unitree.dds import Link
from devices.robots.unitree.idl_api import (
    Request_,
    RequestHeader_,
    RequestIdentity_,
    RequestLease_,
    RequestPolicy_,
    Response_,
    ResponseHeader_,
    ResponseStatus_,
)

DEPTH = 16
MAX_OPEN = 256
OK = 0
NOT_IMPLEMENTED = 3203
BAD_PARAMETER = 3204
POLL_S = 0.01
CODES = {
    NOT_IMPLEMENTED: "the service does not know this request",
    BAD_PARAMETER: "the service refuses the parameter",
    3202: "the service has failed inside",
    7301: "the walking reports no state",
    7302: "the walking does not know this state",
    7303: "the walking does not know this task",
}
"""What the robot's error codes mean, in words."""


class ServiceError(ConnectionError):
    """A service did not answer, or refused."""


class ServiceClient:
    """Asks one service. `post` and `responses` never wait; `call` does, for start-up."""

    def __init__(self, link: Link, name: str) -> None:
        self.name = name
        self._requests = link.writer(f"rt/api/{name}/request", Request_, DEPTH)
        self._responses = link.reader(f"rt/api/{name}/response", Response_, DEPTH)
        # Other programs ask the same service; everybody hears every response.
        self._ids = itertools.count(os.getpid() << 32 | clock.now_ns() & 0xFFFF0000)
        self._open: dict[int, int] = {}

    def post(self, api_id: int, parameter: dict[str, Any]) -> int:
        """Send a request and return its number."""
        number = next(self._ids)
        header = RequestHeader_(RequestIdentity_(number, api_id), RequestLease_(0), RequestPolicy_(0, False))
        self._open[number] = api_id
        if len(self._open) > MAX_OPEN:  # Nobody answers: the oldest is given up.
            del self._open[next(iter(self._open))]
        self._requests.write(Request_(header, msgspec.json.encode(parameter).decode(), []))
        return number

    def responses(self) -> list[tuple[int, int, int, Any]]:
        """Return what has come in for this client's requests: number, api id, error code, data."""
        mine = []
        for response in self._responses.take():
            number = response.header.identity.id
            api_id = self._open.pop(number, None)
            if api_id is not None:
                mine.append((number, api_id, response.header.status.code, _decoded(response.data)))
        return mine

    def call(self, api_id: int, parameter: dict[str, Any] | None = None, timeout_s: float = 1.0) -> Any:
        """Ask and wait for the answer; asks again while nobody listens yet.

        Raises:
            ServiceError: No answer within `timeout_s`, or an error code.
        """
        until_ns = clock.now_ns() + int(timeout_s * 1e9)
        again_ns = 0
        asked: set[int] = set()
        while (now_ns := clock.now_ns()) < until_ns:
            if now_ns >= again_ns:
                asked.add(self.post(api_id, parameter or {}))
                again_ns = now_ns + int(0.3e9)
            for number, _, code, data in self.responses():
                if number in asked:
                    if code != OK:
                        why = CODES.get(code, f"error {code}")
                        raise ServiceError(f"{self.name}: request {api_id} was refused: {why}")
                    return data
            time.sleep(POLL_S)
        raise ServiceError(f"{self.name}: no answer to request {api_id} within {timeout_s:g} s")


class ServiceServer:
    """Answers one service from a loop that must not block."""

    def __init__(self, link: Link, name: str) -> None:
        self._requests = link.reader(f"rt/api/{name}/request", Request_, DEPTH)
        self._responses = link.writer(f"rt/api/{name}/response", Response_, DEPTH)

    def poll(self, answers: dict[int, Callable[[dict[str, Any]], tuple[int, Any]]]) -> None:
        """Answer every waiting request by the function of its api id: error code and data."""
        for request in self._requests.take():
            parameter = _decoded(request.parameter)
            answer = answers.get(request.header.identity.api_id)
            if answer is None:
                code, data = NOT_IMPLEMENTED, None
            elif isinstance(parameter, dict):
                code, data = answer(parameter)
            else:
                code, data = BAD_PARAMETER, None
            if request.header.policy.noreply:
                continue
            header = ResponseHeader_(request.header.identity, ResponseStatus_(code))
            text = "" if data is None else msgspec.json.encode(data).decode()
            self._responses.write(Response_(header, text, []))


def _decoded(text: str) -> Any:
    """Return what JSON says, {} for nothing and None for what is not JSON."""
    try:
        return msgspec.json.decode(text) if text else {}
    except msgspec.DecodeError:
        return None
