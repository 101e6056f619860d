import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from analysis.reliability import cohen_kappa, fleiss_kappa, krippendorff_alpha

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C.
CANONICAL = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, None],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
# Fleiss (1971), Table 1: 30 patients, six psychiatrists, five diagnoses.
FLEISS = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip
NO_VARIATION = "every code given is the same: there is no variation to agree about"

CODES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=15)
MATRICES = (
    st.integers(2, 4)
    .flatmap(
        lambda coders: st.lists(
            st.lists(st.none() | st.integers(1, 4), min_size=coders, max_size=coders),
            min_size=2,
            max_size=8,
        )
    )
    .map(lambda units: np.array(units, dtype=object).T)
)


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_krippendorffs_alpha_of_his_own_example(level, alpha):
    result = krippendorff_alpha(CANONICAL, level)
    assert result.value == pytest.approx(alpha, abs=5e-4)
    assert (result.n, result.units, result.coders) == (40, 11, 4)


def test_alpha_reads_words_as_it_reads_numbers():
    words = [[None if code is None else "ABCDE"[code - 1] for code in row] for row in CANONICAL]
    assert krippendorff_alpha(words).value == krippendorff_alpha(CANONICAL).value
    ordinal = krippendorff_alpha(words, "ordinal", order="ABCDE")
    assert ordinal.value == krippendorff_alpha(CANONICAL, "ordinal").value
    assert krippendorff_alpha(pd.DataFrame(words)).value == krippendorff_alpha(words).value


@given(MATRICES, st.randoms(use_true_random=False))
def test_alpha_knows_no_order_of_coders_or_units_or_names_of_codes(codes, shuffler):
    before = krippendorff_alpha(codes)
    coders, units = list(range(codes.shape[0])), list(range(codes.shape[1]))
    shuffler.shuffle(coders)
    shuffler.shuffle(units)
    renamed = np.vectorize(lambda code: None if code is None else 5 - code, otypes=[object])
    after = krippendorff_alpha(renamed(codes)[np.ix_(coders, units)])
    assert after.value == pytest.approx(before.value, nan_ok=True)
    assert math.isnan(before.value) or before.value <= 1


@given(MATRICES)
def test_nominal_alpha_agrees_with_its_definition(codes):
    units = [[code for code in unit if code is not None] for unit in codes.T]
    units = [unit for unit in units if len(unit) > 1]
    given_codes = [code for unit in units for code in unit]
    assume(len(set(given_codes)) > 1)
    n = len(given_codes)
    observed = sum(sum(a != b for a in unit for b in unit) / (len(unit) - 1) for unit in units) / n
    expected = sum(a != b for a in given_codes for b in given_codes) / (n * (n - 1))
    assert krippendorff_alpha(codes).value == pytest.approx(1 - observed / expected)


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ([], "no unit was coded by two coders"),
        ([[None, None], [None, None]], "no unit was coded by two coders"),
        ([[1, None], [None, 2]], "no unit was coded by two coders"),
        ([[1, 2, 3]], "no unit was coded by two coders"),
        ([[1, 1, 2], [1, 1, None]], NO_VARIATION),
    ],
)
def test_alpha_says_why_it_cannot_tell(codes, reason):
    result = krippendorff_alpha(codes)
    assert (math.isnan(result.value), result.reason) == (True, reason)


def test_alpha_of_too_few_codes_is_withheld():
    assert krippendorff_alpha(CANONICAL, minimum=41).reason == "withheld: fewer than 41 codes"


@pytest.mark.parametrize(
    ("codes", "level", "order", "message"),
    [
        ([["a", "b"], ["a", "b"]], "ordinal", None, "is not a number"),
        ([["a", "b"], ["a", "c"]], "ordinal", "ab", "'c' is not in the order"),
        ([[1, 2], [1, 2]], "interval", [1, 2], "an order has no meaning at level 'interval'"),
        ([[-1, 2], [1, 2]], "ratio", None, "use level 'interval'"),
        ([[1, 2], [1, 2]], "cardinal", None, "give one of nominal, ordinal, interval, ratio"),
    ],
)
def test_codes_that_do_not_fit_the_level_are_an_error(codes, level, order, message):
    with pytest.raises(ValueError, match=message):
        krippendorff_alpha(codes, level, order=order)


