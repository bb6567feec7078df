"""The samples of an episode as arrays, one row per message."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from backend.recording.frame_record import FrameRecord
from backend.recording.salvage import readable_messages
from backend.recording.sample_writer import STATE, TICK, WORLD

Vector = list[float | None]
"""Not-a-number is null in JSON."""


class _Action(msgspec.Struct):
    action: Vector


class _Clip(msgspec.Struct):
    name: str


class _Verdict(msgspec.Struct):
    clips: list[_Clip] = []
    refused: str = ""


class _Intent(msgspec.Struct):
    T_footprint_left: Vector
    T_footprint_right: Vector


class _Rollout(msgspec.Struct):
    policy: str


class _Tick(msgspec.Struct):
    """The part of a `TickRecord` that has columns."""

    t_ns: int
    mode: str
    driver: str
    target: _Action | None
    command: _Action
    verdict: _Verdict
    intent: _Intent | None
    T_world_footprint: Vector
    rollout: _Rollout | None = None


class _State(msgspec.Struct):
    """The part of a `RobotState` that has columns."""

    t_ns: int
    q_rad: Vector
    dq_rad_s: Vector
    tau_nm: Vector
    T_world_pelvis: Vector
    base_twist: Vector
    torso_rpy_rad: Vector
    base_height_m: float
    hand_force_n: Vector
    locomotion: str


class _World(msgspec.Struct):
    """The part of a `WorldState` that has columns."""

    t_ns: int
    objects: list[str]
    object_poses: Vector


@dataclass(frozen=True)
class Ticks:
    """Control ticks; a row that asked for nothing has NaN in `action` and `wrists`."""

    t_ns: np.ndarray
    """(n,) int64"""
    mode: np.ndarray
    """(n,) str"""
    driver: np.ndarray
    """(n,) str, empty when nobody drove"""
    policy: np.ndarray
    """(n,) str, driver name of the policy that was allowed to drive, empty when there was none"""
    action: np.ndarray
    """(n, 36) what was asked"""
    sent: np.ndarray
    """(n, 36) what the robot was told"""
    clips: np.ndarray
    """(n,) number of values that safety changed; all of them when it refused the target"""
    wrists: np.ndarray
    """(n, 2, 7) wanted poses of left and right wrist in the footprint frame"""
    T_world_footprint: np.ndarray
    """(n, 7)"""


@dataclass(frozen=True)
class States:
    """Robot states, in the order of `RobotSpec.joints`."""

    t_ns: np.ndarray
    q_rad: np.ndarray
    dq_rad_s: np.ndarray
    tau_nm: np.ndarray
    T_world_pelvis: np.ndarray
    base_twist: np.ndarray
    torso_rpy_rad: np.ndarray
    base_height_m: np.ndarray
    hand_force_n: np.ndarray
    locomotion: np.ndarray


@dataclass(frozen=True)
class Worlds:
    """States of the objects."""

    t_ns: np.ndarray
    objects: tuple[str, ...]
    T_world_object: np.ndarray
    """(n, objects, 7)"""


@dataclass(frozen=True)
class Frames:
    """Frame table of one camera: row i belongs to picture i of its video."""

    t_ns: np.ndarray
    seq: np.ndarray
    pts_ms: np.ndarray
    size: np.ndarray
    keyframe: np.ndarray


@dataclass(frozen=True)
class Tables:
    """Everything that was sampled in one episode."""

    ticks: Ticks
    states: States
    worlds: Worlds
    frames: dict[str, Frames]


def load_tables(samples: Path) -> Tables:
    """Read `samples.mcap`; a torn file is read up to its damage. Raises FileNotFoundError."""
    kinds: dict[str, Callable[[bytes], Any]] = {
        TICK: msgspec.json.Decoder(_Tick).decode,
        STATE: msgspec.json.Decoder(_State).decode,
        WORLD: msgspec.json.Decoder(_World).decode,
    }
    frame = msgspec.json.Decoder(FrameRecord).decode
    rows: dict[str, list[Any]] = defaultdict(list)
    frames: dict[str, list[FrameRecord]] = defaultdict(list)
    for _, channel, message in readable_messages(samples):
        if channel.topic in kinds:
            rows[channel.topic].append(kinds[channel.topic](message.data))
        elif channel.topic.startswith("/camera/"):
            record = frame(message.data)
            frames[record.camera].append(record)
    return Tables(
        ticks=_ticks(rows[TICK]),
        states=_states(rows[STATE]),
        worlds=_worlds(rows[WORLD]),
        frames={camera: _frames(table) for camera, table in sorted(frames.items())},
    )


def _stamps(rows: Iterable[Any]) -> np.ndarray:
    return np.array([row.t_ns for row in rows], np.int64)


def _ticks(rows: list[_Tick]) -> Ticks:
    width = len(rows[0].command.action) if rows else 0
    nothing = [np.nan] * width
    no_wrists = [[np.nan] * 7] * 2
    return Ticks(
        t_ns=_stamps(rows),
        mode=np.array([row.mode for row in rows], str),
        driver=np.array([row.driver for row in rows], str),
        policy=np.array([row.rollout.policy if row.rollout else "" for row in rows], str),
        action=np.array([row.target.action if row.target else nothing for row in rows], float).reshape(
            len(rows), width
        ),
        sent=np.array([row.command.action for row in rows], float).reshape(len(rows), width),
        clips=np.array([width if row.verdict.refused else len(row.verdict.clips) for row in rows], int),
        wrists=np.array(
            [
                [row.intent.T_footprint_left, row.intent.T_footprint_right] if row.intent else no_wrists
                for row in rows
            ],
            float,
        ).reshape(len(rows), 2, 7),
        T_world_footprint=np.array([row.T_world_footprint for row in rows], float).reshape(len(rows), 7),
    )


def _states(rows: list[_State]) -> States:
    def column(name: str) -> np.ndarray:
        values = [getattr(row, name) for row in rows]
        return np.array(values, str if name == "locomotion" else float)

    names = [name for name in _State.__struct_fields__ if name != "t_ns"]
    return States(t_ns=_stamps(rows), **{name: column(name) for name in names})


def _worlds(rows: list[_World]) -> Worlds:
    objects = tuple(rows[0].objects) if rows else ()
    # A scene that was swapped during the take has other objects: its rows have no column here.
    rows = [row for row in rows if tuple(row.objects) == objects]
    poses = np.array([row.object_poses for row in rows], float).reshape(len(rows), len(objects), 7)
    return Worlds(t_ns=_stamps(rows), objects=objects, T_world_object=poses)


def _frames(rows: list[FrameRecord]) -> Frames:
    return Frames(
        t_ns=_stamps(rows),
        seq=np.array([row.seq for row in rows], np.int64),
        pts_ms=np.array([row.pts for row in rows], np.int64),
        size=np.array([row.size for row in rows], np.int64),
        keyframe=np.array([row.keyframe for row in rows], bool),
    )
