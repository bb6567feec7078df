import shutil
import subprocess
from pathlib import Path

import pytest

from backend.core.contracts.recording import EpisodeManifest
from backend.recording.disk import DiskLimits
from backend.recording.episode_files import EpisodeFiles
from tests.recording.streams import SPEC, timeline
from tests.recording.studio import Studio

START_NS = 10**12


def manifest(identity: str = "0b5c3f4e-0000-4000-8000-000000000001", **changes) -> EpisodeManifest:
    values = {
        "format": 1,
        "id": identity,
        "state": "recording",
        "task": "lift",
        "task_name": "Lift",
        "instruction": "lift the box",
        "operator": "ann",
        "robot": "g1",
        "controller": "dcm_wbc",
        "started_wall_ns": 1_700_000_000_000_000_000,
        "started_t_ns": START_NS,
    }
    return EpisodeManifest(**{**values, **changes})


def open_files(folder: Path, **changes) -> EpisodeFiles:
    return EpisodeFiles(folder, manifest(**changes), SPEC, DiskLimits(ballast_bytes=1 << 16))


def record(
    folder: Path, seconds: float, *, close: bool = True, drop=lambda record: False, **changes
) -> EpisodeFiles:
    """Write `seconds` of synthetic streams; records for which `drop` is true never arrive."""
    files = open_files(folder, **changes)
    last_ns = START_NS
    for t_ns, item, payload in timeline(seconds, START_NS):
        if (t_ns - last_ns) > 300_000_000:
            files.flush()
            last_ns = t_ns
        if not drop(item):
            files.write(item, payload)
    if close:
        files.close(START_NS + int(seconds * 1e9))
    return files


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """Folder of an untouched five-second episode; tests that change it copy it."""
    folder = tmp_path_factory.mktemp("finished") / manifest().id
    record(folder, 5.0)
    return folder


@pytest.fixture(scope="session")
def torn(tmp_path_factory) -> Path:
    """Folder as a killed recorder leaves it, with everything handed to the operating system."""
    folder = tmp_path_factory.mktemp("torn") / manifest().id
    files = record(folder, 4.0, close=False)
    files.flush()
    yield folder
    files.close(START_NS)


@pytest.fixture
def studio(tmp_path):
    studio = Studio(tmp_path)
    yield studio
    studio.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, text=True
    )
    if mount.returncode:
        pytest.skip(f"only root can mount a small disk: {mount.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def copy(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target / folder.name))
