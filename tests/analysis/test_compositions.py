import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compositions import (
    aitchison_distance,
    close,
    clr,
    points_by_group,
    replace_zeros,
    share_of_points,
)

PARTS = st.lists(st.floats(0.1, 100), min_size=2, max_size=6)
SHARED = st.lists(
    st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(sum), min_size=1, max_size=6
).map(lambda rows: [list(close(row)) for row in rows])


def test_points_are_described_by_mean_median_and_zeros():
    result = share_of_points([[60, 40, 0], [20, 80, 0], [10, 60, 30]], options=["a", "b", "c"])
    assert [option.option for option in result.options] == ["a", "b", "c"]
    assert [option.mean for option in result.options] == [30, 60, 10]
    assert [option.median for option in result.options] == [20, 60, 0]
    assert [option.zeros for option in result.options] == [0, 0, 2]
    assert result.options[2].share_zero == pytest.approx(2 / 3)
    assert (result.n, result.left_out, result.replaced) == (3, 0, 2)


def test_the_centre_is_the_closed_geometric_mean():
    result = share_of_points([[10, 90], [40, 60]])
    geometric = math.sqrt(10 * 40), math.sqrt(90 * 60)
    expected = [100 * part / sum(geometric) for part in geometric]
    assert [option.centre for option in result.options] == pytest.approx(expected)
    ratio = math.log(geometric[0] / geometric[1]) / 2
    assert [option.clr for option in result.options] == pytest.approx([ratio, -ratio])


def test_a_zero_is_replaced_and_the_rest_shrinks_in_proportion():
    assert replace_zeros([0, 25, 75], 0.65) == pytest.approx((0.65, 24.8375, 74.5125))
    result = share_of_points([[0, 25, 75]])
    assert [option.centre for option in result.options] == pytest.approx([0.65, 24.8375, 74.5125])


def test_clr_of_a_published_kind():
    # By hand: the geometric mean of 1, 2 and 4 is 2.
    assert clr([1, 2, 4]) == pytest.approx((-math.log(2), 0, math.log(2)))


def test_distance_by_hand():
    assert aitchison_distance([1, 2, 4], [1, 1, 1]) == pytest.approx(math.sqrt(2) * math.log(2))


@given(PARTS, st.floats(0.1, 50))
def test_clr_adds_up_to_nothing_at_any_scale(parts, times):
    assert sum(clr(parts)) == pytest.approx(0, abs=1e-9)
    assert clr([part * times for part in parts]) == pytest.approx(clr(parts), abs=1e-9)


@given(PARTS, st.floats(1, 1000))
def test_closing_gives_the_total_and_keeps_the_ratios(parts, total):
    closed = close(parts, total)
    assert sum(closed) == pytest.approx(total)
    assert closed[0] / closed[1] == pytest.approx(parts[0] / parts[1])


@given(SHARED)
def test_means_and_centres_add_up_to_the_total(rows):
    result = share_of_points(rows)
    assert sum(option.mean for option in result.options) == pytest.approx(100)
    assert sum(option.centre for option in result.options) == pytest.approx(100)
    assert sum(option.clr for option in result.options) == pytest.approx(0, abs=1e-9)


@given(SHARED, st.permutations([0, 1, 2]))
def test_no_order_of_respondents_or_options_matters(rows, order):
    before = share_of_points(rows).options
    after = share_of_points([[row[place] for place in order] for row in rows[::-1]]).options
    for place, option in zip(order, after, strict=True):
        same = before[place]
        assert (option.mean, option.centre) == pytest.approx((same.mean, same.centre))
        assert (option.median, option.zeros) == (same.median, same.zeros)


def test_groups_are_described_apart_and_nobodys_group_comes_last():
    frame = pd.DataFrame({"skills": [100, 50, 20], "rights": [0, 50, 80]})
    results = points_by_group(frame, ["b", None, "a"])
    assert [(result.group, result.n) for result in results] == [("a", 1), ("b", 1), (None, 1)]
    assert [result.options[0].mean for result in results] == [20, 100, 50]
    assert [option.option for option in results[0].options] == ["skills", "rights"]


def test_rows_with_something_missing_are_left_out_and_counted():
    result = share_of_points([[60, 40], [100, None], [None, None]])
    assert (result.n, result.left_out, result.options[0].mean) == (1, 2, 60)


@pytest.mark.parametrize("points", [[], [[None, None]], [[math.nan, 100]]])
def test_nobody_sharing_points_gives_no_figure(points):
    result = share_of_points(points)
    assert (result.n, result.reason) == (0, "nobody shared points")
    assert all(math.isnan(option.mean) for option in result.options)


def test_no_respondents_are_no_groups():
    assert points_by_group([], []) == ()


def test_a_group_too_small_is_withheld():
    large, small = points_by_group([[1, 99], [2, 98], [3, 97]], [1, 1, 2], minimum=2)
    assert (large.reason, small.reason) == (None, "withheld: fewer than 2 respondents")
    assert math.isnan(small.options[0].mean)
    assert small.replaced == 0


def test_another_total_may_be_shared():
    assert share_of_points([[3, 7]], total=10).options[1].mean == 7


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        ([[50, 40]], {}, "1 complete rows do not add up to 100 .the first adds up to 90."),
        ([[150, -50]], {}, "negative"),
        ([[50, 50]], {"options": ["a"]}, "2 columns and 1 options"),
        ([[0, 100]], {"zero_as": 0}, "give a number above 0"),
        ([[0, 0, 100]], {"zero_as": 50}, "small beside the total"),
    ],
)
def test_points_that_do_not_add_up_are_an_error(points, options, message):
    with pytest.raises(ValueError, match=message):
        share_of_points(points, **options)


@pytest.mark.parametrize("parts", [[0, 1], [-1, 2], [None, 1]])
def test_a_logarithm_of_nothing_is_an_error(parts):
    with pytest.raises(ValueError, match="replace zeros first"):
        clr(parts)


@pytest.mark.parametrize("parts", [[0, 0], [-1, 2], [None, 1]])
def test_nothing_cannot_be_closed(parts):
    with pytest.raises(ValueError, match="not all zero"):
        close(parts)


def test_groups_and_rows_must_match():
    with pytest.raises(ValueError, match="1 rows and 2 groups"):
        points_by_group([[50, 50]], ["a", "b"])
    with pytest.raises(ValueError, match="2 and 3 parts"):
        aitchison_distance([1, 2], [1, 2, 3])


def test_what_is_given_stays_as_it_was():
    given_points = np.array([[0.0, 100.0], [50.0, 50.0]])
    share_of_points(given_points)
    assert given_points.tolist() == [[0, 100], [50, 50]]
