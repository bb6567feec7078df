"""The cockpit as a person uses it: a real Chromium, real keys, real pictures."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Page, TimeoutError, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
]  # fmt: skip

TRIES = 10
"""Where the page stutters, the watchdog lets go, and a person presses again."""

# What a person would see on the canvas of a camera: its pixels, small.
PIXELS = """
(camera) => {
  const video = document.querySelector(`[data-camera="${camera}"] video`);
  if (!video || !video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = 32; canvas.height = 24;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 32, 24);
  return [...context.getImageData(0, 0, 32, 24).data];
}
"""


class Cockpit:
    """One open page."""

    def __init__(self, page: Page, url: str) -> None:
        """Open `url` in `page`; complaints of the page are collected in `errors`."""
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(url)

    def press(self, name: str) -> None:
        """Press a button by its visible name, once it can be pressed."""
        self.page.get_by_role("button", name=name, exact=False).first.click(timeout=30_000)

    def mode(self) -> str:
        """Return the status word on the page."""
        return self.page.get_by_role("status").first.inner_text()

    def arm(self) -> None:
        """Be in control with the robot armed, also where a page that stood still for too long lost both."""
        for _ in range(TRIES):
            take = self.page.get_by_role("button", name="Take control", disabled=False)
            if take.is_visible():
                take.click(timeout=30_000)
            with contextlib.suppress(TimeoutError):
                if self.mode() == "STOPPED":
                    self.page.get_by_role("button", name="Arm", disabled=False).click(timeout=10_000)
                return self.wait_mode("READY", 10.0)
        raise AssertionError(f"the robot is never armed; the page says {self.words()}")

    @contextlib.contextmanager
    def driving(self, *keys: str) -> Iterator[None]:
        """Hold keys of the keyboard down, and go on once the robot follows them."""
        for _ in range(TRIES):
            self.arm()
            with self.holding(*keys):
                try:
                    self.wait_mode("ACTIVE", 10.0)
                except TimeoutError:
                    continue
                yield
                return
        raise AssertionError(f"the robot never follows {keys}; the page says {self.words()}")

    def words(self) -> str:
        """Return what the page says to whoever drives."""
        return " / ".join(self.page.get_by_role("status").all_inner_texts())

    def wait_mode(self, mode: str, timeout_s: float = 30.0) -> None:
        """Wait until the status word is `mode`."""
        self.page.wait_for_function(
            "(mode) => document.querySelector('[role=status]')?.textContent === mode",
            arg=mode,
            timeout=timeout_s * 1000,
        )

    def pixels(self, camera: str) -> list[int] | None:
        """Return a small copy of the camera's picture as the page shows it, or None before the first."""
        return self.page.evaluate(PIXELS, camera)

    def frames(self, camera: str) -> int:
        """Return how many frames of a camera the page has shown."""
        return self.page.evaluate(
            "(camera) => document.querySelector(`[data-camera='${camera}'] video`)"
            "?.getVideoPlaybackQuality().totalVideoFrames ?? 0",
            camera,
        )

    def poll(self, look: Callable[[], Any], timeout_s: float) -> Any:
        """Return the first truthy value of `look`; raises TimeoutError."""
        for _ in range(int(timeout_s * 10)):
            if value := look():
                return value
            self.page.wait_for_timeout(100)
        raise TimeoutError(f"not within {timeout_s:g} s; the page says {self.mode()!r}")

    @contextlib.contextmanager
    def holding(self, *keys: str) -> Iterator[None]:
        """Hold keys of the keyboard down."""
        for key in keys:
            self.page.keyboard.down(key)
        try:
            yield
        finally:
            for key in reversed(keys):
                self.page.keyboard.up(key)


@contextlib.contextmanager
def open_cockpit(url: str) -> Iterator[Cockpit]:
    """Open the cockpit in a fresh Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield Cockpit(browser.new_page(viewport={"width": 1440, "height": 900}), url)
        finally:
            browser.close()
