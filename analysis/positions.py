"""Where groups stand on one variable, worked out from its table alone.

So nothing is said that the table does not say, and small counts hidden there stay hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.agreement import group_informed_consensus, van_der_eijk_agreement
from analysis.differences import Difference, difference
from analysis.tables import Cell, Table
from forms.codebook import Codebook, Measure, Variable
from forms.manifest import LEAST_VIEWS

State = Literal["majority", "no_majority", "too_few", "hidden"]
Verdict = Literal["common_ground", "split", "mixed", "too_few"]

MINIMUM = LEAST_VIEWS
PLACED = "placed"
THRESHOLD = 0.75


@dataclass(frozen=True)
class Share:
    """How many in a group hold one position. With `at_least`, some of them are hidden.

    `at_most` is the largest number that what is shown leaves room for; the count where nothing is
    hidden.
    """

    key: str
    label: str
    count: int
    percent: float
    at_least: bool = False
    at_most: int = 0


@dataclass(frozen=True)
class Position:
    """Where one group stands on one variable.

    Attributes
    ----------
    group, label
        Key and label of the group.
    views
        How many gave a view: the base of the shares. Where that is hidden, how many answered,
        and the shares are lower limits. 0 where that is hidden too.
    shares
        In the order of the scale: sides of a scale, or categories.
    state
        "majority": one position is held by more than half of those with a view, as far as what is
        shown proves. "no_majority": it proves that none is. "too_few": fewer views than the
        minimum. "hidden": the table hides too much to say either.
    majority
        The position held by more than half, else None.
    consensus
        Whether that share reaches the threshold that was fixed beforehand.
    agreement
        Van der Eijk's A, for scales, where nothing is hidden.
    """

    group: str
    label: str
    views: int
    shares: tuple[Share, ...]
    state: State
    majority: Share | None = None
    consensus: bool = False
    agreement: float | None = None


@dataclass(frozen=True)
class Standing:
    """Where all groups stand on one variable.

    `shared` is the position that more than half hold in every group that may be named, else None.
    `common` is the group-informed consensus of the position that has most of it, over the groups
    with enough views (None where there are fewer than two). `difference` compares the groups.
    `first` is how many each could place, where the variable is a ranking.
    """

    table: Table
    positions: tuple[Position, ...]
    verdict: Verdict
    shared: str | None
    common: float | None
    difference: Difference
    first: int | None = None

    @property
    def named(self) -> tuple[Position, ...]:
        """The groups about which something may be said."""
        return tuple(each for each in self.positions if each.state in ("majority", "no_majority"))


def firmness(standing: Standing) -> tuple[float, float, str]:
    """Give the place of common ground among others, the firmest first.

    First by how many groups share it, as the product that is group-informed consensus shrinks with
    every group; then by that product.
    """
    return (-len(standing.named), -(standing.common or 0), standing.table.key)


def has_sides(variable: Variable) -> bool:
    """Say whether the points of a scale are marked as leaning one way or the other."""
    return any(category.side for category in variable.substantive)


def can_stand(variable: Variable) -> bool:
    """Say whether the answers to a variable are positions that a group may hold.

    Those of a ranking are where only the first few are placed: then an item is placed or not.
    Where every item gets a place, and of shares of points, no item is anybody's position.
    """
    if variable.measure is Measure.RANKING:
        return variable.at_most is not None and variable.at_most < len(variable.substantive)
    return variable.measure in (Measure.NOMINAL, Measure.ORDINAL, Measure.SEVERAL)


def standing(
    table: Table,
    codebook: Codebook,
    *,
    minimum: int = MINIMUM,
    threshold: float = THRESHOLD,
) -> Standing:
    """Judge one table by group by the rules of `glance`."""
    variable = codebook.by_name[table.variable or ""]
    groups = [group for group in codebook.groups if group.substantive]
    positions = tuple(
        position(table, variable, group.key, minimum=minimum, threshold=threshold)
        for group in groups
    )
    judged = tuple(each for each in positions if each.state in ("majority", "no_majority"))
    unclear = tuple(each for each in positions if each.state == "hidden" and each.views)
    agreed = shared(judged, unclear)
    return Standing(
        table=table,
        positions=positions,
        verdict=verdict(judged, variable, agreed),
        shared=agreed,
        common=common(judged),
        difference=difference(table, groups=tuple(each.group for each in judged)),
        first=variable.at_most if variable.measure is Measure.RANKING else None,
    )


def position(
    table: Table, variable: Variable, group: str, *, minimum: int, threshold: float
) -> Position:
    """Work out where one group stands, from what its column shows."""
    place = table.column(group)
    base = table.bases[place]
    label = table.columns[place]
    if base.hidden:
        return Position(group, label, 0, (), "too_few" if base.asked < minimum else "hidden")
    # Nobody gave a view without answering, so a share of those who answered is a lower limit.
    unsure = base.view_hidden
    views = base.answered if unsure else base.with_a_view
    if views < minimum:
        return Position(group, label, 0, (), "too_few")
    cells = {
        row.category: row.cells[place]
        for row in table.rows
        if row.substantive and row.part in ("", PLACED)
    }
    seen = sum(cell.count or 0 for cell in cells.values())
    room = views - seen if table.exclusive and not unsure else None
    shares = tuple(
        share_in(cells, stance, views, unsure=unsure, room=room) for stance in stances(variable)
    )
    hidden = unsure or any(cell.hidden for cell in cells.values())
    most = max(shares, key=lambda each: each.count)
    found = most if most.count * 2 > views else None
    nobody = all(each.at_most * 2 <= views for each in shares)
    unclear: State = "no_majority" if nobody else "hidden"
    return Position(
        group=group,
        label=label,
        views=views,
        shares=shares,
        state=unclear if found is None else "majority",
        majority=found,
        consensus=most.count >= threshold * views,
        agreement=None if hidden else agreement(variable, cells),
    )


Stance = tuple[str, str, tuple[str, ...]]


def share_in(
    cells: Mapping[str, Cell], stance: Stance, views: int, *, unsure: bool, room: int | None
) -> Share:
    """Add up the categories of one position; what is hidden adds nothing, and is said to.

    `room` is how many the hidden cells hold together, where that is known. Then, where all of them
    are of this position, they are the rest, which anybody can work out. With `unsure`, `views` are
    those who answered, and any share is a lower limit.
    """
    key, label, members = stance
    count = sum(cells[each].count or 0 for each in members)
    unseen = any(cells[each].hidden for each in members)
    elsewhere = any(cell.hidden for each, cell in cells.items() if each not in members)
    if room is not None and unseen and not elsewhere:
        count, unseen = count + room, False
    at_most = views if unsure or room is None else count + room
    return Share(
        key=key,
        label=label,
        count=count,
        percent=100 * count / views,
        at_least=unsure or unseen,
        at_most=at_most if unsure or unseen else count,
    )


def agreement(variable: Variable, cells: Mapping[str, Cell]) -> float | None:
    """Give van der Eijk's A of a scale, None where the variable is no scale."""
    if variable.measure is not Measure.ORDINAL or len(cells) < 2:
        return None
    return float(van_der_eijk_agreement([cell.count or 0 for cell in cells.values()]))


