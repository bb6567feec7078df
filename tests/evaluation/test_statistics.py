"""Against values of the literature, of R and of arithmetic by hand."""

import pytest

from backend.evaluation.statistics import holm, mcnemar, proportion, spread, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.49, 0.94),
        (10, 10, 0.72, 1.0),
        (16, 20, 0.58, 0.92),
        (40, 50, 0.67, 0.89),
        (0, 10, 0.0, 0.28),
    ],
)
def test_wilson_s_interval(successes: int, trials: int, low: float, high: float):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=0.005)


def test_wilson_s_interval_to_more_digits():
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)  # Newcombe 1998, table I


def test_without_trials_anything_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 4)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int):
    with pytest.raises(ValueError, match="allowed: 0 to"):
        wilson(successes, trials)


def test_an_interval_narrows_with_trials_and_holds_the_rate():
    widths = []
    for trials in (5, 20, 80, 320):
        share = proportion([True] * (trials * 4 // 5) + [False] * (trials // 5))
        assert share.low < 0.8 < share.high
        widths.append(share.high - share.low)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    # 2 * binom.cdf(min, n, 0.5)
    [(14, 3, 0.012726), (0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 0.021484), (4, 4, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_s_exact_test(first: int, second: int, p: float):
    assert mcnemar(first, second) == pytest.approx(p, abs=1e-6)
    assert mcnemar(second, first) == mcnemar(first, second)


def test_holm_s_adjustment():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_spread_of_values():
    found = spread([4.0, 1.0, 2.0, 3.0, 5.0])
    assert (found.lower, found.median, found.upper, found.count) == (2.0, 3.0, 4.0, 5)
    assert spread([]) is None
