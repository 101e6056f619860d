import numpy as np
import pandas as pd
import pytest

from analysis.ballots import pairwise, read_ballots

EXPECTED = ((("A",), ("C",), ("B",)), (("B",), ("A",)))


@pytest.mark.parametrize(
    "ballots",
    [
        ["ACB", "BA"],
        [["A", "C", "B"], ["B", "A"]],
        [("A", "C", "B"), ("B", "A")],
        [np.array(["A", "C", "B"]), np.array(["B", "A"])],
        [{"A": 1, "C": 2, "B": 3}, {"A": 2, "B": 1, "C": None}],
        pd.DataFrame({"A": [1, 2], "B": [3, 1], "C": [2, None]}),
    ],
)
def test_every_form_of_ballot_reads_the_same(ballots):
    read = read_ballots(ballots)
    assert (read.items, read.tiers, read.weights) == (("A", "B", "C"), EXPECTED, (1, 1))
    assert (read.voters, read.partial, read.blank) == (2, 1, 0)


@pytest.mark.parametrize(
    ("ballots", "weights"),
    [
        ([(3, "AB"), (2, "BA")], None),
        ([("A", "B"), ("B", "A")], [3, 2]),
        ([(["A", "B"], 3), (["B", "A"], 2)], None),
        ([[3, ["A", "B"]], [2, ["B", "A"]]], None),
    ],
)
def test_a_ballot_may_say_how_many_cast_it(ballots, weights):
    read = read_ballots(ballots, weights=weights)
    assert (read.tiers, read.weights) == (((("A",), ("B",)), (("B",), ("A",))), (3, 2))


def test_items_at_the_same_place_stand_together():
    listed = read_ballots([["A", ("B", "C")]])
    assert listed.tiers == read_ballots([{"A": 1, "B": 5, "C": 5}]).tiers
    assert listed.ranks().tolist() == [[0, 1, 1]]


def test_what_a_ballot_does_not_rank_ties_for_last():
    read = read_ballots(["BC"], items="ABCD")
    assert read.ranks().tolist() == [[2, 0, 1, 2]]
    assert read.partial == 1


def test_a_ballot_that_ranks_nothing_is_counted_as_blank():
    read = read_ballots([(4, ""), (2, "AB")])
    assert (read.blank, read.voters) == (4, 2)


def test_no_ballots_at_all_are_read():
    read = read_ballots([], items=["A", "B"])
    assert (read.items, read.tiers, read.voters) == (("A", "B"), (), 0)


@pytest.mark.parametrize(
    ("ballots", "options", "message"),
    [
        (["ABA"], {}, "'A' is more than once on a ballot"),
        (["AX"], {"items": "AB"}, "'X' is on a ballot but not among the items"),
        (["AB"], {"items": "AAB"}, "listed twice"),
        ([(-1, "AB")], {}, "a weight is missing, negative or infinite"),
        ([(float("nan"), "AB")], {}, "a weight is missing, negative or infinite"),
        (["AB"], {"weights": [1, 2]}, "1 ballots and 2 weights"),
        ([{"A": "first"}], {}, "give a number, 1 the best"),
    ],
)
def test_a_ballot_that_cannot_be_read_is_an_error_that_says_what_to_do(ballots, options, message):
    with pytest.raises(ValueError, match=message):
        read_ballots(ballots, **options)


def test_pairwise_counts_by_hand():
    result = pairwise([(3, "ABC"), (2, "CB")])
    assert result.items == ("A", "B", "C")
    # On the two ballots that leave A out, C and B are above it.
    assert result.matrix == ((0, 3, 3), (2, 0, 3), (2, 2, 0))
    assert result.prefer("A", "C") == 3
    assert result.condorcet_winner == "A"


def test_two_unranked_items_count_for_neither():
    assert pairwise(["A"], items="ABC").matrix == ((0, 1, 1), (0, 0, 0), (0, 0, 0))


def test_a_circle_has_no_condorcet_winner():
    assert pairwise(["ABC", "BCA", "CAB"]).condorcet_winner is None


def test_of_no_ballots_nothing_beats_all():
    assert pairwise([], items=["A"]).condorcet_winner is None
