"""The whole loop in one real browser: episodes, dataset version, training, policy, rollout, evaluation."""

import re
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from backend.core.contracts.frame import ArmInput
from backend.recording.export.export import MAX_AGE_S
from backend.recording.tables import load_tables
from tests.e2e.cockpit import Cockpit, open_cockpit
from tests.policy.serving import TOKEN, policy_server
from tests.support.app import App, running_app
from tests.support.operator import Operator

BUILDING_MS = 600_000
"""Building a version, checking, training and loading a policy import LeRobot each, on a busy machine too."""
CAMERAS = {"BUNRAKU_HEAD_CAMERA": "320x240@15", "BUNRAKU_WRIST_CAMERAS": "160x120@10"}
TAKE_S = 2.0
TAKES = 15
"""How often a take is tried on a machine that is too busy to draw pictures."""
STEPS = 200
"""So many that a person who sees the first of them can stop it before the last."""
TASK = "Raise a hand"
CHANGES = {"image height": 48, "image width": 64, "steps": STEPS, "batch size": 2, "log every": 1}


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(**CAMERAS) as running:
        yield running


@pytest.fixture(scope="module")
def episodes(app: App) -> None:
    """Two accepted takes of a real operator, by the real recorder: one to learn from, one to be judged on."""
    wish = {"name": TASK, "instruction": "Raise the right hand.", "goal": 2}
    reply = httpx.post(f"{app.url}/api/tasks", json=wish)
    assert reply.status_code == 201, reply.text
    with Operator(app.url, "Ada") as ada:
        ada.take_and_arm()
        for speed_m_s in (0.06, 0.04):
            _record(app, ada, reply.json()["id"], speed_m_s)


def _record(app: App, ada: Operator, task: str, speed_m_s: float) -> None:
    """Record takes in which the right hand rises until one has every camera throughout, and accept that."""
    for _ in range(TAKES):
        _ask(ada, "record.start", "recording", task=task)
        ada.drive(right=ArmInput(twist=np.array([0, 0, speed_m_s, 0, 0, 0])))
        ada.wait(lambda: (now := ada.telemetry.recorder) is not None and now.elapsed_s > TAKE_S, 60.0)
        ada.rest()
        _ask(ada, "record.stop", "review")
        _ask(ada, "record.save", "idle")
        new = httpx.get(f"{app.url}/api/episodes", params={"status": "new"}).json()["items"][0]
        address = f"{app.url}/api/episodes/{new['id']}"
        if _longest_silence(Path(httpx.get(address).json()["folder"])) < MAX_AGE_S:
            verdict = {"version": new["version"], "status": "accepted"}
            assert httpx.put(f"{address}/review", json=verdict).status_code == 200
            return
    raise AssertionError(f"in none of {TAKES} takes did every camera send all the time")


def _ask(ada: Operator, kind: str, phase: str, **fields: str) -> None:
    """Ask the recorder until it is no longer busy with what was before, and wait for the phase."""
    for _ in range(60):
        reply = ada.request(kind, timeout_s=60.0, **fields)
        if "try again" not in reply.error:
            break
        time.sleep(1.0)
    assert reply.ok, reply.error
    ada.wait(lambda: (now := ada.telemetry.recorder) is not None and now.phase == phase, 60.0)


def _longest_silence(folder: Path) -> float:
    """Return for how long any camera said nothing at most [s]; a machine that just starts draws late."""
    frames = load_tables(folder / "samples.mcap").frames
    if len(frames) < 3 or min(len(camera.t_ns) for camera in frames.values()) < 2:
        return np.inf
    return max(np.diff(camera.t_ns).max() for camera in frames.values()) / 1e9


