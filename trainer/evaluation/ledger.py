"""Keeps the folder of an evaluation, which `backend.evaluation.folder` describes."""

import os
import shutil
from pathlib import Path

import msgspec

from backend import catalog
from backend.evaluation.folder import PLAN, TASK, TRIALS, SubtaskFacts, TaskFacts, read_trials
from backend.evaluation.plan import Plan
from backend.evaluation.trial import TrialResult
from backend.files import write_atomically


class OtherPlan(Exception):
    """The folder holds another evaluation."""


class Ledger:
    """Opens the folder of an evaluation, new or begun before.

    Args:
        folder: Where it is kept.
        plan: What is to be done.

    Raises:
        OtherPlan: The folder holds another evaluation; says in what it differs.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self._path = folder / TRIALS
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / PLAN).exists():
            _same(folder, plan)
        else:
            _write(folder / PLAN, plan)
        self.task = _facts(plan)
        _write(folder / TASK, self.task)
        self.results = self._read(folder)
        # What a killed run has left was never counted.
        shutil.rmtree(folder / "working", ignore_errors=True)
        for part in ("working", "episodes", "starts", "videos"):
            (folder / part).mkdir(exist_ok=True)
        counted = {result.episode for result in self.results}
        for episode in (folder / "episodes").iterdir():
            if episode.name not in counted:
                shutil.rmtree(episode)

    def add(self, result: TrialResult) -> None:
        """Count a trial; it is on disk when this returns."""
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(result) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.results.append(result)

    def _read(self, folder: Path) -> list[TrialResult]:
        """Return the results so far, and cut off a line that was never finished."""
        results, size = read_trials(folder)
        if self._path.exists():
            os.truncate(self._path, size)
        return results


def _write(path: Path, value: msgspec.Struct) -> None:
    write_atomically(path, msgspec.json.format(msgspec.json.encode(value), indent=1))


def _facts(plan: Plan) -> TaskFacts:
    task = catalog.load(catalog.TASKS, plan.task)
    return TaskFacts(
        title=task.title,
        instruction=task.instructions[0],
        subtasks=tuple(SubtaskFacts(name=each.name, text=each.text) for each in task.subtasks),
    )


def _same(folder: Path, plan: Plan) -> None:
    had = msgspec.json.decode((folder / PLAN).read_bytes(), type=Plan)
    # More trials of the same plan begin with the same ones.
    differ = [
        name
        for name in plan.__struct_fields__
        if name != "trials" and getattr(had, name) != getattr(plan, name)
    ]
    if differ:
        raise OtherPlan(
            f"{folder} holds another evaluation; choose another folder, or allowed: "
            f"{', '.join(f'{name} {getattr(had, name)!r}' for name in differ)}"
        )
    if plan.trials < had.trials:
        raise OtherPlan(f"{folder} holds an evaluation of {had.trials} trials; allowed: as many, or more")
    _write(folder / PLAN, plan)
