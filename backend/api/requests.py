"""Answers a `ClientRequest` by asking the process that owns the matter."""

import uuid

from backend.api.client import Client
from backend.api.dependencies import Parts
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.recording import RecorderRequest
from backend.core.contracts.wire import ClientRequest, RequestReply
from backend.core.contracts.world import WorldRequest
from backend.db.database import DatabaseUnavailable
from backend.runtime.bus import ServiceUnavailable
from backend.runtime.topics import CONTROL, RECORDER, WORLD
from backend.services.errors import DomainError
from backend.services.tasks import get_task

CONTROL_KINDS = ("lease.take", "lease.release", "arm", "stop", "reset", "home", "speed")
RECORD_KINDS = ("record.start", "record.stop", "record.save", "record.discard")
KINDS = (*CONTROL_KINDS, "scene.reset", *RECORD_KINDS)
SLOW_TIMEOUT_S = 2.0
"""For the recorder, which syncs to disk, and for a new scene."""


async def answer_request(parts: Parts, client: Client, request: ClientRequest) -> RequestReply:
    """Return the answer; an expected problem is an answer with `error`."""
    try:
        reply = await _dispatch(parts, client, request)
    except (ServiceUnavailable, DatabaseUnavailable) as error:
        reply = Reply(ok=False, error=str(error))
    except DomainError as error:
        reply = Reply(ok=False, error=error.text)
    return RequestReply(id=request.id, ok=reply.ok, error=reply.error, detail=reply.detail)


async def _dispatch(parts: Parts, client: Client, request: ClientRequest) -> Reply:
    kind = request.kind
    if kind in CONTROL_KINDS:
        return await parts.bus.call_async(
            CONTROL, ControlRequest(kind=kind, driver=client.id, name=client.name, value=request.value)
        )
    if kind == "scene.reset":
        return await _reset_scene(parts, client)
    if kind == "record.start":
        return await _start_recording(parts, client, request)
    if kind in RECORD_KINDS:
        return await _end_recording(parts, kind.removeprefix("record."))
    return Reply(ok=False, error=f"unknown request {kind!r}; allowed: {', '.join(KINDS)}")


async def _reset_scene(parts: Parts, client: Client) -> Reply:
    tick = parts.live.tick
    if tick is not None and tick.lease not in ("", client.id):
        return Reply(ok=False, error=f"{tick.lease_name} is driving; only the driver may reset the scene")
    return await parts.bus.call_async(WORLD, WorldRequest(kind="reset_scene"), timeout_s=SLOW_TIMEOUT_S)


async def _start_recording(parts: Parts, client: Client, request: ClientRequest) -> Reply:
    try:
        task_id = uuid.UUID(request.task)
    except ValueError:
        return Reply(ok=False, error="choose a task first; record.start needs its id in `task`")
    if not 0.0 <= request.countdown_s <= 30.0:
        return Reply(ok=False, error="countdown_s must be between 0 and 30")
    async with parts.database.transaction() as session:
        task = await get_task(session, task_id)
    episode = str(uuid.uuid4())
    reply = await parts.bus.call_async(
        RECORDER,
        RecorderRequest(
            kind="start",
            episode=episode,
            task=str(task.id),
            task_name=task.name,
            instruction=task.instruction,
            operator=client.name,
            countdown_s=request.countdown_s,
        ),
        timeout_s=SLOW_TIMEOUT_S,
    )
    return Reply(
        ok=reply.ok, error=reply.error, detail={**reply.detail, "episode": episode} if reply.ok else {}
    )


async def _end_recording(parts: Parts, kind: str) -> Reply:
    reply = await parts.bus.call_async(RECORDER, RecorderRequest(kind=kind), timeout_s=SLOW_TIMEOUT_S)
    if kind != "save" or not reply.ok:
        return reply
    late = await parts.library.add(reply.detail["episode"])
    return Reply(ok=True, detail={**reply.detail, "note": late} if late else reply.detail)
