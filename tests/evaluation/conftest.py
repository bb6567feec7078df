"""A short task, so that trials are quick, and one set of demonstrations to replay."""

import os
from pathlib import Path

import pytest

from backend.settings import Settings, settings
from devices.scenes import gl

# Before any test module imports mujoco, which reads it once.
os.environ["MUJOCO_GL"] = gl.choose_backend()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Cameras are tiny: what they cost is not what is tested."""
    folder = tmp_path_factory.mktemp("evaluation")
    # Compiled models and meshes are named by their content; they need not be made anew for every run.
    settings().cache_dir.mkdir(parents=True, exist_ok=True)
    (folder / "cache").symlink_to(settings().cache_dir)
    return Settings(data_dir=folder, head_camera="64x48@30", wrist_cameras="64x48@15")


@pytest.fixture(scope="session")
def demonstrations(config: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one successful demonstration."""
    from trainer.demos.demonstrate import Order, demonstrate

    folder: Path = tmp_path_factory.mktemp("demos")
    working, episodes = folder / "working", folder / "episodes"
    working.mkdir()
    episodes.mkdir()
    assert demonstrate(config, Order("pick_place", 1, 0, True, working, episodes)).success
    return episodes
