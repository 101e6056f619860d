import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analysis.ordered import (
    cliffs_delta,
    friedman,
    kendall_tau,
    kruskal_wallis,
    mann_whitney,
)

# Hollander & Wolfe (1973), p. 116: mucociliary efficiency.
MUCOCILIARY = [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]]
# Hollander & Wolfe (1973), p. 185: tuna.
LIGHTNESS = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
PANEL = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
# Hogarty & Kromrey (1999); the interval is printed by R's effsize.
TREATED = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50]
CONTROL = [10, 20, 30, 40, 40, 50]
# Hollander & Wolfe (1973), p. 69: depression scores; R's help for wilcox.test, p. 75 for the two
# samples of permeability constants.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
WEEKS = [1.15, 0.88, 0.90, 0.74, 1.21]
# Hollander & Wolfe (1973), p. 140: 22 players rounding first base in three ways.
ROUNDING = np.array(
    [
        [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40],
        [5.90, 5.85, 5.70], [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35],
        [5.25, 5.15, 5.00], [5.85, 5.80, 5.70], [5.25, 5.20, 5.10], [5.65, 5.55, 5.45],
        [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40], [5.45, 5.55, 5.50],
        [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
        [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
    ]
)  # fmt: skip

SCORES = st.lists(st.integers(1, 5), min_size=1, max_size=12)
GROUPS = st.lists(SCORES, min_size=2, max_size=4)


def test_kruskal_wallis_of_mucociliary_efficiency():
    result = kruskal_wallis(MUCOCILIARY)
    assert result.statistic == pytest.approx(0.77143, abs=5e-6)
    assert (result.df, result.n) == (2, 14)
    assert result.p == pytest.approx(0.68, abs=5e-4)
    assert result.value == pytest.approx(0.77143 / 13, abs=1e-6)


@given(GROUPS)
def test_kruskal_wallis_is_corrected_for_ties(groups):
    everything = [value for group in groups for value in group]
    assume(len(set(everything)) > 1 and len(everything) > 2)
    ranks = stats.rankdata(everything)
    n = len(everything)
    h, start = 0.0, 0
    for group in groups:
        h += ranks[start : start + len(group)].sum() ** 2 / len(group)
        start += len(group)
    h = 12 * h / (n * (n + 1)) - 3 * (n + 1)
    ties = sum(everything.count(value) ** 3 - everything.count(value) for value in set(everything))
    result = kruskal_wallis(groups)
    assert result.statistic == pytest.approx(h / (1 - ties / (n**3 - n)), abs=1e-8)
    assert 0 <= result.value <= 1
    assert 0 <= result.p <= 1


@given(GROUPS, st.randoms(use_true_random=False))
def test_kruskal_wallis_knows_no_order_of_groups_or_answers(groups, shuffler):
    shuffled = [list(group) for group in groups]
    shuffler.shuffle(shuffled)
    for group in shuffled:
        shuffler.shuffle(group)
    result, before = kruskal_wallis(shuffled), kruskal_wallis(groups)
    assert result.statistic == pytest.approx(before.statistic, abs=1e-9, nan_ok=True)


def test_kruskal_wallis_leaves_empty_groups_out_and_counts_them():
    result = kruskal_wallis({"a": MUCOCILIARY[0], "nobody": [None], "b": MUCOCILIARY[1]})
    assert result.sizes == (("a", 5), ("nobody", 0), ("b", 4))
    assert result.df == 1
    assert result.statistic == kruskal_wallis(MUCOCILIARY[:2]).statistic


def test_kruskal_wallis_takes_a_frame_of_groups():
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 4, None]})
    assert kruskal_wallis(frame) == kruskal_wallis({"a": [1, 2, 3], "b": [3, 4]})


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ([], "fewer than two groups have answers"),
        ([[1, 2, 3]], "fewer than two groups have answers"),
        ([[1, 2], []], "fewer than two groups have answers"),
        ([[2, 2], [2]], "every answer is the same"),
        ([[1], [2]], "two answers cannot tell groups apart"),
    ],
)
def test_kruskal_wallis_says_why_it_cannot_tell(groups, reason):
    result = kruskal_wallis(groups)
    assert result.reason == reason
    assert math.isnan(result.value)
    assert math.isnan(result.p)


def test_kruskal_wallis_is_withheld_for_the_smallest_group():
    reason = "withheld: fewer than 5 answers in the smallest group"
    assert kruskal_wallis(MUCOCILIARY, minimum=5).reason == reason
    assert kruskal_wallis(MUCOCILIARY, minimum=4).reason is None


def test_cliffs_delta_of_hogarty_and_kromrey():
    result = cliffs_delta(TREATED, CONTROL)
    assert result.value == -0.25
    assert (result.low, result.high) == pytest.approx((-0.7265846, 0.3890062), abs=5e-8)
    assert (result.magnitude, result.sizes, result.n) == ("small", (10, 6), 16)


