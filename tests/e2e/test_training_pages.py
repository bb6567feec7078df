"""The pages of jobs as a person uses them: a real Chromium, the real api, a real job in its own process."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from backend.db.migrate import upgrade
from tests.e2e.cockpit import CHROMIUM, FLAGS
from tests.jobs.conftest import wait_for
from tests.support.app import ROOT, free_port

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The api alone: jobs need no robot."""
    folder = tmp_path_factory.mktemp("jobs")
    upgrade(f"sqlite+aiosqlite:///{folder / 'bunraku.db'}")
    port = free_port()
    environment = {
        **os.environ,
        "BUNRAKU_DATA_DIR": str(folder),
        "BUNRAKU_PORT": str(port),
        "BUNRAKU_JOBS_AT_ONCE": "2",
        "DATABASE_URL": "",
    }
    process = subprocess.Popen([sys.executable, "-m", "tests.jobs.serve"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "the api ended"
        try:
            return httpx.get(f"{address}/api/jobs/kinds").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_for(answers)
        yield address
        _end_jobs(address)
    finally:
        process.terminate()
        process.wait()


def _end_jobs(address: str) -> None:
    """Leave nothing running behind."""

    def active() -> list[str]:
        jobs = httpx.get(f"{address}/api/jobs").json()
        return [job["id"] for job in jobs if job["state"] in ("queued", "starting", "running", "stopping")]

    for job in active():
        httpx.post(f"{address}/api/jobs/{job}/stop")
    wait_for(lambda: not active())


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[Page]:
    assert (Path(ROOT) / "frontend" / "dist" / "index.html").is_file(), "build the frontend first"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.set_default_timeout(PATIENCE_MS)
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        browser.close()
    assert complaints == []


def _state(page: Page, word: str) -> None:
    expect(page.get_by_role("heading", level=2).get_by_text(word, exact=True)).to_be_visible(
        timeout=PATIENCE_MS
    )


@pytest.mark.timeout(300)
class TestTrainingPages:
    """One story; each test is a chapter and stands on the one before."""

    def test_an_empty_page_teaches_the_first_step(self, page: Page, url: str):
        page.goto(f"{url}/training")
        expect(page.get_by_text("Nothing has been trained yet")).to_be_visible()
        page.get_by_role("link", name="New training").first.click()
        # A training needs data; the button says so instead of doing nothing.
        start = page.get_by_role("button", name="Start", exact=True)
        expect(start).to_have_attribute("aria-disabled", "true")
        expect(page.get_by_text("Choose a dataset version first")).to_be_visible()

    def test_a_job_starts_from_a_template_with_a_change(self, page: Page):
        page.get_by_text("Counting", exact=True).click()
        expect(page.get_by_role("radio", name=re.compile("Counting slowly"))).to_be_checked()
        page.get_by_label("Name", exact=True).fill("count far")
        page.get_by_role("button", name="Change parameters").click()
        page.get_by_label("Search parameters").fill("steps")
        expect(page.get_by_label("deaf")).to_have_count(0)
        page.get_by_label("steps", exact=True).fill("3000")
        expect(page.get_by_text("1 changed", exact=True)).to_be_visible()

    def test_a_red_check_keeps_it_from_starting(self, page: Page):
        start = page.get_by_role("button", name="Start", exact=True)
        page.get_by_label("Search parameters").fill("refused")
        page.get_by_label("refused", exact=True).check(force=True)
        expect(page.get_by_text("not in the mood")).to_be_visible()
        expect(start).to_have_attribute("aria-disabled", "true")
        page.get_by_role("button", name="Take back the change of refused").click()
        expect(start).to_have_attribute("aria-disabled", "false")
        start.click()

    def test_it_can_be_watched(self, page: Page):
        _state(page, "running")
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_role("region", name="Loss").locator("canvas")).to_be_visible()
        expect(page.get_by_role("log")).to_contain_text("counting from 0")
        expect(page.get_by_text("3000", exact=True)).to_be_visible()

    def test_it_stops_and_goes_on(self, page: Page):
        page.get_by_role("button", name="Stop", exact=False).last.click()
        _state(page, "stopped")
        expect(page.get_by_text("It was stopped")).to_be_visible()
        page.get_by_role("button", name="Resume from the newest checkpoint").click()
        _state(page, "running")
        expect(page.get_by_role("log")).to_contain_text(re.compile(r"counting from [1-9]"))
        page.keyboard.press("Shift+S")
        _state(page, "stopped")

    def test_a_copy_keeps_what_was_changed(self, page: Page):
        page.get_by_role("button", name="Duplicate").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("count far (copy)")
        steps = page.get_by_label("steps", exact=True)
        expect(steps).to_have_value("3,000")
        steps.fill("2")
        page.get_by_role("button", name="Start", exact=True).click()
        _state(page, "succeeded")

    def test_two_jobs_compare(self, page: Page, url: str):
        page.goto(f"{url}/training")
        expect(page.get_by_test_id("job-row")).to_have_count(2)
        for box in page.get_by_role("checkbox", name=re.compile("Compare")).all():
            box.check()
        page.get_by_role("button", name=re.compile("Compare 2")).click()
        differs = page.get_by_role("row", name=re.compile("^steps"))
        expect(differs).to_contain_text("3000")
        expect(page.get_by_role("row", name=re.compile("^wait"))).to_have_count(0)
        expect(page.get_by_role("region", name="Loss").locator("canvas")).to_be_visible()

    def test_the_map_of_keys_opens(self, page: Page):
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("Back to the list")
