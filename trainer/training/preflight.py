"""What is looked at before a training starts. What needs torch is asked of `trainer.training.probe`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from backend.core.contracts.job import Finding, JobSpec
from backend.recording.export.sidecar import content_hash
from trainer.training.data import ACTION, STATE, VersionInfo
from trainer.training.frame_cache import bytes_needed
from trainer.training.manifest import NAME as MANIFEST
from trainer.training.params import TrainParams
from trainer.training.refused import DatasetRefused

ROOT = Path(__file__).resolve().parents[2]
PROBE_S = 300.0
SPARE_BYTES = 2 << 30
"""What a disk should keep for everybody else."""
MAX_STRETCH = 1.15


class ProbeReport(msgspec.Struct, frozen=True):
    """What `trainer.training.probe` found."""

    findings: list[Finding]
    checkpoint_bytes: int = 0
    """Of one checkpoint; 0 when the policy cannot be made."""


def check(spec: JobSpec) -> list[Finding]:
    """Return every finding about a training job, the most basic first."""
    assert spec.dataset is not None
    params = msgspec.convert(spec.params, TrainParams)
    version = VersionInfo(Path(spec.dataset.folder))
    findings = [dataset_finding(version.root, spec.dataset.content_hash)]
    if findings[0].severity == "fail" or spec.resume:
        # Everything else was looked at before the first start.
        return findings
    try:
        cameras = version.chosen_cameras(params.cameras)
    except DatasetRefused as error:
        return [*findings, fail("cameras", str(error))]
    findings += [camera_finding(version, cameras, params), episodes_finding(version, params)]
    if params.init_policy:
        findings.append(
            beginning_finding(Path(spec.policies_dir) / params.init_policy, version, cameras, params)
        )
    report = probe(spec)
    findings += report.findings
    checkpoints = -(-params.steps // params.save_every)
    findings.append(
        disk_finding(spec, cache_bytes(version, spec, cameras, params), checkpoints * report.checkpoint_bytes)
    )
    return findings


def dataset_finding(root: Path, wanted: str) -> Finding:
    """Compare the version on disk with the one that was verified."""
    if not (root / "meta" / "info.json").is_file():
        return fail("dataset", f"{root} is not there any more; build the version again")
    if content_hash(root) != wanted:
        return fail(
            "dataset", f"the files in {root} were changed since the version was verified; build a new one"
        )
    return ok("dataset", "the version on disk is the one that was verified")


def camera_finding(version: VersionInfo, cameras: list[str], params: TrainParams) -> Finding:
    """Say what the policy will see."""
    size = f"{params.image_width_px}x{params.image_height_px}"
    wanted = params.image_width_px / params.image_height_px
    stretch = {name: wanted * height / width for name, (height, width) in version.cameras.items()}
    worst = max((max(stretch[name], 1 / stretch[name]) for name in cameras), default=1.0)
    if worst > MAX_STRETCH:
        return warn("cameras", f"pictures of {', '.join(cameras)} are stretched by {worst:.2f} to fit {size}")
    return ok("cameras", f"sees {', '.join(cameras)} at {size}")


def episodes_finding(version: VersionInfo, params: TrainParams) -> Finding:
    """Say how much there is to learn from."""
    count = version.info["total_episodes"]
    if params.held_out and count < 2:
        return warn("episodes", "one episode alone cannot be divided: nothing is held out, nothing is judged")
    if count < 20:
        return warn("episodes", f"{count} episodes are few; 50 or more are usual for one task")
    return ok("episodes", f"{count} episodes")


def beginning_finding(folder: Path, version: VersionInfo, cameras: list[str], params: TrainParams) -> Finding:
    """Say whether the policy that a training begins with sees and does what this training is about."""
    try:
        had = json.loads((folder / MANIFEST).read_text())
        kind = json.loads((folder / "config.json").read_text())["type"]
    except (OSError, ValueError, KeyError) as error:
        return fail("beginning", f"{folder.name} is no policy of the registry: {error}")
    sees = {camera["name"]: (camera["height_px"], camera["width_px"]) for camera in had["cameras"]}
    wanted = dict.fromkeys(cameras, (params.image_height_px, params.image_width_px))
    if kind != params.policy:
        return fail(
            "beginning", f"the policy to begin with is of type {kind}, the training of {params.policy}"
        )
    if sees != wanted:
        return fail(
            "beginning", f"the policy to begin with sees {_views(sees)}, the training {_views(wanted)}"
        )
    if (had["state_names"], had["action_names"]) != (version.names(STATE), version.names(ACTION)):
        return fail("beginning", "the policy to begin with was trained with other states or actions")
    return ok("beginning", f"begins with the weights of policy {folder.name[:8]}")


def _views(cameras: dict[str, tuple[int, int]]) -> str:
    return ", ".join(f"{name} at {width}x{height}" for name, (height, width) in sorted(cameras.items()))


def cache_bytes(version: VersionInfo, spec: JobSpec, cameras: list[str], params: TrainParams) -> int:
    """Return how much the decoded pictures will take at most; repeated pictures are stored once."""
    folder = Path(spec.cache_dir) / "training" / version.ours["content_hash"][:32]
    size = (params.image_height_px, params.image_width_px)
    return sum(bytes_needed(folder, camera, version.info["total_frames"], size) for camera in cameras)


def disk_finding(spec: JobSpec, cache: int, checkpoints: int) -> Finding:
    """Compare what will be written with what is free."""
    folder = next(path for path in (Path(spec.cache_dir), *Path(spec.cache_dir).parents) if path.exists())
    free = shutil.disk_usage(folder).free
    text = (
        f"{cache / 1e9:.1f} GB of decoded pictures and {checkpoints / 1e9:.1f} GB of checkpoints; "
        f"{free / 1e9:.1f} GB are free"
    )
    if cache + checkpoints > free:
        return fail("disk", f"{text}; save less often, choose smaller pictures, or make room")
    if cache + checkpoints > free - SPARE_BYTES:
        return warn("disk", text)
    return ok("disk", text)


def probe(spec: JobSpec) -> ProbeReport:
    """Ask a process with torch whether the policy can be made, and what it needs."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "trainer.training.probe"],
            cwd=ROOT,
            input=msgspec.json.encode(spec),
            capture_output=True,
            timeout=PROBE_S,
            check=False,
            env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
        # LeRobot and its friends may print; our report is the last line.
        return msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=ProbeReport)
    except subprocess.TimeoutExpired:
        return ProbeReport([warn("policy", f"it could not be checked within {PROBE_S:.0f} s")])
    except (IndexError, msgspec.DecodeError):
        why = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return ProbeReport([fail("policy", f"LeRobot cannot make this policy: {' '.join(why)}")])


def ok(check: str, text: str) -> Finding:
    """Return a finding that speaks for starting."""
    return Finding(check=check, severity="ok", text=text)


def warn(check: str, text: str) -> Finding:
    """Return a finding that a person should know."""
    return Finding(check=check, severity="warn", text=text)


def fail(check: str, text: str) -> Finding:
    """Return a finding that forbids starting."""
    return Finding(check=check, severity="fail", text=text)