def test_cliffs_delta_may_have_another_confidence():
    wide, narrow = (cliffs_delta(TREATED, CONTROL, confidence=c) for c in (0.99, 0.5))
    assert wide.low < -0.7265846 < narrow.low < narrow.high < 0.3890062 < wide.high


@given(SCORES, SCORES)
def test_cliffs_delta_agrees_with_comparing_every_pair(x, y):
    signs = np.sign(np.subtract.outer(np.array(x), np.array(y)))
    result = cliffs_delta(x, y)
    assert result.value == pytest.approx(signs.mean())
    assert -1 <= result.value <= 1


@given(SCORES, SCORES)
def test_swapping_the_groups_turns_cliffs_delta_round(x, y):
    forth, back = cliffs_delta(x, y), cliffs_delta(y, x)
    assert back.value == pytest.approx(-forth.value)
    assert back.low == pytest.approx(-forth.high, nan_ok=True)
    assert back.high == pytest.approx(-forth.low, nan_ok=True)


@given(st.lists(st.integers(1, 5), min_size=2), st.lists(st.integers(1, 5), min_size=2))
def test_the_interval_of_cliffs_delta_holds_it_and_stays_in_bounds(x, y):
    result = cliffs_delta(x, y)
    assert -1 <= result.low <= result.value <= result.high <= 1


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=9),
    st.lists(st.integers(1, 5), min_size=2, max_size=9),
)
def test_the_variance_behind_the_interval_is_cliffs_unbiased_one(x, y):
    signs = np.sign(np.subtract.outer(np.array(x), np.array(y))).astype(float)
    d, (n, m) = signs.mean(), signs.shape
    assume(abs(d) < 1)
    rows, columns = ((signs.mean(axis=1) - d) ** 2).sum(), ((signs.mean(axis=0) - d) ** 2).sum()
    variance = m**2 * rows + n**2 * columns - ((signs - d) ** 2).sum()
    variance /= n * m * (n - 1) * (m - 1)
    assume(variance > 1e-9)
    t = stats.t.ppf(0.975, n + m - 2)
    half = t * math.sqrt(variance) * math.sqrt((1 - d**2) ** 2 + t**2 * variance)
    ends = [(d - d**3 + sign * half) / (1 - d**2 + t**2 * variance) for sign in (-1, 1)]
    result = cliffs_delta(x, y)
    assert (result.low, result.high) == pytest.approx(np.clip(ends, -1, 1))


def test_groups_that_do_not_overlap_have_an_open_interval():
    result = cliffs_delta([4, 5, 6], [1, 2, 3])
    assert (result.value, result.high, result.magnitude) == (1, 1, "large")
    assert 0 < result.low < 1


def test_a_group_of_one_has_a_delta_and_no_interval():
    result = cliffs_delta([3], [1, 3, 5, 7])
    assert result.value == -0.25
    assert math.isnan(result.low)
    assert result.reason == "a group has one answer only: no interval can be given"


def test_groups_that_all_say_the_same_differ_by_nothing():
    result = cliffs_delta([2, 2, 2], [2, 2])
    assert (result.value, result.magnitude) == (0, "negligible")
    assert result.low < 0 < result.high


def test_an_empty_group_has_no_delta():
    for result in (cliffs_delta([], [1, 2]), cliffs_delta([1], [None])):
        assert math.isnan(result.value)
        assert (result.magnitude, result.reason) == (None, "one of the groups has no answers")


def test_too_small_a_group_has_its_delta_withheld():
    result = cliffs_delta(TREATED, CONTROL, minimum=7)
    assert result.reason == "withheld: fewer than 7 answers in the smaller group"
    assert math.isnan(result.value)
    assert math.isnan(mann_whitney(TREATED, CONTROL, minimum=7).value)


@pytest.mark.parametrize(
    ("above", "size", "word"),
    [(14, 100, "negligible"), (15, 100, "small"), (33, 100, "medium"), (48, 100, "large")],
)
def test_magnitudes_change_where_romano_has_them(above, size, word):
    x = [2] * above + [1] * (size - above)
    assert cliffs_delta(x, [1, 1]).magnitude == word
    assert cliffs_delta([1, 1], x).magnitude == word


def test_mann_whitney_of_permeability_constants():
    # Hollander & Wolfe (1973), 69f; R prints W = 35, p-value = 0.1272.
    result = mann_whitney(TERM, WEEKS, alternative="greater")
    assert (result.u, result.method) == (35, "exact")
    assert result.p == pytest.approx(0.1272, abs=5e-5)
    assert result.value == pytest.approx(2 * 35 / 50 - 1)