@pytest.fixture(scope="module")
def cockpit(app: App, episodes: None) -> Iterator[Cockpit]:
    with open_cockpit(f"{app.url}/datasets") as opened:
        yield opened


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Address of a policy server that the app did not start."""
    with policy_server(tmp_path) as (_, url):
        yield url


@pytest.fixture
def page(cockpit: Cockpit) -> Page:
    return cockpit.page


def _state(page: Page, word: str, timeout_ms: int = BUILDING_MS) -> None:
    expect(page.get_by_role("heading", level=2).get_by_text(word, exact=True)).to_be_visible(
        timeout=timeout_ms
    )


@pytest.mark.timeout(1800)
class TestLoop:
    """One story; each test is a chapter and stands on the one before."""

    def test_accepted_episodes_become_a_dataset_version(self, page: Page):
        page.get_by_role("button", name="New version").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Task").first.click()
        page.get_by_role("option", name=f"{TASK} (2 accepted)").click()
        dialog.get_by_role("button", name="Build and verify").click()
        expect(page.get_by_test_id("dataset-row").get_by_text("ready")).to_be_visible(timeout=BUILDING_MS)

    def test_a_training_starts_from_a_template_with_changes(self, page: Page):
        page.get_by_test_id("dataset-row").get_by_role("link", name="Train").click()
        expect(page.get_by_role("radio", name=re.compile("ACT, small"))).to_be_checked()
        expect(page.get_by_label("Name", exact=True)).to_have_value("ACT, small on raise-a-hand-v1")
        page.get_by_role("button", name="Change parameters").click()
        page.get_by_role("textbox", name="cameras").fill("head")
        page.keyboard.press("Enter")
        for name, value in CHANGES.items():
            page.get_by_label(name, exact=True).fill(str(value))
        expect(page.get_by_text(f"{len(CHANGES) + 1} changed", exact=True)).to_be_visible()
        checks = page.get_by_text("2 episodes are few")
        expect(checks).to_be_visible(timeout=BUILDING_MS)
        page.get_by_role("button", name="Start", exact=True).click()

    def test_it_is_watched_and_stopped(self, page: Page):
        _state(page, "running")
        page.get_by_label("Search the log").fill("step:")
        expect(page.get_by_role("log")).to_contain_text("loss:", timeout=BUILDING_MS)
        page.get_by_role("main").get_by_role("button", name="Stop").click()
        _state(page, "stopped")
        expect(page.get_by_text("Stopped on request")).to_be_visible()
        expect(page.get_by_role("region", name="Loss").locator("canvas")).to_be_visible()
        expect(page.get_by_test_id("checkpoint")).to_have_count(1)

    def test_it_goes_on_to_its_end_and_is_judged_on_what_it_never_saw(self, page: Page):
        page.get_by_role("button", name="Resume from the newest checkpoint").click()
        _state(page, "succeeded")
        expect(page.get_by_test_id("checkpoint")).to_have_count(2)
        error = page.get_by_role("region", name="Held-out error")
        expect(error).to_contain_text("of 1 episode never trained on")
        for group in ("arms", "hands", "torso"):
            expect(error).to_contain_text(group)

    def test_two_checkpoints_become_policies(self, page: Page):
        training = page.url
        for row, name in ((1, "reach-early"), (0, "reach-late")):
            page.goto(training)
            page.get_by_test_id("checkpoint").nth(row).get_by_role("button", name="Register").click()
            page.get_by_role("dialog").get_by_label("Name").fill(name)
            page.get_by_role("dialog").get_by_role("button", name="Register").click()
            expect(page.get_by_role("heading", level=2)).to_contain_text(f"{name}-1")

    def test_a_policy_drives_only_for_somebody_who_supervises(self, page: Page):
        page.get_by_role("button", name="Let it drive").click()
        what = page.get_by_role("region", name="What shall drive")
        expect(what.get_by_label("Policy", exact=True).first).to_have_value("reach-late-1 (act, candidate)")
        start = page.get_by_role("button", name="Start the policy")
        expect(start).to_have_attribute("aria-disabled", "true")
        expect(page.get_by_text("Take control first")).to_be_visible()

    def test_the_registered_policy_drives_by_what_the_cameras_see(self, cockpit: Cockpit, page: Page):
        cockpit.poll(lambda: cockpit.pixels("head"), 120.0)
        cockpit.press("Take control")
        cockpit.press("Arm")
        page.get_by_role("button", name="Start the policy", disabled=False).click()
        cockpit.wait_mode("POLICY", BUILDING_MS / 1e3)
        expect(page.get_by_role("region", name="Who drives")).to_contain_text("reach-late-1 is driving")
        expect(page.get_by_test_id("phase")).to_have_text("Driving")
        expect(page.get_by_label("Actions left in the buffer")).to_be_visible()
        expect(page.get_by_role("region", name="What comes next").locator("canvas")).to_be_visible()

    def test_a_take_is_recorded_while_a_person_takes_over_and_hands_back(self, cockpit: Cockpit, page: Page):
        page.locator("main").click(position={"x": 400, "y": 8})
        page.keyboard.press("Digit7")
        page.locator('[data-phase="recording"]').wait_for()
        cockpit.wait_mode("POLICY")
        with cockpit.holding("ShiftLeft", "KeyO"):
            cockpit.wait_mode("PERSON", 60.0)
            page.wait_for_timeout(500)
        cockpit.wait_mode("POLICY", 60.0)
        expect(page.get_by_text("1 time", exact=True)).to_be_visible()
        page.wait_for_timeout(500)
        page.keyboard.press("Digit7")
        page.locator('[data-phase="review"]').wait_for()
        page.keyboard.press("Digit8")
        page.locator('[data-phase="idle"]').wait_for()

    def test_every_frame_of_the_take_says_who_drove(self, app: App):
        episode = httpx.get(f"{app.url}/api/episodes", params={"status": "new"}).json()["items"][0]
        folder = Path(httpx.get(f"{app.url}/api/episodes/{episode['id']}").json()["folder"])
        ticks = load_tables(folder / "samples.mcap").ticks
        drivers = [name for name, _ in groupby(ticks.driver[ticks.driver != ""].tolist())]
        assert [name.startswith("policy:") for name in drivers] == [True, False, True]
        assert {drivers[0], drivers[2]} == {"policy:reach-late-1"} == set(ticks.policy.tolist())

    def test_it_pauses_goes_on_and_ends(self, cockpit: Cockpit, page: Page):
        page.keyboard.press("p")
        cockpit.wait_mode("NOBODY", 60.0)
        expect(page.get_by_test_id("phase")).to_have_text("Paused")
        page.get_by_role("button", name="Resume", disabled=False).click()
        cockpit.wait_mode("POLICY", 60.0)
        page.get_by_role("button", name="End rollout", disabled=False).click()
        cockpit.wait_mode("NOBODY", 60.0)
        expect(page.get_by_text("READY:")).to_be_visible()

    def test_a_policy_server_elsewhere_drives_until_escape(self, cockpit: Cockpit, page: Page, server: str):
        page.get_by_label("A policy server").check()
        page.get_by_label("Address").fill(server)
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Start the policy", disabled=False).click()
        cockpit.wait_mode("POLICY", 120.0)
        page.keyboard.press("Escape")
        cockpit.wait_mode("NOBODY", 60.0)
        expect(page.get_by_text("STOPPED:")).to_be_visible()
        expect(page.get_by_role("button", name="Start the policy")).to_be_visible()

    def test_an_evaluation_by_hand_begins(self, page: Page):
        page.get_by_role("link", name="Evaluations").click()
        expect(page.get_by_text("Nothing has been compared yet")).to_be_visible()
        page.keyboard.press("n")
        page.get_by_text("Scored by hand", exact=True).click()
        page.get_by_label("Name", exact=True).fill("Late against early")
        page.get_by_label("Task", exact=True).fill(TASK)
        page.get_by_role("textbox", name="Policies").click()
        for name in ("reach-late v1", "reach-early v1"):
            page.get_by_role("option", name=name).click()
        page.get_by_label("Subtasks").fill("raise it\nhold it")
        page.get_by_label("Starts").fill("1")
        page.get_by_role("button", name="Begin scoring").click()
        expect(page.get_by_text("Trial 1 of 2")).to_be_visible()

    def test_a_trial_is_driven_under_its_letter(self, cockpit: Cockpit, page: Page):
        page.get_by_role("button", name=re.compile("Let policy [AB] drive")).click()
        trial = page.get_by_role("region", name="A trial")
        expect(trial).to_contain_text("Trial 1 of 2")
        cockpit.press("Take control")
        cockpit.press("Arm")
        trial.get_by_role("button", name="Start policy", disabled=False).click()
        cockpit.wait_mode("POLICY", BUILDING_MS / 1e3)
        who = page.get_by_role("region", name="Who drives")
        expect(who).to_contain_text(re.compile("trial-[AB] is driving"))
        expect(page.get_by_role("main")).not_to_contain_text("reach")
        page.get_by_role("button", name="End rollout", disabled=False).click()
        page.get_by_role("link", name="Score the trial").click()

    def test_trials_are_scored_by_keys_and_blind(self, page: Page):
        expect(page.get_by_text("Trial 1 of 2")).to_be_visible()
        for key in ("1", "3", "4", "1", "5"):
            page.keyboard.press(key)
        expect(page.get_by_text("Trial 2 of 2")).to_be_visible()
        for key in ("1", "3", "5"):
            page.keyboard.press(key)
        expect(page.get_by_role("region", name="Score a trial")).to_have_count(0)
        expect(page.get_by_text("Blind: letters say nothing")).to_be_visible()
        results = page.get_by_role("region", name="Results")
        expect(results.get_by_text("policy A").first).to_be_visible()
        expect(results).not_to_contain_text("reach")

    def test_the_report_says_who_it_was_how_sure_one_can_be_and_claims_nothing(self, page: Page):
        page.get_by_role("button", name="Finish and reveal").click()
        rows = page.get_by_test_id("result-row")
        expect(rows).to_have_count(2)
        expect(page.get_by_role("region", name="Results")).to_contain_text("reach-late v1")
        whole = [rows.nth(row).get_by_role("img").first.get_attribute("aria-label") for row in range(2)]
        assert sorted(whole) == [
            "0 of 1: 0 %, between 0 % and 79 % (95 % interval)",
            "1 of 1: 100 %, between 21 % and 100 % (95 % interval)",
        ]
        expect(page.get_by_test_id("comparison")).to_contain_text("No significant difference")
        page.get_by_text("Not done 1").click()
        expect(page.get_by_test_id("trial")).to_have_count(1)
        expect(page.get_by_test_id("trial")).to_contain_text("failed at: hold it")

    def test_the_page_never_complained(self, cockpit: Cockpit):
        assert cockpit.errors == []
