import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.duplicates import jaccard, near_duplicates, shingles
from analysis.texts.tokens import fingerprint

BASE = (
    "new rules should clearly outline which systems are legal and which are not so that people "
    "can rely on courts that enforce their rights against every public and private body in europe"
)
SAME = BASE.replace("legal and", "legal, and").replace("so that", "— so that").upper() + "!"
NEAR = BASE.replace("in europe", "in the union")  # 0.8 or more
BAND = BASE.replace("new rules", "the law").replace("private body in europe", "private office")
OTHER = "children must be protected from abuse by services that detect known material with care"
TEXTS = (BASE, SAME, NEAR, BAND, OTHER, "", "-", "ban it now", "ban it now")
NAMES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9")


def similarity(a, b):
    return jaccard(shingles(a), shingles(b))


def test_the_specimens_are_where_the_tests_need_them():
    assert similarity(BASE, SAME) == 1
    assert 0.8 <= similarity(BASE, NEAR) < 1
    assert 0.7 <= similarity(BASE, BAND) < 0.8
    assert similarity(BASE, OTHER) == 0


def test_the_same_words_are_joined_exactly_and_nearly_the_same_with_what_joined_them():
    found = near_duplicates(TEXTS, NAMES)

    (group,) = found.groups
    (pair,) = group.joined_by
    assert group.responses == ("R1", "R2", "R3")
    assert group.versions == (("R1", "R2"), ("R3",))
    assert group.text == BASE
    assert pair.similarity == similarity(BASE, NEAR) == group.weakest
    assert pair.passage == BASE.removesuffix(" europe")
    assert found.copies == ("R2", "R3")
    assert (found.examined, found.too_short) == (5, 2)


def test_what_is_between_the_limits_is_offered_not_joined():
    found = near_duplicates(TEXTS, NAMES)

    (offer,) = found.offered
    assert 0.7 <= offer.similarity < 0.8
    assert "R4" in offer.responses
    assert not offer.decided


def test_a_decision_joins_what_was_offered():
    offer = near_duplicates(TEXTS, NAMES).offered[0]
    decision = offer.undecided().model_copy(update={"same": True})

    found = near_duplicates(TEXTS, NAMES, decisions=[decision])

    assert found.groups[0].responses == ("R1", "R2", "R3", "R4")
    assert found.offered == ()
    assert [pair.decided for pair in found.groups[0].joined_by] == [False, True]


def test_a_decision_against_is_not_offered_again():
    offer = near_duplicates(TEXTS, NAMES).offered[0]
    decision = offer.undecided().model_copy(update={"same": False})

    found = near_duplicates(TEXTS, NAMES, decisions=[decision])

    assert found.groups == near_duplicates(TEXTS, NAMES).groups
    assert found.offered == ()


@pytest.mark.parametrize("exact_up_to", [3_000, 0])
def test_a_decision_against_also_undoes_a_join(exact_up_to):
    joined = near_duplicates(TEXTS, NAMES).groups[0].joined_by[0]
    decision = joined.undecided().model_copy(update={"same": False})

    found = near_duplicates(TEXTS, NAMES, decisions=[decision], exact_up_to=exact_up_to)

    assert [group.responses for group in found.groups] == [("R1", "R2")]


def test_an_undecided_entry_and_one_about_other_texts_change_nothing():
    plain = near_duplicates(TEXTS, NAMES)
    entry = plain.offered[0].undecided()
    elsewhere = entry.model_copy(update={"first": fingerprint("nobody sent this"), "same": True})

    assert near_duplicates(TEXTS, NAMES, decisions=[entry, elsewhere]) == plain


def test_the_same_respondent_twice_is_not_two_senders():
    assert near_duplicates([BASE, SAME, NEAR], ["R1", "R1", "R1"]).groups == ()


def test_two_texts_may_be_joined_through_a_third():
    words = [f"w{i}" for i in range(40)]
    chain = [" ".join([f"x{i}" for i in range(2 * k)] + words[2 * k :]) for k in range(5)]
    assert similarity(chain[0], chain[4]) < 0.8 < similarity(chain[0], chain[1])

    (group,) = near_duplicates(chain).groups

    assert len(group.responses) == 5
    assert len(group.joined_by) == 4


def test_nothing_and_one_text_are_no_duplicates():
    assert near_duplicates([]).groups == ()
    assert near_duplicates([BASE]).groups == ()
    assert near_duplicates([BASE]).examined == 1


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(TEXTS))), st.sampled_from([3_000, 0]))
def test_the_order_of_rows_makes_no_difference(order, exact_up_to):
    texts, names = [TEXTS[i] for i in order], [NAMES[i] for i in order]

    shuffled = near_duplicates(texts, names, exact_up_to=exact_up_to)

    assert shuffled == near_duplicates(TEXTS, NAMES, exact_up_to=exact_up_to)


@settings(max_examples=12, deadline=None)
@given(st.permutations([f"{BASE} {last}" for last in ("one", "two", "three", "four", "five")]))
def test_versions_equally_alike_are_shown_joined_by_the_same_pairs_at_any_order(texts):
    found = near_duplicates(texts, texts)

    assert len(found.groups[0].joined_by) == 4
    assert found == near_duplicates(sorted(texts), sorted(texts))


def test_what_is_given_is_not_changed():
    texts, names = list(TEXTS), list(NAMES)
    before = copy.deepcopy((texts, names))

    near_duplicates(texts, names)

    assert (texts, names) == before


def corpus(families, copies, seed):
    """Texts of thirty words, and copies of each with a few words changed."""
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(families):
        words = rng.integers(0, 3_000, 30)
        for _ in range(copies):
            changed = words.copy()
            places = rng.choice(30, rng.integers(0, 3), replace=False)
            changed[places] = rng.integers(3_000, 9_000, len(places))
            texts.append(" ".join(f"w{word}" for word in changed))
    return texts


def test_minhash_and_lsh_find_what_comparing_every_pair_finds():
    texts = corpus(families=150, copies=4, seed=7)

    every = near_duplicates(texts)
    proposed = near_duplicates(texts, exact_up_to=0)

    assert every.method == "every pair"
    assert proposed.method == "MinHash and LSH"
    assert len(every.groups) > 100
    assert proposed.groups == every.groups
    assert proposed.offered == every.offered


def test_one_large_campaign_with_personal_words_is_one_group():
    texts = [f"{BASE} yours citizen{i}" for i in range(400)]

    for exact_up_to in (3_000, 0):
        (group,) = near_duplicates(texts, exact_up_to=exact_up_to).groups
        assert len(group.responses) == 400
        assert len(group.joined_by) == 399


@pytest.mark.parametrize(
    "wrong",
    [{"least_words": 2}, {"joined": 0.6}, {"offered": 0}, {"joined": 1.2}, {"responses": ["R1"]}],
)
def test_an_impossible_request_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"least_words must|texts but"):
        near_duplicates([BASE, SAME], **wrong)
