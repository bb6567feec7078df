"""Real episode folders on disk, written by the recorder's own writer from synthetic streams."""

import shutil
import uuid
from pathlib import Path

import msgspec

from backend.core.contracts.record import to_json
from backend.core.contracts.recording import EpisodeEvent, EpisodeManifest
from backend.recording.disk import DiskLimits
from backend.recording.episode_files import EpisodeFiles
from backend.recording.manifest import NAME, load_manifest
from backend.recording.quality import NAME as QUALITY
from backend.recording.quality import check
from backend.recording.reader import EpisodeReader
from tests.recording.streams import SPEC, timeline

START_NS = 1_000_000_000_000
LENGTH_S = 2.0
WALL_NS = 1_790_000_000_000_000_000


def record_take(folder: Path) -> Path:
    """Record `LENGTH_S` seconds into `folder` as the recorder does; the state is `saved`."""
    manifest = EpisodeManifest(
        format=1,
        id=folder.name,
        state="recording",
        task="",
        task_name="",
        instruction="",
        operator="",
        robot=SPEC.name,
        controller="dcm_wbc",
        started_wall_ns=WALL_NS,
        started_t_ns=START_NS,
    )
    limits = DiskLimits(start_bytes=1 << 20, stop_bytes=1 << 20, ballast_bytes=1 << 20)
    files = EpisodeFiles(folder, manifest, SPEC, limits)
    for _, record, payload in timeline(LENGTH_S, START_NS):
        files.write(record, payload)
    files.write(EpisodeEvent(t_ns=START_NS + 1_500_000_000, kind="fall", text="the robot fell"))
    files.close(START_NS + int(LENGTH_S * 1e9))
    files.manifest.update(state="saved")
    return folder


def copy_take(source: Path, episodes_dir: Path, **changes: object) -> uuid.UUID:
    """Put a copy of a take into the library's folder as a new episode with a changed manifest."""
    episode_id = uuid.uuid4()
    folder = episodes_dir / str(episode_id)
    shutil.copytree(source, folder)
    values = {"task": str(uuid.uuid5(uuid.NAMESPACE_OID, "lift")), "task_name": "Lift", "operator": "Ann"}
    values |= {"instruction": "lift the box", **changes}
    manifest = msgspec.structs.replace(load_manifest(folder), id=str(episode_id), **values)
    (folder / NAME).write_bytes(to_json(manifest))
    return episode_id


def rate_take(folder: Path) -> float:
    """Run the recorder's quality checks and store their report; return the score."""
    quality = check(EpisodeReader(folder))
    (folder / QUALITY).write_bytes(to_json(quality))
    return quality.score
