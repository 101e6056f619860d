"""From everybody's ranking to one: Borda, Kemeny and Schulze, side by side.

No rule is right in itself: they ask different questions of the same ballots, so they are printed
beside each other, and `compare_rules` says in words where they part. Ballots are read as in
`analysis.ballots`: partial, tied and weighted ones are welcome, and what a ballot does not rank
ties for last on it. Kendall's W, how far rankings agree at all, is in `analysis.concordance` and
offered here too. The results, and the words for where rules part, make the file long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analysis.ballots import (
    Ballots,
    Cells,
    Item,
    Pairwise,
    Tiers,
    as_cells,
    as_tiers,
    pairwise,
    pairwise_matrix,
    read_ballots,
)
from analysis.concordance import KendallW, kendall_w
from analysis.inputs import Floats
from analysis.kemeny import Kemeny, TooManyItemsError, kemeny

__all__ = [
    "Ballots",
    "Borda",
    "Kemeny",
    "KendallW",
    "Pairwise",
    "RulesCompared",
    "Schulze",
    "TooManyItemsError",
    "borda",
    "compare_rules",
    "first_preferences",
    "kemeny",
    "kendall_w",
    "pairwise",
    "read_ballots",
    "schulze",
]

NOBODY = "nobody ranked anything"


@dataclass(frozen=True, kw_only=True)
class Borda:
    """Points for each item in the order of the items, and the ranking in tiers of equals."""

    items: tuple[Item, ...]
    points: tuple[float, ...]
    ranking: Tiers
    unranked: str
    voters: float
    blank: float
    reason: str | None = None

    def points_of(self, item: Item) -> float:
        """Return the points of one item."""
        return self.points[self.items.index(item)]


@dataclass(frozen=True, kw_only=True)
class Schulze:
    """The ranking in tiers, with the matrices that it comes from.

    ``pairwise`` and ``strongest_paths`` are items x items, zeros on the diagonal. ``ranking``
    takes off, tier by tier, the items that no remaining one beats; ``winners`` is its first tier.
    """

    items: tuple[Item, ...]
    pairwise: Cells
    strongest_paths: Cells
    ranking: Tiers
    winners: tuple[Item, ...]
    strength: str
    voters: float
    blank: float
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class RulesCompared:
    """The rankings of each rule on the same ballots, and a sentence for each point of difference.

    ``kemeny`` is None where there are too many items for it. ``str()`` prints them side by side.
    """

    items: tuple[Item, ...]
    first_preferences: Borda
    borda: Borda
    schulze: Schulze
    kemeny: Kemeny | None
    condorcet_winner: Item | None
    differences: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether Borda, Schulze and Kemeny give one ranking."""
        return not self.differences

    def __str__(self) -> str:
        rankings = _rankings(self)
        width = max(map(len, rankings))
        lines = [f"{name:<{width}}  {_written(tiers)}" for name, tiers in rankings.items()]
        winner = "none" if self.condorcet_winner is None else str(self.condorcet_winner)
        lines.append(f"{'Beats all':<{width}}  {winner}")
        lines.extend(self.differences or ("Borda, Schulze and Kemeny agree.",))
        return "\n".join(lines)


def borda(
    ballots: Any,
    *,
    items: Sequence[Item] | None = None,
    weights: Sequence[float] | None = None,
    unranked: Literal["average", "zero"] = "average",
) -> Borda:
    """Give points by place: of M items, M - 1 for the first, down to 0 for the last.

    Parameters
    ----------
    ballots, items, weights
        As for `analysis.ballots.read_ballots`.
    unranked : {"average", "zero"}
        What a partial ballot gives the items that it does not rank. "average": they tie for last
        and share the points of the places that are left, so that every ballot gives the same sum.
        "zero": nothing. Items tied on purpose always share the points of their places.

    Returns
    -------
    Borda
        Points weighted by how many cast each ballot. Nobody voting: no points, all tied, a reason.

    Raises
    ------
    ValueError
        As for `read_ballots`, or an unknown treatment of unranked items.

    References
    ----------
    Borda (1781), Mémoire sur les élections au scrutin; for partial ballots, Emerson (2013), The
    original Borda count and partial voting, Social Choice and Welfare 40, 353-358, who shows why
    the choice matters.
    """
    if unranked not in ("average", "zero"):
        raise ValueError(f"unranked is {unranked!r}: give 'average' or 'zero'")
    read = read_ballots(ballots, items=items, weights=weights)
    ranks = read.ranks()
    points = np.zeros(len(read.items))
    for row, tiers, weight in zip(ranks, read.tiers, read.weights, strict=True):
        below = (row[:, np.newaxis] < row).sum(axis=1)
        level = (row[:, np.newaxis] == row).sum(axis=1) - 1
        given = below + level / 2
        if unranked == "zero":
            given = np.where(row == len(tiers), 0.0, given)
        points += weight * given
    return _scored(read, points, unranked)


def first_preferences(
    ballots: Any, *, items: Sequence[Item] | None = None, weights: Sequence[float] | None = None
) -> Borda:
    """Count who is put first, and nothing else; items tied for first share the ballot.

    Parameters
    ----------
    ballots, items, weights
        As for `analysis.ballots.read_ballots`.

    Returns
    -------
    Borda
        ``points`` are first preferences.

    References
    ----------
    Plurality; shown because it is what most people expect, not because it is advised.
    """
    read = read_ballots(ballots, items=items, weights=weights)
    points = np.zeros(len(read.items))
    for row, weight in zip(read.ranks(), read.weights, strict=True):
        first = row == row.min()
        points += weight * first / first.sum()
    return _scored(read, points, "not counted")


