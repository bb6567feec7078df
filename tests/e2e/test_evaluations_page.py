"""An evaluation by hand as a person does it: a real Chromium, the real api, scores by keys."""

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from backend.db.database import Database
from backend.db.migrate import upgrade
from backend.db.policy import PolicyRow
from tests.e2e.cockpit import CHROMIUM, FLAGS
from tests.jobs.conftest import wait_for
from tests.support.app import ROOT, free_port

PATIENCE_MS = 60_000


async def _register(database_url: str, *names: str) -> None:
    database = Database(database_url)
    async with database.transaction() as session:
        for name in names:
            session.add(
                PolicyRow(
                    id=uuid.uuid4(), name=name, number=1, type="act", step=1, folder=name, size_bytes=1,
                    weights_sha256="", layout_hash="", stats_hash="",
                    manifest={
                        "format": 1, "robot": "g1", "fps": 30, "state_names": [], "action_names": [],
                        "cameras": [], "controllers": [], "dataset": {}, "episodes": {}, "versions": {},
                    },
                )
            )  # fmt: skip
    await database.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The api alone, with two policies in its registry."""
    folder = tmp_path_factory.mktemp("evaluations")
    database_url = f"sqlite+aiosqlite:///{folder / 'bunraku.db'}"
    upgrade(database_url)
    asyncio.run(_register(database_url, "small", "large"))
    port = free_port()
    environment = {
        **os.environ,
        "BUNRAKU_DATA_DIR": str(folder),
        "BUNRAKU_PORT": str(port),
        "DATABASE_URL": "",
    }
    process = subprocess.Popen([sys.executable, "-m", "backend.api.process"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "the api ended"
        try:
            return httpx.get(f"{address}/api/evaluations").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_for(answers)
        yield address
    finally:
        process.terminate()
        process.wait()


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


@pytest.mark.timeout(300)
class TestEvaluationPage:
    """One story; each test is a chapter and stands on the one before."""

    def test_an_empty_page_leads_to_the_form(self, page: Page, url: str):
        page.goto(f"{url}/evaluations")
        expect(page.get_by_text("Nothing has been compared yet")).to_be_visible(timeout=PATIENCE_MS)
        page.keyboard.press("n")
        page.get_by_text("Scored by hand", exact=True).click()
        page.get_by_label("Name", exact=True).fill("Large against small")
        page.get_by_label("Task", exact=True).fill("lift")
        page.get_by_role("textbox", name="Policies").click()
        for name in ("large v1", "small v1"):
            page.get_by_role("option", name=name).click()
        page.get_by_label("Subtasks").fill("grasp it\nlift it")
        page.get_by_label("Starts").fill("1")
        page.get_by_role("button", name="Begin scoring").click()
        expect(page.get_by_text("Trial 1 of 2")).to_be_visible(timeout=PATIENCE_MS)

    def test_trials_are_scored_by_keys_and_blind(self, page: Page):
        for key in ("1", "3", "4", "1", "5"):
            page.keyboard.press(key)
        expect(page.get_by_text("Trial 2 of 2")).to_be_visible(timeout=PATIENCE_MS)
        for key in ("1", "3", "5"):
            page.keyboard.press(key)
        expect(page.get_by_role("region", name="Score a trial")).to_have_count(0, timeout=PATIENCE_MS)
        expect(page.get_by_text("Blind: letters say nothing")).to_be_visible()
        results = page.get_by_role("region", name="Results")
        expect(results.get_by_text("policy A").first).to_be_visible()
        expect(results).not_to_contain_text("large")

    def test_finishing_says_who_it_was_and_claims_nothing(self, page: Page):
        page.get_by_role("button", name="Finish and reveal").click()
        rows = page.get_by_test_id("result-row")
        expect(rows).to_have_count(2, timeout=PATIENCE_MS)
        expect(page.get_by_role("region", name="Results")).to_contain_text("large v1")
        wholes = sorted(rows.nth(row).get_by_role("img").first.inner_text().split()[0] for row in range(2))
        assert wholes == ["0/1", "1/1"]
        expect(page.get_by_test_id("comparison")).to_contain_text("No significant difference")
        page.get_by_text("Not done 1").click()
        expect(page.get_by_test_id("trial")).to_have_count(1)
        expect(page.get_by_test_id("trial")).to_contain_text("failed at: lift it")
