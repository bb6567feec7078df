"""The folder of an evaluation in simulation. A trial counts once its line is in `trials.jsonl`.

plan.json       `Plan`: what is compared
task.json       `TaskFacts`: what is to be done
trials.jsonl    one `TrialResult` per line, in the order in which trials were finished
starts/         pictures of the starts: CONDITION.jpg
videos/         films: NUMBER.mp4
episodes/       raw episodes, one folder each
"""

from pathlib import Path

import msgspec

from backend.evaluation.trial import TrialResult

PLAN, TASK, TRIALS = "plan.json", "task.json", "trials.jsonl"


class SubtaskFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a task."""

    name: str
    text: str
    """In words: `lift the box`."""


class TaskFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, in words."""

    title: str
    instruction: str
    subtasks: tuple[SubtaskFacts, ...]


def video_path(folder: Path, number: int) -> Path:
    """Return where the film of a trial is."""
    return folder / "videos" / f"{number:04d}.mp4"


def start_path(folder: Path, condition: int) -> Path:
    """Return where the picture of a start is."""
    return folder / "starts" / f"{condition:04d}.jpg"


def read_task(folder: Path) -> TaskFacts | None:
    """Return what is to be done; None before it was written."""
    try:
        return msgspec.json.decode((folder / TASK).read_bytes(), type=TaskFacts)
    except FileNotFoundError:
        return None


def read_trials(folder: Path) -> tuple[list[TrialResult], int]:
    """Return the trials that count, and the size of their lines [bytes]; a torn last line does not count."""
    try:
        data = (folder / TRIALS).read_bytes()
    except FileNotFoundError:
        return [], 0
    size = data.rfind(b"\n") + 1
    return [msgspec.json.decode(line, type=TrialResult) for line in data[:size].splitlines()], size
