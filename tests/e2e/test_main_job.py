"""The main job: drive, see, record, review, in a real browser against the whole running app."""

import math
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest

from backend.core.contracts.tick import Mode
from backend.recording.export.export import MAX_AGE_S
from backend.recording.tables import load_tables
from tests.e2e.cockpit import TRIES, Cockpit, open_cockpit
from tests.support.app import App, running_app
from tests.support.operator import Operator

# Small pictures: the job is the same, and the machine that runs the tests may have two cores and no GPU.
CAMERAS = {"BUNRAKU_HEAD_CAMERA": "320x240@15", "BUNRAKU_WRIST_CAMERAS": "160x120@10"}

CAMERA_NAMES = ("head", "left_wrist", "right_wrist")


@pytest.fixture(scope="module")
def app():
    with running_app(**CAMERAS) as running:
        yield running


@pytest.fixture(scope="module")
def task(app: App) -> dict:
    reply = httpx.post(
        f"{app.url}/api/tasks",
        json={
            "name": "Reach and walk",
            "instruction": "Reach up, then walk away.",
            "goal": 3,
        },
    )
    assert reply.status_code == 201, reply.text
    return reply.json()


@pytest.fixture(scope="module")
def watcher(app: App):
    """A second, passive connection: what the robot really does, independent of the page."""
    with Operator(app.url, "Watcher") as operator:
        operator.wait(lambda: operator.tick is not None and operator.tick.state is not None, 60.0)
        yield operator


@pytest.fixture(scope="module")
def cockpit(app: App, task: dict):
    with open_cockpit(app.url) as page:
        yield page


def _is_lit(pixels: list[int] | None) -> bool:
    return pixels is not None and np.asarray(pixels).reshape(-1, 4)[:, :3].max() > 60


def _wrist(watcher: Operator) -> np.ndarray:
    return np.asarray(watcher.tick.command.action)


def _base(watcher: Operator) -> np.ndarray:
    return np.asarray(watcher.tick.state.T_world_pelvis[:2])


def _drive_until(
    done: Callable[[], bool], timeout_s: float, cockpit: Cockpit, watcher: Operator, *keys: str
) -> None:
    for _ in range(TRIES):
        with cockpit.driving(*keys):
            watcher.wait(lambda: done() or watcher.tick.mode != Mode.ACTIVE, timeout_s)
        if done():
            return
    raise AssertionError(f"not done after {TRIES} tries; the robot says {watcher.tick.reason!r}")


def _longest_silence(app: App) -> float:
    """Return for how long any camera said nothing in the only episode [s]."""
    (episode,) = httpx.get(f"{app.url}/api/episodes").json()["items"]
    folder = Path(httpx.get(f"{app.url}/api/episodes/{episode['id']}").json()["folder"])
    frames = load_tables(folder / "samples.mcap").frames
    return max(np.diff(camera.t_ns).max() for camera in frames.values()) / 1e9


