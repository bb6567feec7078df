"""Makes `docs/cockpit.jpg`, the picture in the README: the real app, driven, in a real browser.

Run it with `python -m docs.make_screenshot`.
"""

from pathlib import Path

import httpx

from tests.e2e.cockpit import open_cockpit
from tests.support.app import running_app

PICTURE = Path(__file__).with_name("cockpit.jpg")


def main() -> None:
    """Start the app, raise the right hand while recording, and take the picture."""
    with running_app() as app, open_cockpit(app.url) as cockpit:
        task = {
            "name": "Tea box to shelf",
            "instruction": "Pick up the tea box and put it on the shelf.",
            "goal": 50,
        }
        httpx.post(f"{app.url}/api/tasks", json=task).raise_for_status()
        page = cockpit.page
        page.reload()
        cockpit.poll(lambda: any(cockpit.pixels("head") or ()), 120.0)
        cockpit.press("Take control")
        cockpit.press("Arm")
        cockpit.wait_mode("READY")
        page.get_by_label("Task").first.click()
        page.get_by_role("option", name=task["name"]).click()
        cockpit.press("Record")
        page.locator('[data-phase="recording"]').wait_for(timeout=30_000)
        page.mouse.move(720, 300)
        page.keyboard.press("Digit3")
        for key, hold_ms in (("KeyO", 1200), ("KeyI", 700)):
            with cockpit.holding("ShiftLeft", key):
                page.wait_for_timeout(hold_ms)
        with cockpit.holding("ShiftLeft"):
            page.wait_for_timeout(1500)
            page.screenshot(path=PICTURE, type="jpeg", quality=88)


if __name__ == "__main__":
    main()
