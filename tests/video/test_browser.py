"""The real Chromium, the real TypeScript client and the real video process, over real WebRTC."""

import asyncio
import subprocess
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from playwright.async_api import Page, async_playwright

from backend.core.clock import now_ns
from backend.core.contracts.video import VideoRequest
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import VIDEO

HERE = Path(__file__).parent
FRONTEND = HERE.parent.parent / "frontend"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]


@pytest.fixture(scope="module")
def modules(tmp_path_factory) -> Path:
    """The TypeScript client, compiled."""
    out = tmp_path_factory.mktemp("client")
    compiler = FRONTEND / "node_modules/typescript/lib/tsc.js"
    assert compiler.exists(), "run `npm ci` in frontend/ first"
    sources = [FRONTEND / "src/shared/video" / f"{name}.ts" for name in ("VideoClient", "watchFrames")]
    options = ["--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022", "--strict"]
    run = ["node", str(compiler), *options, "--skipLibCheck", "--outDir", str(out), *map(str, sources)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=out)
    assert done.returncode == 0, done.stdout
    return out


def app(bus: Bus, modules: Path) -> FastAPI:
    web = FastAPI()

    @web.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse((HERE / "browser.html").read_text())

    @web.get("/now")
    async def now() -> PlainTextResponse:
        return PlainTextResponse(str(now_ns() / 1e6))

    @web.get("/{module}")
    async def module(module: str) -> Response:
        path = modules / f"{module}.js"
        if not path.exists():
            raise HTTPException(404)
        return Response(path.read_text(), media_type="text/javascript")

    @web.post("/api/video/offer")
    async def offer(request: Request) -> dict:
        body = await request.json()
        try:
            reply = await bus.call_async(VIDEO, VideoRequest(kind="offer", **body), timeout_s=3)
        except ServiceUnavailable as error:
            raise HTTPException(503, str(error)) from error
        assert reply.ok, reply.error
        return {"sdp": reply.sdp, "cameras": reply.cameras}

    return web


@pytest.fixture
async def url(bus, modules):
    server = uvicorn.Server(uvicorn.Config(app(bus, modules), host="127.0.0.1", port=0, log_level="error"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


@pytest.fixture
async def page(url):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = await browser.new_page()
        await tab.goto(url)
        yield tab
        await browser.close()


async def shown(page: Page, camera: str, count: int) -> list[dict]:
    """Wait until `count` more pictures of a camera have been shown, and return them."""
    seen = await page.evaluate("camera => window.shown?.[camera].length ?? 0", camera)
    await page.wait_for_function(
        "([camera, count]) => window.shown?.[camera].length >= count",
        arg=[camera, seen + count],
        timeout=60_000,
    )
    return await page.evaluate("([camera, seen]) => window.shown[camera].slice(seen)", [camera, seen])


async def test_chromium_shows_moving_pictures_and_knows_how_old_they_are(bus, cameras, video, page):
    for camera, size in (("head", (640, 480)), ("wrist", (320, 240))):
        frames = (await shown(page, camera, 40))[20:]
        assert {(frame["width"], frame["height"]) for frame in frames} == {size}
        assert {frame["corner"] > 128 for frame in frames} == {True, False}
        ages_ms = [frame["ageMs"] for frame in frames]
        # generous: this is about the stamp being the capture time, the benchmark is about speed
        assert all(0 < age_ms < 5000 for age_ms in ages_ms), ages_ms
    assert await page.evaluate("window.client.state.phase") == "connected"
    await page.evaluate("window.client.stats()")
    await shown(page, "head", 10)
    statistics = await page.evaluate("window.client.stats()")
    assert [entry["camera"] for entry in statistics] == ["head", "wrist"]
    assert all(entry["kbitPerS"] > 0 and entry["framesPerS"] > 0 for entry in statistics)


async def test_the_client_connects_again_when_the_peer_is_closed(bus, cameras, video, page):
    await shown(page, "head", 5)
    before = await page.evaluate("window.phases.length")
    assert (await bus.call_async(VIDEO, VideoRequest(kind="close", client="page"), timeout_s=5)).ok
    await page.wait_for_function(
        "before => window.phases.slice(before).includes('waiting')", arg=before, timeout=60_000
    )
    await shown(page, "head", 5)


async def test_the_client_connects_again_at_once_when_the_process_is_a_new_one(bus, cameras, video, page):
    await shown(page, "head", 5)
    await page.evaluate("window.client.processStarted(1)")
    assert await page.evaluate("window.client.state.phase") == "connected", "nothing is new yet"
    await page.evaluate("window.client.processStarted(2)")
    assert await page.evaluate("window.client.state.phase") == "connecting"
    await shown(page, "head", 5)


async def test_the_client_waits_for_a_video_process_that_is_not_there(bus, page):
    await page.wait_for_function("window.client?.state.phase === 'waiting'", timeout=60_000)
    assert "503" in await page.evaluate("window.client.state.problem")


async def test_a_page_that_closes_is_forgotten(bus, cameras, video, page):
    await shown(page, "head", 3)
    assert len(video._viewers._viewers) == 1
    await page.close()
    async with asyncio.timeout(20):
        while video._viewers._viewers:
            await asyncio.sleep(0.05)
