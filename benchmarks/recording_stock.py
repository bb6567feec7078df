"""lerobot 0.6.1's streaming recorder, for the recording benchmark."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from backend.core.clock import now_ns
from backend.core.contracts.robot import CameraSpec
from benchmarks.recording_source import SPEC, Result, Source, score, total
from tests.recording.streams import read_number

FPS = 30


def stock(seconds: float, root: Path) -> Result:
    """Record with lerobot's own recorder, fed as its record loop feeds it."""
    import av
    import pyarrow.parquet as parquet
    from lerobot.configs import RGBEncoderConfig
    from lerobot.datasets import LeRobotDataset

    newest: dict[str, Any] = {}

    def sample(name: str, record: Any) -> None:
        newest[name] = record

    def picture(camera: CameraSpec, seq: int, t_ns: int, rgb: np.ndarray) -> None:
        newest[camera.name] = rgb

    features: dict[str, Any] = {
        "observation.state": {"dtype": "float64", "shape": (43,), "names": list(SPEC.joints)},
        "action": {"dtype": "float64", "shape": (36,), "names": list(SPEC.layout.action_names)},
    }
    for camera in SPEC.cameras:
        features[f"observation.images.{camera.name}"] = {
            "dtype": "video",
            "shape": (camera.height, camera.width, 3),
            "names": ["height", "width", "channels"],
        }
    dataset = LeRobotDataset.create(
        "stock",
        FPS,
        features,
        root=root,
        rgb_encoder=RGBEncoderConfig(vcodec="h264", preset="ultrafast", crf=23),
        streaming_encoding=True,
        encoder_threads=1,
    )
    source = Source(sample, picture)
    with source.running():
        while len(newest) < 3 + len(SPEC.cameras):
            time.sleep(0.01)
        cpu, began = time.process_time(), time.monotonic()
        for k in range(int(seconds * FPS)):
            time.sleep(max(0.0, began + k / FPS - time.monotonic()))
            frame = {f"observation.images.{c.name}": newest[c.name] for c in SPEC.cameras}
            values = {"observation.state": newest["state"].q_rad, "action": newest["tick"].command.action}
            dataset.add_frame(frame | values | {"task": "benchmark"})
        stopped_ns, busy = now_ns(), (time.process_time() - cpu) / (time.monotonic() - began) * 100
        began = time.monotonic()
        dataset.save_episode()
        dataset.finalize()
        save_s = time.monotonic() - began
    (table,) = sorted((root / "data").rglob("*.parquet"))
    rows_ns = source.state_ns(np.stack(parquet.read_table(table).column("observation.state").to_numpy()))
    scores = []
    for camera in SPEC.cameras:
        (path,) = sorted((root / "videos" / f"observation.images.{camera.name}").rglob("*.mp4"))
        with av.open(str(path)) as container:
            shown = np.array([read_number(f.to_ndarray(format="rgb24")) for f in container.decode(video=0)])
        # With pictures missing, lerobot reads row i with picture i all the same.
        shown = shown[: len(rows_ns)]
        scores.append(score(source.truth[camera.name], shown, rows_ns[: len(shown)], stopped_ns))
    return total("lerobot 0.6.1", scores, seconds=seconds, save_s=save_s, cpu_percent=busy)