def stances(variable: Variable) -> list[Stance]:
    """Give the positions that a group may hold: key, label and the categories in it.

    A side of a scale is named by the answers in it: nobody said "for".
    """
    if variable.measure is not Measure.ORDINAL or not has_sides(variable):
        return [(each.key, f"“{each.label}”", (each.key,)) for each in variable.substantive]
    sides = []
    for side in ("against", "middle", "for"):
        members = [each for each in variable.substantive if each.side == side]
        if members:
            labels = [f"“{each.label}”" for each in members]
            words = f"{labels[0]} to {labels[-1]}" if len(labels) > 3 else " or ".join(labels)
            sides.append((side, words, tuple(each.key for each in members)))
    return sides


def verdict(judged: tuple[Position, ...], variable: Variable, agreed: str | None) -> Verdict:
    """Judge the groups that may be named against each other by the rules of `glance`."""
    if len(judged) < 2:
        return "too_few"
    if agreed is not None:
        return "common_ground"
    held = {each.majority.key for each in judged if each.majority is not None}
    if variable.measure in (Measure.SEVERAL, Measure.RANKING):
        return "mixed"
    if variable.measure is Measure.ORDINAL and has_sides(variable):
        return "split" if {"for", "against"} <= held else "mixed"
    return "split" if len(held) > 1 else "mixed"


def shared(judged: tuple[Position, ...], unclear: tuple[Position, ...]) -> str | None:
    """Give the position that more than half hold in every group that may be named.

    None that a group in doubt is known not to share: what it shows leaves no room for a majority.

    Of choices of many and of rankings there may be several: then the one whose smallest share is
    largest.
    """
    if len(judged) < 2:
        return None
    weakest = {
        shares[0].key: min(share.percent for share in shares)
        for shares in zip(*(each.shares for each in judged), strict=True)
    }
    for each in unclear:
        for share in each.shares:
            if share.at_most * 2 <= each.views:
                weakest.pop(share.key, None)
    if not weakest:
        return None
    most = max(weakest, key=lambda key: weakest[key])
    return most if weakest[most] > 50 else None


def common(judged: tuple[Position, ...]) -> float | None:
    """Give the group-informed consensus of the position that has most of it."""
    if len(judged) < 2:
        return None
    seen = [each.views for each in judged]
    held = zip(*(each.shares for each in judged), strict=True)
    return max(
        group_informed_consensus([share.count for share in shares], seen).value for shares in held
    )