def test_mann_whitney_of_swapped_groups_adds_up_to_all_pairs():
    forth, back = mann_whitney(TREATED, CONTROL), mann_whitney(CONTROL, TREATED)
    assert forth.u + back.u == 60
    assert forth.p == pytest.approx(back.p)
    assert forth.method == "asymptotic"
    assert forth.value == -0.25


def test_mann_whitney_says_why_it_cannot_tell():
    assert mann_whitney([], [1]).reason == "one of the groups has no answers"
    same = mann_whitney([1, 1], [1])
    assert (same.value, same.reason) == (0, "every answer is the same")
    assert math.isnan(same.p)


def test_kendall_tau_of_tuna():
    result = kendall_tau(LIGHTNESS, PANEL, alternative="greater")
    assert result.value == pytest.approx(0.4444444, abs=5e-8)
    assert (result.T, result.concordant, result.discordant) == (26, 26, 10)
    assert result.p == pytest.approx(0.05972, abs=5e-6)
    assert result.method == "exact"
    assert kendall_tau(LIGHTNESS, PANEL).p == pytest.approx(0.1194, abs=5e-5)
    assert kendall_tau(LIGHTNESS, PANEL, alternative="less").p > 0.9


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=15))
def test_kendall_tau_counts_pairs_and_allows_for_ties(answers):
    x, y = zip(*answers, strict=True)
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    signs = [np.sign((a - c) * (b - d)) for (a, b), (c, d) in combinations(answers, 2)]
    untied_x = sum(a != c for (a, _), (c, _) in combinations(answers, 2))
    untied_y = sum(b != d for (_, b), (_, d) in combinations(answers, 2))
    result = kendall_tau(x, y)
    assert (result.concordant, result.discordant) == (signs.count(1), signs.count(-1))
    assert result.value == pytest.approx(sum(signs) / math.sqrt(untied_x * untied_y))
    assert kendall_tau(y, x).value == pytest.approx(result.value)
    assert kendall_tau(x, [-b for b in y]).value == pytest.approx(-result.value)


def test_kendall_tau_with_ties_is_not_exact():
    assert kendall_tau([1, 2, 2, 3], [1, 2, 3, 4]).method == "asymptotic"
    assert kendall_tau(range(50), range(50)).method == "asymptotic"
    assert kendall_tau(range(49), range(49)).method == "exact"


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([], [], "fewer than two pairs"),
        ([1, None], [1, 2], "fewer than two pairs"),
        ([1, 1, 1], [1, 2, 3], "one of the two never varies"),
    ],
)
def test_kendall_tau_says_why_it_cannot_tell(x, y, reason):
    result = kendall_tau(x, y)
    assert result.reason == reason
    assert math.isnan(result.value)


def test_kendall_tau_of_too_few_pairs_is_withheld():
    assert kendall_tau(LIGHTNESS, PANEL, minimum=10).reason == "withheld: fewer than 10 pairs"


@pytest.mark.parametrize("test", [kendall_tau, mann_whitney])
def test_an_unknown_alternative_is_an_error(test):
    with pytest.raises(ValueError, match="give one of two-sided, less, greater"):
        test([1, 2], [1, 2], alternative="more")


def test_friedman_of_rounding_times():
    result = friedman(ROUNDING)
    assert result.statistic == pytest.approx(11.1429, abs=5e-5)
    assert (result.df, result.n, result.left_out) == (2, 22, 0)
    assert result.p == pytest.approx(0.003805, abs=5e-7)
    assert result.value == pytest.approx(11.142857 / 44, abs=1e-6)


def test_friedman_agrees_with_scipy_with_ties():
    expected = stats.friedmanchisquare(*ROUNDING.T)
    result = friedman(ROUNDING)
    assert (result.statistic, result.p) == pytest.approx((expected.statistic, expected.pvalue))


def test_friedman_leaves_incomplete_rows_out_and_counts_them():
    rows = [*ROUNDING.tolist(), [5.0, None, 5.1]]
    result = friedman(rows)
    assert (result.left_out, result.statistic) == (1, friedman(ROUNDING).statistic)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "no complete row"),
        ([[None, 1]], "no complete row"),
        ([[1], [2]], "fewer than two things to compare"),
        ([[3, 3], [1, 1]], "every row is all ties"),
    ],
)
def test_friedman_says_why_it_cannot_tell(rows, reason):
    result = friedman(rows)
    assert result.reason == reason
    assert math.isnan(result.value)
    assert math.isnan(result.p)


def test_friedman_of_too_few_rows_is_withheld():
    assert friedman(ROUNDING, minimum=23).reason == "withheld: fewer than 23 complete rows"


@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=8))
def test_friedman_stays_within_its_bounds_in_any_order(rows):
    result = friedman(rows)
    turned = friedman([row[::-1] for row in rows[::-1]])
    assert turned.value == pytest.approx(result.value, nan_ok=True)
    assert math.isnan(result.value) or 0 <= result.value <= 1 + 1e-12
