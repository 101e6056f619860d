import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.corrections import benjamini_hochberg, bonferroni, holm

# Benjamini & Hochberg (1995), section 4.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719,
    0.6528, 0.759, 1,
]  # fmt: skip

METHODS = [holm, benjamini_hochberg, bonferroni]
FAMILIES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_the_published_family_has_four_rejections_by_bh_and_three_by_bonferroni():
    assert benjamini_hochberg(PUBLISHED).rejections == 4
    assert bonferroni(PUBLISHED).rejections == holm(PUBLISHED).rejections == 3


def test_the_published_family_adjusted():
    assert holm(PUBLISHED).adjusted[:5] == pytest.approx((0.0015, 0.0056, 0.0247, 0.114, 0.2211))
    assert benjamini_hochberg(PUBLISHED).adjusted[:5] == pytest.approx(
        (0.0015, 0.003, 0.0095, 0.035625, 0.0603)
    )
    assert bonferroni(PUBLISHED).adjusted[:3] == pytest.approx((0.0015, 0.006, 0.0285))


def test_holm_by_hand_never_falls_back():
    assert holm([0.02, 0.01, 0.03]).adjusted == pytest.approx((0.04, 0.03, 0.04))


def test_bh_by_hand_never_rises_above_a_larger_p():
    assert benjamini_hochberg([0.04, 0.03, 0.041]).adjusted == pytest.approx((0.041,) * 3)


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_p_is_carried_along_and_is_no_part_of_the_family(method):
    result = method([0.01, None, 0.02])
    assert (result.family, result.rejected) == (2, (True, False, True))
    assert math.isnan(result.adjusted[1])
    assert result.adjusted[::2] == method([0.01, 0.02]).adjusted


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", [[], [None, math.nan]])
def test_an_empty_family_has_nothing_to_reject(method, family):
    result = method(family)
    assert (result.family, result.rejections, len(result.adjusted)) == (0, 0, len(family))


@pytest.mark.parametrize("method", METHODS)
def test_a_family_of_one_needs_no_adjusting(method):
    assert method([0.03]).adjusted == (0.03,)


@pytest.mark.parametrize("method", METHODS)
def test_names_are_kept(method):
    assert method({"skills": 0.01, "rights": 0.5}).names == ("skills", "rights")
    assert method(pd.Series([0.01, 0.5])).names == (1, 2)


@pytest.mark.parametrize("p", [-0.01, 1.01])
def test_a_p_outside_0_to_1_is_an_error(p):
    with pytest.raises(ValueError, match="outside 0 to 1"):
        holm([0.5, p])


def test_an_alpha_outside_0_to_1_is_an_error():
    with pytest.raises(ValueError, match="alpha is 5"):
        holm([0.5], alpha=5)


@given(FAMILIES)
def test_the_methods_are_ordered_from_lenient_to_strict(p):
    for raw, bh, by_holm, strict in zip(
        p, *(method(p).adjusted for method in (benjamini_hochberg, holm, bonferroni)), strict=True
    ):
        assert raw - 1e-12 <= bh <= by_holm + 1e-12 <= strict + 2e-12 <= 1 + 2e-12


@given(FAMILIES, st.randoms(use_true_random=False))
def test_the_order_in_which_tests_are_listed_does_not_matter(p, shuffler):
    places = list(range(len(p)))
    shuffler.shuffle(places)
    for method in METHODS:
        before, after = method(p), method([p[place] for place in places])
        assert after.adjusted == pytest.approx([before.adjusted[place] for place in places])


@given(FAMILIES, st.floats(0.01, 0.5))
def test_a_rejection_is_an_adjusted_p_at_or_under_alpha(p, alpha):
    for method in METHODS:
        result = method(p, alpha=alpha)
        assert result.rejected == tuple(value <= alpha for value in result.adjusted)


@pytest.mark.parametrize(
    ("method", "name"),
    [(holm, "holm"), (benjamini_hochberg, "fdr_bh"), (bonferroni, "bonferroni")],
)
def test_statsmodels_gives_the_same(method, name):
    for family in (PUBLISHED, [0.03, 0.03, 0.01, 0.9], [1, 0], [0.2]):
        expected = multipletests(family, method=name)[1]
        assert method(family).adjusted == pytest.approx(tuple(expected))
