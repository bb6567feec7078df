"""/api/rollout: let a policy drive, under the eyes of whoever has control."""

from pathlib import Path

from fastapi import APIRouter

from backend.api import rollout_schemas as schemas
from backend.api.dependencies import AppParts, Parts, Transaction
from backend.core.contracts.record import to_json
from backend.core.contracts.rollout import RolloutRequest, RolloutStatus
from backend.core.contracts.tick import Mode, TickRecord
from backend.services.errors import DomainError
from backend.services.policies import get_policy

router = APIRouter(prefix="/api/rollout", tags=["rollout"])


@router.get("", operation_id="getRollout")
async def get_rollout(parts: AppParts) -> schemas.Rollout:
    """Return phase, buffer, latency, smoothness and the actions ahead."""
    status = parts.rollouts.status()
    if status is None:
        reason = "The rollout process is away; it is started again by itself."
        status = RolloutStatus(t_ns=0, phase="away", reason=reason)
    return schemas.Rollout.model_validate_json(_without_time(status))


@router.post("/start", operation_id="startRollout", status_code=202)
async def start_rollout(session: Transaction, parts: AppParts, body: schemas.RolloutIn) -> None:
    """Load or connect to a policy; it drives as soon as its first actions are there."""
    folder, name = None, ""
    if body.policy_id is not None:
        policy = await get_policy(session, body.policy_id)
        folder = parts.settings.policies_dir / policy.folder
        name = policy.full_name
    await start_as(parts, name, folder, body)


async def start_as(parts: Parts, name: str, folder: Path | None, body: schemas.RolloutIn) -> None:
    """Let the files of a policy drive under a name, which recordings will have; DomainError 409, 503."""
    tick = _supervised(parts, body.client)
    if tick.mode is not Mode.READY:
        raise DomainError(409, "not_ready", f"the robot is {tick.mode}; arm it, and let go of the deadman")
    request = RolloutRequest(
        kind="start",
        driver=body.client,
        name=name,
        **body.model_dump(include={"url", "token", "dialect", "task", "merge", "s_min", "hand_back"}),
    )
    await parts.rollouts.start(request, folder)


@router.post("/pause", operation_id="pauseRollout", status_code=204)
async def pause_rollout(parts: AppParts, body: schemas.RolloutClient) -> None:
    """Let the policy wait; the robot stands."""
    await _ask(parts, body.client, "pause")


@router.post("/resume", operation_id="resumeRollout", status_code=204)
async def resume_rollout(parts: AppParts, body: schemas.RolloutClient) -> None:
    """Let the policy drive again, from what it sees then."""
    await _ask(parts, body.client, "resume")


@router.post("/stop", operation_id="stopRollout", status_code=204)
async def stop_rollout(parts: AppParts) -> None:
    """End the rollout; anybody may."""
    await parts.rollouts.ask("stop", "Somebody")


async def _ask(parts: Parts, client: str, kind: str) -> None:
    tick = _supervised(parts, client)
    await parts.rollouts.ask(kind, tick.lease_name)


def _supervised(parts: Parts, client: str) -> TickRecord:
    """Return the newest tick; raises DomainError unless `client` has control."""
    parts.live.refresh()
    tick = parts.live.tick
    if tick is None:
        raise DomainError(503, "control_away", "control is not running; it is started again by itself")
    if tick.lease != client:
        holder = f"{tick.lease_name} has it" if tick.lease else "nobody has it"
        raise DomainError(409, "not_in_control", f"only who has control may do this; {holder}")
    return tick


def _without_time(status: RolloutStatus) -> bytes:
    fields = {name: getattr(status, name) for name in status.__struct_fields__ if name != "t_ns"}
    return to_json(fields)
