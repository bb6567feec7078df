"""The web application: its parts, its routes, and what runs beside them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from backend.api import (
    corrections,
    datasets,
    episodes,
    errors,
    evaluation_files,
    evaluations,
    jobs,
    operator,
    playback,
    policies,
    rig,
    robot,
    rollout,
    static,
    system,
    tasks,
    training,
    video,
)
from backend.api.clients import Clients
from backend.api.dependencies import Parts
from backend.api.live import Live
from backend.api.mesh_store import MeshStore
from backend.api.priority import start_others_as_usual
from backend.api.same_origin import LOOPBACK, SameOrigin
from backend.api.schemas import Error
from backend.api.version import VERSION
from backend.catalog import ROBOTS, load
from backend.db.database import Database
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.topics import OPERATOR_FRAME
from backend.services.dataset_builder import DatasetBuilder
from backend.services.evaluation_keeper import EvaluationKeeper
from backend.services.job_keeper import JobKeeper
from backend.services.library import Library
from backend.services.policy_library import PolicyLibrary
from backend.services.rollouts import Rollouts
from backend.settings import Settings

log = structlog.get_logger()

PROBLEMS = {422: {"model": Error}, "4XX": {"model": Error}, "5XX": {"model": Error}}


def build_parts(settings: Settings) -> Parts:
    """Open everything the routes use; nothing here waits for another process or the database."""
    bus = Bus(settings.run_dir)
    database = Database(settings.database)
    live = Live(bus)
    jobs = JobKeeper(database, settings)
    spec = load(ROBOTS, settings.robot).spec
    return Parts(
        settings=settings,
        spec=spec,
        meshes=MeshStore(spec, settings.cache_dir),
        bus=bus,
        database=database,
        live=live,
        library=Library(database, settings.episodes_dir, live.open_take),
        builder=DatasetBuilder(database, settings.episodes_dir, settings.datasets_dir),
        jobs=jobs,
        policies=PolicyLibrary(database, settings.policies_dir, jobs.recovered),
        evaluations=EvaluationKeeper(database, settings),
        rollouts=Rollouts(bus, settings.run_dir),
        clients=Clients(live),
        frames=bus.publisher(OPERATOR_FRAME),
        checking=asyncio.Lock(),
    )


def _end_with(runner: asyncio.Task[None]) -> None:
    """End the process when what must run beside the routes fails: a restart beats half an app."""
    if not runner.cancelled() and (error := runner.exception()):
        log.error("the api ends because a part of it failed", part=runner.get_coro(), exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)


def create_app(settings: Settings) -> FastAPI:
    """Return the app; its parts are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        parts = build_parts(settings)
        start_others_as_usual()
        app.state.parts = parts
        heart = Heart(parts.bus, "api")
        runners = [
            asyncio.create_task(part.run())
            for part in (
                heart,
                parts.clients,
                parts.library,
                parts.builder,
                parts.jobs,
                parts.policies,
                parts.evaluations,
            )
        ]
        for runner in runners:
            runner.add_done_callback(_end_with)
        try:
            yield
        finally:
            for runner in runners:
                runner.cancel()
            await asyncio.gather(*runners, return_exceptions=True)
            for part in (heart, parts.live, parts.frames):
                part.close()
            await parts.rollouts.close()
            await parts.database.close()

    app = FastAPI(
        title="Bunraku",
        version=VERSION,
        lifespan=lifespan,
        # Its page would fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=PROBLEMS,
    )
    app.add_middleware(SameOrigin, loopback_only=settings.host in LOOPBACK)
    errors.install(app)
    for module in (
        tasks,
        episodes,
        playback,
        datasets,
        jobs,
        training,
        policies,
        corrections,
        evaluations,
        evaluation_files,
        robot,
        rollout,
        rig,
        video,
        system,
        operator,
        static,
    ):
        app.include_router(module.router)
    return app
