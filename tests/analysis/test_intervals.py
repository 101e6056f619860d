import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import jeffreys, wilson

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe (1998), Table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_of_newcombe(successes, n, low, high):
    result = wilson(successes, n)
    assert (result.low, result.high) == pytest.approx((low, high), abs=5e-5)
    assert result.value == successes / n


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Brown, Cai & DasGupta (2001), Table 5: Jeffreys intervals, n = 7 and 10.
    [(0, 7, 0, 0.292), (1, 7, 0.016, 0.501), (2, 10, 0.044, 0.503), (5, 10, 0.224, 0.776)],
)
def test_jeffreys_intervals_of_brown_cai_and_dasgupta(successes, n, low, high):
    result = jeffreys(successes, n)
    assert (result.low, result.high) == pytest.approx((low, high), abs=6e-4)


@given(COUNTS, st.sampled_from([0.8, 0.95, 0.99]))
def test_jeffreys_has_equal_tails(counts, confidence):
    x, n = counts
    result = jeffreys(x, n, confidence=confidence)
    below = stats.beta.cdf(result.low, x + 0.5, n - x + 0.5)
    above = stats.beta.sf(result.high, x + 0.5, n - x + 0.5)
    assert below == pytest.approx(0 if x == 0 else (1 - confidence) / 2, abs=1e-9)
    assert above == pytest.approx(0 if x == n else (1 - confidence) / 2, abs=1e-9)


@given(COUNTS)
def test_the_ends_of_wilsons_interval_are_where_the_score_test_turns(counts):
    x, n = counts
    result = wilson(x, n)
    z = stats.norm.ppf(0.975)
    for end in (result.low, result.high):
        if 0 < end < 1:
            assert abs(x / n - end) == pytest.approx(z * math.sqrt(end * (1 - end) / n))


@pytest.mark.parametrize("interval", [wilson, jeffreys])
@given(COUNTS)
def test_intervals_hold_the_share_and_mirror(interval, counts):
    x, n = counts
    result, mirror = interval(x, n), interval(n - x, n)
    assert 0 <= result.low <= result.value <= result.high <= 1
    assert (1 - mirror.high, 1 - mirror.low) == pytest.approx((result.low, result.high))


@pytest.mark.parametrize("interval", [wilson, jeffreys])
def test_nobody_and_everybody_reach_the_ends(interval):
    assert interval(0, 9).low == 0
    assert interval(9, 9).high == 1
    assert interval(0, 9).high < 1
    assert interval(9, 9).low > 0


@pytest.mark.parametrize("interval", [wilson, jeffreys])
def test_more_confidence_is_a_wider_interval(interval):
    assert interval(3, 9, confidence=0.99).high > interval(3, 9).high
    assert interval(3, 9, confidence=0.99).confidence == 0.99


@pytest.mark.parametrize("interval", [wilson, jeffreys])
def test_of_nobody_there_is_no_share(interval):
    result = interval(0, 0)
    assert math.isnan(result.value)
    assert result.reason == "nobody answered"


@pytest.mark.parametrize("interval", [wilson, jeffreys])
def test_too_few_are_withheld(interval):
    result = interval(3, 9, minimum=10)
    assert (math.isnan(result.low), result.reason) == (True, "withheld: fewer than 10 answers")


@pytest.mark.parametrize("interval", [wilson, jeffreys])
@pytest.mark.parametrize(("x", "n"), [(-1, 3), (4, 3)])
def test_a_count_is_within_its_base(interval, x, n):
    with pytest.raises(ValueError, match="give a count from 0 up to n"):
        interval(x, n)
