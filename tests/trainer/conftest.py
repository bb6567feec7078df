"""One cache of compiled scenes, and one demonstration with pictures, for all tests of the area."""

import os
from pathlib import Path

import pytest

from backend.settings import Settings
from devices.scenes import gl
from tests.support.app import CACHE

# Before any test module imports mujoco, which reads it once.
os.environ["MUJOCO_GL"] = gl.choose_backend()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("trainer")
    CACHE.mkdir(exist_ok=True)
    (folder / "cache").symlink_to(CACHE)
    return Settings(data_dir=folder)


@pytest.fixture(scope="session")
def demonstration(config: Settings, tmp_path_factory: pytest.TempPathFactory):
    """A whole demonstration of the first task, recorded with pictures."""
    from trainer.demos.demonstrate import Order, demonstrate

    folder: Path = tmp_path_factory.mktemp("demos")
    working, episodes = folder / "working", folder / "episodes"
    working.mkdir()
    episodes.mkdir()
    return demonstrate(config, Order("pick_place", 1, 0, True, working, episodes))
