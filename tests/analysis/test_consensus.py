import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.consensus import (
    comet_consensus,
    consensus_across_groups,
    group_informed_consensus,
    proportion_test,
    threshold_consensus,
)

GROUPS = st.lists(
    st.integers(0, 40).flatmap(lambda seen: st.tuples(st.integers(0, seen), st.just(seen))),
    min_size=1,
    max_size=5,
)


def test_three_of_four_on_the_agreeing_side_are_consensus():
    result = threshold_consensus([1, 0, 0, 2, 1])
    assert (result.value, result.agreeing, result.n, result.reached) == (0.75, 3, 4, True)


def test_fewer_than_three_of_four_are_not():
    assert threshold_consensus([26, 0, 0, 74, 0]).reached is False


def test_the_middle_of_the_scale_does_not_agree():
    assert threshold_consensus([0, 0, 10, 0, 0]).value == 0


def test_the_upper_half_of_an_even_scale_agrees():
    assert threshold_consensus([0, 1, 2, 3]).value == pytest.approx(5 / 6)


def test_agreeing_categories_may_be_named():
    counts = {"no": 1, "yes": 6, "yes, with limits": 2, "cannot say": 1}
    result = threshold_consensus(counts, agreeing=["yes", "yes, with limits"], threshold=0.8)
    assert (result.value, result.reached) == (0.8, True)


def test_an_agreeing_category_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="'maybe' is not one of the categories"):
        threshold_consensus({"no": 1, "yes": 2}, agreeing=["maybe"])


@pytest.mark.parametrize("threshold", [0, -0.5, 1.01, 75])
def test_a_threshold_is_a_share(threshold):
    with pytest.raises(ValueError, match="give a share above 0"):
        threshold_consensus([1, 2], threshold=threshold)


@pytest.mark.parametrize("percent", range(1, 101))
def test_a_share_exactly_at_the_threshold_reaches_it(percent):
    counts = [100 - percent, percent]
    assert threshold_consensus(counts, threshold=percent / 100).reached is True
    if percent > 1:
        counts = [101 - percent, percent - 1]
        assert threshold_consensus(counts, threshold=percent / 100).reached is False


def test_nobody_answering_is_no_verdict():
    result = threshold_consensus([0, 0])
    assert (result.reached, result.reason) == (None, "nobody answered")
    assert math.isnan(result.value)


def test_a_group_under_the_minimum_gets_no_verdict():
    result = threshold_consensus([0, 4], minimum=5)
    assert (result.reached, result.reason) == (
        None,
        "withheld: fewer than 5 answers",
    )


@pytest.mark.parametrize(
    ("groups", "everywhere"),
    [
        ({"a": [0, 5], "b": [1, 4]}, True),
        ({"a": [0, 5], "b": [3, 2]}, False),
        ({"a": [0, 5], "b": [0, 0]}, None),
        ({"a": [5, 0], "b": [0, 0]}, False),
        ({}, None),
    ],
)
def test_consensus_everywhere_needs_every_group(groups, everywhere):
    result = consensus_across_groups(groups)
    assert result.everywhere is everywhere
    assert [name for name, _ in result.groups] == list(groups)


@pytest.mark.parametrize(
    ("critical", "between", "not_important", "decision"),
    [
        (70, 15, 15, "in"),
        (69, 16, 15, "no consensus"),
        (70, 14, 16, "no consensus"),
        (15, 15, 70, "out"),
        (16, 14, 70, "no consensus"),
        (0, 100, 0, "no consensus"),
    ],
)
def test_the_comet_rule_at_its_edges(critical, between, not_important, decision):
    scores = [7] * critical + [4] * between + [3] * not_important
    result = comet_consensus(scores)
    assert result.decision == decision
    assert (result.value, result.not_important) == (critical / 100, not_important / 100)
    assert comet_consensus({7: critical, 4: between, 3: not_important}) == result


def test_comet_leaves_missing_scores_out_of_the_base():
    assert comet_consensus([9, 8, None, math.nan]).n == 2


def test_comet_shares_may_be_set():
    assert comet_consensus([9] * 8 + [5] * 2, at_least=0.85).decision == "no consensus"
    assert (
        comet_consensus(
            [5, 4, 1], critical=(4, 5), not_important=(1, 2), at_least=0.6, at_most=0.4
        ).decision
        == "in"
    )


def test_a_score_off_the_comet_scale_is_an_error():
    with pytest.raises(ValueError, match="score 10 is not from 1 to 9"):
        comet_consensus([10])


def test_comet_without_scores_decides_nothing():
    assert comet_consensus([]).decision is None
    assert comet_consensus([9], minimum=2).reason == ("withheld: fewer than 2 scores")


# The Polis server's output for a conversation of three groups (red-dwarf, below-100-ptpts).
@pytest.mark.parametrize(
    ("agree", "seen", "value"),
    [
        ([4, 3, 7], [5, 3, 7], 0.5079365079365079),
        ([6, 1, 4], [6, 1, 4], 0.486111111111111),
        ([3, 2, 5], [5, 3, 6], 0.2571428571428572),
        ([0, 0, 0], [5, 3, 6], 0.0035714285714285713),
        ([0, 2, 1], [5, 3, 7], 0.01904761904761905),
    ],
)
def test_group_informed_consensus_of_a_polis_server(agree, seen, value):
    assert group_informed_consensus(agree, seen).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("successes", "trials", "share", "z"),
    [(15, 16, 0.888888888888889, 3.6380343755449944), (7, 9, 8 / 11, 1.897366596101028)],
)
def test_the_proportion_test_of_a_polis_server(successes, trials, share, z):
    result = proportion_test(successes, trials)
    assert (result.value, result.z) == (pytest.approx(share), pytest.approx(z))


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_a_proportion_is_of_its_trials(successes, trials):
    with pytest.raises(ValueError, match="give counts from 0 up"):
        proportion_test(successes, trials)


@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(groups, shuffler):
    agree, seen = zip(*groups, strict=True)
    before = group_informed_consensus(agree, seen)
    shuffled = list(groups)
    shuffler.shuffle(shuffled)
    agree, seen = zip(*shuffled, strict=True)
    assert group_informed_consensus(agree, seen).value == pytest.approx(before.value)
    assert 0 < before.value < 1


@given(GROUPS)
def test_one_more_agreeing_anywhere_raises_the_product(groups):
    agree, seen = map(list, zip(*groups, strict=True))
    more = group_informed_consensus([agree[0] + 1, *agree[1:]], [seen[0] + 1, *seen[1:]])
    assert more.value > group_informed_consensus(agree, seen).value


def test_groups_may_be_named_in_any_order():
    named = group_informed_consensus({"b": 1, "a": 2}, {"a": 3, "b": 4})
    assert named.by_group == (("b", 2 / 6), ("a", 3 / 5))


def test_a_group_that_nobody_answered_in_counts_one_half():
    assert group_informed_consensus([0], [0]).value == 0.5


def test_no_groups_at_all_give_no_figure():
    result = group_informed_consensus([], [])
    assert math.isnan(result.value)
    assert result.reason == "there are no groups"


@pytest.mark.parametrize(
    ("agree", "seen"),
    [([3], [2]), ([1, 2], [3]), ([None], [1]), ([-1], [1]), ({"a": 1}, {"b": 1})],
)
def test_counts_of_groups_that_cannot_be_are_an_error(agree, seen):
    with pytest.raises(ValueError, match="group"):
        group_informed_consensus(agree, seen)


def test_one_mapping_and_one_list_are_an_error():
    with pytest.raises(TypeError, match="same form"):
        group_informed_consensus({"a": 1}, [1])