def schulze(
    ballots: Any,
    *,
    items: Sequence[Item] | None = None,
    weights: Sequence[float] | None = None,
    strength: Literal["winning votes", "margins"] = "winning votes",
) -> Schulze:
    """Rank by strongest paths (Schulze, or beatpath): an item that beats all others comes first.

    Parameters
    ----------
    ballots, items, weights
        As for `analysis.ballots.read_ballots`.
    strength : {"winning votes", "margins"}
        The strength of a defeat: how many are for it, or how many more than against it. They
        differ only on ballots with ties or unranked items.

    Returns
    -------
    Schulze
        Nobody voting: all tied, a reason.

    Raises
    ------
    ValueError
        As for `read_ballots`, or an unknown strength.

    References
    ----------
    Schulze (2011), A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method, Social Choice and Welfare 36, 267-303.
    """
    if strength not in ("winning votes", "margins"):
        raise ValueError(f"strength is {strength!r}: give 'winning votes' or 'margins'")
    read = read_ballots(ballots, items=items, weights=weights)
    counts = pairwise_matrix(read)
    force = counts if strength == "winning votes" else counts - counts.T
    paths = np.where(counts > counts.T, force, 0.0)
    for through in range(len(read.items)):
        paths = np.maximum(paths, np.minimum(paths[:, [through]], paths[[through], :]))
    np.fill_diagonal(paths, 0.0)
    ranking = _undefeated_first(read.items, paths)
    return Schulze(
        items=read.items,
        pairwise=as_cells(counts),
        strongest_paths=as_cells(paths),
        ranking=ranking,
        winners=ranking[0] if ranking and read.voters else (),
        strength=strength,
        voters=read.voters,
        blank=read.blank,
        reason=None if read.voters else NOBODY,
    )


def compare_rules(
    ballots: Any, *, items: Sequence[Item] | None = None, weights: Sequence[float] | None = None
) -> RulesCompared:
    """Put the rules side by side and say where they disagree: ``print(compare_rules(ballots))``.

    Parameters
    ----------
    ballots, items, weights
        As for `analysis.ballots.read_ballots`.

    Returns
    -------
    RulesCompared
        A difference is a pair of items that two of Borda, Schulze and Kemeny put in opposite
        orders, or a first place that differs. First preferences are shown, and named where their
        first place is another.

    References
    ----------
    As for each rule.
    """
    read = read_ballots(ballots, items=items, weights=weights)
    try:
        by_kemeny = kemeny(read)
    except TooManyItemsError:
        by_kemeny = None
    compared = RulesCompared(
        items=read.items,
        first_preferences=first_preferences(read),
        borda=borda(read),
        schulze=schulze(read),
        kemeny=by_kemeny,
        condorcet_winner=pairwise(read).condorcet_winner,
        differences=(),
    )
    rankings = _rankings(compared)
    plurality = rankings.pop("First preferences")
    differences = _differences(rankings)
    if read.voters and set(rankings["Borda"][0]) != set(plurality[0]):
        differences.append(
            f"Counting first preferences alone would put {_named(plurality[0])} first."
        )
    return RulesCompared(**{**vars(compared), "differences": tuple(differences)})


def _scored(read: Ballots, points: Floats, unranked: str) -> Borda:
    return Borda(
        items=read.items,
        points=tuple(points.tolist()),
        ranking=as_tiers(read.items, points.tolist()),
        unranked=unranked,
        voters=read.voters,
        blank=read.blank,
        reason=None if read.voters else NOBODY,
    )


def _undefeated_first(items: Sequence[Item], paths: Floats) -> Tiers:
    left, tiers = list(range(len(items))), []
    while left:
        among = paths[np.ix_(left, left)]
        beaten = [bool((row < column).any()) for row, column in zip(among, among.T, strict=True)]
        tiers.append(
            tuple(items[place] for place, lost in zip(left, beaten, strict=True) if not lost)
        )
        left = [place for place, lost in zip(left, beaten, strict=True) if lost]
    return tuple(tiers)


def _rankings(compared: RulesCompared) -> dict[str, Tiers]:
    rankings = {
        "First preferences": compared.first_preferences.ranking,
        "Borda": compared.borda.ranking,
        "Schulze": compared.schulze.ranking,
    }
    if compared.kemeny is not None:
        rankings["Kemeny"] = compared.kemeny.ranking
    return rankings


def _differences(rankings: dict[str, Tiers]) -> list[str]:
    """Say for each two rules whether their first place differs and which pairs they reverse."""
    sentences = []
    names = list(rankings)
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            one, other = rankings[first], rankings[second]
            if one and set(one[0]) != set(other[0]):
                sentences.append(
                    f"{first} puts {_named(one[0])} first, {second} puts {_named(other[0])} first."
                )
            above = _order(one), _order(other)
            sentences += [
                f"{first} puts {a} above {b}, {second} puts {b} above {a}."
                for a in above[0]
                for b in above[0]
                if above[0][a] < above[0][b] and above[1][a] > above[1][b]
            ]
    return sentences


def _order(tiers: Tiers) -> dict[Item, int]:
    return {item: place for place, tier in enumerate(tiers) for item in tier}


def _named(tier: tuple[Item, ...]) -> str:
    return " and ".join(map(str, tier))


def _written(tiers: Tiers) -> str:
    return " > ".join(" = ".join(map(str, tier)) for tier in tiers) or "nothing to rank"
