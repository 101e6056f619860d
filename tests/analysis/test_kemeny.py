from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.ballots import pairwise
from analysis.kemeny import TooManyItemsError, kemeny

PROFILES = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.builds(
            lambda order, kept: "".join(order[:kept]), st.permutations("ABCDE"), st.integers(1, 5)
        ),
    ),
    min_size=1,
    max_size=6,
)


def test_kemeny_of_schulzes_example():
    # The order is that of pref_voting on the same ballots.
    result = kemeny(
        [
            (5, "ACBED"),
            (5, "ADECB"),
            (8, "BEDAC"),
            (3, "CABED"),
            (7, "CAEBD"),
            (2, "CBADE"),
            (7, "DCEBA"),
            (8, "EBADC"),
        ]
    )
    assert ("".join(result.order), result.best_orders) == ("EBADC", 1)


@given(PROFILES)
def test_kemeny_agrees_with_trying_every_order(profile):
    counts = pairwise(profile, items="ABCDE")

    def distance(order):
        return sum(counts.prefer(low, high) for high, low in combinations(order, 2))

    every = {order: distance(order) for order in permutations("ABCDE")}
    least = min(every.values())
    best = sorted(order for order, found in every.items() if found == least)
    result = kemeny(profile, items="ABCDE")
    assert (result.distance, result.best_orders) == (least, len(best))
    assert result.order in best
    assert result.orders == tuple(best) if len(best) <= 100 else len(result.orders) == 100


def test_where_best_orders_part_items_share_a_tier():
    result = kemeny([(1, "ABC"), (1, "BAC")])
    assert result.orders == (("A", "B", "C"), ("B", "A", "C"))
    assert result.ranking == (("A", "B"), ("C",))


def test_a_circle_is_one_tier():
    result = kemeny(["ABC", "BCA", "CAB"])
    assert (result.ranking, result.best_orders) == ((("A", "B", "C"),), 3)


def test_weights_that_are_not_whole_keep_their_ties():
    assert kemeny([(0.1, "AB"), (0.2, "AB"), (0.3, "BA")]).best_orders == 2


def test_eight_items_are_ranked_exactly():
    result = kemeny([(3, "HGFEDCBA"), (2, "ABCDEFGH")])
    assert ("".join(result.order), result.distance) == ("HGFEDCBA", 56)


def test_too_many_items_are_refused_with_what_to_do():
    with pytest.raises(TooManyItemsError, match="13 items are more than the 12"):
        kemeny(["ABCDEFGHIJKLM"])
    with pytest.raises(TooManyItemsError, match="use schulze"):
        kemeny(["ABC"], limit=2)


def test_nothing_to_rank_is_an_empty_ranking():
    result = kemeny([])
    assert (result.order, result.ranking, result.distance) == ((), (), 0)
