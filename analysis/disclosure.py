"""Hiding small counts with second cells, until an attack finds nothing.

What is hidden first, and why:

- Counts from 1 to one less than the threshold, in any row and any base.
- Who is left of a base where rows do not add up (choices of many): a row of 28 out of 30 says that
  two did not choose it.
- Rows that hold all of a group ("100 %"): everybody in it is then known to have said so. The
  noughts beside such a row would say the same, so the whole column goes.
- Not noughts otherwise. A nought counts nobody, and a table of opinions without its noughts says
  little; the Handbook (chapter 5) treats noughts as risky where they leave one category only, which
  is the rule above.
- Not how many were asked, nor how many left a question blank: neither is an answer.

Then second cells, because one hidden figure is found by subtraction (Handbook, section 4.2). They
are chosen by a linear programme: the cheapest way to let a hidden figure be larger (or smaller)
while everything that is printed stays as it is; whatever has to move is hidden too (Kelly, Golden
and Assad 1992; Fischetti and Salazar 2001). Where no such way is left the whole column goes, then
the last column, then the table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analysis.attack import ExposureError, attack
from analysis.hiding import Hiding
from analysis.puzzle import Puzzle
from analysis.tables import Table
from forms.codebook import Codebook

MOST_ROUNDS = 20
BEFORE = "the release before"
NOTED_BY_THE_SERVICE = "response"


def hide_small_counts(
    tables: Sequence[Table], threshold: int = 5, *, not_answers: Iterable[str] = ()
) -> tuple[Table, ...]:
    """Hide what would expose somebody in a report, with second cells, in all tables together.

    Parameters
    ----------
    tables
        All tables that are published together, the last column of each being everybody. Tables
        of the same variable are hidden alike; a table with `filters` and what it leaves out of the
        table without are both protected.
    threshold
        The smallest count that may be shown, 0 apart.
    not_answers
        Variables in which a row may hold all of a group: the group itself, the channel.

    Returns
    -------
    tuple of Table
        The same tables in the same order. Hidden cells and bases hold no figures. `attack` finds
        nothing in them.

    Raises
    ------
    ExposureError
        Where hiding everything that can be hidden is not enough.

    References
    ----------
    Hundepool and others (2024), Handbook on Statistical Disclosure Control, 2nd edition, chapters
    4 and 5; Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for sensitive
    tabular data, Networks 22(4).
    """
    hiding = Hiding(Puzzle(tables, not_answers=not_answers), threshold)
    hiding.hide_first()
    return settle(hiding, tables, threshold, tuple(not_answers))


def not_answers(codebook: Codebook) -> tuple[str, ...]:
    """Name the variables that say who answered and how, and give no view on anything.

    A row may hold all of a group there, and nobody agrees or splits on it.
    """
    roles = codebook.roles
    named = (
        roles.group, *roles.subtype, roles.capacity, roles.publication, roles.topics,
        roles.verified, roles.channel,
    )  # fmt: skip
    noted = (each.name for each in codebook.variables if each.section == NOTED_BY_THE_SERVICE)
    return tuple(dict.fromkeys((*(name for name in named if name is not None), *noted)))


def compare_releases(
    previous: Sequence[Table],
    new: Sequence[Table],
    threshold: int = 5,
    *,
    not_answers: Iterable[str] = (),
) -> tuple[Table, ...]:
    """Hide in a new release what the release before it would give away.

    Whoever holds both can subtract one from the other: what is left are the few who answered in
    between. That difference is treated as one more table of the family.

    Parameters
    ----------
    previous
        The tables as they were published, hidden figures hidden. They cannot be changed any more.
    new
        The new tables, nothing hidden yet.
    threshold, not_answers
        As for `hide_small_counts`.

    Returns
    -------
    tuple of Table
        The new tables, fit to be published beside the old ones.

    Raises
    ------
    ExposureError
        Where so few answered in between that their answers would show: wait for more.

    References
    ----------
    Hundepool and others (2024), Handbook on Statistical Disclosure Control, 2nd edition, section
    5.2 (disclosure by differencing).
    """
    refuse_few(previous, new, threshold)
    kept = {table.key for table in new}
    before = [
        replace(table, key=f"{table.key} ({BEFORE})", filters=f"{BEFORE} {table.filters}".strip())
        for table in previous
        if table.key in kept
    ]
    family = (*new, *before)
    locked = frozenset(range(len(new), len(family)))
    hiding = Hiding(Puzzle(family, not_answers=not_answers), threshold, locked)
    hiding.hide_like_before(len(new))
    hiding.hide_first()
    return settle(hiding, family, threshold, tuple(not_answers))[: len(new)]


def refuse_few(previous: Sequence[Table], new: Sequence[Table], threshold: int) -> None:
    """Refuse a release that only a few more answered than the release before.

    Raises
    ------
    ExposureError
        The message names the table and the column.
    """
    old = {table.key: table for table in previous}
    for table in new:
        if table.key not in old or old[table.key].columns != table.columns:
            continue
        for heading, one, other in zip(
            table.columns, old[table.key].bases, table.bases, strict=True
        ):
            if not one.asked or one.hidden or other.hidden:
                continue
            if 1 <= abs(other.asked - one.asked) < threshold:
                msg = (
                    f"since the release before, fewer than {threshold} more of “{heading}” were "
                    f"asked “{table.title}”: what they said would show. Wait for more responses, "
                    "or publish the release before again"
                )
                raise ExposureError(msg)


def settle(
    hiding: Hiding, tables: Sequence[Table], threshold: int, not_answers: Sequence[str]
) -> tuple[Table, ...]:
    """Hide second cells until an attack on the finished tables finds nothing."""
    numbers = {table.key: number for number, table in enumerate(tables)}
    for _ in range(MOST_ROUNDS):
        hiding.hide_second()
        hidden = hiding.apply()
        result = attack(hidden, threshold, not_answers=not_answers)
        if result.safe:
            return hidden
        grown = [
            hiding.hide_more(
                numbers[each.table], tables[numbers[each.table]].columns.index(each.column)
            )
            for each in result.exposed
        ]
        if not any(grown):
            msg = f"no way was found to publish these tables without exposing: {result.exposed[0]}"
            raise ExposureError(msg)
    msg = "hiding more and more figures came to no end, so nothing is published"
    raise ExposureError(msg)
