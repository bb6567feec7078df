"""One decimated, compiled scene for all tests of the area."""

import os

import pytest

from backend.settings import Settings
from devices.scenes import gl

# Before any test module imports mujoco, which reads it once.
os.environ["MUJOCO_GL"] = gl.choose_backend()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with a cache of their own."""
    return Settings(data_dir=tmp_path_factory.mktemp("scenes"))
