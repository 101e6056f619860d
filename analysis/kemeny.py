"""The ranking that contradicts the fewest ballots, pair by pair, found exactly."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from analysis.ballots import Item, Tiers, pairwise_matrix, read_ballots

# 2^n subsets of the items are looked at: at twelve, 4,096.
LARGEST_EXACT = 12
# All best orders are counted; no more than these are listed.
LISTED = 100


class TooManyItemsError(ValueError):
    """More items than can be ranked exactly."""


@dataclass(frozen=True, kw_only=True)
class Kemeny:
    """The best orders and how many pairwise preferences they contradict.

    ``ranking`` puts items in one tier where the best orders do not settle which is higher;
    ``order`` is the first of the best orders by the order of the items; ``orders`` lists them all,
    up to a hundred, and ``best_orders`` counts them.
    """

    items: tuple[Item, ...]
    order: tuple[Item, ...]
    orders: tuple[tuple[Item, ...], ...]
    best_orders: int
    ranking: Tiers
    distance: float
    voters: float
    blank: float
    reason: str | None = None


def kemeny(
    ballots: Any,
    *,
    items: Sequence[Item] | None = None,
    weights: Sequence[float] | None = None,
    limit: int = LARGEST_EXACT,
) -> Kemeny:
    """Find every order of the items that contradicts the fewest preferences on the ballots.

    Parameters
    ----------
    ballots, items, weights
        As for `analysis.ballots.read_ballots`. A tie on a ballot contradicts no order.
    limit : int
        The most items; each one more doubles the work.

    Returns
    -------
    Kemeny
        ``distance`` is the weight of the contradicted pairs. Exact, never a heuristic. Nobody
        voting: distance 0, all tied, a reason.

    Raises
    ------
    TooManyItemsError
        More items than `limit`: rank the items that matter most, or use Schulze.
    ValueError
        As for `read_ballots`.

    References
    ----------
    Kemeny (1959), Mathematics without numbers, Daedalus 88, 577-591; Young & Levenglick (1978),
    SIAM Journal on Applied Mathematics 35, 285-300. Dynamic programming over subsets as in Held &
    Karp (1962).
    """
    read = read_ballots(ballots, items=items, weights=weights)
    if len(read.items) > limit:
        raise TooManyItemsError(
            f"{len(read.items)} items are more than the {limit} that are ranked exactly: "
            "rank fewer items, raise `limit` and wait, or use schulze"
        )
    prefer = pairwise_matrix(read).tolist()
    search = _Search(prefer)
    orders = search.orders(LISTED)
    named = tuple(tuple(read.items[place] for place in order) for order in orders)
    return Kemeny(
        items=read.items,
        order=named[0],
        orders=named,
        best_orders=search.ways[-1],
        ranking=tuple(
            tuple(read.items[place] for place in tier) for tier in search.settled_tiers()
        ),
        distance=search.least[-1],
        voters=read.voters,
        blank=read.blank,
        reason=None if read.voters else "nobody ranked anything",
    )


class _Search:
    """For every subset of the items (as bits), the least distance with it on top, and the lasts.

    ``lasts[subset]`` are the items that may stand lowest in a best order of the subset.
    """

    def __init__(self, prefer: list[list[float]]) -> None:
        self.size = len(prefer)
        self.least, self.ways = [0.0], [1]
        self.lasts: list[list[int]] = [[]]
        for subset in range(1, 1 << self.size):
            members = [item for item in range(self.size) if subset >> item & 1]
            costs = {
                last: self.least[subset ^ 1 << last]
                + math.fsum(prefer[last][other] for other in members if other != last)
                for last in members
            }
            best = min(costs.values())
            # Weights that are not whole leave rounding errors, which must not break a tie.
            lasts = [i for i in members if math.isclose(costs[i], best, abs_tol=1e-9)]
            self.least.append(best)
            self.lasts.append(lasts)
            self.ways.append(sum(self.ways[subset ^ 1 << last] for last in lasts))

    def orders(self, most: int) -> list[tuple[int, ...]]:
        """Return best orders, sorted, at most `most` of them."""
        found: list[tuple[int, ...]] = []
        stack: list[tuple[int, tuple[int, ...]]] = [((1 << self.size) - 1, ())]
        while stack and len(found) < most:
            subset, below = stack.pop()
            if not subset:
                found.append(below)
            stack.extend((subset ^ 1 << last, (last, *below)) for last in self.lasts[subset])
        return sorted(found)

    def settled_tiers(self) -> list[list[int]]:
        """Cut the items where every best order has the same ones above."""
        whole = (1 << self.size) - 1
        reached = {whole}
        for subset in range(whole, 0, -1):
            if subset in reached:
                reached.update(subset ^ 1 << last for last in self.lasts[subset])
        by_size: dict[int, list[int]] = {}
        for subset in reached:
            by_size.setdefault(subset.bit_count(), []).append(subset)
        cuts = [subsets[0] for _, subsets in sorted(by_size.items()) if len(subsets) == 1]
        return [
            [item for item in range(self.size) if (lower ^ upper) >> item & 1]
            for lower, upper in pairwise(cuts)
        ]
