"""From trials to a report: per subtask and overall, and which policy is better, if one can tell."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import msgspec

from backend.evaluation.statistics import SIGNIFICANT, Proportion, Spread, holm, mcnemar, proportion, spread
from backend.evaluation.trial import PASSED, Score, TrialResult

STILL_RAD_S3 = 1.0
"""Arms with less jerk than this do not move: a ratio of two such would say nothing."""


class SubtaskReport(msgspec.Struct, frozen=True, kw_only=True):
    """One subtask of one policy."""

    success: Proportion
    """Done without help, out of all trials."""
    given_previous: Proportion
    """The same out of those trials in which it was come to."""
    assisted: int
    failed: int


class PolicyReport(msgspec.Struct, frozen=True, kw_only=True):
    """All trials of one policy."""

    label: str
    subtasks: tuple[SubtaskReport, ...]
    overall: Proportion
    """Trials in which every subtask was done without help."""
    time_s: Spread | None
    """Of the successful trials."""
    jerk_ratio: Spread | None
    """Jerk where chunks meet over jerk elsewhere; 1 means that the borders cannot be seen."""
    interventions: int
    underruns: int
    falls: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two policies on the starts that both have tried."""

    first: str
    second: str
    pairs: int
    first_only: int
    """Starts on which only the first succeeded."""
    second_only: int
    p_value: float
    """McNemar's exact test, adjusted for the number of comparisons."""
    better: str
    """Label of the better one; empty when the difference is not significant."""
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation so far."""

    policies: tuple[PolicyReport, ...]
    comparisons: tuple[Comparison, ...]


def summarise(results: Sequence[TrialResult], names: Mapping[str, str], subtasks: int) -> Report:
    """Return the report of the trials that have a result.

    Args:
        results: Trials, in any order; each has as many scores as there are `subtasks`.
        names: What to call each label in sentences, in the order of the report.
        subtasks: How many there are.
    """
    by_label = {label: [result for result in results if result.label == label] for label in names}
    return Report(
        policies=tuple(_policy(label, trials, subtasks) for label, trials in by_label.items()),
        comparisons=_comparisons(by_label, names),
    )


def _policy(label: str, trials: Sequence[TrialResult], subtasks: int) -> PolicyReport:
    ratios = [
        trial.jerk_border_rad_s3 / trial.jerk_inside_rad_s3
        for trial in trials
        if trial.jerk_border_rad_s3 is not None and (trial.jerk_inside_rad_s3 or 0.0) > STILL_RAD_S3
    ]
    return PolicyReport(
        label=label,
        subtasks=_subtasks(trials, subtasks),
        overall=proportion([trial.success for trial in trials]),
        time_s=spread([trial.time_s for trial in trials if trial.success and trial.time_s is not None]),
        jerk_ratio=spread(ratios),
        interventions=sum(trial.interventions for trial in trials),
        underruns=sum(trial.underruns or 0 for trial in trials),
        falls=sum(trial.fell for trial in trials),
    )


def _subtasks(trials: Sequence[TrialResult], count: int) -> tuple[SubtaskReport, ...]:
    columns = [[trial.scores[place] for trial in trials] for place in range(count)]
    tried = [[True] * len(trials), *([score in PASSED for score in column] for column in columns)]
    return tuple(
        SubtaskReport(
            success=proportion([score is Score.SUCCESS for score in column]),
            given_previous=proportion(
                [score is Score.SUCCESS for score, come_to in zip(column, before, strict=True) if come_to]
            ),
            assisted=column.count(Score.ASSISTED),
            failed=column.count(Score.FAIL),
        )
        for column, (before, _) in zip(columns, pairwise(tried), strict=True)
    )


def _comparisons(
    by_label: Mapping[str, Sequence[TrialResult]], names: Mapping[str, str]
) -> tuple[Comparison, ...]:
    counts = []
    for first, second in combinations(names, 2):
        one, two = ({trial.condition: trial.success for trial in by_label[each]} for each in (first, second))
        both = sorted(one.keys() & two.keys())
        first_only = sum(one[start] and not two[start] for start in both)
        second_only = sum(two[start] and not one[start] for start in both)
        counts.append((first, second, len(both), first_only, second_only))
    adjusted = holm([mcnemar(first_only, second_only) for *_, first_only, second_only in counts])
    return tuple(_comparison(*count, p, names) for count, p in zip(counts, adjusted, strict=True))


def _comparison(
    first: str, second: str, pairs: int, first_only: int, second_only: int, p: float, names: Mapping[str, str]
) -> Comparison:
    better, worse, wins, losses = (
        (first, second, first_only, second_only)
        if first_only >= second_only
        else (second, first, second_only, first_only)
    )
    significant = p < SIGNIFICANT
    if not pairs:
        text = f"{names[first]} and {names[second]} have not been tried from the same starts yet."
    elif significant:
        text = (
            f"{names[better]} is better than {names[worse]}: on {wins} of {pairs} starts only it succeeds, "
            f"on {losses} only the other (p = {p:.2g})."
        )
    else:
        text = (
            f"No significant difference between {names[first]} and {names[second]}: of {pairs} starts, "
            f"{first_only} were done only by {names[first]}, {second_only} only by {names[second]} "
            f"(p = {p:.2g})."
        )
    return Comparison(
        first=first,
        second=second,
        pairs=pairs,
        first_only=first_only,
        second_only=second_only,
        p_value=p,
        better=better if significant else "",
        text=text,
    )
