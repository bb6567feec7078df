"""The report of an evaluation, blind until it is finished."""

from collections.abc import Sequence

import msgspec

from backend.db.evaluation import EvaluationRow, EvaluationState, TrialRow
from backend.evaluation.export import csv_text, markdown
from backend.evaluation.report import Report, summarise
from backend.evaluation.trial import TrialResult


def is_blind(evaluation: EvaluationRow) -> bool:
    """Return whether nobody may see yet which letter is which policy."""
    return evaluation.state is not EvaluationState.FINISHED


def names(evaluation: EvaluationRow) -> dict[str, str]:
    """Return what each letter is called, in the order of the letters."""
    by_label = {policy["label"]: policy["name"] for policy in evaluation.policies}
    blind = is_blind(evaluation)
    return {label: f"policy {label}" if blind else by_label[label] for label in sorted(by_label)}


def results(trials: Sequence[TrialRow]) -> list[TrialResult]:
    """Return the results of the trials that are over."""
    return [msgspec.convert(trial.result, TrialResult) for trial in trials if trial.result is not None]


def report(evaluation: EvaluationRow, trials: Sequence[TrialRow]) -> Report:
    """Return the report of the trials so far."""
    return summarise(results(trials), names(evaluation), len(evaluation.subtasks))


def subtask_texts(evaluation: EvaluationRow) -> list[str]:
    """Return the subtasks in words."""
    return [subtask["text"] for subtask in evaluation.subtasks]


def as_markdown(evaluation: EvaluationRow, trials: Sequence[TrialRow]) -> str:
    """Return the report as Markdown."""
    level = "" if evaluation.level is None else f", level {evaluation.level}"
    title = f"{evaluation.name}: {evaluation.task}{level}, {evaluation.trials} starts, seed {evaluation.seed}"
    return markdown(title, report(evaluation, trials), names(evaluation), subtask_texts(evaluation))


def as_csv(evaluation: EvaluationRow, trials: Sequence[TrialRow]) -> str:
    """Return a line per trial."""
    return csv_text(results(trials), names(evaluation), subtask_texts(evaluation))
