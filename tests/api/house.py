"""The real app in this process, and a way to ask it over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from backend.api.app import create_app
from backend.api.dependencies import Parts
from backend.settings import Settings


@asynccontextmanager
async def running(config: Settings) -> AsyncIterator[FastAPI]:
    """Run the app's lifespan."""
    app = create_app(config)
    async with app.router.lifespan_context(app):
        yield app


def browser(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@dataclass(frozen=True)
class House:
    """The running app and a way to ask it."""

    app: FastAPI
    http: httpx.AsyncClient

    @property
    def parts(self) -> Parts:
        return self.app.state.parts


async def eventually(condition: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Wait until `condition()`, which may be async, is true."""
    async with asyncio.timeout(timeout_s):
        while True:
            result = condition()
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return
            await asyncio.sleep(0.02)
