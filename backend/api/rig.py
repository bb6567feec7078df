"""/api/rig: assign, calibrate and use what the operator wears. Its live state is in the telemetry."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from backend import catalog
from backend.api import rig_schemas as schemas
from backend.api.dependencies import AppParts, Parts
from backend.core.contracts.rig import RigRequest, Role
from backend.core.hands.human import ANGLES
from backend.runtime.hand_calibrations import HandCalibrations
from backend.runtime.rig_store import RigStore
from backend.runtime.topics import RIG
from backend.services.errors import DomainError
from backend.settings import Settings

router = APIRouter(prefix="/api/rig", tags=["rig"])

TIMEOUT_S = 2.0


@router.get("", operation_id="getRig")
async def get_rig(parts: AppParts) -> schemas.RigSetup:
    """Return what the rig is made of, and where its devices connect."""
    settings = parts.settings
    return schemas.RigSetup(
        devices=list(settings.rig_devices),
        available=sorted(catalog.RIG_DEVICES),
        headset_address=f"{settings.pico_host}:{settings.pico_port}",
        gloves_address=settings.manus_address,
        angles=list(ANGLES),
    )


@router.get("/operator", operation_id="getRigOperator")
async def get_operator(
    parts: AppParts, name: Annotated[str, Query(min_length=1, max_length=60)]
) -> schemas.KeptOperator:
    """Return what is kept of a person: measures, checked directions, gloves."""
    return await asyncio.to_thread(_kept, parts.settings, name)


@router.post("/use", operation_id="useRig")
async def use_rig(parts: AppParts, body: schemas.RigClient) -> schemas.RigAnswer:
    """Let the body of whoever has control move the robot while their deadman is held."""
    return await _ask(parts, body.client, "use")


@router.post("/leave", operation_id="leaveRig")
async def leave_rig(parts: AppParts, body: schemas.RigClient) -> schemas.RigAnswer:
    """Switch the rig off."""
    return await _ask(parts, body.client, "leave")


@router.post("/roles/{role}/find", operation_id="findTracker")
async def find_tracker(parts: AppParts, role: Role, body: schemas.RigClient) -> schemas.RigAnswer:
    """Watch for the tracker that is moved, and wear it at `role`."""
    return await _ask(parts, body.client, "roles.find", role=role)


@router.put("/roles/{role}", operation_id="assignTracker")
async def assign_tracker(parts: AppParts, role: Role, body: schemas.RoleIn) -> schemas.RigAnswer:
    """Wear a tracker at `role` by its serial number."""
    return await _ask(parts, body.client, "roles.assign", role=role, serial=body.serial)


@router.delete("/roles/{role}", operation_id="clearRole")
async def clear_role(
    parts: AppParts, role: Role, client: Annotated[str, Query(min_length=1, max_length=64)]
) -> schemas.RigAnswer:
    """Wear nothing at `role`."""
    return await _ask(parts, client, "roles.clear", role=role)


@router.post("/mirrored", operation_id="setMirrored")
async def set_mirrored(parts: AppParts, body: schemas.MirroredIn) -> schemas.RigAnswer:
    """Take the trackers' axes for left-handed, or not; the neutral pose ends with it."""
    return await _ask(parts, body.client, "mirrored", value=float(body.mirrored))


@router.post("/neutral", operation_id="takeNeutralPose")
async def take_neutral_pose(parts: AppParts, body: schemas.NeutralIn) -> schemas.RigAnswer:
    """Begin the neutral pose of whoever asks."""
    return await _ask(parts, body.client, "calibrate.neutral", value=body.stature_m or 0.0)


@router.post("/checks/{motion}", operation_id="checkDirection")
async def check_direction(
    parts: AppParts, motion: schemas.Motion, body: schemas.RigClient
) -> schemas.RigAnswer:
    """Begin to watch a known motion, which shows whether the axes are what they are taken for."""
    return await _ask(parts, body.client, f"calibrate.{motion}")


@router.post("/hands/{side}", operation_id="calibrateHand")
async def calibrate_hand(parts: AppParts, side: schemas.Side, body: schemas.RigClient) -> schemas.RigAnswer:
    """Begin to calibrate the glove of one side for whoever asks."""
    return await _ask(parts, body.client, "hands.calibrate", side=side)


@router.post("/hands/step/take", operation_id="takeHandStep")
async def take_hand_step(parts: AppParts, body: schemas.RigClient) -> schemas.RigAnswer:
    """Take the pose that the hand holds now; the last one stores the calibration."""
    return await _ask(parts, body.client, "hands.take")


@router.post("/hands/step/cancel", operation_id="cancelHand")
async def cancel_hand(parts: AppParts, body: schemas.RigClient) -> schemas.RigAnswer:
    """Give up the calibration of a glove; what was kept before still holds."""
    return await _ask(parts, body.client, "hands.cancel")


async def _ask(parts: Parts, client: str, kind: str, **fields: str | float) -> schemas.RigAnswer:
    """Ask the rig process; raises DomainError with its words, ServiceUnavailable when it is away."""
    if not parts.settings.rig_devices:
        allowed = ", ".join(sorted(catalog.RIG_DEVICES))
        raise DomainError(409, "no_rig", f"there is no rig; start with BUNRAKU_RIG, allowed: {allowed}")
    name = parts.clients.name(client)
    if name is None:
        raise DomainError(409, "not_connected", f"no page with the id {client!r} is connected; reload it")
    reply = await parts.bus.call_async(
        RIG, RigRequest(kind=kind, driver=client, name=name, **fields), timeout_s=TIMEOUT_S
    )
    if not reply.ok:
        raise DomainError(409, "refused", reply.error)
    task = reply.detail.get("task")
    return schemas.RigAnswer(text=reply.detail.get("text", ""), task=None if task is None else int(task))


def _kept(settings: Settings, name: str) -> schemas.KeptOperator:
    operator = RigStore(settings.rig_dir).operator(name)
    hands = HandCalibrations(settings.hands_dir).load(name)
    return schemas.KeptOperator(
        name=name,
        measured_at=None if operator is None else _time(operator.taken_wall_ns),
        head_m=None if operator is None else operator.head_m,
        waist_m=None if operator is None else operator.waist_m,
        arm_m=None if operator is None else operator.arm_m,
        checks={} if operator is None else operator.checks,
        hands=[schemas.KeptHand(side=hand.side, made_at=_time(hand.wall_ns)) for hand in hands.values()],
    )


def _time(wall_ns: int) -> datetime:
    return datetime.fromtimestamp(wall_ns * 1e-9, UTC)
