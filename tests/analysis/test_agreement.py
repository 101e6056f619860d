import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.agreement import (
    leik_dispersion,
    tastle_wierman_consensus,
    van_der_eijk_agreement,
)

# Van der Eijk (2001), p. 331.
SEVEN_POINTS = [30, 40, 210, 130, 530, 50, 10]

MEASURES = [van_der_eijk_agreement, tastle_wierman_consensus, leik_dispersion]
SCALES = st.lists(st.integers(0, 50), min_size=2, max_size=8).filter(sum)


def test_van_der_eijk_agreement_of_the_published_seven_point_scale():
    result = van_der_eijk_agreement(SEVEN_POINTS)
    assert result.value == pytest.approx(0.6113333, abs=5e-7)
    assert result.polarisation == pytest.approx(0.1943333, abs=5e-7)
    assert result.n == 1000


@pytest.mark.parametrize(
    ("pattern", "agreement"),
    # The layers of the same example, from the vignette of R's agrmt.
    [
        ([1, 1, 1, 1, 1, 1, 1], 0),
        ([1, 1, 1, 1, 1, 1, 0], 1 / 6),
        ([0, 1, 1, 1, 1, 1, 0], 1 / 3),
        ([0, 0, 1, 1, 1, 1, 0], 1 / 2),
        ([0, 0, 1, 1, 1, 0, 0], 2 / 3),
        ([0, 0, 1, 0, 1, 0, 0], 0.56 * 5 / 6),
        ([0, 0, 0, 0, 1, 0, 0], 1),
        ([1, 0, 0, 0, 0, 0, 1], -1),
    ],
)
def test_van_der_eijk_agreement_of_each_published_layer(pattern, agreement):
    assert van_der_eijk_agreement(pattern).value == pytest.approx(agreement, abs=1e-12)


@pytest.mark.parametrize(
    ("counts", "consensus"),
    # Tastle & Wierman (2007); the first is printed in R's agrmt.
    [
        (SEVEN_POINTS, 0.7256876),
        ([0, 0, 10, 0, 0], 1),
        ([2, 2, 2, 2, 2], 0.433985),
        ([5, 0, 0, 0, 5], 0),
        ([2, 0, 1, 1], 0.1916782),
        ([0, 5, 5, 0, 0], 0.8073549),
    ],
)
def test_tastle_wierman_consensus_of_published_scales(counts, consensus):
    assert tastle_wierman_consensus(counts).value == pytest.approx(consensus, abs=1e-6)


def test_leik_dispersion_by_hand():
    result = leik_dispersion([2, 0, 1, 1])
    assert result.value == pytest.approx(2 * (0.5 + 0.5 + 0.25) / 3)
    assert result.consensus == pytest.approx(1 - 2 * 1.25 / 3)


def test_empty_categories_change_every_figure():
    for measure in MEASURES:
        assert measure([0, 3, 1, 0, 0]).value != pytest.approx(measure([3, 1, 0]).value)


def test_uneven_positions_change_the_consensus():
    even = tastle_wierman_consensus([1, 2, 3], positions=[10, 20, 30])
    assert even.value == pytest.approx(tastle_wierman_consensus([1, 2, 3]).value)
    assert tastle_wierman_consensus([1, 2, 3], positions=[0, 9, 10]).value != even.value


@pytest.mark.parametrize("positions", [[1, 2], [3, 2, 1], [1, 1, 2]])
def test_positions_that_do_not_rise_with_the_scale_are_an_error(positions):
    with pytest.raises(ValueError, match="3 rising numbers"):
        tastle_wierman_consensus([1, 2, 3], positions=positions)


@pytest.mark.parametrize("measure", MEASURES)
def test_nobody_answering_gives_no_figure_and_says_so(measure):
    result = measure([0, 0, 0])
    assert math.isnan(result.value)
    assert (result.n, result.reason) == (0, "nobody answered")


@pytest.mark.parametrize("measure", MEASURES)
def test_a_group_under_the_minimum_is_withheld(measure):
    assert measure([1, 2], minimum=3).reason is None
    assert measure([1, 1], minimum=3).reason == "withheld: fewer than 3 answers"
    assert math.isnan(measure([1, 1], minimum=3).value)


@pytest.mark.parametrize("place", range(5))
def test_a_group_of_one_agrees_with_itself(place):
    counts = np.eye(5, dtype=int)[place]
    assert van_der_eijk_agreement(counts).value == 1
    assert tastle_wierman_consensus(counts).value == 1
    assert leik_dispersion(counts).value == 0


@given(st.integers(2, 8), st.integers(1, 30))
def test_half_at_each_end_is_the_least_agreement(categories, half):
    counts = [half, *[0] * (categories - 2), half]
    # With two categories the same counts are also an even spread, which A calls 0.
    assert van_der_eijk_agreement(counts).value == (-1 if categories > 2 else 0)
    assert tastle_wierman_consensus(counts).value == pytest.approx(0, abs=1e-12)
    assert leik_dispersion(counts).value == 1


@given(st.integers(2, 8), st.integers(1, 30))
def test_an_even_spread_is_van_der_eijks_zero(categories, each):
    assert van_der_eijk_agreement([each] * categories).value == 0


@given(SCALES)
def test_turning_the_scale_round_changes_nothing(counts):
    for measure in MEASURES:
        assert measure(counts[::-1]).value == pytest.approx(measure(counts).value, abs=1e-9)


@given(SCALES, st.integers(2, 9))
def test_more_people_in_the_same_shares_change_nothing(counts, times):
    for measure in MEASURES:
        more = measure([count * times for count in counts])
        assert more.value == pytest.approx(measure(counts).value, abs=1e-9)


@given(SCALES)
def test_every_figure_stays_within_its_bounds(counts):
    assert -1 <= van_der_eijk_agreement(counts).value <= 1
    assert 0 <= tastle_wierman_consensus(counts).value <= 1
    assert 0 <= leik_dispersion(counts).value <= 1


@given(SCALES)
def test_every_container_gives_the_same_figure(counts):
    for measure in MEASURES:
        as_list = measure(counts)
        assert measure(np.array(counts)) == as_list
        assert measure(pd.Series(counts)) == as_list
        assert measure({f"point {place}": count for place, count in enumerate(counts)}) == as_list
