"""One page at a glance: where each group stands on each open question, and whether they agree.

Everything here is worked out from tables, never from responses. So it can say nothing that the
tables do not say, and small counts that were hidden in a table stay hidden.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.agreement import group_informed_consensus, van_der_eijk_agreement
from analysis.differences import Difference, difference
from analysis.tables import Cell, Table
from forms.codebook import AskedQuestion, Codebook, Measure, OpenQuestion, Variable

State = Literal["majority", "no_majority", "too_few", "hidden"]
Verdict = Literal["common_ground", "split", "mixed", "too_few"]

MINIMUM = 10
THRESHOLD = 0.75
WEIGHED = (Measure.ORDINAL, Measure.NOMINAL, Measure.SEVERAL)


@dataclass(frozen=True)
class Share:
    """How many in a group hold one position. With `at_least`, some of them are hidden."""

    key: str
    label: str
    count: int
    percent: float
    at_least: bool = False


@dataclass(frozen=True)
class Position:
    """Where one group stands on one variable.

    Attributes
    ----------
    group, label
        Key and label of the group.
    views
        How many gave a view: the base of the shares. 0 where it is hidden.
    shares
        In the order of the scale: sides of a scale, or categories.
    state
        "majority": one position is held by more than half of those with a view. "no_majority":
        none is. "too_few": fewer views than the minimum. "hidden": the table hides too much to say.
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
    """

    table: Table
    positions: tuple[Position, ...]
    verdict: Verdict
    shared: str | None
    common: float | None
    difference: Difference

    @property
    def named(self) -> tuple[Position, ...]:
        """The groups about which something may be said."""
        return tuple(each for each in self.positions if each.state in ("majority", "no_majority"))


@dataclass(frozen=True)
class GlanceLine:
    """One open question: its lead variable first, then the others that serve it.

    `standings` is empty where no closed question serves the open question.
    """

    open_question: OpenQuestion
    standings: tuple[Standing, ...]

    @property
    def lead(self) -> Standing | None:
        """The variable that stands for the open question on the page at a glance."""
        return self.standings[0] if self.standings else None

    @property
    def verdict(self) -> Verdict:
        """The verdict of the lead variable."""
        return "too_few" if self.lead is None else self.lead.verdict


@dataclass(frozen=True)
class Glance:
    """All open questions by all groups, with the rules by which they were judged."""

    lines: tuple[GlanceLine, ...]
    minimum: int
    threshold: float

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Every standing once, in the order of the open questions."""
        found: dict[str, Standing] = {}
        for line in self.lines:
            for each in line.standings:
                found.setdefault(each.table.key, each)
        return tuple(found.values())

    def common_ground(self) -> tuple[Standing, ...]:
        """Where the groups share a majority: the highest group-informed consensus first."""
        held = [each for each in self.standings if each.verdict == "common_ground"]
        return tuple(sorted(held, key=lambda each: (-(each.common or 0), each.table.key)))

    def divergence(self) -> tuple[Standing, ...]:
        """Where the groups' majorities differ: the largest effect first."""
        parted = [each for each in self.standings if each.verdict == "split"]
        return tuple(sorted(parted, key=lambda each: (-each.difference.size, each.table.key)))


def glance(
    tables: Iterable[Table],
    codebook: Codebook,
    *,
    minimum: int = MINIMUM,
    threshold: float = THRESHOLD,
    leads: Mapping[str, str] | None = None,
) -> Glance:
    """Judge every open question from the tables by group.

    Parameters
    ----------
    tables
        From `all_by_group`, best after `hide_small_counts`.
    codebook
        Of the same export.
    minimum
        A group with fewer views than this is not named and not judged.
    threshold
        The share of a group, fixed before opening, that counts as consensus within it (0.5 to 1).
    leads
        Open question to variable, where the rule below should not choose.

    Returns
    -------
    Glance
        A line an open question, in their order.

    Notes
    -----
    A group has a *majority* where one position is held by more than half of those with a view; on a
    scale, positions are the sides of the scale, else they are categories. *Common ground*: every
    group that may be named has a majority, and it is the same. *Split*: two groups have opposite
    majorities (on a scale: one on each side; of a single choice: different categories; choices of
    many never split, as one respondent may hold several). *Mixed*: anything else. *Too few*: fewer
    than two groups may be named.

    The *lead* variable is chosen before any answer is looked at: of the questions that serve the
    open question and are put to every group, a scale before a single choice, before a row of a
    grid, before several choices; then the one that serves fewest open questions; then the first.

    Consensus by a fixed share: Diamond et al. (2014), Defining consensus, J Clin Epidemiol 67,
    401-409. Group-informed consensus: Small et al. (2021), Polis.
    """
    by_variable = {table.variable: table for table in tables if table.variable is not None}
    lines = []
    for asked in codebook.open_questions:
        chosen = (leads or {}).get(asked.key)
        standings = tuple(
            standing(by_variable[each.name], codebook, minimum=minimum, threshold=threshold)
            for each in serving(codebook, asked.key, chosen)
            if each.name in by_variable
        )
        lines.append(GlanceLine(asked, standings))
    return Glance(tuple(lines), minimum, threshold)


