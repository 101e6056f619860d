import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.concordance import kendall_w

# The anxiety ratings of R's irr; kendall(anxiety, TRUE) prints Wt = 0.54, 30.8 and 0.0429.
ANXIETY = [
    [3, 3, 2], [3, 6, 1], [3, 4, 4], [4, 6, 4], [5, 2, 3], [5, 4, 2], [2, 2, 1], [3, 4, 6],
    [5, 3, 1], [2, 3, 1], [2, 2, 1], [6, 3, 2], [1, 3, 3], [5, 3, 3], [2, 2, 1], [2, 2, 1],
    [1, 1, 3], [2, 3, 3], [4, 3, 2], [3, 4, 2],
]  # fmt: skip

RATINGS = st.tuples(st.integers(2, 6), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(1, 4), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def test_kendalls_w_of_the_anxiety_ratings():
    result = kendall_w(ANXIETY)
    assert result.value == pytest.approx(0.539656875954, abs=1e-12)
    assert result.uncorrected == pytest.approx(0.501921470343, abs=1e-12)
    assert result.statistic == pytest.approx(30.7604419294, abs=1e-10)
    assert (result.df, result.raters, result.subjects) == (19, 3, 20)
    assert result.p == pytest.approx(0.0428834731269, abs=1e-12)


def test_a_frame_of_ratings_reads_the_same():
    assert kendall_w(pd.DataFrame(ANXIETY)) == kendall_w(ANXIETY) == kendall_w(np.array(ANXIETY))


def test_raters_of_one_mind_agree_fully():
    result = kendall_w([[1, 10, 3], [2, 20, 4], [3, 30, 5]])
    assert (result.value, result.uncorrected) == (pytest.approx(1), pytest.approx(1))


def test_two_opposite_raters_agree_in_nothing():
    assert kendall_w([[1, 3], [2, 2], [3, 1]]).value == pytest.approx(0)


def test_things_that_somebody_did_not_rate_are_left_out():
    result = kendall_w([*ANXIETY, [1, None, 2]])
    assert (result.left_out, result.value) == (1, kendall_w(ANXIETY).value)


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([], "nobody rated"),
        ([[], []], "nobody rated"),
        ([[1, 2]], "fewer than two things were rated by everybody"),
        ([[None, 1], [2, 1]], "fewer than two things were rated by everybody"),
        ([[2, 1], [2, 1]], "every rater ties everything"),
    ],
)
def test_kendalls_w_says_why_it_cannot_tell(ratings, reason):
    result = kendall_w(ratings)
    assert result.reason == reason
    assert math.isnan(result.value)
    assert math.isnan(result.p)


def test_one_rater_agrees_with_themselves():
    assert kendall_w([[1], [2], [3]]).value == pytest.approx(1)


def test_too_few_raters_are_withheld():
    assert kendall_w(ANXIETY, minimum=4).reason == "withheld: fewer than 4 raters"


@given(RATINGS)
def test_kendalls_w_keeps_its_bounds_and_knows_no_order(ratings):
    result = kendall_w(ratings)
    turned = kendall_w([row[::-1] for row in ratings[::-1]])
    assert turned.value == pytest.approx(result.value, nan_ok=True)
    if not math.isnan(result.value):
        assert 0 <= result.uncorrected <= result.value + 1e-12 <= 1 + 1e-12


@given(RATINGS)
def test_only_the_order_of_scores_counts(ratings):
    stretched = kendall_w(np.exp(np.array(ratings, dtype=float)))
    assert stretched.value == pytest.approx(kendall_w(ratings).value, nan_ok=True)
