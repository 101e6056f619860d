"""Small tables for the tests of the pictures."""

from analysis.tables import Base, Cell, Row, Table
from forms.codebook import Category, Measure, Variable

GROUPS = ("Law enforcement", "Industry", "Civil society", "All")
KEYS = ("law_enforcement", "industry", "civil_society", "all")
AGREEMENT = (
    Category(key="strongly_disagree", label="Strongly disagree", side="against"),
    Category(key="disagree", label="Disagree", side="against"),
    Category(key="neither", label="Neither", side="middle"),
    Category(key="agree", label="Agree", side="for"),
    Category(key="strongly_agree", label="Strongly agree", side="for"),
    Category(key="dont_know", label="Don’t know", substantive=False),
)
SCALE = Variable(
    name="scale", label="Scale", question="scale", section="s", measure=Measure.ORDINAL,
    categories=AGREEMENT,
)  # fmt: skip


def counted(measure, categories, columns, *, hidden=(), key="scale", asked=None):
    """Make a table from counts by group; `hidden` names (category, column) pairs."""
    parted = [*columns, [sum(each) for each in zip(*columns, strict=True)]]
    totals = [sum(column) for column in parted]
    rows = tuple(
        Row(
            each.key,
            each.label,
            tuple(
                Cell(None, None, hidden=True)
                if (each.key, place) in hidden
                else Cell(column[line], 100 * column[line] / total if total else None)
                for place, (column, total) in enumerate(zip(parted, totals, strict=True))
            ),
            substantive=each.substantive,
            category=each.key,
        )
        for line, each in enumerate(categories)
    )
    bases = tuple(
        Base(total if asked is None else asked[place], total, total)
        for place, total in enumerate(totals)
    )
    return Table(
        key=key, title="What was asked", measure=measure, columns=GROUPS, rows=rows, bases=bases,
        variable=key, question=key, column_keys=KEYS,
    )  # fmt: skip


def scale_table(hidden=(), columns=None, **more):
    """Make a table of agreement."""
    counts = columns or ([10, 10, 20, 30, 20, 10], [40, 20, 10, 10, 10, 10], [0, 0, 0, 50, 50, 0])
    return counted(Measure.ORDINAL, AGREEMENT, counts, hidden=hidden, **more)
