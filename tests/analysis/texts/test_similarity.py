import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.similarity import (
    jaccard,
    lsh_probability,
    minhash_estimate,
    minhash_standard_error,
    shingles,
)

PUBLISHED = Path(__file__).parents[3] / ".." / "shared" / "cases" / "published.json"
LIKE = "data structure for estimating the similarity between"
A = f"minhash is a probabilistic {LIKE} datasets".split()
B = f"minhash is a probability {LIKE} documents".split()
members = st.frozensets(st.text(max_size=3), max_size=12)


def test_the_published_case_of_datasketch_holds():
    if not PUBLISHED.exists():
        pytest.skip("../shared is not beside this repository")
    cases = {case["id"]: case for case in json.loads(PUBLISHED.read_text("utf-8"))["cases"]}
    case = cases["minhash_datasketch"]
    a, b = case["input"]["a"], case["input"]["b"]
    expected, within = case["expected"], case["tolerance"]

    assert jaccard(a, b) == pytest.approx(expected["jaccard"], abs=within["exact"])
    assert minhash_estimate(a, b) == pytest.approx(expected["jaccard"], abs=within["estimate"])
    assert minhash_standard_error(expected["jaccard"], 128) == pytest.approx(
        expected["se_at_k"]["128"], abs=within["exact"]
    )


def test_ten_words_shared_of_fourteen():
    assert jaccard(A, B) == 10 / 14


def test_the_default_estimate_is_near_the_truth_whatever_the_seed():
    misses = [abs(minhash_estimate(A, B, seed=seed) - 10 / 14) for seed in range(60)]

    assert max(misses) < 0.03


def test_with_128_permutations_one_estimate_in_three_is_further_off_than_that():
    estimates = [minhash_estimate(A, B, 128, seed=seed) for seed in range(400)]

    assert np.mean(estimates) == pytest.approx(10 / 14, abs=0.01)
    assert np.std(estimates) == pytest.approx(minhash_standard_error(10 / 14, 128), rel=0.25)
    assert 0.2 < np.mean(np.abs(np.array(estimates) - 10 / 14) > 0.03) < 0.5


@settings(deadline=None)
@given(members, members)
def test_similarity_is_symmetric_bounded_and_one_for_the_same(a, b):
    assert jaccard(a, b) == jaccard(b, a)
    assert 0 <= jaccard(a, b) <= 1
    assert (jaccard(a, b) == 1) == (a == b)
    assert minhash_estimate(a, b, 64) == minhash_estimate(b, a, 64)
    assert minhash_estimate(a, a, 64) == 1


@settings(deadline=None)
@given(members)
def test_nothing_shared_is_nothing(a):
    assert jaccard(a, {("other", x) for x in a}) == (0 if a else 1)


def test_shingles_are_runs_of_three_words():
    assert shingles("To be, or not to be") == {
        ("to", "be", "or"),
        ("be", "or", "not"),
        ("or", "not", "to"),
        ("not", "to", "be"),
    }
    assert shingles("Ban it") == {("ban", "it")}
    assert shingles(" - ") == frozenset()


def test_the_lsh_curve_of_the_textbook():
    """Leskovec, Rajaraman & Ullman, figure 3.8: 20 bands of 5 rows."""
    curve = {s: round(lsh_probability(s, 20, 5), 4) for s in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)}

    assert curve == {
        0.2: 0.0064,
        0.3: 0.0475,
        0.4: 0.186,
        0.5: 0.4701,
        0.6: 0.8019,
        0.7: 0.9748,
        0.8: 0.9996,
    }


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(1, 60), st.integers(1, 12))
def test_more_bands_find_more_and_more_rows_find_less(s, bands, rows):
    chance = lsh_probability(s, bands, rows)

    assert 0 <= chance <= 1
    assert lsh_probability(s, bands + 1, rows) >= chance
    assert lsh_probability(s, bands, rows + 1) <= chance
    assert math.isclose(chance, 1 - (1 - s**rows) ** bands, abs_tol=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: lsh_probability(1.1, 2, 2),
        lambda: lsh_probability(0.5, 0, 2),
        lambda: minhash_standard_error(-0.1, 10),
        lambda: minhash_estimate(["a"], ["a"], 0),
        lambda: shingles("a b c", 0),
    ],
)
def test_an_impossible_request_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"give at least|lies between"):
        wrong()
