"""The life of takes: idle -> countdown -> recording -> review -> saved or discarded -> idle."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from backend.core.contracts.health import Reply
from backend.core.contracts.recording import EpisodeState, RecorderPhase, RecorderRequest
from backend.recording.disk import DiskLimits, free_bytes
from backend.recording.episode_writer import EpisodeWriter

DECISION_WAIT_S = 1.0
"""How long `save` waits for the files of a long take, so that its reply means the take is on disk."""


class Session:
    """One take at a time. A redo is `discard`, then `start`.

    A reply to `save` that is `ok` means that the folder is complete and its manifest says `saved`.
    """

    def __init__(
        self,
        episodes_dir: Path,
        limits: DiskLimits,
        open_take: Callable[[RecorderRequest, Path, int], EpisodeWriter],
    ) -> None:
        """Build a session.

        Args:
            episodes_dir: where the folders of episodes are made.
            limits: free space that a take needs.
            open_take: opens `folder` for a request at a time [ns]; raises OSError.
        """
        episodes_dir.mkdir(parents=True, exist_ok=True)
        self.phase: RecorderPhase = "idle"
        self.request = RecorderRequest(kind="start")
        self.writer: EpisodeWriter | None = None
        self.take = 0
        self.note = ""
        """What went wrong last, in words; cleared by the next start."""
        self._dir = episodes_dir
        self._limits = limits
        self._open_take = open_take
        self._takes: Counter[str] = Counter()
        self._discarded: Path | None = None
        self._countdown_end_ns = 0
        self._started_ns = 0
        self._stopped_ns = 0

    def answer(self, request: RecorderRequest, now_ns: int) -> Reply:
        """Act on a request; a refusal says what is possible instead."""
        actions = {"start": self._start, "stop": self._stop, "save": self._save, "discard": self._discard}
        if request.kind not in actions:
            return Reply(ok=False, error=f"unknown request {request.kind!r}; use {', '.join(actions)}")
        return actions[request.kind](request, now_ns)

    def tick(self, now_ns: int) -> None:
        """End the countdown when it is over, and the take when its writer had to give up."""
        if self.phase == "countdown" and now_ns >= self._countdown_end_ns:
            self._begin(now_ns)
        if self.phase == "recording" and self.writer.closed:
            self.phase = "review"
            self._stopped_ns = now_ns

    def record(self, record: Any, payload: bytes = b"") -> None:
        """Put a record into the open take; nothing happens when there is none."""
        if self.phase == "recording":
            self.writer.put(record, payload)

    def elapsed_s(self, now_ns: int) -> float:
        """Length of the take so far, or of the one under review."""
        if self.phase == "recording":
            return (now_ns - self._started_ns) / 1e9
        return (self._stopped_ns - self._started_ns) / 1e9 if self.phase == "review" else 0.0

    def countdown_s(self, now_ns: int) -> float:
        """Time until recording begins."""
        return max((self._countdown_end_ns - now_ns) / 1e9, 0.0) if self.phase == "countdown" else 0.0

    def end(self, now_ns: int) -> None:
        """Close the open take before the process ends; it stays for review as `closed`."""
        if self.phase == "recording":
            self._close(now_ns)
        if self.writer is not None:
            self.writer.wait(timeout_s=30.0)

    def _start(self, request: RecorderRequest, now_ns: int) -> Reply:
        if self.phase == "review":
            return Reply(ok=False, error="save or discard the last take first")
        if self.phase != "idle":
            return Reply(ok=False, error="a take is already running; stop it first")
        try:
            episode = str(UUID(request.episode)) if request.episode else str(uuid4())
        except ValueError:
            return Reply(ok=False, error=f"episode must be a UUID, not {request.episode!r}")
        free, needed = free_bytes(self._dir), self._limits.start_bytes
        if free < needed:
            return Reply(ok=False, error=f"{free >> 20} MB free, {needed >> 20} MB needed; make room")
        if (self._dir / episode).exists():
            return Reply(ok=False, error=f"episode {episode} exists already; choose a new id")
        self.request = RecorderRequest(
            kind="start",
            episode=episode,
            task=request.task,
            task_name=request.task_name,
            instruction=request.instruction,
            operator=request.operator,
        )
        self.note = ""
        self._takes[request.task] += 1
        self.take = self._takes[request.task]
        self.phase = "countdown"
        self._countdown_end_ns = now_ns + int(max(request.countdown_s, 0.0) * 1e9)
        self.tick(now_ns)
        if self.phase == "idle":
            return Reply(ok=False, error=self.note)
        return Reply(ok=True, detail={"episode": episode, "take": str(self.take)})

    def _begin(self, now_ns: int) -> None:
        try:
            self.writer = self._open_take(self.request, self._folder, now_ns)
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            self.note = f"the take could not be opened: {error}; make room"
            self.phase = "idle"
            return
        self._started_ns = now_ns
        self.phase = "recording"

    @property
    def _folder(self) -> Path:
        return self._dir / self.request.episode

    def _stop(self, request: RecorderRequest, now_ns: int) -> Reply:
        if self.phase == "countdown":
            self.phase = "idle"
            return Reply(ok=True, detail={"episode": ""})
        if self.phase != "recording":
            return Reply(ok=False, error="no take is running; start one first")
        self._close(now_ns)
        return Reply(ok=True, detail={"episode": self.request.episode})

    def _close(self, now_ns: int) -> None:
        self.writer.stop(now_ns)
        self._stopped_ns = now_ns
        self.phase = "review"

    def _save(self, request: RecorderRequest, now_ns: int) -> Reply:
        return self._decide("saved", request, now_ns)

    def _discard(self, request: RecorderRequest, now_ns: int) -> Reply:
        return self._decide("discarded", request, now_ns)

    def _decide(self, state: EpisodeState, request: RecorderRequest, now_ns: int) -> Reply:
        if self.phase == "countdown" and state == "discarded":
            return self._stop(request, now_ns)
        if self.phase not in ("recording", "review"):
            return Reply(ok=False, error="there is no take to decide on; record one first")
        if request.episode not in ("", self.request.episode):
            return Reply(ok=False, error=f"the take to decide on is {self.request.episode}")
        if self.phase == "recording":
            self._close(now_ns)
        if not self.writer.wait(DECISION_WAIT_S):
            return Reply(ok=False, error="the take is still being written; try again in a second")
        try:
            kept = self.writer.decide(state)
        except OSError as error:
            return Reply(ok=False, error=f"not stored: {error}; make room, then try again")
        self.note = self.writer.warning
        self.writer = None
        self.phase = "idle"
        if not kept:
            return Reply(ok=False, error=self.note)
        if state == "discarded":
            self._delete_previous_discard()
        return Reply(ok=True, detail={"episode": self.request.episode, "folder": str(self._folder)})

    def _delete_previous_discard(self) -> None:
        """Keep only the newest discarded take, so that a slip of the hand can be undone."""
        if self._discarded is not None:
            shutil.rmtree(self._discarded, ignore_errors=True)
        self._discarded = self._folder
