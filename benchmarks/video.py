"""How old is the picture the operator sees: our video against stock aiortc and JPEG, in a real Chromium.

`python -m benchmarks.video [--quick]`; the quick run measures 5 s per way instead of 20. Three 640x480
cameras at 30 Hz; the capture time is drawn into every picture and read back from what the browser shows.
`shown` is capture to the page's callback for that picture on its way to the screen, which includes the wait
for the screen's 60 Hz; `ready` is capture to the picture being decoded. Not included: a real camera's
exposure and transfer, and the screen itself. The limited link is emulated between network namespaces.
Encoders and a browser without a GPU need both cores of a small machine: run it while nothing else does.
"""

import argparse
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
from playwright.async_api import Page, async_playwright

from backend.core.clock import now_ns
from backend.settings import settings
from benchmarks import netlink
from benchmarks.report import report
from benchmarks.video_quality import h264_psnr_db, jpeg_psnr_db
from benchmarks.video_server import JPEG_QUALITY
from benchmarks.video_source import CAMERAS, CODE_UNIT_NS, FPS

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
WARM_UP_S = 1.5
LIMITED = {"mbit_s": 10.0, "round_trip_ms": 30.0, "loss": 0.01}
SERVER_PROCESSES = {
    "bunraku": [["benchmarks.video_server", "bunraku"], ["backend.video.process"]],
    "aiortc": [["benchmarks.video_server", "aiortc"]],
    "jpeg": [["benchmarks.video_server", "jpeg"]],
}


@contextlib.contextmanager
def process(command: list[str], environment: dict[str, str]) -> Iterator[psutil.Process]:
    """Run a program for the duration of a with-block."""
    running = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        yield psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(10)


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_s(processes: list[psutil.Process]) -> float:
    """Return the CPU time [s] of processes and their children."""
    tree = [child for root in processes for child in (root, *root.children(recursive=True))]
    return sum(sum(member.cpu_times()[:2]) for member in tree)


async def clock_offset_ms(page: Page) -> float:
    """Return the server's monotonic time minus the page's performance.now() [ms], the best of 100 tries."""
    best = (np.inf, 0.0)
    for _ in range(100):
        before_ms = now_ns() / 1e6
        page_ms = await page.evaluate("performance.now()")
        after_ms = now_ns() / 1e6
        best = min(best, (after_ms - before_ms, (before_ms + after_ms) / 2 - page_ms))
    return best[1]


async def open_page(page: Page, url: str) -> None:
    """Load the page as soon as its server listens."""
    for _ in range(200):
        try:
            await page.goto(url)
            return
        except Exception:
            # The server is still starting.
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} did not answer in 20 s")


def ages_ms(samples: list[list[float]], column: int, offset_ms: float) -> np.ndarray:
    """Return the ages of shown pictures [ms] at the moment in `column` of the page's samples."""
    drawn = np.array([sample[1] for sample in samples])
    moment = (np.array([sample[column] for sample in samples]) + offset_ms) * 1e6 / CODE_UNIT_NS
    return ((moment - drawn + 2**31) % 2**32 - 2**31) * CODE_UNIT_NS / 1e6


async def measure(page: Page, how: str, url: str, seconds: float, servers: list[psutil.Process]) -> dict:
    """Show the cameras one way for some seconds; return a row of the table."""
    await open_page(page, url)
    offset_ms = await clock_offset_ms(page)
    if how == "jpeg":
        for camera in CAMERAS:
            await page.evaluate("camera => startJpeg(camera)", camera)
    else:
        await page.evaluate("cameras => startWebRTC(cameras)", len(CAMERAS))
    await page.wait_for_function("samples.length > 0", timeout=30_000)
    await asyncio.sleep(WARM_UP_S)
    cpu_before_s, started_s = cpu_s(servers), time.monotonic()
    result = await page.evaluate("seconds => measure(seconds)", seconds)
    cpu = (cpu_s(servers) - cpu_before_s) / (time.monotonic() - started_s)
    if len(result["samples"]) < seconds * FPS * len(CAMERAS) / 10 and how == "bunraku":
        raise RuntimeError(f"only {len(result['samples'])} pictures were shown; nothing was measured")
    shown = ages_ms(result["samples"], 3, offset_ms)
    ready = ages_ms(result["samples"], 2, offset_ms)
    return {
        "way": how,
        "fps": len(shown) / result["elapsed_s"] / len(CAMERAS),
        "shown_p50_ms": float(np.percentile(shown, 50)),
        "shown_p95_ms": float(np.percentile(shown, 95)),
        "shown_p99_ms": float(np.percentile(shown, 99)),
        "ready_p95_ms": float(np.percentile(ready, 95)),
        "mbit_s": result["bytes"] * 8 / 1e6 / result["elapsed_s"],
        "server_cpu_percent": 100 * cpu,
        "unreadable": result["unreadable"],
        "lost": result["lost"],
        "nacks": result["nacks"],
        "plis": result["plis"],
    }


async def run(how: str, seconds: float, link: netlink.Link | None) -> dict:
    """Start cameras, servers and browser for one way, and measure."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bunraku-video-")))
        environment = {"BUNRAKU_DATA_DIR": str(folder), "BUNRAKU_WRIST_CAMERAS": "640x480@30"}
        host, port = (netlink.ADDRESSES[0] if link else "127.0.0.1"), free_port()
        source = [sys.executable, "-m", "benchmarks.video_source", str(folder / "run")]
        stack.enter_context(process(source, environment))
        servers = []
        for module, *arguments in SERVER_PROCESSES[how]:
            command = [sys.executable, "-m", module]
            if arguments:
                command += [*arguments, str(folder / "run"), host, str(port)]
            if link:
                command = netlink.inside(link.namespaces[0], command)
            servers.append(stack.enter_context(process(command, environment)))
        chromium = CHROMIUM
        if link:
            chromium = str(folder / "chromium")
            Path(chromium).write_text(
                f'#!/bin/sh\nexec {" ".join(netlink.inside(link.namespaces[1], [CHROMIUM]))} "$@"\n'
            )
            Path(chromium).chmod(0o755)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            row = await measure(await browser.new_page(), how, f"http://{host}:{port}/", seconds, servers)
            await browser.close()
    return {"link": "limited" if link else "clean", **row}


async def main() -> None:
    """Measure every way and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 s per way, under 50 s in all")
    quick = parser.parse_args().quick
    seconds = 5.0 if quick else 20.0
    rows = {how: await run(how, seconds, None) for how in SERVER_PROCESSES}
    rows["bunraku"]["psnr_db"] = h264_psnr_db(settings().video_mbit_s * 1e6)
    rows["jpeg"]["psnr_db"] = jpeg_psnr_db(JPEG_QUALITY)
    obstacle = netlink.available()
    if obstacle:
        print(f"the limited link is not measured: {obstacle}", file=sys.stderr)
    else:
        for how in ["bunraku"] if quick else list(SERVER_PROCESSES):
            with netlink.Link(**LIMITED) as link:
                rows[f"{how} limited"] = await run(how, seconds, link)
    ours = rows["bunraku"]
    report(
        "video",
        list(rows.values()),
        p95_ms=ours["shown_p95_ms"],
        ratio_to_stock_aiortc_p95=ours["shown_p95_ms"] / rows["aiortc"]["shown_p95_ms"],
        bandwidth_ratio_to_jpeg=ours["mbit_s"] / rows["jpeg"]["mbit_s"],
        p95_ms_bad_link=None if obstacle else rows["bunraku limited"]["shown_p95_ms"],
        seconds_per_way=seconds,
        quick=quick,
    )


if __name__ == "__main__":
    asyncio.run(main())
