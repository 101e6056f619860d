import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import association

from analysis.association import chi_square, cramers_v, fisher_exact, freeman_halton
from analysis.exact import TooManyTablesError

# Agresti (2007), p. 39: party by gender. R's help for chisq.test prints X-squared = 30.07, df = 2,
# p = 2.954e-07; the standardised residuals are in Agresti's Table 2.5.
PARTY = [[762, 327, 468], [484, 239, 477]]
# Agresti (2002), Table 2.8: job satisfaction by income.
JOB = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]
# Fisher (1962): criminal convictions of like-sex twins; R's help for fisher.test.
TWINS = [[2, 10], [15, 3]]
# Fisher (1935): the lady tasting tea; R's help for fisher.test.
TEA = [[3, 1], [1, 3]]

TABLES = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 20), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def filled(table):
    array = np.array(table)
    return (array.sum(axis=0) > 0).sum() > 1 and (array.sum(axis=1) > 0).sum() > 1


def test_chi_square_of_party_by_gender():
    result = chi_square(PARTY)
    assert result.statistic == pytest.approx(30.07, abs=0.005)
    assert (result.df, result.n) == (2, 2757)
    assert result.p == pytest.approx(2.954e-07, rel=5e-4)
    assert result.expected[0] == pytest.approx((703.6714, 319.6453, 533.6834), abs=5e-5)
    assert result.residuals[0] == pytest.approx((2.1988558, 0.4113702, -2.8432397), abs=5e-8)
    assert result.adjusted_residuals[0] == pytest.approx(
        (4.5020535, 0.6994517, -5.3159455), abs=5e-8
    )
    assert result.adjusted_residuals[1] == pytest.approx(
        (-4.5020535, -0.6994517, 5.3159455), abs=5e-8
    )


def test_the_effect_size_of_chi_square_is_cramers_v():
    assert chi_square(PARTY).value == pytest.approx(math.sqrt(30.070149 / 2757), abs=1e-8)


def test_yates_correction_is_asked_for():
    plain, corrected = chi_square(TEA), chi_square(TEA, yates=True)
    assert (plain.statistic, corrected.statistic) == (pytest.approx(2), pytest.approx(0.5))
    assert corrected.value == plain.value


def test_how_far_the_chi_square_can_be_trusted_is_said():
    result = chi_square(JOB)
    assert result.smallest_expected == pytest.approx(20 * 4 / 96)
    assert result.share_under_five == pytest.approx(8 / 16)


def test_a_zero_row_or_column_is_left_out_and_shown_as_such():
    result = chi_square([[5, 0, 2], [1, 0, 6], [0, 0, 0]])
    inner = chi_square([[5, 2], [1, 6]])
    assert (result.statistic, result.df, result.p) == (inner.statistic, inner.df, inner.p)
    assert result.expected[0][1] == result.expected[2][2] == 0
    assert all(math.isnan(cell) for cell in result.adjusted_residuals[2])
    assert result.adjusted_residuals[0][0] == pytest.approx(inner.adjusted_residuals[0][0])


@pytest.mark.parametrize(
    "table", [[], [[]], [[0, 0], [0, 0]], [[3, 4]], [[3], [4]], [[3, 4], [0, 0]]]
)
def test_a_table_with_nothing_to_compare_gives_a_reason_and_no_figure(table):
    for result in (chi_square(table), cramers_v(table), freeman_halton(table)):
        assert math.isnan(result.value)
        assert result.reason == "the table needs two rows and two columns that are not all zero"
    assert freeman_halton(table).p == 1


def test_a_frame_is_a_table():
    frame = pd.crosstab(pd.Series(list("aabb")), pd.Series(list("xyxx")))
    assert chi_square(frame) == chi_square([[1, 1], [2, 0]])


def test_too_few_respondents_are_withheld():
    for result in (
        chi_square(TEA, minimum=9),
        cramers_v(TEA, minimum=9),
        fisher_exact(TEA, minimum=9),
        freeman_halton(TEA, minimum=9),
    ):
        assert math.isnan(result.value)
        assert result.reason == "withheld: fewer than 9 respondents"
    assert math.isnan(freeman_halton(TEA, minimum=9).p)
    assert math.isnan(fisher_exact(TEA, minimum=9).p)


@pytest.mark.parametrize("table", [[[1.5, 2], [3, 4]], [[-1, 2], [3, 4]], [[1, 2], [3]]])
def test_what_is_no_table_of_counts_is_an_error(table):
    with pytest.raises(ValueError, match="give"):
        chi_square(table)


@given(TABLES.filter(filled))
def test_adjusted_residuals_agree_with_their_definition(table):
    array = np.array(table, dtype=float)
    n, result = array.sum(), chi_square(table)
    for i, j in np.ndindex(array.shape):
        row, column = array[i].sum(), array[:, j].sum()
        spread = row * column / n * (1 - row / n) * (1 - column / n)
        if spread > 1e-9:
            residual = (array[i, j] - row * column / n) / math.sqrt(spread)
            assert result.adjusted_residuals[i][j] == pytest.approx(residual, abs=1e-9)


@given(TABLES.filter(filled))
def test_turning_a_table_on_its_side_changes_no_figure(table):
    turned = np.array(table).T
    assert chi_square(turned).statistic == pytest.approx(chi_square(table).statistic)
    for corrected in (False, True):
        expected = cramers_v(table, bias_corrected=corrected).value
        result = cramers_v(turned, bias_corrected=corrected).value
        assert result == pytest.approx(expected, nan_ok=True)