def test_cohens_kappa_of_his_own_example():
    # Cohen (1960), Table 1: shares of 200 patients in three categories; kappa = 0.492.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    first = [i for i in range(3) for j in range(3) for _ in range(table[i][j])]
    second = [j for i in range(3) for j in range(3) for _ in range(table[i][j])]
    result = cohen_kappa(first, second)
    assert result.value == pytest.approx(0.492, abs=5e-4)
    assert (result.observed, result.expected, result.n) == pytest.approx((0.70, 0.41, 200))
    assert result.low < 0.492 < result.high
    assert result.p < 1e-10


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
@given(answers=CODES)
def test_cohens_kappa_agrees_with_scikit_learn(weights, answers):
    first, second = zip(*answers, strict=True)
    assume(len({*first, *second}) > 1)
    result = cohen_kappa(first, second, weights=weights, order=[1, 2, 3, 4])
    expected = cohen_kappa_score(first, second, weights=weights, labels=[1, 2, 3, 4])
    assert result.value == pytest.approx(expected)
    assert cohen_kappa(second, first, weights=weights, order=[1, 2, 3, 4]).value == pytest.approx(
        result.value
    )
    assert -1 - 1e-12 <= result.value <= 1


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weighted_kappa_needs_to_know_the_order_of_words(weights):
    first, second = ["low", "high", "low"], ["low", "middle", "high"]
    with pytest.raises(ValueError, match="weighted words need an order"):
        cohen_kappa(first, second, weights=weights)
    right = cohen_kappa(first, second, weights=weights, order=["low", "middle", "high"])
    wrong = cohen_kappa(first, second, weights=weights, order=["middle", "low", "high"])
    assert right.value != wrong.value
    assert right.value == cohen_kappa([1, 3, 1], [1, 2, 3], weights=weights).value


def test_cohens_kappa_leaves_out_what_one_did_not_code():
    with_blanks = cohen_kappa(["a", "b", None, "a"], ["a", "a", "b", None])
    assert with_blanks == cohen_kappa(["a", "b"], ["a", "a"])


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ([], [], "no unit was coded by both"),
        ([None, 1], [1, None], "no unit was coded by both"),
        ([1, 1], [1, 1], NO_VARIATION),
    ],
)
def test_cohens_kappa_says_why_it_cannot_tell(first, second, reason):
    result = cohen_kappa(first, second)
    assert (math.isnan(result.value), result.reason) == (True, reason)


def test_a_coder_who_always_gives_one_code_agrees_by_chance_alone():
    result = cohen_kappa("ab", "bb")
    assert (result.value, math.isnan(result.p)) == (0, True)


@pytest.mark.parametrize(
    ("second", "options", "message"),
    [
        ([1], {}, "2 and 1 codes"),
        ([1, 2], {"weights": "cubic"}, "give None, 'linear' or 'quadratic'"),
        ([1, 3], {"order": [1, 2]}, "3 is not in the order"),
    ],
)
def test_what_cohens_kappa_cannot_read_is_an_error(second, options, message):
    with pytest.raises(ValueError, match=message):
        cohen_kappa([1, 2], second, **options)


def test_cohens_kappa_of_too_few_units_is_withheld():
    assert cohen_kappa([1, 2], [1, 2], minimum=3).reason == "withheld: fewer than 3 units"


def test_fleiss_kappa_of_his_own_example():
    result = fleiss_kappa(FLEISS, counted=True)
    assert result.value == pytest.approx(0.430, abs=5e-4)
    assert result.observed == pytest.approx(0.5556, abs=5e-5)
    assert result.expected == pytest.approx(0.2199, abs=5e-5)
    # R's irr prints z = 17.7.
    assert result.z == pytest.approx(17.7, abs=0.05)
    assert (result.n, result.raters) == (30, 6)


def test_fleiss_kappa_reads_labels_as_it_reads_counts():
    labels = [
        [name for name, count in zip("abcde", row, strict=True) for _ in range(count)]
        for row in FLEISS
    ]
    assert fleiss_kappa(labels).value == pytest.approx(fleiss_kappa(FLEISS, counted=True).value)
    shuffled = [row[::-1] for row in labels[::-1]]
    assert fleiss_kappa(shuffled).value == pytest.approx(fleiss_kappa(labels).value)
    assert fleiss_kappa(pd.DataFrame(labels)).z == fleiss_kappa(labels).z


@given(
    st.integers(2, 4).flatmap(
        lambda raters: st.lists(
            st.lists(st.integers(0, 3), min_size=raters, max_size=raters), min_size=1, max_size=9
        )
    )
)
def test_fleiss_kappa_agrees_with_statsmodels(codes):
    assume(len({code for row in codes for code in row}) > 1)
    counts = [[row.count(code) for code in range(4)] for row in codes]
    result = fleiss_kappa(codes)
    assert result.value == pytest.approx(inter_rater.fleiss_kappa(counts))
    assert result.value <= 1 + 1e-12


def test_fleiss_kappa_leaves_out_units_that_somebody_did_not_code():
    result = fleiss_kappa([["a", "b"], ["a", "a"], ["b", None]])
    assert (result.n, result.left_out) == (2, 1)


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ([], "no unit was coded by every coder"),
        ([[None, "a"]], "no unit was coded by every coder"),
        ([["a"], ["b"]], "one coder cannot disagree"),
        ([["a", "a"], ["a", "a"]], NO_VARIATION),
    ],
)
def test_fleiss_kappa_says_why_it_cannot_tell(codes, reason):
    result = fleiss_kappa(codes)
    assert (math.isnan(result.value), result.reason) == (True, reason)


def test_fleiss_kappa_of_too_few_units_is_withheld():
    result = fleiss_kappa(FLEISS, counted=True, minimum=31)
    assert result.reason == "withheld: fewer than 31 units"


def test_counts_of_different_numbers_of_coders_are_an_error():
    with pytest.raises(ValueError, match="different numbers of coders"):
        fleiss_kappa([[2, 0], [1, 0]], counted=True)
