"""How a figure spreads in each group: the middle half as a bar, and the middle one upon it."""

from collections.abc import Sequence

from analysis.charts.dots import Scale, axis
from analysis.charts.frame import (
    WIDTH,
    Block,
    Chart,
    Column,
    columns_of,
    finished,
    footnote,
)
from analysis.charts.palette import draw_mark
from analysis.charts.svg import MUTED, line, rect, text
from analysis.charts.wording import HIDDEN, cell_value, number
from analysis.tables import Cell, Row, Table

PARTS = ("lower_quartile", "median", "upper_quartile")


def quartile_bars(key: str, title: str, table: Table) -> Chart:
    """Draw the median of a figure and its quartiles by group, on one line from nought.

    Parameters
    ----------
    key, title
        Name of the file; what was asked.
    table
        A table of `Measure.NUMBER`, with rows whose `part` is "lower_quartile", "median" and
        "upper_quartile".

    Returns
    -------
    Chart
        A group with any of the three hidden gets no bar and reads "hidden". Nobody's smallest or
        largest figure is drawn: that would be one respondent's own.
    """
    rows = {row.part: row for row in table.rows if row.part in PARTS}
    columns = columns_of(table)
    tops = [cell.value or 0.0 for row in rows.values() for cell in row.cells if not cell.hidden]
    scale = Scale(8, WIDTH - 60, max([*tops, 1.0]) * 1.05, mean=True)
    parts: list[str] = []
    y = 0.0
    for column in columns:
        block = _group(_who(column), rows, column, scale, y)
        parts += block.parts
        y += block.height
    ticks = axis(scale, y)
    unit = f" Figures are in {table.unit}." if table.unit else ""
    note = footnote(
        f"Bar: the middle half of the answers. Mark and number: the median.{unit} "
        "In brackets: how many gave a figure.",
        y + ticks.height,
    )
    return finished(
        key,
        title,
        " ".join(_words(rows, column) for column in columns),
        [*parts, *ticks.parts, *note.parts],
        y + ticks.height + note.height,
        [table],
    )


def _figures(rows: dict[str, Row], column: Column) -> tuple[Cell, ...]:
    return tuple(rows[part].cells[column.place] for part in PARTS)


def _who(column: Column) -> str:
    shown = column.base.shown("with_a_view")
    many = HIDDEN if shown is None else number(shown)
    return f"{column.heading} ({many})"


def _group(who: str, rows: dict[str, Row], column: Column, scale: Scale, y: float) -> Block:
    parts = [text(who, 0, y + 12, size=12)]
    middle = y + 26
    parts.append(line(scale.left, middle, scale.right, middle))
    low, median, high = _figures(rows, column)
    hidden = column.base.hidden or any(cell.hidden for cell in (low, median, high))
    if hidden or low.value is None or median.value is None or high.value is None:
        words = HIDDEN if hidden else "nobody"
        parts.append(text(words, WIDTH, middle + 4, size=11, fill=MUTED, anchor="end"))
        return Block(tuple(parts), 40)
    start, end = scale.at(low.value), scale.at(high.value)
    parts.append(
        rect(start, middle - 5, max(end - start, 1), 10, fill=column.mark.colour, fill_opacity=0.3)
    )
    parts.append(draw_mark(column.mark, scale.at(median.value), middle, 6.5))
    parts.append(
        text(
            cell_value(median),
            WIDTH,
            middle + 4,
            size=12,
            fill=column.mark.colour,
            anchor="end",
            bold=True,
        )
    )
    return Block(tuple(parts), 40)


def _words(rows: dict[str, Row], column: Column) -> str:
    low, median, high = _figures(rows, column)
    if column.base.hidden or any(cell.hidden for cell in (low, median, high)):
        return f"{_who(column)}: {HIDDEN}."
    return (
        f"{_who(column)}: median {cell_value(median)}, "
        f"middle half from {cell_value(low)} to {cell_value(high)}."
    )


def parts_of(rows: Sequence[Row]) -> bool:
    """Whether the three figures that the picture needs are there."""
    return set(PARTS) <= {row.part for row in rows}