@given(TABLES.filter(filled))
def test_cramers_v_lies_between_0_and_1_and_the_correction_lowers_it(table):
    plain = cramers_v(table)
    corrected = cramers_v(table, bias_corrected=True)
    assert 0 <= plain.value <= 1
    assert math.isnan(corrected.value) or 0 <= corrected.value <= 1
    assert (plain.bias_corrected, corrected.bias_corrected) == (False, True)


def test_cramers_v_agrees_with_scipy_and_the_correction_with_its_formula():
    assert cramers_v(PARTY).value == pytest.approx(association(PARTY, method="cramer"))
    phi = 30.070149095754672 / 2757 - 2 / 2756
    rows, columns = 2 - 1 / 2756, 3 - 4 / 2756
    expected = math.sqrt(phi / min(rows - 1, columns - 1))
    assert cramers_v(PARTY, bias_corrected=True).value == pytest.approx(expected, rel=1e-12)


def test_perfect_association_is_1_either_way():
    table = np.diag([10, 20, 30])
    assert cramers_v(table).value == 1
    assert cramers_v(table, bias_corrected=True).value == pytest.approx(1)


def test_the_correction_needs_more_respondents_than_cells_in_a_row():
    result = cramers_v([[1, 0], [0, 1]], bias_corrected=True)
    assert math.isnan(result.value)
    assert result.reason.startswith("too few respondents")


@pytest.mark.parametrize(
    ("table", "alternative", "p", "ratio", "low", "high"),
    # Printed by R's help for fisher.test.
    [
        (TEA, "greater", 0.2429, 6.408309, 0.3135693, math.inf),
        (TWINS, "less", 0.0004652, 0.04693661, 0, 0.2849601),
        (TWINS, "two-sided", 0.0005367, 0.04693661, 0.003325764, 0.363182271),
    ],
)
def test_fishers_test_of_published_tables(table, alternative, p, ratio, low, high):
    result = fisher_exact(table, alternative=alternative)
    assert result.p == pytest.approx(p, rel=5e-4)
    assert result.value == pytest.approx(ratio, rel=1e-4)
    # R finds the ends of its interval by a search that stops early: hence three in a thousand.
    assert (result.low, result.high) == pytest.approx((low, high), rel=3e-3)


def test_a_large_table_has_the_sample_odds_ratio_and_says_so():
    small, large = fisher_exact([[500, 450], [400, 550]]), fisher_exact([[600, 450], [400, 600]])
    assert (small.kind, large.kind) == ("conditional", "sample")
    assert large.value == large.sample_odds_ratio == 2
    error = math.sqrt(1 / 600 + 1 / 450 + 1 / 400 + 1 / 600)
    half = stats.norm.ppf(0.975) * error
    assert (large.low, large.high) == pytest.approx((2 * math.exp(-half), 2 * math.exp(half)))
    assert small.value == pytest.approx(small.sample_odds_ratio, rel=1e-3)


def test_the_sample_odds_ratio_stands_beside_the_conditional_one():
    assert fisher_exact(TEA).sample_odds_ratio == 9


def test_an_empty_cell_gives_an_odds_ratio_at_the_end_of_its_range():
    assert fisher_exact([[3, 0], [1, 3]]).value == math.inf
    assert fisher_exact([[0, 3], [3, 1]]).value == 0
    assert fisher_exact([[3, 0], [1, 3]]).sample_odds_ratio == math.inf


def test_a_zero_margin_teaches_nothing():
    result = fisher_exact([[3, 4], [0, 0]])
    assert (math.isnan(result.value), result.p) == (True, 1)
    assert result.reason == "a row or column is all zero: any odds ratio would fit"


def test_fishers_test_wants_two_by_two():
    with pytest.raises(ValueError, match="the table is 2 x 3: use freeman_halton"):
        fisher_exact([[1, 2, 3], [4, 5, 6]])


def test_freeman_halton_of_agresti_is_exact():
    result = freeman_halton(JOB)
    assert result.p == pytest.approx(0.7827, abs=5e-5)
    assert (result.exact, result.draws, result.standard_error, result.reason) == (True, 0, 0, None)
    assert result.value == pytest.approx(cramers_v(JOB).value)


def test_freeman_halton_leaves_zero_rows_and_columns_out():
    table = np.zeros((5, 6), dtype=int)
    table[:4, 1:5] = JOB
    assert freeman_halton(table).p == freeman_halton(JOB).p


def test_a_table_too_large_is_estimated_and_says_so():
    result = freeman_halton(JOB, work=1000, draws=20_000, seed=3)
    assert (result.exact, result.draws) == (False, 20_000)
    assert result.reason == (
        "not exact: the table is too large to count, so p is estimated from 20,000 random tables "
        "with the same margins (seed 3)"
    )
    assert result.standard_error == pytest.approx(math.sqrt(result.p * (1 - result.p) / 20_000))
    assert abs(result.p - 0.7826849) < 4 * result.standard_error
    assert freeman_halton(JOB, work=1000, draws=20_000, seed=3) == result
    assert freeman_halton(JOB, work=1000, draws=20_000, seed=4).p != result.p


def test_a_table_too_large_is_refused_when_asked():
    with pytest.raises(TooManyTablesError):
        freeman_halton(JOB, work=1000, when_too_large="refuse")


def test_an_estimate_needs_a_draw():
    with pytest.raises(ValueError, match="give at least 1"):
        freeman_halton(JOB, draws=0)


def test_an_estimate_is_never_nought():
    table = np.diag([30, 30, 30])
    assert freeman_halton(table, work=10, draws=99).p == 1 / 100


def test_freeman_halton_of_two_by_two_is_fishers_p():
    assert freeman_halton(TWINS).p == pytest.approx(stats.fisher_exact(TWINS).pvalue)
