"""Ballots: who ranked what above what, with a weight. Read once, for every rule.

A ballot may be

- a sequence of items, best first: ``["A", "C", "B"]`` or, for one-letter items, ``"ACB"``; items
  at the same place stand together in a tuple, list or set: ``["A", ("B", "C")]``;
- a mapping of item to rank, 1 the best, equal ranks tied, a missing rank unranked;
- one of these with how many cast it: ``(42, ["A", "C", "B"])`` or ``(["A", "C", "B"], 42)``.

Where items are numbers, write ties as a mapping: ``[1, (2, 3)]`` reads as one vote for 2 over 3.
A frame has a ballot in each row and an item in each column, holding ranks, missing where unranked.

**Items that a ballot does not rank tie for last on it** ("top three of ten" says that the three
are above the seven and nothing about the seven). A ballot that ranks nothing says nothing: it is
counted as blank and left out.

The many forms that ballots come in are read here and nowhere else, which makes the file long.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import Floats, is_missing

Item = Any
Tiers = tuple[tuple[Item, ...], ...]
Cells = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Ballots:
    """Ballots that rank something, as tiers from best to last ranked, with their weights.

    ``blank`` is the weight of the ballots that rank nothing, ``partial`` that of those that leave
    something unranked.
    """

    items: tuple[Item, ...]
    tiers: tuple[Tiers, ...]
    weights: tuple[float, ...]
    blank: float
    partial: float

    @property
    def voters(self) -> float:
        """The weight of all ballots that rank something."""
        return math.fsum(self.weights)

    def ranks(self) -> Floats:
        """Return ballots x items: the place of each item's tier from 0; unranked ones after all."""
        ranks = np.empty((len(self.tiers), len(self.items)))
        where = {item: place for place, item in enumerate(self.items)}
        for row, tiers in zip(ranks, self.tiers, strict=True):
            row[:] = len(tiers)
            for place, tier in enumerate(tiers):
                row[[where[item] for item in tier]] = place
        return ranks


@dataclass(frozen=True, kw_only=True)
class Pairwise:
    """How many prefer each item (row) to each other (column); tied pairs count nowhere.

    ``condorcet_winner`` beats every other item one to one; None where none does.
    """

    items: tuple[Item, ...]
    matrix: Cells
    voters: float
    condorcet_winner: Item | None

    def prefer(self, first: Item, second: Item) -> float:
        """Return how many put `first` above `second`."""
        return self.matrix[self.items.index(first)][self.items.index(second)]


def read_ballots(
    ballots: Any, *, items: Sequence[Item] | None = None, weights: Sequence[float] | None = None
) -> Ballots:
    """Read ballots of any of the forms at the head of this module.

    Parameters
    ----------
    ballots : sequence of ballots, or frame of ranks
        Or `Ballots`, returned as they are.
    items : sequence, optional
        Everything that could be ranked. When not given: whatever is on a ballot, sorted.
    weights : sequence of numbers, optional
        How many cast each ballot, where the ballots do not say; 1 when not given.

    Returns
    -------
    Ballots
        Nobody voting gives no tiers; ``items`` may then be empty.

    Raises
    ------
    ValueError
        An item twice on a ballot or not among `items`, a negative or missing weight, weights of
        another length than the ballots, or `items` twice the same.
    """
    if isinstance(ballots, Ballots):
        return ballots
    given, own, columns = _opened(ballots)
    if weights is not None:
        if len(weights) != len(given):
            raise ValueError(f"{len(given)} ballots and {len(weights)} weights: give one for each")
        own = [float(weight) for weight in weights]
    if any(not 0 <= weight < math.inf for weight in own):
        raise ValueError("a weight is missing, negative or infinite: give how many cast the ballot")
    tiers = [_tiers(ballot) for ballot in given]
    known = _known(tiers, items if items is not None else columns)
    kept = [(tier, weight) for tier, weight in zip(tiers, own, strict=True) if tier]
    return Ballots(
        items=known,
        tiers=tuple(tier for tier, _ in kept),
        weights=tuple(weight for _, weight in kept),
        blank=math.fsum(weight for tier, weight in zip(tiers, own, strict=True) if not tier),
        partial=math.fsum(w for tier, w in kept if sum(map(len, tier)) < len(known)),
    )


