"""The recorder process: reads every stream of the bus and writes the open take."""

import dataclasses
import signal
import time
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from backend import catalog
from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.recording import EpisodeManifest, RecorderRequest, RecorderStatus, StreamStatus
from backend.core.contracts.robot import RobotSpec
from backend.recording.checker import Checker
from backend.recording.disk import DiskLimits, free_bytes
from backend.recording.episode_files import EpisodeFiles
from backend.recording.episode_writer import EpisodeWriter
from backend.recording.keyframe_request import KeyframeRequest
from backend.recording.manifest import FORMAT
from backend.recording.recovery import recover_all, unchecked
from backend.recording.sample_writer import STATE, TICK, WORLD, camera_topic
from backend.recording.session import Session
from backend.recording.stream_meter import StreamMeter
from backend.recording.stream_watch import StreamWatch
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.topics import (
    CONTROL_TICK,
    RECORDER,
    RECORDER_STATUS,
    ROBOT_STATE,
    VIDEO_PACKET,
    WORLD_STATE,
)
from backend.settings import settings

PERIOD_S = 0.005
STATUS_NS = 100_000_000


class RecorderProcess:
    """Polls the bus every 5 ms; disks and encoders are never waited for."""

    def __init__(
        self, bus: Bus, episodes_dir: Path, spec: RobotSpec, controller: str, limits: DiskLimits
    ) -> None:
        now_ns = clock.now_ns()
        self._spec = spec
        self._controller = controller
        self._limits = limits
        self._dir = episodes_dir
        # The world's topic keeps only the newest for its other readers; a recording wants every state.
        world = dataclasses.replace(WORLD_STATE, delivery="queue")
        self._streams = {
            TICK: bus.subscribe(CONTROL_TICK),
            STATE: bus.subscribe(ROBOT_STATE),
            WORLD: bus.subscribe(world),
        }
        self._packets = bus.subscribe(VIDEO_PACKET)
        self._server = bus.serve(RECORDER)
        self._status = bus.publisher(RECORDER_STATUS)
        self._keyframes = KeyframeRequest(bus)
        self._checker = Checker()
        self._watch = StreamWatch(tuple(camera.name for camera in spec.cameras), now_ns)
        self._session = Session(episodes_dir, limits, self._open_take)
        self._next_status_ns = now_ns
        recover_all(episodes_dir)
        for folder in unchecked(episodes_dir):
            self._checker.check(folder)

    def step(self, now_ns: int) -> None:
        """Move everything that waits on the bus into the open take, then answer requests."""
        for topic, stream in self._streams.items():
            for record in stream.drain():
                self._watch.arrived(topic, now_ns)
                self._session.record(record)
        while (message := self._packets.poll()) is not None:
            frame, data = message
            self._watch.arrived(camera_topic(frame.camera), now_ns)
            self._session.record(frame, bytes(data))
        for event in self._watch.check(now_ns):
            self._session.record(event)
        self._server.poll(
            lambda request: self._session.answer(request, now_ns), lambda why: Reply(ok=False, error=why)
        )
        self._session.tick(now_ns)
        self._ask_for_keyframes(now_ns)
        if now_ns >= self._next_status_ns:
            self._next_status_ns = now_ns + STATUS_NS
            self._status.publish(self._report(now_ns))

    def _ask_for_keyframes(self, now_ns: int) -> None:
        writer = self._session.writer
        if self._session.phase == "recording" and writer.wants_keyframe:
            cameras = set(writer.wants_keyframe)
            writer.wants_keyframe -= cameras
            self._keyframes.ask(cameras, now_ns)

    def _open_take(self, request: RecorderRequest, folder: Path, now_ns: int) -> EpisodeWriter:
        manifest = EpisodeManifest(
            format=FORMAT,
            id=request.episode,
            state="recording",
            task=request.task,
            task_name=request.task_name,
            instruction=request.instruction,
            operator=request.operator,
            robot=self._spec.name,
            controller=self._controller,
            started_wall_ns=clock.wall_ns(),
            started_t_ns=now_ns,
            versions={name: version(name) for name in ("mcap", "av", "mujoco")},
        )
        files = EpisodeFiles(folder, manifest, self._spec, self._limits)
        writer = EpisodeWriter(files, self._limits.stop_bytes, self._checker.check)
        writer.wants_keyframe |= {camera.name for camera in self._spec.cameras}
        return writer

    def _report(self, now_ns: int) -> RecorderStatus:
        session = self._session
        meters = session.writer.meters() if session.writer else {}
        streams = tuple(
            StreamStatus(name=topic, count=meter.count, dropped=meter.dropped, age_ms=age_ms)
            for topic, age_ms in self._watch.age_ms(now_ns).items()
            for meter in (meters.get(topic, StreamMeter()),)
        )
        trouble = (
            session.note,
            session.writer.warning if session.writer else "",
            self._watch.warning(now_ns) if session.phase in ("countdown", "recording") else "",
        )
        return RecorderStatus(
            t_ns=now_ns,
            phase=session.phase,
            episode=session.request.episode if session.phase != "idle" else "",
            task=session.request.task,
            instruction=session.request.instruction,
            elapsed_s=session.elapsed_s(now_ns),
            countdown_s=session.countdown_s(now_ns),
            take=session.take,
            disk_free_bytes=free_bytes(self._dir),
            bytes_written=session.writer.files.bytes_written if session.writer else 0,
            warning="; ".join(text for text in trouble if text),
            streams=streams,
        )

    def close(self, now_ns: int) -> None:
        """Close the open take, so that nothing needs repair."""
        self._session.end(now_ns)


def run(bus: Bus, episodes_dir: Path, spec: RobotSpec, controller: str, limits: DiskLimits) -> None:
    """Record until SIGTERM or SIGINT."""
    stopping = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    heart = Heart(bus, "recorder")
    recorder = RecorderProcess(bus, episodes_dir, spec, controller, limits)
    while not stopping:
        now_ns = clock.now_ns()
        recorder.step(now_ns)
        heart.beat(now_ns)
        time.sleep(PERIOD_S)
    recorder.close(clock.now_ns())


def main() -> None:
    """Run the recorder of this machine's settings."""
    chosen = settings()
    spec = catalog.load(catalog.ROBOTS, chosen.robot).spec
    run(Bus(chosen.run_dir), chosen.episodes_dir, spec, chosen.locomotion, DiskLimits())


if __name__ == "__main__":
    main()
