"""Counting the ways of giving no view together before small counts are hidden.

Hiding “prefer not to say: 2” takes a second figure with it, and often how many gave a view at all.
“Don’t know, prefer not to say or cannot say: 14” need not be hidden. So where a question has small
counts among its ways out, they are counted together, in every row of a grid alike. Points of a
scale are never put together: in small groups that would cost more than it saves, as the one large
figure left would have to hide the small one (tried on the EU data: four majorities fewer).

References
----------
Hundepool and others (2024), Handbook on Statistical Disclosure Control, 2nd edition, section 3.4:
recoding before suppression.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analysis.tables import Cell, Row, Table, share
from forms.codebook import Category, Codebook, Measure, Variable

NO_VIEW = "no_view"
EXCLUSIVE = (Measure.NOMINAL, Measure.ORDINAL)


def coarsen(
    tables: Sequence[Table], codebook: Codebook, threshold: int
) -> tuple[tuple[Table, ...], Codebook]:
    """Count ways out together in the tables of every question that has small counts of them.

    Parameters
    ----------
    tables
        By group, nothing hidden yet.
    codebook
        Of the same export.
    threshold
        The smallest count that may be shown, 0 apart.

    Returns
    -------
    tuple of Table, Codebook
        The tables in the same order, and the codebook whose categories are those of the tables.
        Counts are summed, never changed; per cents are of the same base.
    """
    by_question: dict[str, list[Table]] = {}
    for table in tables:
        if table.variable is not None and table.measure in EXCLUSIVE:
            by_question.setdefault(table.question or table.key, []).append(table)
    chosen = {
        table.variable
        for of_question in by_question.values()
        if _small(of_question, threshold)
        for table in of_question
        if sum(not row.substantive for row in table.rows) > 1
    }
    variables = tuple(_coarse(each) if each.name in chosen else each for each in codebook.variables)
    # Made anew, as a copy would keep the old variables in its cached properties.
    kept = {name: getattr(codebook, name) for name in Codebook.model_fields}
    coarser = Codebook(**{**kept, "variables": variables})
    return tuple(_summed(each) if each.variable in chosen else each for each in tables), coarser


def _small(tables: Iterable[Table], threshold: int) -> bool:
    """Whether any count of a way out is small."""
    return any(
        0 < (cell.count or 0) < threshold
        for table in tables
        for row in table.rows
        if not row.substantive
        for cell in row.cells
    )


def _coarse(variable: Variable) -> Variable:
    label = together([each.label for each in variable.not_substantive])
    no_view = Category(key=NO_VIEW, label=label, substantive=False)
    return variable.model_copy(update={"categories": (*variable.substantive, no_view)})


def together(labels: Sequence[str]) -> str:
    """Name several answers as one: the first as it is, the others in small letters."""
    rest = [label[:1].lower() + label[1:] for label in labels[1:]]
    return " or ".join((labels[0], *rest)) if len(rest) < 2 else "No view given"


def _summed(table: Table) -> Table:
    """Sum the rows without a view into one, below the views."""
    views = tuple(row for row in table.rows if row.substantive)
    others = [row for row in table.rows if not row.substantive]
    cells = []
    for place, base in enumerate(table.bases):
        count = sum(row.cells[place].count or 0 for row in others)
        unshared = any(row.cells[place].percent is None for row in others)
        cells.append(Cell(count, None if unshared else share(count, base.of(table.base))))
    label = together([row.label for row in others])
    row = Row(NO_VIEW, label, tuple(cells), substantive=False, category=NO_VIEW)
    return replace(table, rows=(*views, row))
