"""How far groups differ on one variable, from its table: the size first, then the test.

The table is all that is read, so a figure that a table hides is in no test either.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.comparison import (
    chi_square,
    cliffs_delta,
    cramers_v,
    freeman_halton,
    kruskal_wallis,
)
from analysis.corrections import holm
from analysis.inputs import Floats
from analysis.tables import Row, Table
from forms.codebook import Measure

SMALL_EXPECTED = 5
COMPARED = (Measure.NOMINAL, Measure.ORDINAL, Measure.SEVERAL)


@dataclass(frozen=True)
class PairDifference:
    """How far two groups lie apart: Cliff's delta (first above second: positive), or Cramér's V.

    `low` and `high` are the 95 % interval of delta, not-a-number where there is none.
    """

    first: str
    second: str
    size: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Difference:
    """How far the groups differ on one variable.

    Attributes
    ----------
    key, title
        Of the table.
    groups
        The keys of the groups compared.
    size
        From 0 (alike) to 1. Scales: the largest absolute Cliff's delta of two groups. Choices:
        Cramér's V. Choices of many: the largest Cramér's V of one option. 0 where nothing can be
        compared, and `reason` says why.
    effect
        Which of these it is, in words.
    pairs
        Two groups at a time, the furthest apart first.
    n
        How many views were compared.
    test, p, adjusted_p
        The test and its probability where one was asked for, else "" and None. `adjusted_p` is
        Holm's over the family given to `differences`.
    option
        For choices of many: the option that differs most.
    reason
        Why there is nothing to compare, else None.
    """

    key: str
    title: str
    groups: tuple[str, ...]
    size: float
    effect: str
    pairs: tuple[PairDifference, ...] = ()
    n: int = 0
    test: str = ""
    p: float | None = None
    adjusted_p: float | None = None
    option: str = ""
    reason: str | None = None


def difference(
    table: Table,
    *,
    groups: Sequence[str] | None = None,
    minimum: int = 0,
    tested: bool = False,
) -> Difference:
    """Compare groups on the views in one table.

    Parameters
    ----------
    table
        By group, of a nominal, ordinal or several-choices variable.
    groups
        Keys of the columns to compare; all but "all" where None. Those with fewer views than the
        minimum, and those with a hidden cell, are left out; of choices of many, those options are
        compared that are shown for all.
    minimum
        Fewest views of a group.
    tested
        Whether to test as well: Kruskal-Wallis for scales; chi-square for choices, exact
        Freeman-Halton where an expected count is under 5. For choices of many no single test is
        made, as the options depend on each other.

    Returns
    -------
    Difference
        With a reason, and no figures, where fewer than two groups can be compared.

    References
    ----------
    Kruskal & Wallis (1952); Cliff (1993); Cramér (1946); Freeman & Halton (1951); Agresti (2002),
    Categorical Data Analysis.
    """
    kept = comparable(table, groups, minimum)
    nothing = Difference(table.key, table.title, kept, 0.0, "")
    if table.measure not in COMPARED:
        return replace(nothing, reason="this measure is not compared between groups")
    if tuple(row.key for row in table.rows) == table.column_keys[:-1]:
        return replace(nothing, reason="these are the groups themselves")
    if len(kept) < 2:
        return replace(nothing, reason="fewer than two groups can be compared")
    counts = views(table, kept)
    base = replace(nothing, n=sum(table.bases[table.column(key)].with_a_view for key in kept))
    if table.measure is Measure.ORDINAL:
        return of_scale(base, counts, tested=tested)
    if table.measure is Measure.NOMINAL:
        return of_choice(base, counts, tested=tested)
    return of_several(base, table, counts)


def differences(
    tables: Iterable[Table],
    *,
    groups: Sequence[str] | None = None,
    minimum: int = 0,
) -> tuple[Difference, ...]:
    """Compare groups on many variables, the largest difference first, with Holm's correction.

    The family is every test made in this call.

    Returns
    -------
    tuple of Difference
        Only those where two groups at least could be compared.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scand J Stat 6, 65-70.
    """
    found = [difference(each, groups=groups, minimum=minimum, tested=True) for each in tables]
    found = [each for each in found if each.reason is None]
    family = {each.key: each.p for each in found if each.p is not None}
    adjusted = dict(zip(family, holm(tuple(family.values())).adjusted, strict=True))
    marked = [replace(each, adjusted_p=adjusted.get(each.key)) for each in found]
    return tuple(sorted(marked, key=lambda each: (-each.size, each.key)))


def comparable(table: Table, groups: Sequence[str] | None, minimum: int) -> tuple[str, ...]:
    """Give the groups with enough views and nothing hidden."""
    wanted = table.column_keys[:-1] if groups is None else tuple(groups)
    rows = [row for row in table.rows if row.substantive]
    kept = []
    for key in wanted:
        place = table.column(key)
        base = table.bases[place]
        cells = [row.cells[place].hidden for row in rows]
        # Options of choices of many are compared one by one, so those that are shown may be.
        unseen = all(cells) if table.measure is Measure.SEVERAL else any(cells)
        if base.hidden or base.view_hidden or unseen:
            continue
        if base.with_a_view >= max(minimum, 1):
            kept.append(key)
    return tuple(kept)


def views(table: Table, groups: Sequence[str]) -> Floats:
    """Give the counts of the views: shape (categories, groups)."""
    places = [table.column(key) for key in groups]
    rows = [row for row in table.rows if row.substantive]
    return np.array(
        [[row.cells[place].count or 0 for place in places] for row in rows], dtype=np.float64
    ).reshape(len(rows), len(places))


def of_scale(base: Difference, counts: Floats, *, tested: bool) -> Difference:
    """Compare the positions of groups on a scale."""
    points = np.arange(len(counts), dtype=np.float64)
    answers = [np.repeat(points, column.astype(np.int64)) for column in counts.T]
    named = dict(zip(base.groups, answers, strict=True))
    pairs = []
    for first, second in combinations(base.groups, 2):
        delta = cliffs_delta(named[first], named[second])
        pairs.append(PairDifference(first, second, delta.value, delta.low, delta.high))
    test = kruskal_wallis(named) if tested else None
    return replace(
        base,
        size=max(abs(pair.size) for pair in pairs),
        effect="Cliff’s delta, the largest of two groups",
        pairs=furthest_first(pairs),
        test="Kruskal-Wallis" if test else "",
        p=known(test.p) if test else None,
    )


def of_choice(base: Difference, counts: Floats, *, tested: bool) -> Difference:
    """Compare which of several things groups chose."""
    pairs = [
        PairDifference(
            base.groups[first], base.groups[second], association(counts[:, [first, second]])
        )
        for first, second in combinations(range(len(base.groups)), 2)
    ]
    test, p = "", None
    if tested:
        chi = chi_square(counts)
        test, p = "chi-square", known(chi.p)
        if chi.smallest_expected < SMALL_EXPECTED:
            exact = freeman_halton(counts)
            words = "exact" if exact.exact else "drawn, not exact"
            test, p = f"Freeman-Halton ({words})", known(exact.p)
    return replace(
        base,
        size=association(counts),
        effect="Cramér’s V",
        pairs=furthest_first(pairs),
        test=test,
        p=p,
    )


def of_several(base: Difference, table: Table, counts: Floats) -> Difference:
    """Compare how many of each group chose each of many options."""
    chose = [table.bases[table.column(key)].with_a_view for key in base.groups]
    places = [table.column(key) for key in base.groups]
    shown = [not any(row.cells[place].hidden for place in places) for row in substantive(table)]
    rows = [row for row, seen in zip(substantive(table), shown, strict=True) if seen]
    if not rows:
        return replace(base, n=0, reason="no option is shown for all of the groups")
    options = [np.array([line, np.array(chose) - line]) for line in counts[shown]]
    sizes = [association(option) for option in options]
    most = int(np.argmax(sizes))
    pairs = [
        PairDifference(
            base.groups[first], base.groups[second], association(options[most][:, [first, second]])
        )
        for first, second in combinations(range(len(base.groups)), 2)
    ]
    return replace(
        base,
        size=sizes[most],
        effect="Cramér’s V, the largest of one option",
        pairs=furthest_first(pairs),
        option=rows[most].label,
    )


def substantive(table: Table) -> list[Row]:
    """Give the rows that are views."""
    return [row for row in table.rows if row.substantive]


def association(counts: Floats) -> float:
    """Give Cramér's V; where everybody gave the same answer there is no difference, so 0."""
    value = cramers_v(counts).value
    return 0.0 if math.isnan(value) else value


def furthest_first(pairs: Iterable[PairDifference]) -> tuple[PairDifference, ...]:
    """Put the pair that is furthest apart first."""
    return tuple(sorted(pairs, key=lambda pair: (-abs(pair.size), pair.first, pair.second)))


def known(p: float) -> float | None:
    """Give a probability, or None where the test could not be made."""
    return None if math.isnan(p) else p
