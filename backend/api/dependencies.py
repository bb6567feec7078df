"""What routes are given: the app's parts, and one transaction per request."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api.clients import Clients
from backend.api.live import Live
from backend.api.mesh_store import MeshStore
from backend.core.contracts.robot import RobotSpec
from backend.db.database import Database
from backend.runtime.bus import Bus, Publisher
from backend.services.dataset_builder import DatasetBuilder
from backend.services.evaluation_keeper import EvaluationKeeper
from backend.services.job_keeper import JobKeeper
from backend.services.library import Library
from backend.services.policy_library import PolicyLibrary
from backend.services.rollouts import Rollouts
from backend.settings import Settings


@dataclass
class Parts:
    """Everything that lives as long as the app."""

    settings: Settings
    spec: RobotSpec
    meshes: MeshStore
    bus: Bus
    database: Database
    live: Live
    library: Library
    builder: DatasetBuilder
    jobs: JobKeeper
    policies: PolicyLibrary
    evaluations: EvaluationKeeper
    rollouts: Rollouts
    clients: Clients
    frames: Publisher
    """Of OPERATOR_FRAME."""
    checking: asyncio.Lock
    """Held while a job that is being put together is checked: one at a time."""


def parts(connection: HTTPConnection) -> Parts:
    """Return the parts of the running app."""
    return connection.app.state.parts


async def transaction(parts: Annotated[Parts, Depends(parts)]) -> AsyncIterator[AsyncSession]:
    """One request is one transaction, committed before the response is sent."""
    async with parts.database.transaction() as session:
        yield session


AppParts = Annotated[Parts, Depends(parts)]
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
