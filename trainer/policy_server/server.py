"""Serves one policy over an authenticated WebSocket, in our dialect or, under /openpi, in openpi's.

Inference has a thread of its own, one request at a time; the event loop stays free to refuse, to answer
pings and to notice who is gone.
"""

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import msgspec
import numpy as np
import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from backend.core.contracts.record import msgpack_decoder, to_msgpack
from backend.core.contracts.rollout import ChunkAnswer, Observation, Picture, PolicyRefusal, Sight, Timings
from backend.runtime import openpi
from trainer.policies.served import PolicyRefused, ServedPolicy

MAX_BYTES = 32 * 1024 * 1024
OPENPI_PATH = "/openpi"
SCHEMES = ("Bearer", "Api-Key")
"""Ours, and that of openpi's client."""

log = structlog.get_logger("policy_server")


class PolicyServer:
    """One policy, any number of clients."""

    def __init__(self, policy: ServedPolicy, token: str) -> None:
        if len(token) < 16:
            raise ValueError("the token is too short; allowed: 16 characters or more")
        self._policy = policy
        self._token = token
        self._worker = ThreadPoolExecutor(1, "inference")
        self._decoder = msgpack_decoder(Observation)

    async def listen(self, host: str, port: int) -> Server:
        """Begin to serve; port 0 takes any free one."""
        return await serve(
            self._talk,
            host,
            port,
            process_request=self._admit,
            max_size=MAX_BYTES,
            compression=None,
            ping_interval=5.0,
        )

    def close(self) -> None:
        """Finish the inference under way."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/healthz":
            return connection.respond(HTTPStatus.OK, "ok\n")
        said = request.headers.get("Authorization", "")
        if any(hmac.compare_digest(said.encode(), f"{scheme} {self._token}".encode()) for scheme in SCHEMES):
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "send the server's token as a bearer token\n")

    async def _talk(self, connection: ServerConnection) -> None:
        log.info("client", address=str(connection.remote_address))
        try:
            if connection.request.path == OPENPI_PATH:
                await self._openpi(connection)
            else:
                await self._ours(connection)
        except ConnectionClosed:
            log.info("client gone", address=str(connection.remote_address))

    async def _ours(self, connection: ServerConnection) -> None:
        await connection.send(to_msgpack(self._policy.hello))
        async for message in connection:
            arrived = time.perf_counter()
            answer = await self._infer(self._answer, message, arrived)
            await connection.send(to_msgpack(answer))

    async def _openpi(self, connection: ServerConnection) -> None:
        hello = self._policy.hello
        keys = [f"observation/images/{camera.name}" for camera in hello.cameras]
        await connection.send(openpi.pack({**msgspec.to_builtins(hello), "observation_keys": keys}))
        async for message in connection:
            arrived = time.perf_counter()
            await connection.send(await self._infer(self._answer_openpi, message, arrived))

    async def _infer(self, work: Callable[[Any, float], Any], message: Any, arrived: float) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work, message, arrived)

    def _answer(self, message: Any, arrived: float) -> ChunkAnswer | PolicyRefusal:
        seq = -1
        try:
            if not isinstance(message, bytes):
                raise PolicyRefused("text is not understood; allowed: msgpack of an observation")
            observation = self._decoder.decode(message)
            seq = observation.seq
            actions, timings = self._predict(observation, arrived)
        except (PolicyRefused, msgspec.DecodeError) as error:
            return PolicyRefusal(seq=seq, text=str(error))
        return ChunkAnswer(seq=seq, start_step=observation.start_step, actions=actions, timings=timings)

    def _predict(self, observation: Observation, arrived: float) -> tuple[np.ndarray, Timings]:
        waited_ms = (time.perf_counter() - arrived) * 1e3
        actions, timings = self._policy.predict(observation)
        return actions, msgspec.structs.replace(timings, queue=waited_ms)

    def _answer_openpi(self, message: Any, arrived: float) -> bytes | str:
        """Return the answer, or text for an error as openpi's server does."""
        try:
            observation = from_openpi(openpi.unpack(message), self._policy.hello.n_obs_steps)
            actions, timings = self._predict(observation, arrived)
        except (PolicyRefused, ValueError, TypeError) as error:
            return f"refused: {error}"
        served = {f"{name}_ms": value for name, value in msgspec.to_builtins(timings).items()}
        return openpi.pack({"actions": actions.astype(np.float32), "server_timing": served})


def from_openpi(message: dict[str, Any], n_obs_steps: int) -> Observation:
    """Return the observation in an openpi request.

    Args:
        message: `observation/state` (32,), `observation/images/<camera>` (h, w, 3) uint8, `prompt`, and
            optionally `observation/torso_base` (17,) and `observation/torso_command` (4,).
        n_obs_steps: The one observation stands for so many steps.

    Raises:
        ValueError: the state is missing or a picture is not rgb8.
    """
    if "observation/state" not in message:
        raise ValueError("observation/state is missing; it holds the 32 measured states")
    pictures = []
    for key, value in message.items():
        if str(key).startswith("observation/images/"):
            if getattr(value, "dtype", None) != np.uint8 or value.ndim != 3 or value.shape[2] != 3:
                raise ValueError(f"{key} must be (height, width, 3) uint8")
            pictures.append(
                Picture(
                    camera=key.removeprefix("observation/images/"),
                    t_ns=0,
                    encoding="rgb8",
                    height=value.shape[0],
                    width=value.shape[1],
                    data=value.tobytes(),
                )
            )
    state = np.asarray(message["observation/state"], float)
    sight = Sight(
        t_ns=0,
        state=state,
        torso_base=np.asarray(message.get("observation/torso_base", np.zeros(17)), float),
        torso_command=np.asarray(message.get("observation/torso_command", state[-4:]), float),
        pictures=tuple(pictures),
    )
    return Observation(
        seq=0,
        start_step=int(message.get("start_step", 0)),
        task=str(message.get("prompt", "")),
        delay=0,
        left_over=np.zeros((0, 36)),
        sights=(sight,) * n_obs_steps,
    )
