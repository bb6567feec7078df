"""Quick checks of a closed episode, as numbers, as words and as one score.

`python -m backend.recording.quality FOLDER` writes `quality.json` into the folder.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import av
import msgspec
import numpy as np

from backend.core.contracts.record import Record, json_decoder, to_json
from backend.files import write_atomically
from backend.recording.reader import EpisodeReader
from backend.recording.sample_writer import STATE, TICK, WORLD, camera_topic, in_words

NAME = "quality.json"
Severity = Literal["note", "warn", "fail"]
COST = {"note": 0.0, "warn": 0.1, "fail": 0.5}
"""What the worst finding of a check takes from the score."""

SHORT_S = 2.0
GAP_WARN_PERIODS = 5.0
GAP_FAIL_S = 1.0
RATE_WARN = 0.05
RATE_FAIL = 0.10
DROPPED_FAIL = 0.01
CLIPPED_WARN = 0.05
CLIPPED_FAIL = 0.5
IDLE_RAD_S = 0.02
"""Faster than this, some joint of the arms counts as moving."""
STILL_WARN = 0.95
MOVING_RAD_S = 0.2
"""Faster than this, a joint that carries a camera must change its picture."""
FROZEN_WARN_S = 0.5
FROZEN_FAIL_S = 1.5
BLACK_LEVEL = 20.0
"""Mean luma below which a picture counts as black; black itself is 16."""
RATES_HZ = {TICK: 100.0, STATE: 250.0}


class Finding(Record):
    """One thing that a reviewer should know."""

    check: str
    severity: Severity
    text: str


class Quality(Record):
    """What the checks found. `score` is 1 when nothing was found and 0 when the episode is useless."""

    score: float
    findings: tuple[Finding, ...]


def load_quality(folder: Path) -> Quality | None:
    """Return the stored checks of an episode, or None when they have not run yet."""
    try:
        return json_decoder(Quality).decode((folder / NAME).read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def check(reader: EpisodeReader) -> Quality:
    """Run every check on one episode."""
    findings = [
        *_length(reader),
        *_streams(reader),
        *_events(reader),
        *_motion(reader),
        *(finding for camera in reader.manifest.cameras for finding in _camera(reader, camera.name)),
    ]
    missing = {camera.name for camera in reader.spec.cameras} - {c.name for c in reader.manifest.cameras}
    silent = [in_words(camera_topic(name)) for name in sorted(missing)]
    findings += [_finding("camera", "fail", f"{camera} has no picture") for camera in silent]
    worst: dict[str, float] = {}
    for finding in findings:
        worst[finding.check] = max(worst.get(finding.check, 0.0), COST[finding.severity])
    score = max(1.0 - sum(worst.values()), 0.0)
    return Quality(score=round(score, 2), findings=tuple(findings))


def _finding(check: str, severity: Severity, text: str) -> Finding:
    return Finding(check=check, severity=severity, text=text)


def _graded(check: str, value: float, warn: float, fail: float, text: str) -> Iterator[Finding]:
    """Yield a finding when `value` exceeds a limit."""
    if value > warn:
        yield _finding(check, "fail" if value > fail else "warn", text)


def _length(reader: EpisodeReader) -> Iterator[Finding]:
    if reader.duration_s < SHORT_S:
        yield _finding("length", "fail", f"only {reader.duration_s:.1f} s long")


def _streams(reader: EpisodeReader) -> Iterator[Finding]:
    """Rate, gaps and drops of the samples and of the pictures."""
    manifest, tables = reader.manifest, reader.tables
    nominal = RATES_HZ | {camera_topic(camera.name): camera.fps for camera in manifest.cameras}
    times = {TICK: tables.ticks.t_ns, STATE: tables.states.t_ns}
    times |= {camera_topic(name): frames.t_ns for name, frames in tables.frames.items()}
    for topic, rate_hz in nominal.items():
        t_ns = times.get(topic, np.array([]))
        if len(t_ns) < 2:
            yield _finding("rate", "fail", f"{in_words(topic)}: only {len(t_ns)} samples")
            continue
        gaps_s = np.diff(t_ns) / 1e9
        worst_s = float(gaps_s.max())
        text = f"{in_words(topic)} is silent for {worst_s:.2f} s"
        yield from _graded("gap", worst_s, GAP_WARN_PERIODS / rate_hz, GAP_FAIL_S, text)
        measured_hz = 1 / float(gaps_s.mean())
        text = f"{in_words(topic)} runs at {measured_hz:.1f} Hz instead of {rate_hz:g}"
        yield from _graded("rate", abs(measured_hz / rate_hz - 1), RATE_WARN, RATE_FAIL, text)
    for topic, dropped in manifest.dropped.items():
        if topic == WORLD:
            continue  # Its topic promises only the newest state.
        fraction = dropped / max(dropped + manifest.counts.get(topic, 0), 1)
        text = f"{in_words(topic)} lost {dropped} samples"
        yield from _graded("dropped", fraction, 0.0, DROPPED_FAIL, text)


def _events(reader: EpisodeReader) -> Iterator[Finding]:
    """Falls, holds and the like, as they were marked while recording."""
    severity: dict[str, Severity] = {"fall": "fail", "fault": "fail", "video": "fail", "interrupted": "warn"}
    severity |= {"stream_lost": "warn", "hold": "warn", "stop": "warn", "driver": "note"}
    counts: dict[str, int] = {}
    for event in reader.manifest.events:
        counts[event.kind] = counts.get(event.kind, 0) + 1
        if counts[event.kind] == 1 and event.kind in severity:
            at_s = (event.t_ns - reader.manifest.started_t_ns) / 1e9
            yield _finding(event.kind, severity[event.kind], f"{event.kind} at {at_s:.1f} s: {event.text}")


def _motion(reader: EpisodeReader) -> Iterator[Finding]:
    """Clipped commands, non-finite values, and an operator who did nothing."""
    ticks, states = reader.tables.ticks, reader.tables.states
    if len(ticks.t_ns):
        clipped = float((ticks.clips > 0).mean())
        text = f"safety changed {clipped:.0%} of the commands"
        yield from _graded("clips", clipped, CLIPPED_WARN, CLIPPED_FAIL, text)
        if not ticks.driver.astype(bool).any():
            yield _finding("driver", "warn", "nobody drove the robot")
    if len(states.t_ns):
        arms = [reader.spec.index(joint) for joint in (*reader.spec.arm_joints, *reader.spec.hand_joints)]
        if not np.isfinite(states.q_rad).all():
            yield _finding("finite", "fail", "some measured joint angles are not numbers")
        still = float((np.abs(states.dq_rad_s[:, arms]).max(axis=1) < IDLE_RAD_S).mean())
        if still > STILL_WARN:
            yield _finding("motion", "warn", f"arms and hands rest for {still:.0%} of the time")


def _camera(reader: EpisodeReader, name: str) -> Iterator[Finding]:
    """Every picture decodes and has a row; none is black or stands still while the robot moves."""
    frames, words = reader.frames(name), in_words(camera_topic(name))
    still_s = longest_s = 0.0
    black = decoded = 0
    previous: np.ndarray | None = None
    moving = _moving(reader, name, frames.t_ns)
    try:
        for picture in _thumbnails(reader.video_path(name)):
            if decoded and decoded < len(frames.t_ns):
                same = np.abs(picture - previous).max() <= 1 and moving[decoded]
                still_s = still_s + (frames.t_ns[decoded] - frames.t_ns[decoded - 1]) / 1e9 if same else 0.0
                longest_s = max(longest_s, still_s)
            black += float(picture.mean()) < BLACK_LEVEL
            previous = picture
            decoded += 1
    except av.FFmpegError as error:
        yield _finding("video", "fail", f"{words} cannot be decoded: {error}")
    if decoded != len(frames.t_ns):
        text = f"{words} has {decoded} pictures but {len(frames.t_ns)} capture times"
        yield _finding("video", "fail", text)
    yield from _graded("black", black / max(decoded, 1), 0.0, 0.5, f"{words} is black in {black} pictures")
    text = f"{words} stands still for {longest_s:.1f} s while the robot moves"
    yield from _graded("frozen", longest_s, FROZEN_WARN_S, FROZEN_FAIL_S, text)


def _moving(reader: EpisodeReader, camera: str, t_ns: np.ndarray) -> np.ndarray:
    """Return whether the view of a camera must change at each time: (n,) bool.

    Only the waist and, for a camera at a wrist, its own arm count: an arm may move out of sight.
    """
    states = reader.tables.states
    if not len(states.t_ns):
        return np.zeros(len(t_ns), bool)
    link = next((spec.link for spec in reader.spec.cameras if spec.name == camera), "")
    side = link.split("_")[0]
    carriers = [
        i
        for i, joint in enumerate(reader.spec.joints)
        if "waist" in joint or (joint in reader.spec.arm_joints and joint.startswith(f"{side}_"))
    ]
    fast = np.abs(states.dq_rad_s[:, carriers]).max(axis=1) > MOVING_RAD_S
    return np.interp(t_ns, states.t_ns, fast) > 0


def _thumbnails(path: Path) -> Iterator[np.ndarray]:
    """Decode a video to small grey pictures: (height / 8, width / 8) int16."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            grey = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            yield grey[::8, : plane.width : 8].astype(np.int16)


def main() -> None:
    """Check the folder named on the command line; everything else goes first."""
    os.nice(19)
    folder = Path(sys.argv[1])
    try:
        report = check(EpisodeReader(folder))
        write_atomically(folder / NAME, msgspec.json.format(to_json(report), indent=1))
    except FileNotFoundError:
        if folder.exists():
            raise
        # Discarded meanwhile: there is nothing left to judge.


if __name__ == "__main__":
    main()
