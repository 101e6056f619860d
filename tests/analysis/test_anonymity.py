import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.anonymity import NotAnonymousEnoughError, k_anonymity, require_k_anonymity

# The test of sdcMicro's freqCalc: eight records, three keys.
RECORDS = [
    [2, 3, 1], [3, 3, 3], [2, 3, 1], [2, 3, 2], [3, 3, 1], [3, 3, 1], [1, 4, 1], [2, 3, 1],
]  # fmt: skip
# The same with two blanks in the third key.
BLANKS = [[*row[:2], None if place in (2, 6) else row[2]] for place, row in enumerate(RECORDS)]

TABLES = st.lists(
    st.tuples(st.none() | st.integers(1, 2), st.none() | st.sampled_from("ab")), max_size=10
)


def test_the_records_of_sdcmicro():
    result = k_anonymity(RECORDS)
    assert result.counts == (3, 1, 3, 1, 2, 2, 1, 3)
    assert (result.k, result.unique, result.share_unique) == (1, 3, 0.375)
    assert (result.equal(2), result.under(3)) == (2, 5)


def test_a_blank_is_a_value_of_its_own():
    assert k_anonymity(BLANKS).counts == (2, 1, 1, 1, 2, 2, 1, 2)


def test_a_blank_may_match_anything_as_in_sdcmicro():
    result = k_anonymity(BLANKS, missing="matches anything")
    assert result.counts == (3, 1, 4, 2, 2, 2, 1, 3)
    assert result.missing == "matches anything"


def test_only_the_stated_keys_are_compared():
    frame = pd.DataFrame(RECORDS, columns=["country", "size", "sector"])
    assert k_anonymity(frame, ["country", "size"]).counts == (4, 3, 4, 4, 3, 3, 1, 4)
    assert k_anonymity(RECORDS, [0, 1]).counts == (4, 3, 4, 4, 3, 3, 1, 4)
    assert k_anonymity(frame).counts == k_anonymity(RECORDS).counts


def test_without_keys_everybody_is_alike():
    assert k_anonymity(RECORDS, []).counts == (8,) * 8


def test_words_and_categories_are_keys():
    frame = pd.DataFrame({"group": pd.Categorical(["a", "b", None, "a"]), "n": ["1", 1, 1, "1"]})
    assert k_anonymity(frame).counts == (2, 1, 1, 2)


def test_no_records_have_no_k():
    result = k_anonymity([])
    assert (result.k, result.counts, result.records) == (0, (), 0)
    assert math.isnan(result.share_unique)
    assert require_k_anonymity([], 5) == result


def test_one_record_is_unique():
    result = k_anonymity([["a", 1]])
    assert (result.k, result.unique, result.share_unique) == (1, 1, 1)


def test_a_release_under_k_is_refused_and_says_how_many():
    with pytest.raises(NotAnonymousEnoughError) as refused:
        require_k_anonymity(RECORDS, 3, [0, 1])
    assert str(refused.value) == (
        "1 of 8 records share (0, 1) with fewer than 3, themselves included: "
        "publish fewer or coarser keys, or leave those records out"
    )
    assert refused.value.found == k_anonymity(RECORDS, [0, 1])


def test_a_release_at_k_passes():
    assert require_k_anonymity(RECORDS[:6], 3, [0]).k == 3


@pytest.mark.parametrize("k", [1, 0, -3])
def test_a_k_that_promises_nothing_is_an_error(k):
    with pytest.raises(ValueError, match="give 2 or more"):
        require_k_anonymity(RECORDS, k)


@pytest.mark.parametrize(
    ("keys", "missing", "message"),
    [([7], "own value", "7 is not among the columns"), (None, "ignored", "give 'own value' or")],
)
def test_what_cannot_be_asked_is_an_error(keys, missing, message):
    with pytest.raises(ValueError, match=message):
        k_anonymity(RECORDS, keys, missing=missing)


@given(TABLES)
def test_counts_agree_with_comparing_every_two_records(records):
    own = tuple(sum(a == b for b in records) for a in records)
    assert k_anonymity(records).counts == own

    def match(one, other):
        return all(a == b or a is None or b is None for a, b in zip(one, other, strict=True))

    wild = tuple(sum(match(a, b) for b in records) for a in records)
    result = k_anonymity(records, missing="matches anything")
    assert result.counts == wild
    assert all(mine <= theirs for mine, theirs in zip(own, wild, strict=True))


@given(TABLES)
def test_one_key_fewer_never_makes_anybody_easier_to_find(records):
    if records:
        every, fewer = k_anonymity(records), k_anonymity(records, [0])
        assert all(a <= b for a, b in zip(every.counts, fewer.counts, strict=True))
