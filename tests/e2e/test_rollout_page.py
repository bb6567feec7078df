"""The rollout page in a real browser, the whole app behind it: a policy drives, a person takes over."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.cockpit import Cockpit, open_cockpit
from tests.policy.serving import TOKEN, policy_server
from tests.support.app import App, running_app

PATIENCE_MS = 60_000
CAMERAS = {"BUNRAKU_HEAD_CAMERA": "320x240@15", "BUNRAKU_WRIST_CAMERAS": "160x120@10"}


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(**CAMERAS) as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with policy_server(tmp_path_factory.mktemp("policy")) as (_, url):
        yield url


@pytest.fixture(scope="module")
def cockpit(app: App) -> Iterator[Cockpit]:
    with open_cockpit(f"{app.url}/rollout") as opened:
        opened.page.set_default_timeout(PATIENCE_MS)
        yield opened


@pytest.fixture
def page(cockpit: Cockpit) -> Page:
    return cockpit.page


@pytest.mark.timeout(600)
class TestRollout:
    """One story; each test is a chapter and stands on the one before."""

    def test_nothing_drives_before_somebody_supervises(self, page: Page, address: str):
        start = page.get_by_role("button", name="Start the policy")
        page.get_by_label("A policy server").check()
        page.get_by_label("Address").fill(address)
        page.get_by_label("Token").fill(TOKEN)
        expect(start).to_have_attribute("aria-disabled", "true", timeout=PATIENCE_MS)
        expect(page.get_by_text("Take control first")).to_be_visible(timeout=PATIENCE_MS)

    def test_a_policy_drives(self, cockpit: Cockpit, page: Page):
        cockpit.press("Take control")
        cockpit.press("Arm")
        page.get_by_role("button", name="Start the policy", disabled=False).click()
        cockpit.wait_mode("POLICY", 120.0)
        expect(page.get_by_test_id("phase")).to_have_text("Driving", timeout=PATIENCE_MS)
        expect(page.get_by_label("Actions left in the buffer")).to_be_visible()
        expect(page.get_by_role("region", name="What comes next").locator("canvas")).to_be_visible()
        cockpit.poll(lambda: cockpit.pixels("head"), 120.0)

    def test_the_deadman_takes_over_and_hands_back(self, cockpit: Cockpit, page: Page):
        page.locator("main").click(position={"x": 400, "y": 8})
        with cockpit.holding("ShiftLeft"):
            cockpit.wait_mode("PERSON", 60.0)
        cockpit.wait_mode("POLICY", 60.0)
        expect(page.get_by_text("1 time", exact=True)).to_be_visible(timeout=PATIENCE_MS)

    def test_it_pauses_and_goes_on(self, cockpit: Cockpit, page: Page):
        page.keyboard.press("p")
        cockpit.wait_mode("NOBODY", 60.0)
        expect(page.get_by_test_id("phase")).to_have_text("Paused", timeout=PATIENCE_MS)
        page.get_by_role("button", name="Resume", disabled=False).click()
        cockpit.wait_mode("POLICY", 60.0)

    def test_escape_ends_it(self, cockpit: Cockpit, page: Page):
        page.keyboard.press("Escape")
        cockpit.wait_mode("NOBODY", 60.0)
        expect(page.get_by_role("button", name="Start the policy")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_text("STOPPED:")).to_be_visible()

    def test_the_page_never_complained(self, cockpit: Cockpit):
        assert cockpit.errors == []
