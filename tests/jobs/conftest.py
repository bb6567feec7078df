import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backend import catalog
from backend.core.contracts.job import SPEC, JobSpec
from backend.db.migrate import upgrade
from backend.recording.export.export import Exported
from backend.settings import Settings
from tests.jobs.kinds import KIND
from tests.jobs.version import make_version
from trainer.jobs.run_dir import write


@pytest.fixture(autouse=True)
def count_kind(monkeypatch: pytest.MonkeyPatch):
    """The kind `count` exists here, and in the supervisors that the runner starts."""
    monkeypatch.setitem(catalog.JOBS, "count", KIND)
    monkeypatch.setitem(catalog.RUNNERS, "local", "tests.jobs.kinds:CountRunner")


def wait_for(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def make_run(folder: Path, **params: object) -> Path:
    """Write the run directory of a counting job."""
    folder.mkdir(parents=True, exist_ok=True)
    resume = bool(params.pop("resume", False))
    write(folder / SPEC, JobSpec(id=folder.name, kind="count", name="count", params=params, resume=resume))
    return folder


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A dataset version that no test changes."""
    return make_version(tmp_path_factory.mktemp("version"))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "bunraku.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    shutil.copy(migrated, tmp_path / "bunraku.db")
    return Settings(data_dir=tmp_path, DATABASE_URL="", _env_file=None)
