"""Repairs what a killed recorder left behind, when the next one starts."""

import shutil
from collections import defaultdict
from pathlib import Path

import av
import msgspec

from backend.core.contracts.record import json_decoder
from backend.core.contracts.recording import CameraManifest, Driving, EpisodeEvent, EpisodeManifest
from backend.recording.driving import DrivingMeter
from backend.recording.episode_files import BALLAST, SAMPLES, to_browser_video
from backend.recording.manifest import ManifestFile, load_manifest
from backend.recording.quality import load_quality
from backend.recording.salvage import cut_video, readable_messages, readable_packets, rewrite_samples
from backend.recording.sample_writer import EVENT, TICK, camera_topic
from backend.recording.stream_meter import StreamMeter


class _Permission(msgspec.Struct):
    policy: str


class _Stamp(msgspec.Struct):
    """The part of every sample that counting needs; a tick says who drove, too."""

    t_ns: int
    seq: int = 0
    driver: str = ""
    rollout: _Permission | None = None


def recover_all(episodes_dir: Path) -> list[Path]:
    """Repair every episode that was being written; return the folders that were repaired.

    Discarded takes of an earlier run are deleted for good. A folder that cannot be repaired is left as
    it is, for a person to look at.
    """
    repaired = []
    for folder in sorted(path.parent for path in episodes_dir.glob("*/manifest.json")):
        try:
            manifest = load_manifest(folder)
            if manifest.state == "discarded":
                shutil.rmtree(folder)
            elif manifest.state == "recording":
                recover(folder, manifest)
                repaired.append(folder)
        except (OSError, ValueError):
            continue
    return repaired


def unchecked(episodes_dir: Path) -> list[Path]:
    """Return the closed episodes whose quality was not checked, because the recorder ended before."""
    return [
        path.parent
        for path in sorted(episodes_dir.glob("*/manifest.json"))
        if load_quality(path.parent) is None
    ]


def recover(folder: Path, manifest: EpisodeManifest) -> EpisodeManifest:
    """Make a torn episode whole again as far as it was written; raises OSError.

    The samples get an index and a footer, every video ends where pictures and frame table agree, and the
    manifest becomes `interrupted` with true counts.
    """
    for leftover in (folder / BALLAST, *folder.glob("*.partial.mp4"), *folder.glob(".new.*")):
        leftover.unlink(missing_ok=True)
    meters, _, _ = _count(folder / SAMPLES)
    cameras = _repair_videos(folder, manifest, meters)
    if (folder / SAMPLES).exists():
        keep_rows = {camera_topic(camera.name): camera.frames for camera in cameras}
        unusable = {topic: 0 for topic in meters if topic.startswith("/camera/") and topic not in keep_rows}
        rewrite_samples(folder / SAMPLES, keep_rows | unusable)
    meters, events, driving = _count(folder / SAMPLES)
    ended_t_ns = max((meter.last_t_ns for meter in meters.values()), default=manifest.started_t_ns)
    cameras, problems = to_browser_video(folder, cameras, ended_t_ns)
    text = "the recorder ended here without closing the episode"
    return ManifestFile(folder, manifest).update(
        state="interrupted",
        recovered=True,
        ended_t_ns=ended_t_ns,
        cameras=tuple(_stamped(camera, meters[camera_topic(camera.name)]) for camera in cameras),
        counts={topic: meter.count for topic, meter in meters.items()},
        dropped={topic: meter.dropped for topic, meter in meters.items()},
        events=(*events, *problems, EpisodeEvent(t_ns=ended_t_ns, kind="interrupted", text=text)),
        driving=driving,
    )


def _count(samples: Path) -> tuple[dict[str, StreamMeter], tuple[EpisodeEvent, ...], Driving]:
    """Return the counters of every topic that can still be read, the events, and who drove."""
    meters: dict[str, StreamMeter] = defaultdict(StreamMeter)
    driving = DrivingMeter()
    events = []
    stamps, marks = msgspec.json.Decoder(_Stamp), json_decoder(EpisodeEvent)
    for _, channel, message in readable_messages(samples) if samples.exists() else ():
        if channel.topic == EVENT:
            events.append(marks.decode(message.data))
            continue
        stamp = stamps.decode(message.data)
        meters[channel.topic].observe(stamp.seq, stamp.t_ns)
        if channel.topic == TICK:
            driving.observe(stamp.t_ns, stamp.driver, stamp.rollout.policy if stamp.rollout else "")
    return dict(meters), tuple(events), driving.total()


def _repair_videos(
    folder: Path, manifest: EpisodeManifest, meters: dict[str, StreamMeter]
) -> tuple[CameraManifest, ...]:
    """Cut every video to the pictures whose capture time is known; unreadable files are left alone."""
    known = {camera.name: camera for camera in manifest.cameras}
    cameras = []
    for name in sorted({path.stem for suffix in ("mkv", "mp4") for path in folder.glob(f"*.{suffix}")}):
        path = folder / f"{name}.mkv"
        if path.with_suffix(".mp4").exists():
            # The mp4 appears only when it is complete, so it wins over the file it was made of.
            path.unlink(missing_ok=True)
            path = path.with_suffix(".mp4")
        meter = meters.get(camera_topic(name), StreamMeter())
        try:
            with av.open(str(path)) as container:
                found = sum(1 for _ in readable_packets(container))
                codec = container.streams.video[0].codec_context
                width, height = codec.width, codec.height
                fps = float(container.streams.video[0].average_rate or 0)
            frames = min(found, meter.count)
            if not frames:
                continue
            if path.suffix == ".mkv" or frames != found:
                cut_video(path, frames)
        except (av.FFmpegError, IndexError):
            continue
        fallback = CameraManifest(name=name, file=path.name, width=width, height=height, fps=fps)
        camera = msgspec.structs.replace(known.get(name, fallback), file=path.name, frames=frames)
        cameras.append(camera)
    return tuple(cameras)


def _stamped(camera: CameraManifest, meter: StreamMeter) -> CameraManifest:
    return msgspec.structs.replace(
        camera, dropped=meter.dropped, first_t_ns=meter.first_t_ns, last_t_ns=meter.last_t_ns
    )
