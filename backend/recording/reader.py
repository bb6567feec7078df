"""Reads one raw episode: for the player, the plots, the checks and the export."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import av
import numpy as np

from backend.core.contracts.record import json_decoder
from backend.core.contracts.recording import CameraManifest
from backend.core.contracts.robot import RobotSpec
from backend.recording.episode_files import ROBOT, SAMPLES
from backend.recording.manifest import load_manifest
from backend.recording.resample import last_before, nearest, steps
from backend.recording.tables import Frames, Tables, load_tables

BASE = ("x", "y", "z", "qx", "qy", "qz", "qw")
FORCE = tuple(f"{side}_{finger}" for side in ("left", "right") for finger in ("thumb", "middle", "index"))


class EpisodeReader:
    """One episode's folder. Times `t_s` are seconds since the episode's start."""

    def __init__(self, folder: Path) -> None:
        """Open a folder; samples are read when they are first needed.

        Raises:
            FileNotFoundError: no manifest, or no description of the robot.
            ValueError: the manifest is malformed or of a newer format.
        """
        self.folder = folder
        self.manifest = load_manifest(folder)
        self.spec: RobotSpec = json_decoder(RobotSpec).decode((folder / ROBOT).read_bytes())

    @cached_property
    def tables(self) -> Tables:
        """Every sample; about one second of reading per two minutes of episode."""
        return load_tables(self.folder / SAMPLES)

    @property
    def duration_s(self) -> float:
        """Length of the episode."""
        return max(self.manifest.ended_t_ns - self.manifest.started_t_ns, 0) / 1e9

    def camera(self, name: str) -> CameraManifest:
        """Return the manifest of a camera; raises KeyError with the names there are."""
        for camera in self.manifest.cameras:
            if camera.name == name:
                return camera
        names = ", ".join(camera.name for camera in self.manifest.cameras) or "none"
        raise KeyError(f"no camera {name!r} in this episode; it has {names}")

    def video_path(self, name: str) -> Path:
        """Return the video file of a camera; raises KeyError with the names there are."""
        return self.folder / self.camera(name).file

    def frames(self, name: str) -> Frames:
        """Return the frame table of a camera; raises KeyError with the names there are."""
        return self.tables.frames[self.camera(name).name]

    def seconds(self, t_ns: np.ndarray) -> np.ndarray:
        """Return times since the episode's start [s]."""
        return (t_ns - self.manifest.started_t_ns) / 1e9

    def pictures(self, name: str, wanted: Iterable[int] | None = None) -> Iterator[np.ndarray]:
        """Decode a camera's video: (height, width, 3) uint8 rgb, in the order of its frame table.

        Args:
            name: of the camera.
            wanted: ascending places in that table, each as often as it is to be yielded; None for all.

        Raises:
            ValueError: the video ends before a wanted picture.
        """
        with av.open(str(self.video_path(name))) as container:
            container.streams.video[0].thread_type = "AUTO"
            decoded = container.decode(video=0)
            if wanted is None:
                yield from (frame.to_ndarray(format="rgb24") for frame in decoded)
                return
            count, shown, picture = 0, -1, None
            for place in wanted:
                while count <= place:
                    if (frame := next(decoded, None)) is None:
                        raise ValueError(f"camera {name} has {count} pictures; picture {place} was wanted")
                    count += 1
                if shown != place:
                    shown, picture = place, frame.to_ndarray(format="rgb24")
                yield picture

    def columns(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return every named column as (t_ns, values), both (n,).

        Names are `action.<entry>` (asked), `sent.<entry>`, `state.<joint>`, `velocity.<joint>`,
        `torque.<joint>`, `base.<x y z qx qy qz qw>`, `torso.<roll pitch yaw>`, `base.height`,
        `force.<finger>` and `clips`; units are those of the contracts.
        """
        ticks, states = self.tables.ticks, self.tables.states
        entries = self.spec.layout.action_names
        groups: list[tuple[str, Sequence[str], np.ndarray, np.ndarray]] = []
        if len(ticks.t_ns):
            groups += [
                ("action", entries, ticks.t_ns, ticks.action),
                ("sent", entries, ticks.t_ns, ticks.sent),
            ]
        if len(states.t_ns):
            groups += [
                ("state", self.spec.joints, states.t_ns, states.q_rad),
                ("velocity", self.spec.joints, states.t_ns, states.dq_rad_s),
                ("torque", self.spec.joints, states.t_ns, states.tau_nm),
                ("base", BASE, states.t_ns, states.T_world_pelvis),
                ("torso", ("roll", "pitch", "yaw"), states.t_ns, states.torso_rpy_rad),
                ("force", FORCE, states.t_ns, states.hand_force_n),
            ]
        columns = {
            f"{group}.{name}": (t_ns, values[:, i])
            for group, names, t_ns, values in groups
            for i, name in enumerate(names)
        }
        if len(states.t_ns):
            columns["base.height"] = (states.t_ns, states.base_height_m)
        if len(ticks.t_ns):
            columns["clips"] = (ticks.t_ns, ticks.clips)
        return columns

    def series(self, names: Sequence[str], max_points: int) -> dict[str, Any]:
        """Return columns on one shared clock, for plots.

        Args:
            names: columns to return, as in `columns`.
            max_points: at most this many samples, evenly spread; at least 2.

        Returns:
            `t_s`: (m,) list [s]; `values`: a list of (m,) lists with None where nothing was sampled.

        Raises:
            KeyError: a name is unknown; lists those there are.
        """
        columns = self.columns()
        if unknown := [name for name in names if name not in columns]:
            raise KeyError(f"no column {', '.join(unknown)}; there are {', '.join(columns)}")
        clock = max((columns[name][0] for name in names), key=len, default=np.array([], np.int64))
        clock = clock[np.linspace(0, len(clock) - 1, min(max(max_points, 2), len(clock))).astype(int)]
        values = []
        for name in names:
            t_ns, column = columns[name]
            picked = column[nearest(t_ns, clock)].astype(float)
            values.append([float(v) if np.isfinite(v) else None for v in picked])
        return {"t_s": self.seconds(clock).tolist(), "values": values}

    def poses(self, rate_hz: float) -> dict[str, Any]:
        """Return everything that the 3D view needs, at `rate_hz`.

        Returns:
            `t_s` (n,), `joints` names, `q_rad` (n, joints), `T_world_pelvis` (n, 7), `objects` names,
            `T_world_object` (n, objects, 7), `mode` (n,), `driver` (n,), `T_world_footprint` (n, 7) and
            `T_footprint_wrists` (n, 2, 7) or None where no wrist was wanted. Lists, ready for JSON.
        """
        states, ticks, worlds = self.tables.states, self.tables.ticks, self.tables.worlds
        grid = steps(states.t_ns, rate_hz)
        at = nearest(states.t_ns, grid)
        poses: dict[str, Any] = {
            "t_s": self.seconds(grid).tolist(),
            "joints": list(self.spec.joints),
            "q_rad": states.q_rad[at].round(5).tolist(),
            "T_world_pelvis": states.T_world_pelvis[at].round(5).tolist(),
            "objects": list(worlds.objects),
            "T_world_object": [],
            "mode": [],
            "driver": [],
            "T_world_footprint": [],
            "T_footprint_wrists": [],
        }
        if len(worlds.t_ns):
            poses["T_world_object"] = worlds.T_world_object[nearest(worlds.t_ns, grid)].round(5).tolist()
        if len(ticks.t_ns):
            rows = np.maximum(last_before(ticks.t_ns, grid), 0)
            wrists = ticks.wrists[rows].round(5)
            poses["mode"] = ticks.mode[rows].tolist()
            poses["driver"] = ticks.driver[rows].tolist()
            poses["T_world_footprint"] = ticks.T_world_footprint[rows].round(5).tolist()
            poses["T_footprint_wrists"] = [w.tolist() if np.isfinite(w).all() else None for w in wrists]
        return poses