def serving(codebook: Codebook, open_question: str, lead: str | None = None) -> list[Variable]:
    """Give the closed variables that serve an open question, the lead first."""
    questions = {each.key: each for each in codebook.questions}
    found = [
        variable
        for variable in codebook.variables
        if variable.question in questions
        and variable.measure in WEIGHED
        and not variable.identifying
        and open_question in questions[variable.question].serves
    ]
    return sorted(
        found, key=lambda each: (each.name != lead, rank(each, questions[each.question], codebook))
    )


def rank(variable: Variable, question: AskedQuestion, codebook: Codebook) -> tuple[int, ...]:
    """Give the place of a variable in the choice of the lead: the smaller, the sooner."""
    compared = {group.key for group in codebook.groups if group.substantive}
    to_all = not question.groups or compared <= set(question.groups)
    if variable.measure is Measure.SEVERAL:
        kind = 3
    elif variable.row is not None:
        kind = 2
    else:
        kind = 0 if variable.measure is Measure.ORDINAL and has_sides(variable) else 1
    return (0 if to_all else 1, kind, len(question.serves))


def has_sides(variable: Variable) -> bool:
    """Say whether the points of a scale are marked as leaning one way or the other."""
    return any(category.side for category in variable.substantive)


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
    return Standing(
        table=table,
        positions=positions,
        verdict=verdict(judged, variable),
        shared=shared(judged),
        common=common(judged),
        difference=difference(table, groups=tuple(each.group for each in judged)),
    )


def position(
    table: Table, variable: Variable, group: str, *, minimum: int, threshold: float
) -> Position:
    """Work out where one group stands, from what its column shows."""
    place = table.column(group)
    base = table.bases[place]
    label = table.columns[place]
    if base.hidden or base.with_a_view < minimum:
        return Position(group, label, 0, (), "too_few")
    views = base.with_a_view
    cells = {row.category: row.cells[place] for row in table.rows if row.substantive}
    shares = tuple(share_in(cells, stance, views) for stance in stances(variable))
    hidden = any(cell.hidden for cell in cells.values())
    most = max(shares, key=lambda each: each.count)
    found = most if most.count * 2 > views else None
    unclear: State = "hidden" if hidden else "no_majority"
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


def share_in(cells: Mapping[str, Cell], stance: Stance, views: int) -> Share:
    """Add up the categories of one position; what is hidden adds nothing, and is said to."""
    key, label, members = stance
    count = sum(cells[each].count or 0 for each in members)
    return Share(
        key=key,
        label=label,
        count=count,
        percent=100 * count / views,
        at_least=any(cells[each].hidden for each in members),
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
            words = " or ".join(f"“{each.label}”" for each in members)
            sides.append((side, words, tuple(each.key for each in members)))
    return sides


def verdict(judged: tuple[Position, ...], variable: Variable) -> Verdict:
    """Judge the groups that may be named against each other by the rules of `glance`."""
    if len(judged) < 2:
        return "too_few"
    if shared(judged) is not None:
        return "common_ground"
    held = {each.majority.key for each in judged if each.majority is not None}
    if variable.measure is Measure.SEVERAL:
        return "mixed"
    if variable.measure is Measure.ORDINAL and has_sides(variable):
        return "split" if {"for", "against"} <= held else "mixed"
    return "split" if len(held) > 1 else "mixed"


def shared(judged: tuple[Position, ...]) -> str | None:
    """Give the position that more than half hold in every group that may be named.

    Of choices of many there may be several: then the one whose smallest share is largest.
    """
    if len(judged) < 2:
        return None
    weakest = {
        shares[0].key: min(share.percent for share in shares)
        for shares in zip(*(each.shares for each in judged), strict=True)
    }
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
