"""The app with its keeper of jobs in this process, and what tests ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.settings import Settings
from tests.api.house import House, browser, eventually, running


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    async with running(settings) as app, browser(app) as http:
        yield House(app, http)


async def ask(house: House, name: str = "count", **params: object) -> str:
    reply = await house.http.post("/api/jobs", json={"kind": "count", "name": name, "params": params})
    assert reply.status_code == 202, reply.text
    return reply.json()["id"]


async def job(house: House, job_id: str) -> dict:
    return (await house.http.get(f"/api/jobs/{job_id}")).json()


async def until(house: House, job_id: str, *states: str) -> dict:
    found: dict = {}

    async def reached() -> bool:
        found.update(await job(house, job_id))
        return found["state"] in states

    await eventually(reached, timeout_s=600)
    return found


async def act(house: House, job_id: str, what: str) -> dict:
    reply = await house.http.post(f"/api/jobs/{job_id}/{what}", json={})
    assert reply.status_code in (200, 202), reply.text
    return reply.json()
