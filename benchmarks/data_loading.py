"""Samples per second for training: our loader against stock `LeRobotDataset`, on the same version.

A version with the product's cameras (head 640x480 at 30 fps, two wrists 320x240 at 15 fps) is made by the
project's own export. Both loaders then give random rows with thirty actions each and pictures of the training
size, in batches of eight, in this process and in turns, so that both meet the same machine.

- speedup_vs_stock: ours over stock, when stock scales its pictures to the training size as ours does.
- cache_s: what decoding everything once took; break_even_samples: how many samples make up for it.
"""

import argparse
import itertools
import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import torch
from lerobot.datasets import EpisodeAwareSampler, LeRobotDataset
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.v2 import Resize

from backend.core.contracts.recording import EpisodeManifest
from backend.recording.disk import DiskLimits
from backend.recording.episode_files import EpisodeFiles
from backend.recording.export.export import export
from benchmarks.report import report
from devices.robots.g1_spec import g1_spec
from tests.recording.streams import Encoder, robot_state, tick
from trainer.training.data import TrainingData, load_data
from trainer.training.dataset import PolicyDataset, policy_metadata
from trainer.training.lessons import find_lessons

SPEC = g1_spec()
SIZE = (120, 160)
CHUNK, BATCH = 30, 8
START_NS = 10**12


def textures(width: int, height: int) -> Iterator[np.ndarray]:
    """Yield pictures with as much detail as a room has, moving."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(30, 220, (height // 8, width // 8, 3)).astype(np.uint8)
    room = coarse.repeat(8, axis=0).repeat(8, axis=1) + rng.integers(0, 12, (height, width, 3)).astype(
        np.uint8
    )
    for shift in itertools.count(step=2):
        yield np.roll(room, shift, axis=1)


def record(folder: Path, seconds: float) -> None:
    """Write a raw episode with the recorder's own writer."""
    manifest = EpisodeManifest(
        format=1,
        id=folder.name,
        state="recording",
        task="lift",
        task_name="Lift",
        instruction="lift the box",
        operator="bench",
        robot=SPEC.name,
        controller="none",
        started_wall_ns=START_NS,
        started_t_ns=START_NS,
    )
    files = EpisodeFiles(folder, manifest, SPEC, DiskLimits(start_bytes=1, stop_bytes=1, ballast_bytes=1))
    rates = {"state": 250.0, "tick": 100.0} | {camera.name: camera.fps for camera in SPEC.cameras}
    encoders = {c.name: Encoder(c.name, c.width, c.height, c.fps) for c in SPEC.cameras}
    rooms = {c.name: textures(c.width, c.height) for c in SPEC.cameras}
    newest = None
    for t_s, name, k in sorted(
        (k / rate, name, k) for name, rate in rates.items() for k in range(int(seconds * rate))
    ):
        t_ns = START_NS + int(t_s * 1e9)
        if name == "state":
            newest = robot_state(k, t_ns, t_s)
            files.write(newest, b"")
        elif name == "tick":
            files.write(tick(k, t_ns, t_s, newest), b"")
        else:
            files.write(*encoders[name].encode(next(rooms[name]), k, t_ns))
    files.close(START_NS + int(seconds * 1e9))


def loader(dataset: Dataset, meta: object) -> Iterator[object]:
    """Return batches for ever, in the order in which `lerobot-train` draws them."""
    sampler = EpisodeAwareSampler(
        meta.episodes["dataset_from_index"], meta.episodes["dataset_to_index"], shuffle=True, seed=0
    )
    while True:
        yield from DataLoader(dataset, batch_size=BATCH, sampler=sampler)


def rate(batches: Iterator[object], count: int) -> float:
    """Return samples per second over `count` batches."""
    began = time.perf_counter()
    for _ in range(count):
        next(batches)
    return BATCH * count / (time.perf_counter() - began)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less data, fewer rounds")
    quick = parser.parse_args().quick
    av.logging.set_level(av.logging.ERROR)
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    episodes, seconds, rounds = (2, 2.5, 3) if quick else (4, 10.0, 7)
    with tempfile.TemporaryDirectory(prefix="bunraku-loading-") as name:
        folder = Path(name)
        raw = [folder / f"00000000-0000-4000-8000-{i:012d}" for i in range(episodes)]
        for path in raw:
            record(path, seconds)
        version = export(folder / "v1", "bench", 30, raw, lambda share, text: None)
        began = time.perf_counter()
        data: TrainingData = load_data(version.root, folder / "cache", [], SIZE)
        cache_s = time.perf_counter() - began
        every = tuple(range(episodes))
        lessons = find_lessons(data, every, people_only=False)
        meta = policy_metadata(data, "bench", lessons)
        deltas = {"action": [step / 30 for step in range(CHUNK)]}
        plain = LeRobotDataset("bench", root=version.root, delta_timestamps=deltas, return_uint8=True)
        scaled = LeRobotDataset(
            "bench",
            root=version.root,
            delta_timestamps=deltas,
            image_transforms=Resize(SIZE, antialias=True),
            return_uint8=True,
        )
        ours = PolicyDataset(data, meta, every, lessons, {"action": list(range(CHUNK))})
        kinds = {
            "ours": (ours, meta, 20),
            "stock": (scaled, plain.meta, 2),
            "stock, full size": (plain, plain.meta, 2),
        }
        batches = {kind: loader(dataset, about) for kind, (dataset, about, _) in kinds.items()}
        for kind in kinds:
            rate(batches[kind], 1)
        rates = {kind: [] for kind in kinds}
        for _ in range(rounds):
            for kind, (_, _, count) in kinds.items():
                rates[kind].append(rate(batches[kind], count))
        cache_bytes = sum(path.stat().st_size for path in (folder / "cache").rglob("*.u8"))
    median = {kind: statistics.median(values) for kind, values in rates.items()}
    saved_s = 1 / median["stock"] - 1 / median["ours"]
    report(
        "data_loading",
        [
            {"loader": kind, "samples_s": value, "ms_per_sample": 1e3 / value}
            for kind, value in median.items()
        ],
        speedup_vs_stock=round(median["ours"] / median["stock"], 2),
        speedup_vs_stock_full_size=round(median["ours"] / median["stock, full size"], 2),
        ours_samples_s=round(median["ours"], 1),
        stock_samples_s=round(median["stock"], 1),
        cache_s=round(cache_s, 2),
        cache_mb=round(cache_bytes / 1e6, 1),
        break_even_samples=round(cache_s / saved_s) if saved_s > 0 else None,
        dataset_rows=version.rows,
    )


if __name__ == "__main__":
    main()
