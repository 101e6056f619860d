from itertools import pairwise as steps_of
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rankings import (
    borda,
    compare_rules,
    first_preferences,
    kemeny,
    pairwise,
    schulze,
)

# Schulze (2011), example 1.
SCHULZE = [
    (5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"),
    (7, "DCEBA"), (8, "EBADC"),
]  # fmt: skip
# The capital of Tennessee, the standard example of voting theory.
CITIES = {"M": "Memphis", "N": "Nashville", "C": "Chattanooga", "K": "Knoxville"}
TENNESSEE = [
    (weight, [CITIES[letter] for letter in order])
    for weight, order in [(42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM")]
]

ORDERS = st.permutations("ABCD").map("".join)
PARTIAL = st.builds(lambda order, kept: order[:kept], ORDERS, st.integers(0, 4))
PROFILES = st.lists(st.tuples(st.integers(1, 5), PARTIAL), max_size=7)
RULES = [borda, schulze, kemeny, first_preferences]


def test_schulze_of_his_own_example():
    result = schulze(SCHULZE)
    assert [tier for (tier,) in result.ranking] == ["E", "A", "C", "B", "D"]
    assert result.winners == ("E",)
    assert result.pairwise[0] == (0, 20, 26, 30, 22)
    assert result.strongest_paths == (
        (0, 28, 28, 30, 24),
        (25, 0, 28, 33, 24),
        (25, 29, 0, 29, 24),
        (25, 28, 28, 0, 24),
        (25, 28, 28, 31, 0),
    )


def test_borda_of_tennessee():
    result = borda(TENNESSEE)
    points = {item: result.points_of(item) for item in result.items}
    assert points == {"Nashville": 194, "Chattanooga": 173, "Memphis": 126, "Knoxville": 107}
    assert result.ranking == (("Nashville",), ("Chattanooga",), ("Memphis",), ("Knoxville",))


def test_borda_of_schulzes_example():
    assert borda(SCHULZE).points == (98, 92, 89, 69, 102)


def test_first_preferences_pick_memphis():
    result = first_preferences(TENNESSEE)
    assert result.ranking[0] == ("Memphis",)
    assert result.points_of("Memphis") == 42


def test_items_tied_for_first_share_the_ballot():
    assert first_preferences([[("A", "B"), "C"]]).points == (0.5, 0.5, 0)


def test_unranked_items_share_what_is_left_or_get_nothing():
    assert borda(["A"], items="ABCD").points == (3, 1, 1, 1)
    assert borda(["A"], items="ABCD", unranked="zero").points == (3, 0, 0, 0)
    assert borda(["AB"], items="ABCD", unranked="zero").points == (3, 2, 0, 0)


def test_items_tied_on_purpose_share_their_points_either_way():
    for unranked in ("average", "zero"):
        assert borda([["A", ("B", "C")]], unranked=unranked).points == (2, 0.5, 0.5)


def test_an_unknown_treatment_is_an_error():
    with pytest.raises(ValueError, match="give 'average' or 'zero'"):
        borda(["AB"], unranked="none")
    with pytest.raises(ValueError, match="give 'winning votes' or 'margins'"):
        schulze(["AB"], strength="votes")


def test_margins_and_winning_votes_part_on_partial_ballots():
    ballots = [(4, "A"), (3, "BC"), (2, "CA"), (2, "CB")]
    by_votes, by_margins = schulze(ballots), schulze(ballots, strength="margins")
    assert by_votes.strongest_paths != by_margins.strongest_paths
    assert by_margins.strongest_paths[0][1] == 6 - 5


def test_schulze_puts_tied_items_in_one_tier():
    assert schulze(["AB", "BA"]).ranking == (("A", "B"),)
    assert schulze(["ABC", "BCA", "CAB"]).winners == ("A", "B", "C")


def test_no_item_stands_in_a_tier_under_one_that_does_not_beat_it():
    # B ties with both, A beats C: B has as few wins as C and yet is undefeated.
    ballots = [
        {"A": 1, "B": 2, "C": 3},
        {"A": 2, "B": 3, "C": 1},
        {"A": 1, "C": 2, "B": 1},
        {"B": 1, "A": 2, "C": 3},
        {"C": 1, "A": 1, "B": 2},
    ]
    counts = pairwise(ballots)
    assert counts.prefer("A", "C") > counts.prefer("C", "A")
    assert schulze(ballots).ranking[0][0] == "A"
    assert (
        "B"
        in schulze(
            [(1, "ABC"), (1, "BAC"), (1, "CAB"), (1, "ACB"), (1, "BAC"), (1, "CBA")]
        ).ranking[0]
    )


def test_the_rules_are_printed_side_by_side_with_where_they_part():
    assert str(compare_rules(TENNESSEE)).splitlines() == [
        "First preferences  Memphis > Nashville > Knoxville > Chattanooga",
        "Borda              Nashville > Chattanooga > Memphis > Knoxville",
        "Schulze            Nashville > Chattanooga > Knoxville > Memphis",
        "Kemeny             Nashville > Chattanooga > Knoxville > Memphis",
        "Beats all          Nashville",
        "Borda puts Memphis above Knoxville, Schulze puts Knoxville above Memphis.",
        "Borda puts Memphis above Knoxville, Kemeny puts Knoxville above Memphis.",
        "Counting first preferences alone would put Memphis first.",
    ]


def test_rules_that_agree_say_so():
    compared = compare_rules([(3, "ABC"), (1, "BAC")])
    assert compared.agree is True
    assert str(compared).splitlines()[-1] == "Borda, Schulze and Kemeny agree."


def test_a_different_first_place_is_named():
    # B is everybody's second: Borda likes it better than the majority's A.
    compared = compare_rules([(3, "ABC"), (2, "BCA")])
    assert compared.differences[0] == "Borda puts B first, Schulze puts A first."


def test_too_many_items_for_kemeny_leave_the_other_rules():
    compared = compare_rules(["ABCDEFGHIJKLM"])
    assert compared.kemeny is None
    assert "Kemeny " not in str(compared).splitlines()[3]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("ballots", [[], [""], [(0, "AB")]])
def test_nobody_ranking_anything_ties_everything(rule, ballots):
    result = rule(ballots, items="AB")
    assert result.ranking == (("A", "B"),)
    assert result.reason == "nobody ranked anything"


@pytest.mark.parametrize("rule", RULES)
def test_one_person_gets_their_ranking(rule):
    expected = (("C",), ("A", "B")) if rule is first_preferences else (("C",), ("A",), ("B",))
    assert rule(["CAB"]).ranking == expected


@pytest.mark.parametrize("rule", RULES)
@given(profile=PROFILES, shuffler=st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_who_cast_them_does_not_matter(rule, profile, shuffler):
    spread = [ballot for weight, ballot in profile for _ in range(weight)]
    shuffler.shuffle(spread)
    assert rule(spread, items="ABCD").ranking == rule(profile, items="ABCD").ranking


@pytest.mark.parametrize("rule", RULES)
@given(profile=PROFILES, order=ORDERS)
def test_renaming_the_items_renames_the_ranking(rule, profile, order):
    renamed = str.maketrans("ABCD", order)
    before = rule(profile, items="ABCD").ranking
    after = rule([(w, ballot.translate(renamed)) for w, ballot in profile], items="ABCD").ranking
    assert [{item.translate(renamed) for item in tier} for tier in before] == [
        set(tier) for tier in after
    ]


@given(PROFILES)
def test_borda_gives_every_ballot_the_same_points(profile):
    result = borda(profile, items="ABCD")
    assert sum(result.points) == pytest.approx(6 * result.voters)


@given(PROFILES)
def test_borda_is_the_sum_of_pairwise_wins_and_half_the_ties(profile):
    counts = pairwise(profile, items="ABCD")
    for item, points in zip(counts.items, borda(profile, items="ABCD").points, strict=True):
        others = [other for other in counts.items if other != item]
        wins = sum(counts.prefer(item, other) for other in others)
        losses = sum(counts.prefer(other, item) for other in others)
        assert points == pytest.approx(wins + (3 * counts.voters - wins - losses) / 2)


@given(PROFILES)
def test_who_beats_all_others_comes_first_alone_by_schulze_and_kemeny(profile):
    winner = pairwise(profile, items="ABCD").condorcet_winner
    if winner is not None:
        assert schulze(profile, items="ABCD").ranking[0] == (winner,)
        assert kemeny(profile, items="ABCD").ranking[0] == (winner,)


@given(PROFILES)
def test_schulzes_paths_agree_with_trying_every_path(profile):
    result = schulze(profile, items="ABCD")
    counts, items = result.pairwise, range(4)
    for start, end in permutations(items, 2):
        inner = [item for item in items if item not in (start, end)]
        strongest = 0.0
        for length in range(3):
            for middle in permutations(inner, length):
                steps = [start, *middle, end]
                links = [
                    counts[a][b] if counts[a][b] > counts[b][a] else 0 for a, b in steps_of(steps)
                ]
                strongest = max(strongest, min(links))
        assert result.strongest_paths[start][end] == strongest
