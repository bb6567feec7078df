"""The files of one raw episode while it is being written.

- `manifest.json`: what it is, its counts, drops and events
- `robot.json`: the `RobotSpec` that gives every vector its names
- `samples.mcap`: ticks, robot and world states, frame tables, events
- `<camera>.mkv`: the encoder's bitstream; becomes `<camera>.mp4` when the episode is closed
"""

from pathlib import Path
from typing import Any

import av
import msgspec

from backend.core.contracts.record import to_json
from backend.core.contracts.recording import CameraManifest, EpisodeEvent, EpisodeManifest
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.video import EncodedFrame
from backend.files import write_atomically
from backend.recording.disk import Ballast, DiskLimits, DurableFile
from backend.recording.driving import DrivingMeter
from backend.recording.manifest import ManifestFile
from backend.recording.remux import RemuxError, remux_to_mp4
from backend.recording.sample_writer import SampleWriter, camera_topic, in_words
from backend.recording.stream_meter import StreamMeter
from backend.recording.tick_events import TickEvents
from backend.recording.video_writer import VideoWriter

SAMPLES = "samples.mcap"
ROBOT = "robot.json"
BALLAST = ".ballast"
MAX_EVENTS = 1000


class EpisodeFiles:
    """Writes one episode. Not safe for threads: `EpisodeWriter` gives it its own."""

    def __init__(self, folder: Path, manifest: EpisodeManifest, spec: RobotSpec, limits: DiskLimits) -> None:
        """Create the folder; raises OSError."""
        folder.mkdir(parents=True)
        self.folder = folder
        self.manifest = ManifestFile(folder, manifest)
        self.manifest.update()
        self._ballast = Ballast(folder / BALLAST, limits.ballast_bytes)
        write_atomically(folder / ROBOT, to_json(spec))
        self._samples_file = DurableFile(folder / SAMPLES, self._ballast)
        self._samples = SampleWriter(self._samples_file)
        self._meters: dict[str, StreamMeter] = {}
        self._videos: dict[str, VideoWriter] = {}
        self._cameras: dict[str, CameraManifest] = {}
        self._events: list[EpisodeEvent] = []
        self._tick_events = TickEvents()
        self._driving = DrivingMeter()

    @property
    def full(self) -> bool:
        """The disk is full: only the ballast is left, for closing."""
        return self._ballast.released

    @property
    def bytes_written(self) -> int:
        """Bytes of all samples and videos so far."""
        videos = tuple(self._videos.values())
        return self._samples_file.bytes_written + sum(video.file.bytes_written for video in videos)

    def meters(self) -> dict[str, StreamMeter]:
        """Return the counters of every stream seen so far, by topic."""
        return dict(self._meters)

    def write(self, record: Any, payload: bytes = b"") -> bool:
        """Append a record; `payload` is the bitstream of an `EncodedFrame`.

        Returns:
            True when messages were lost just before this one.

        Raises:
            OSError: the disk refuses; the episode must be closed.
        """
        if isinstance(record, EncodedFrame):
            return self._write_picture(record, payload)
        if isinstance(record, EpisodeEvent):
            self._mark(record)
            return False
        if isinstance(record, TickRecord):
            for event in self._tick_events.observe(record):
                self._mark(event)
            self._driving.observe(record.t_ns, record.driver, record.rollout.policy if record.rollout else "")
        topic = self._samples.write(record)
        return self._meter(topic, record)

    def _meter(self, topic: str, record: Any) -> bool:
        return self._meters.setdefault(topic, StreamMeter()).observe(record.seq, record.t_ns) > 0

    def _mark(self, event: EpisodeEvent) -> None:
        if len(self._events) < MAX_EVENTS:
            self._events.append(event)
        self._samples.write(event)

    def _write_picture(self, frame: EncodedFrame, data: bytes) -> bool:
        video = self._videos.get(frame.camera)
        if video is None and not frame.keyframe:
            return True  # Nothing before the first keyframe can be decoded; the caller asks for one.
        try:
            if video is None:
                path = self.folder / f"{frame.camera}.mkv"
                video = self._videos[frame.camera] = VideoWriter(path, self._ballast, frame, data)
                self._cameras[frame.camera] = CameraManifest(
                    name=frame.camera,
                    file=path.name,
                    width=frame.width,
                    height=frame.height,
                    fps=frame.fps,
                )
            if video.size != (frame.width, frame.height):
                raise ValueError(f"its size changed to {frame.width}x{frame.height}")
            row = video.write(frame, data)
        except (av.FFmpegError, ValueError) as error:
            # The skipped sequence number makes the meter count this picture as dropped.
            text = f"{in_words(camera_topic(frame.camera))}: picture {frame.seq} not recorded: {error}"
            self._mark(EpisodeEvent(t_ns=frame.t_ns, kind="stream", text=text))
            return True
        return self._meter(self._samples.write(row), row)

    def sync(self) -> None:
        """Make everything up to now survive a power loss, and bring the manifest up to date."""
        self.flush()
        self._samples_file.sync()
        for video in self._videos.values():
            video.file.sync()
        self.manifest.update(**self._summary())

    def flush(self) -> None:
        """Hand every sample to the operating system, so that it survives the end of this process."""
        self._samples.flush()

    def _summary(self) -> dict[str, Any]:
        cameras = []
        for name, camera in self._cameras.items():
            meter = self._meters.get(camera_topic(name), StreamMeter())
            cameras.append(
                msgspec.structs.replace(
                    camera,
                    frames=meter.count,
                    dropped=meter.dropped,
                    first_t_ns=meter.first_t_ns,
                    last_t_ns=meter.last_t_ns,
                )
            )
        return {
            "cameras": tuple(cameras),
            "counts": {topic: meter.count for topic, meter in self._meters.items()},
            "dropped": {topic: meter.dropped for topic, meter in self._meters.items()},
            "events": tuple(self._events),
            "driving": self._driving.total(),
        }

    def _finish_samples(self) -> None:
        try:
            self._samples.finish()
            self._samples_file.sync()
        finally:
            self._samples_file.close()

    def close(self, ended_t_ns: int) -> EpisodeManifest:
        """Finish every file and mark the episode closed; raises OSError when the disk refuses."""
        errors = []
        for finish in (self._finish_samples, *(video.close for video in self._videos.values())):
            try:
                finish()
            except OSError as error:
                errors.append(error)
        self._ballast.release()
        if errors:
            raise errors[0]
        summary = self._summary()
        cameras, events = to_browser_video(self.folder, summary["cameras"], ended_t_ns)
        summary["cameras"] = cameras
        summary["events"] += events
        return self.manifest.update(state="closed", ended_t_ns=ended_t_ns, **summary)


def to_browser_video(
    folder: Path, cameras: tuple[CameraManifest, ...], now_ns: int
) -> tuple[tuple[CameraManifest, ...], tuple[EpisodeEvent, ...]]:
    """Make an mp4 of every camera's Matroska file; return the cameras and what went wrong."""
    done, events = [], []
    for camera in cameras:
        if camera.file.endswith(".mp4"):
            done.append(camera)
            continue
        try:
            target = remux_to_mp4(folder / camera.file, camera.frames)
            done.append(msgspec.structs.replace(camera, file=target.name))
        except RemuxError as error:
            done.append(camera)
            events.append(EpisodeEvent(t_ns=now_ns, kind="video", text=str(error)))
    return tuple(done), tuple(events)
