"""A database that is away costs the library, never the robot, and nothing that was recorded."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.api.client import Client
from backend.api.requests import answer_request
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.wire import ClientRequest
from backend.db.database import DatabaseUnavailable
from backend.db.migrate import main, upgrade
from backend.runtime.topics import CONTROL
from backend.settings import Settings
from backend.settings import settings as app_settings
from tests.api.house import House, browser, eventually, running
from tests.api.postgres import Cluster


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A cluster that the test may stop."""
    made = Cluster()
    yield made
    with contextlib.suppress(AssertionError):
        made.remove()


async def test_the_library_is_back_when_the_database_is(own_cluster: Cluster, tmp_path: Path, put_take):
    url = own_cluster.create("app")
    config = Settings(data_dir=tmp_path, DATABASE_URL=url, _env_file=None)
    await asyncio.to_thread(upgrade, config.database)
    async with running(config) as app, browser(app) as http:
        house = House(app, http)
        assert (await http.get("/healthz")).json() == {"status": "ok", "database": "ok"}
        own_cluster.stop()
        for method, path in (("GET", "/api/tasks"), ("GET", "/api/episodes"), ("GET", "/api/datasets")):
            reply = await http.request(method, path)
            assert (reply.status_code, reply.json()["code"]) == (503, "database_unavailable")
            assert "DATABASE_URL" in reply.json()["text"]
            assert "Driving and recording go on" in reply.json()["text"]
        assert (await http.get("/healthz")).json() == {"status": "ok", "database": "unreachable"}
        assert (await http.get("/api/robot")).status_code == 200
        assert (await http.get("/api/system")).status_code == 200

        episode = str(put_take())
        assert "not in the library yet" in await house.parts.library.add(episode)
        with pytest.raises(DatabaseUnavailable):
            await house.parts.library.scan()

        own_cluster.start()

        async def there() -> bool:
            reply = await http.get("/api/episodes")
            return reply.status_code == 200 and [row["id"] for row in reply.json()["items"]] == [episode]

        await eventually(there)


async def test_without_a_database_the_robot_is_still_commanded(tmp_path: Path):
    config = Settings(
        data_dir=tmp_path, DATABASE_URL="postgresql://ann:secret@127.0.0.1:1/none", _env_file=None
    )
    async with running(config) as app, browser(app) as http:
        parts = app.state.parts
        client = Client(socket=None, client_id="ann", name="Ann")
        server = parts.bus.serve_async(CONTROL)

        async def answer(request: ControlRequest) -> Reply:
            return Reply(ok=True, detail={"did": request.kind})

        serving = asyncio.create_task(server.serve(answer, lambda why: Reply(ok=False, error=why)))
        stop = await answer_request(parts, client, ClientRequest(id=1, kind="stop"))
        assert (stop.ok, stop.detail) == (True, {"did": "stop"})
        start = ClientRequest(id=2, kind="record.start", task="11111111-1111-4111-8111-111111111111")
        refused = await answer_request(parts, client, start)
        assert refused.ok is False
        assert "cannot be used" in refused.error
        assert "secret" not in refused.error
        text = (await http.get("/api/tasks")).json()["text"]
        assert "secret" not in text
        serving.cancel()
        server.close()


def test_a_migration_without_a_database_says_which(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:secret@127.0.0.1:1/none")
    app_settings.cache_clear()
    try:
        with pytest.raises(SystemExit, match=r"ann:\*\*\*@127.0.0.1:1/none cannot be used"):
            main()
    finally:
        app_settings.cache_clear()
