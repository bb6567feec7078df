"""Writes an open episode from its own thread, so that a slow disk never stops the recorder's loop."""

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backend.core import clock
from backend.core.contracts.recording import EpisodeState
from backend.recording.disk import free_bytes
from backend.recording.episode_files import EpisodeFiles
from backend.recording.stream_meter import StreamMeter

QUEUE_LENGTH = 4000
"""Messages waiting for the disk: about 8 s, at most some 60 MB."""
FLUSH_NS = 300_000_000
SYNC_NS = 1_000_000_000


class EpisodeWriter:
    """Takes records without waiting; what does not fit is lost and counted by its sequence numbers."""

    def __init__(
        self, files: EpisodeFiles, stop_bytes: int, on_complete: Callable[[Path], None] | None = None
    ) -> None:
        """Start writing.

        Args:
            files: the open episode.
            stop_bytes: free space below which the episode is closed.
            on_complete: called from the writer's thread with the folder of the closed episode.
        """
        self.files = files
        self.warning = ""
        self.wants_keyframe: set[str] = set()
        """Cameras whose video cannot go on without a keyframe; cleared by whoever asks for it."""
        self._stop_bytes = stop_bytes
        self._on_complete = on_complete
        self._queue: queue.Queue[tuple[Any, bytes]] = queue.Queue(QUEUE_LENGTH)
        self._ended_t_ns = 0
        self._complete = False
        self._stopping = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="episode", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Nothing more is written; the manifest says `closed` unless the disk refused."""
        return self._closed.is_set()

    def put(self, record: Any, payload: bytes = b"") -> None:
        """Hand over a record; never waits."""
        try:
            self._queue.put_nowait((record, payload))
        except queue.Full:
            self.warning = "the disk is too slow: samples are being lost"

    def stop(self, ended_t_ns: int) -> None:
        """Close the episode once everything handed over is written; does not wait."""
        self._ended_t_ns = ended_t_ns
        self._stopping.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is closed; False after `timeout_s`."""
        return self._closed.wait(timeout_s)

    def decide(self, state: EpisodeState) -> bool:
        """Store the operator's verdict on a closed episode; raises OSError.

        Returns:
            False when the episode is torn and was to be saved: it stays as it is, for repair.
        """
        if not self._complete and state != "discarded":
            return False
        self.files.manifest.update(state=state)
        return True

    def meters(self) -> dict[str, StreamMeter]:
        """Return the counters of every stream, by topic."""
        return self.files.meters()

    def _run(self) -> None:
        try:
            self._write_until_stopped()
        except OSError as error:
            self.warning = f"recording ended, the disk refuses: {os.strerror(error.errno or 0)}"
        except Exception as error:
            # Whatever it is, what was written so far must be closed and the next take must be possible.
            self.warning = f"recording ended by an error of the recorder: {error!r}"
        try:
            self.files.close(self._ended_t_ns or clock.now_ns())
            self._complete = True
        except Exception as error:
            # The manifest still says `recording`, so the next start repairs the folder.
            self.warning = f"the episode is torn and will be repaired at the next start: {error}"
        self._closed.set()
        if self._complete and self._on_complete:
            self._on_complete(self.files.folder)

    def _write_until_stopped(self) -> None:
        flushed_ns = synced_ns = clock.now_ns()
        while True:
            try:
                record, payload = self._queue.get(timeout=0.05)
                if self.files.write(record, payload) and payload:
                    self.wants_keyframe.add(record.camera)
            except queue.Empty:
                if self._stopping.is_set():
                    return
            now_ns = clock.now_ns()
            if now_ns - synced_ns > SYNC_NS:
                self.files.sync()
                flushed_ns = synced_ns = now_ns
                if self._disk_is_short():
                    return
            elif now_ns - flushed_ns > FLUSH_NS:
                self.files.flush()
                flushed_ns = now_ns

    def _disk_is_short(self) -> bool:
        free = free_bytes(self.files.folder)
        if self.files.full or free < self._stop_bytes:
            self.warning = f"recording ended because the disk is full ({free >> 20} MB free); make room"
        return self.files.full or free < self._stop_bytes
