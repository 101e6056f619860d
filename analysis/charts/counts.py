"""Plain bars of one column: where people answer from, how many came by which way."""

from collections.abc import Sequence

from analysis.charts.frame import (
    WIDTH,
    Chart,
    base_words,
    columns_of,
    finished,
    footnote,
    paragraph,
)
from analysis.charts.palette import FOR
from analysis.charts.svg import INK, MUTED, rect, text
from analysis.charts.wording import HIDDEN, number, percent
from analysis.tables import Row, Table

FIGURES = 92.0
BAR = 13.0


def count_bars(key: str, title: str, table: Table, *, most: int = 15) -> Chart:
    """Draw how many gave each answer, everybody together, the most frequent first.

    Parameters
    ----------
    key, title
        Name of the file; what was asked.
    table
        The last column is drawn.
    most
        How many bars; what is left over is told in words and stands in the table.

    Returns
    -------
    Chart
        A hidden count has no bar and reads "hidden".
    """
    column = columns_of(table)[-1]
    counted = [row for row in table.rows if row.kind == "count" and not row.part]
    shown = sorted(counted, key=lambda row: -(row.cells[-1].count or 0))[:most]
    longest = max((row.cells[-1].count or 0 for row in shown), default=0) or 1
    parts: list[str] = []
    y = 0.0
    for row in shown:
        label = paragraph(row.label, y, room=WIDTH - 4, size=12, fill=_ink(row))
        top = y + label.height + 1
        parts += label.parts
        parts += _bar(row, top, (WIDTH - FIGURES) / longest)
        y = top + BAR + 7
    words = f"Of {base_words(column, table)}."
    if len(counted) > len(shown):
        words += f" {len(counted) - len(shown)} more, each named less often, are in the table."
    note = footnote(words, y)
    description = "; ".join(f"{row.label}: {_figures(row)}" for row in shown) + "."
    return finished(key, title, description, [*parts, *note.parts], y + note.height, [table])


def _ink(row: Row) -> str:
    return INK if row.substantive else MUTED


def _bar(row: Row, top: float, unit: float) -> Sequence[str]:
    count = row.cells[-1].count
    words = text(_figures(row), (count or 0) * unit + 6, top + 11, size=11.5, fill=INK)
    return [rect(0, top, (count or 0) * unit, BAR, fill=FOR[1]), words] if count else [words]


def _figures(row: Row) -> str:
    cell = row.cells[-1]
    if cell.hidden:
        return HIDDEN
    return f"{number(cell.count)} ({percent(cell.percent)})"
