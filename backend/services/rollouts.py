"""Rollouts as the web sees them: a policy of the registry or a server elsewhere, started and watched."""

import asyncio
from pathlib import Path

import msgspec

from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.rollout import RolloutRequest, RolloutStatus
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import ROLLOUT, ROLLOUT_STATUS
from backend.services.errors import DomainError
from backend.services.policy_server import LocalPolicyServer

TIMEOUT_S = 2.0
LOST_NS = 2_000_000_000


class Rollouts:
    """Loads policies in the background and hands requests to the rollout process."""

    def __init__(self, bus: Bus, run_dir: Path) -> None:
        self._bus = bus
        self._statuses = bus.subscribe(ROLLOUT_STATUS)
        self._server = LocalPolicyServer(run_dir)
        self._loading: asyncio.Task[None] | None = None
        self._problem = ""

    async def start(self, request: RolloutRequest, folder: Path | None) -> None:
        """Start a rollout.

        Args:
            request: A `start` request; its address is that of a server elsewhere.
            folder: Files of a policy to load and serve here instead.

        Raises:
            DomainError: 409, one is under way, or it was refused; says why.
            ServiceUnavailable: the rollout process does not answer.
        """
        if self._loading is not None and not self._loading.done():
            raise DomainError(409, "loading", "a policy is being loaded; wait, or stop it first")
        self._problem = ""
        if folder is None:
            await self._ask(request)
        else:
            self._loading = asyncio.create_task(self._load(request, folder))

    async def ask(self, kind: str, name: str) -> None:
        """Pause, resume or stop; raises DomainError and ServiceUnavailable like `start`."""
        if kind == "stop" and self._loading is not None and not self._loading.done():
            self._loading.cancel()
            return
        await self._ask(RolloutRequest(kind=kind, name=name))

    def status(self) -> RolloutStatus | None:
        """Return how the rollout is doing; None while its process is away."""
        self._statuses.drain()
        newest, now_ns = self._statuses.newest, clock.now_ns()
        if newest is None or now_ns - newest.t_ns > LOST_NS:
            return None
        if self._loading is not None and not self._loading.done():
            reason = "Loading the policy; this takes a while."
            return RolloutStatus(t_ns=now_ns, phase="loading", reason=reason)
        if self._problem:
            return msgspec.structs.replace(newest, phase="failed", reason=self._problem)
        return newest

    async def close(self) -> None:
        """End the policy server."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self._server.stop()
        self._statuses.close()

    async def _load(self, request: RolloutRequest, folder: Path) -> None:
        try:
            url, token = await self._server.serve(folder)
            await self._ask(msgspec.structs.replace(request, url=url, token=token))
        except DomainError as error:
            self._problem = error.text
        except (ServiceUnavailable, OSError) as error:
            self._problem = str(error)

    async def _ask(self, request: RolloutRequest) -> None:
        reply: Reply = await self._bus.call_async(ROLLOUT, request, TIMEOUT_S)
        if not reply.ok:
            raise DomainError(409, "rollout_refused", reply.error)
