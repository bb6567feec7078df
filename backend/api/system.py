"""/api/system and /healthz: what runs, and where things are."""

import shutil

from fastapi import APIRouter
from sqlalchemy import text

from backend.api import schemas
from backend.api.dependencies import AppParts
from backend.api.version import VERSION
from backend.core import clock
from backend.core.contracts.wire import PROTOCOL
from backend.db.database import DatabaseUnavailable

router = APIRouter(tags=["system"])

ALIVE_S = 1.0


@router.get("/api/system", operation_id="getSystem")
async def get_system(parts: AppParts) -> schemas.System:
    """Return versions, processes and places."""
    now_ns = clock.now_ns()
    ages = [(beat, (now_ns - beat.t_ns) * 1e-9) for beat in parts.live.heartbeats]
    return schemas.System(
        version=VERSION,
        protocol=PROTOCOL,
        robot=parts.settings.robot,
        scene=parts.settings.scene,
        ice_servers=parts.settings.ice_servers,
        data_dir=str(parts.settings.data_dir.resolve()),
        disk_free_bytes=shutil.disk_usage(parts.settings.data_dir).free,
        database=parts.database.url.get_backend_name(),
        processes=[
            schemas.Process(
                name=beat.process, pid=beat.pid, state=beat.state, alive=age_s < ALIVE_S, age_s=age_s
            )
            for beat, age_s in ages
        ],
    )


@router.get("/healthz", operation_id="getHealth")
async def get_health(parts: AppParts) -> schemas.Health:
    """Answer that the api lives; a lost database does not make it unhealthy."""
    try:
        async with parts.database.transaction() as session:
            await session.execute(text("SELECT 1"))
    except DatabaseUnavailable:
        return schemas.Health(status="ok", database="unreachable")
    return schemas.Health(status="ok", database="ok")
