"""The edges of the web side: foreign pages, static files, addresses and ports, and what the system says."""

import socket
import threading
from pathlib import Path

import pytest

from backend.api import static
from backend.api.process import check_host, listen
from backend.settings import Settings
from tests.api.house import House, eventually


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null"])
async def test_a_foreign_page_may_change_nothing(sqlite_house: House, origin: str):
    body = {"name": "Lift", "instruction": "lift"}
    reply = await sqlite_house.http.post("/api/tasks", json=body, headers={"origin": origin})
    assert (reply.status_code, reply.json()["code"]) == (403, "foreign_origin")
    assert (await sqlite_house.http.get("/api/tasks")).json() == []
    own = {"origin": "http://127.0.0.1:8000"}
    assert (await sqlite_house.http.post("/api/tasks", json=body, headers=own)).status_code == 201


async def test_a_name_made_to_resolve_to_loopback_reads_nothing(sqlite_house: House):
    for host in ("evil.example", "evil.example:8000", ""):
        reply = await sqlite_house.http.get("/api/tasks", headers={"host": host})
        assert reply.status_code == 403, host
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert (await sqlite_house.http.get("/api/tasks", headers={"host": host})).status_code == 200, host


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>index</p>")
    (folder / "assets" / "app-1f2e.js").write_text("run()")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(static, "DIST", folder)
    return folder


async def test_pages_of_the_app_are_its_index_and_assets_are_kept(sqlite_house: House, dist: Path):
    for path in ("/", "/episodes", "/episodes/123"):
        page = await sqlite_house.http.get(path)
        assert (page.text, page.headers["cache-control"]) == ("<p>index</p>", "no-cache"), path
    asset = await sqlite_house.http.get("/assets/app-1f2e.js")
    assert "immutable" in asset.headers["cache-control"]
    for path in ("/assets/old-0000.js", "/api/nothing"):
        missing = await sqlite_house.http.get(path)
        assert (missing.status_code, missing.json()["code"]) == (404, "no_route"), path


@pytest.mark.parametrize("path", ["../secret.txt", "pages/../../secret.txt", "/etc/passwd"])
def test_nothing_outside_the_built_frontend_is_served(dist: Path, path: str):
    assert Path(static.page(dist, path).path) == dist / "index.html"


async def test_without_a_built_frontend_the_page_says_what_to_do(
    sqlite_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(static, "DIST", tmp_path / "nothing")
    reply = await sqlite_house.http.get("/")
    assert reply.status_code == 503
    assert "make run" in reply.json()["text"]


async def test_the_system_names_its_processes(sqlite_house: House):
    async def alive() -> bool:
        processes = (await sqlite_house.http.get("/api/system")).json()["processes"]
        return [(entry["name"], entry["alive"]) for entry in processes] == [("api", True)]

    await eventually(alive)
    system = (await sqlite_house.http.get("/api/system")).json()
    assert (system["protocol"], system["database"], system["robot"]) == (1, "sqlite", "sim_g1")
    assert system["disk_free_bytes"] > 0


async def test_video_needs_an_open_connection(sqlite_house: House):
    body = {"client": "nobody", "sdp": "v=0", "cameras": ["head"]}
    reply = await sqlite_house.http.post("/api/video/offer", json=body)
    assert (reply.status_code, reply.json()["code"]) == (409, "no_client")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "robot.local", "::"])
def test_other_machines_are_not_served_by_accident(host: str):
    with pytest.raises(SystemExit, match="BUNRAKU_ALLOW_REMOTE=1"):
        check_host(Settings(host=host, _env_file=None))
    check_host(Settings(host=host, allow_remote=True, _env_file=None))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_is_served(host: str):
    check_host(Settings(host=host, _env_file=None))


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"port {port} is in use.*BUNRAKU_PORT"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_named():
    with pytest.raises(SystemExit, match=r"cannot listen on 192\.0\.2\.1:8123.*BUNRAKU_HOST"):
        listen("192.0.2.1", 8123)


def test_a_free_port_answers():
    with listen("127.0.0.1", 0) as server:
        client = threading.Thread(target=socket.create_connection, args=(server.getsockname(),))
        client.start()
        server.accept()[0].close()
        client.join()