def pairwise(
    ballots: Any, *, items: Sequence[Item] | None = None, weights: Sequence[float] | None = None
) -> Pairwise:
    """Count for every two items how many put the one above the other.

    Parameters
    ----------
    ballots, items, weights
        As for `read_ballots`. A ranked item is above every unranked one.

    Returns
    -------
    Pairwise
        The matrix has zeros on its diagonal.

    References
    ----------
    Condorcet (1785), Essai sur l'application de l'analyse.
    """
    read = read_ballots(ballots, items=items, weights=weights)
    matrix = pairwise_matrix(read)
    beats = (matrix > matrix.T).sum(axis=1)
    winners = [
        item
        for item, beaten in zip(read.items, beats, strict=True)
        if beaten == len(read.items) - 1 and read.voters > 0
    ]
    return Pairwise(
        items=read.items,
        matrix=as_cells(matrix),
        voters=read.voters,
        condorcet_winner=winners[0] if winners else None,
    )


def pairwise_matrix(read: Ballots) -> Floats:
    """Return items x items: the weight of the ballots that put the row above the column."""
    ranks, weights = read.ranks(), np.array(read.weights)
    matrix = np.zeros((len(read.items), len(read.items)))
    for place in range(len(read.items)):
        matrix[place] = weights @ (ranks[:, [place]] < ranks) if len(weights) else 0.0
    return matrix


def as_cells(array: Floats) -> Cells:
    """Return a matrix as a tuple of rows, which cannot be changed."""
    return tuple(tuple(row) for row in array.tolist())


def as_tiers(items: Sequence[Item], scores: Iterable[float]) -> Tiers:
    """Return items by falling score, equal ones together in the order of `items`."""
    by_score: dict[float, list[Item]] = {}
    for item, score in zip(items, scores, strict=True):
        # Weights that are not whole leave rounding errors, which must not break a tie.
        by_score.setdefault(round(score, 9) + 0.0, []).append(item)
    return tuple(tuple(by_score[score]) for score in sorted(by_score, reverse=True))


def _opened(ballots: Any) -> tuple[list[Any], list[float], list[Item] | None]:
    if isinstance(ballots, pd.DataFrame):
        rows = [dict(zip(ballots.columns, row, strict=True)) for row in ballots.to_numpy(object)]
        return rows, [1.0] * len(rows), list(ballots.columns)
    opened = [_weighted(ballot) for ballot in ballots]
    return [ballot for ballot, _ in opened], [weight for _, weight in opened], None


def _weighted(ballot: Any) -> tuple[Any, float]:
    if isinstance(ballot, tuple | list) and len(ballot) == 2:
        first, second = ballot
        if _is_number(first) and _is_ballot(second):
            return second, float(first)
        if _is_ballot(first) and _is_number(second) and not isinstance(first, str):
            return first, float(second)
    return ballot, 1.0


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_ballot(value: Any) -> bool:
    return isinstance(value, str | list | tuple | Mapping | np.ndarray)


def _tiers(ballot: Any) -> Tiers:
    if isinstance(ballot, Mapping):
        ranked = {item: rank for item, rank in ballot.items() if not is_missing(rank)}
        for item, rank in ranked.items():
            if not _is_number(rank):
                raise ValueError(f"the rank of {item!r} is {rank!r}: give a number, 1 the best")
        levels = sorted(set(ranked.values()))
        tiers = tuple(tuple(i for i, rank in ranked.items() if rank == level) for level in levels)
    else:
        places = [] if is_missing(ballot) else list(ballot)
        tiers = tuple(
            tuple(place) if isinstance(place, tuple | list | set | frozenset) else (place,)
            for place in places
            if not is_missing(place)
        )
    seen = [item for tier in tiers for item in tier]
    for item in seen:
        if seen.count(item) > 1:
            raise ValueError(f"{item!r} is more than once on a ballot: {ballot!r}")
    return tuple(tier for tier in tiers if tier)


def _known(tiers: Sequence[Tiers], items: Sequence[Item] | None) -> tuple[Item, ...]:
    found = {item: None for ballot in tiers for tier in ballot for item in tier}
    if items is None:
        try:
            return tuple(sorted(found))
        except TypeError:
            return tuple(sorted(found, key=lambda item: (type(item).__name__, str(item))))
    if len(set(items)) < len(items):
        raise ValueError("an item is listed twice among the items")
    for item in found:
        if item not in items:
            raise ValueError(f"{item!r} is on a ballot but not among the items {list(items)}")
    return tuple(items)
