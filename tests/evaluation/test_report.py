"""From trials to a table: what counts as success, what is conditional, who is better, who is blind."""

import csv
import io

import pytest

from backend.evaluation.export import csv_text, markdown
from backend.evaluation.plan import labels, turns
from backend.evaluation.report import summarise
from backend.evaluation.trial import Score, TrialResult, scores_of

S, A, F, N = Score.SUCCESS, Score.ASSISTED, Score.FAIL, Score.NONE
NAMES = {"A": "first", "B": "second"}


def trials(label: str, *rows: tuple[Score, ...], **more: object) -> list[TrialResult]:
    return [
        TrialResult(number=2 * start + (label == "B"), condition=start, label=label, scores=row, **more)
        for start, row in enumerate(rows)
    ]


def test_help_counts_as_failure_but_opens_the_next_subtask():
    report = summarise(trials("A", (S, S), (A, S), (F, N), (S, F)), {"A": "first"}, 2)
    (policy,) = report.policies
    assert (policy.overall.successes, policy.overall.trials) == (1, 4)
    grasp, lift = policy.subtasks
    assert (grasp.success.successes, grasp.assisted, grasp.failed) == (2, 1, 1)
    assert (lift.success.successes, lift.success.trials) == (2, 4)
    assert (lift.given_previous.successes, lift.given_previous.trials) == (2, 3)
    assert grasp.given_previous == grasp.success


def test_better_needs_significance():
    good, bad = [(S,)] * 14 + [(F,)] * 3, [(F,)] * 14 + [(S,)] * 3
    comparison = summarise(trials("A", *good) + trials("B", *bad), NAMES, 1).comparisons[0]
    assert (comparison.first_only, comparison.second_only, comparison.better) == (14, 3, "A")
    assert comparison.text == (
        "first is better than second: on 14 of 17 starts only it succeeds, on 3 only the other (p = 0.013)."
    )
    few = summarise(trials("A", *good[:5]) + trials("B", *bad[:5]), NAMES, 1).comparisons[0]
    assert (few.first_only, few.better) == (5, "")
    assert few.text.startswith("No significant difference between first and second")


def test_only_starts_that_both_have_tried_are_compared():
    report = summarise(trials("A", (S,), (S,), (S,)) + trials("B", (F,)), NAMES, 1)
    assert report.comparisons[0].pairs == 1
    nothing = summarise(trials("A", (S,)), NAMES, 1)
    assert nothing.comparisons[0].pairs == 0
    assert "not been tried" in nothing.comparisons[0].text


def test_three_policies_are_compared_with_a_stricter_measure():
    names = {"A": "a", "B": "b", "C": "c"}
    rows = trials("A", *[(S,)] * 7) + trials("B", *[(F,)] * 7) + trials("C", *[(F,)] * 7)
    report = summarise(rows, names, 1)
    assert [(each.first, each.second) for each in report.comparisons] == [("A", "B"), ("A", "C"), ("B", "C")]
    # Alone, 7 of 7 would give p = 0.016.
    assert report.comparisons[0].p_value == pytest.approx(3 * 2 / 2**7)
    assert report.comparisons[0].better == "A"


def test_figures_of_the_trials_are_summed_up():
    rows = trials(
        "A",
        (S,),
        (S,),
        time_s=4.0,
        underruns=2,
        interventions=1,
        jerk_border_rad_s3=6.0,
        jerk_inside_rad_s3=4.0,
    )
    (policy,) = summarise([*rows, *trials("A", (F,), time_s=25.0, fell=True)[:1]], {"A": "first"}, 1).policies
    assert (policy.underruns, policy.interventions, policy.falls) == (4, 2, 1)
    assert policy.time_s.median == 4.0
    assert policy.jerk_ratio.median == 1.5


def test_scores_of_an_automatic_judge():
    assert scores_of([True, True, False, False]) == (S, S, F, N)
    assert scores_of([True, True]) == (S, S)


def test_the_order_is_interleaved_blind_and_repeatable():
    order = turns(3, 20, seed=5)
    assert order == turns(3, 20, seed=5) != turns(3, 20, seed=6)
    assert [turn.number for turn in order] == list(range(60))
    rounds = [[turn.policy for turn in order[at : at + 3]] for at in range(0, 60, 3)]
    assert all(sorted(each) == [0, 1, 2] for each in rounds)
    assert len({tuple(each) for each in rounds}) == 6
    assert [turn.condition for turn in order] == sorted([*range(20)] * 3)
    assert turns(3, 30, seed=5)[:60] == order, "more trials begin with the same ones"
    assert {labels(3, seed) for seed in range(40)} == {
        tuple(each) for each in ("ABC", "ACB", "BAC", "BCA", "CAB", "CBA")
    }
    with pytest.raises(ValueError, match="allowed: 1 to 8"):
        labels(9, 0)


def test_export():
    rows = trials("A", (S, S), (A, S)) + trials("B", (F, N), (S, F), note="=1+1")
    names = {"A": "act|small", "B": "replay"}
    report = summarise(rows, names, 2)
    text = markdown("Lift", report, names, ["grasp", "lift"])
    assert "| act\\|small | 1/2 (+1 assisted) | 2/2 | **1/2** |" in text
    assert "| replay | 1/2 | 0/2 | **0/2** |" in text
    assert "50% [9%, 91%]" in text
    table = list(csv.DictReader(io.StringIO(csv_text(rows, names, ["grasp", "lift"]))))
    assert [row["policy"] for row in table] == ["act|small", "replay", "act|small", "replay"]
    assert [row["success"] for row in table] == ["1", "0", "0", "0"]
    assert table[1]["grasp"] == "fail"
    assert table[1]["note"] == "'=1+1", "a spreadsheet must not compute it"
