"""A report as tables: Markdown with a row per policy and a column per subtask, CSV with a row per trial."""

import csv
import io
from collections.abc import Mapping, Sequence

from backend.evaluation.report import PolicyReport, Report
from backend.evaluation.statistics import Proportion, Spread
from backend.evaluation.trial import TrialResult


def markdown(title: str, report: Report, names: Mapping[str, str], subtasks: Sequence[str]) -> str:
    """Return the report as Markdown: counts, rates with 95 % intervals, and the comparisons in words.

    Args:
        title: Heading.
        report: The report.
        names: What to call each label.
        subtasks: What to call each subtask, in their order.
    """
    counts = _table(["policy", *subtasks, "overall"], [_counts(policy, names) for policy in report.policies])
    rates = _table(
        ["policy", "overall [95 %]", "time [s]", "border jerk ratio", "interventions", "underruns", "falls"],
        [_figures(policy, names) for policy in report.policies],
    )
    given = _table(
        ["policy, given the subtask before", *subtasks],
        [
            [names[policy.label], *(_count(part.given_previous) for part in policy.subtasks)]
            for policy in report.policies
        ],
    )
    words = "\n".join(f"- {comparison.text}" for comparison in report.comparisons)
    return "\n\n".join(filter(None, [f"# {title}", counts, given, rates, words])) + "\n"


def csv_text(results: Sequence[TrialResult], names: Mapping[str, str], subtasks: Sequence[str]) -> str:
    """Return a line per trial, in their order."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    figures = [
        "time_s", "interventions", "fell", "jerk_border_rad_s3", "jerk_inside_rad_s3", "underruns", "ended",
        "episode", "video", "note",
    ]  # fmt: skip
    writer.writerow(["number", "condition", "label", "policy", *subtasks, "success", *figures])
    for result in sorted(results, key=lambda result: result.number):
        writer.writerow(
            [
                result.number,
                result.condition,
                result.label,
                _harmless(names[result.label]),
                *(score.value for score in result.scores),
                int(result.success),
                *(_harmless(getattr(result, name)) for name in figures),
            ]
        )
    return file.getvalue()


def _harmless(value: object) -> object:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _count(share: Proportion) -> str:
    return f"{share.successes}/{share.trials}"


def _counts(policy: PolicyReport, names: Mapping[str, str]) -> list[str]:
    cells = [
        _count(part.success) + (f" (+{part.assisted} assisted)" if part.assisted else "")
        for part in policy.subtasks
    ]
    return [names[policy.label], *cells, f"**{_count(policy.overall)}**"]


def _figures(policy: PolicyReport, names: Mapping[str, str]) -> list[str]:
    share = policy.overall
    rate = (
        f"{share.successes / share.trials:.0%} [{share.low:.0%}, {share.high:.0%}]" if share.trials else "-"
    )
    numbers = (policy.interventions, policy.underruns, policy.falls)
    return [names[policy.label], rate, _spread(policy.time_s), _spread(policy.jerk_ratio), *map(str, numbers)]


def _spread(value: Spread | None) -> str:
    return "-" if value is None else f"{value.median:.3g} ({value.lower:.3g} to {value.upper:.3g})"


def _table(head: list[str], rows: list[list[str]]) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])