@pytest.mark.timeout(600)
class TestMainJob:
    """One story; each test is a chapter and stands on the one before."""

    def test_the_page_shows_moving_pictures_of_every_camera(self, cockpit: Cockpit):
        for camera in CAMERA_NAMES:
            cockpit.poll(lambda camera=camera: _is_lit(cockpit.pixels(camera)), 90.0)
            shown = cockpit.frames(camera)
            cockpit.poll(lambda camera=camera, shown=shown: cockpit.frames(camera) > shown + 5, 30.0)
        assert cockpit.errors == []

    def test_it_starts_stopped_and_says_what_to_do(self, cockpit: Cockpit):
        cockpit.wait_mode("STOPPED")
        assert cockpit.page.get_by_text("Nobody has control").is_visible()

    def test_a_person_takes_control_and_arms(self, cockpit: Cockpit):
        cockpit.press("Take control")
        cockpit.page.get_by_text("You have control").wait_for(timeout=10_000)
        cockpit.press("Arm")
        cockpit.wait_mode("READY")

    def test_a_second_operator_is_told_who_drives(self, watcher: Operator, cockpit: Cockpit):
        reply = watcher.request("lease.take")
        assert not reply.ok
        assert "Operator" in reply.error

    def test_nothing_moves_without_the_deadman(self, cockpit: Cockpit, watcher: Operator):
        cockpit.arm()
        before = _wrist(watcher)
        with cockpit.holding("KeyI"):
            cockpit.page.wait_for_timeout(800)
        np.testing.assert_allclose(_wrist(watcher)[:28], before[:28], atol=0.02)
        assert watcher.tick.mode == Mode.READY

    def test_the_record_button_starts_a_take(self, cockpit: Cockpit, task: dict, app: App):
        cockpit.page.get_by_role("combobox", name="Task").or_(cockpit.page.get_by_label("Task")).first.click()
        cockpit.page.get_by_role("option", name=task["name"]).click()
        cockpit.press("Record")
        cockpit.page.locator('[data-phase="recording"]').wait_for(timeout=30_000)

    def test_keys_move_a_wrist_and_the_picture_follows(self, cockpit: Cockpit, watcher: Operator):
        before, seen = _wrist(watcher), cockpit.pixels("right_wrist")
        cockpit.page.locator("body").click(position={"x": 5, "y": 5})
        cockpit.page.keyboard.press("Digit2")

        def moved() -> bool:
            return np.abs(_wrist(watcher)[:28] - before[:28]).max() > 0.4

        _drive_until(moved, 30.0, cockpit, watcher, "ShiftLeft", "KeyO")
        cockpit.wait_mode("READY")
        assert watcher.tick.driver == ""

        def changed() -> bool:
            now = cockpit.pixels("right_wrist")
            return now is not None and np.abs(np.subtract(now, seen)).mean() > 2

        cockpit.poll(changed, 20.0)

    def test_keys_walk_the_robot_a_metre(self, cockpit: Cockpit, watcher: Operator):
        start = _base(watcher)

        def walked() -> bool:
            return math.dist(_base(watcher), start) > 1.0

        _drive_until(walked, 60.0, cockpit, watcher, "ShiftLeft", "KeyS")
        assert watcher.tick.state.locomotion != "fallen"

    def test_losing_the_focus_lets_go(self, cockpit: Cockpit, watcher: Operator):
        with cockpit.driving("ShiftLeft", "KeyA"):
            cockpit.page.evaluate("window.dispatchEvent(new Event('blur'))")
            watcher.wait(lambda: watcher.tick.mode == Mode.READY, 5.0)
            cockpit.page.evaluate("window.dispatchEvent(new Event('focus'))")

    def test_escape_stops_while_driving(self, cockpit: Cockpit, watcher: Operator):
        with cockpit.driving("ShiftLeft", "KeyA"):
            cockpit.page.keyboard.press("Escape")
            watcher.wait(lambda: watcher.tick.mode == Mode.STOPPED, 5.0)

    def test_the_take_is_saved_and_is_in_the_library(self, cockpit: Cockpit, app: App, task: dict):
        cockpit.page.get_by_label("Recording").get_by_role("button", name="Stop").click()
        cockpit.page.locator('[data-phase="review"]').wait_for(timeout=30_000)
        cockpit.press("Save")
        cockpit.page.locator('[data-phase="idle"]').wait_for(timeout=30_000)
        library = httpx.get(f"{app.url}/api/episodes").json()
        assert library["total"] == 1
        (episode,) = library["items"]
        assert episode["task"]["name"] == task["name"]
        assert episode["length_s"] > 3
        assert {camera["name"] for camera in episode["cameras"]} == set(CAMERA_NAMES)
        assert all(camera["frames"] > 10 for camera in episode["cameras"])

    def test_escape_stops_whoever_drives_from_any_page(self, cockpit: Cockpit, watcher: Operator):
        cockpit.page.get_by_role("link", name="Episodes").click()
        watcher.wait(lambda: watcher.tick.lease == "", 10.0)
        watcher.take_and_arm()
        watcher.drive()
        watcher.wait(lambda: watcher.tick.mode == Mode.ACTIVE, 5.0)
        cockpit.page.keyboard.press("Escape")
        watcher.wait(lambda: watcher.tick.mode == Mode.STOPPED, 5.0)
        watcher.rest()

    def test_the_player_steps_and_plays_every_camera_on_one_clock(self, cockpit: Cockpit):
        cockpit.page.get_by_role("link", name="Reach and walk").click()
        cockpit.page.get_by_test_id("player-time").wait_for(timeout=30_000)
        video = "document.querySelector('video[data-camera=head]')"
        cockpit.page.wait_for_function(f"{video}?.readyState >= 2", timeout=30_000)
        cockpit.page.keyboard.press("ArrowRight")
        first = cockpit.page.evaluate(f"{video}.currentTime")
        cockpit.page.keyboard.press("ArrowRight")
        cockpit.page.wait_for_function(f"{video}.currentTime > {first}", timeout=10_000)
        cockpit.page.keyboard.press("Space")
        cockpit.page.wait_for_function(
            f"[...document.querySelectorAll('video')].every((video) => video.currentTime > {first} + 1)",
            timeout=30_000,
        )
        cockpit.page.keyboard.press("Space")
        cockpit.page.locator(".uplot").first.wait_for(timeout=30_000)

    def test_the_episode_is_accepted_by_key(self, cockpit: Cockpit, app: App):
        cockpit.page.keyboard.press("a")
        cockpit.page.get_by_test_id("status").get_by_text("Accepted").wait_for(timeout=10_000)
        (episode,) = httpx.get(f"{app.url}/api/episodes").json()["items"]
        assert episode["status"] == "accepted"

    def test_the_accepted_episode_becomes_a_verified_dataset(self, cockpit: Cockpit, app: App, task: dict):
        cockpit.page.get_by_role("link", name="Datasets").click()
        cockpit.page.get_by_role("button", name="New version").first.click()
        dialog = cockpit.page.get_by_role("dialog")
        dialog.get_by_label("Task").first.click()
        cockpit.page.get_by_role("option").first.click()
        dialog.get_by_role("button", name="Build and verify").click()

        def finished() -> dict | None:
            versions = httpx.get(f"{app.url}/api/datasets").json()
            return next((version for version in versions if version["state"] in ("ready", "failed")), None)

        version = cockpit.poll(finished, 240.0)
        silent_s = _longest_silence(app)
        if silent_s > MAX_AGE_S:
            assert "camera is silent for" in version["message"]
            pytest.skip(
                f"this machine drew no picture for {silent_s:.1f} s, so the version was refused, rightly"
            )
        assert version["state"] == "ready", version["message"]
        assert version["episodes"] == 1
        assert version["rows"] > 60
        cockpit.page.get_by_test_id("dataset-row").get_by_text("ready").wait_for(timeout=30_000)

    def test_the_page_never_complained(self, cockpit: Cockpit):
        assert cockpit.errors == []
