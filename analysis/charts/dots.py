"""Dots on a line: how many of each group chose each answer, or gave how many points."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.charts.frame import (
    WIDTH,
    Block,
    Chart,
    Column,
    base_words,
    columns_of,
    finished,
    footnote,
    legend_of_marks,
    paragraph,
)
from analysis.charts.palette import draw_mark
from analysis.charts.svg import INK, MUTED, RULE, line, text
from analysis.charts.wording import (
    HIDDEN,
    NOBODY,
    cell_percent,
    cell_value,
    listed,
    rounded,
)
from analysis.tables import Cell, Row, Table

FIGURE = 46.0
"""Room for one printed figure, right of the lines."""

INSET = 8.0
ROW = 22.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The line that dots stand on, and what they measure."""

    left: float
    right: float
    most: float
    mean: bool

    def at(self, amount: float) -> float:
        """Give where an amount stands."""
        return self.left + (self.right - self.left) * amount / self.most


def share_dots(key: str, title: str, table: Table) -> Chart:
    """Draw what share of each group chose each answer.

    Parameters
    ----------
    key, title
        Name of the file; what was asked.
    table
        A table of `Measure.NOMINAL` or `Measure.SEVERAL`; shares are of its own base.

    Returns
    -------
    Chart
        Answers stand with the most chosen first, by the figures shown; answers that are no view
        stand last. A hidden count has no dot and reads "hidden".
    """
    rows = [row for row in table.rows if row.kind == "count" and not row.part]
    views = _by_size([row for row in rows if row.substantive])
    others = [row for row in rows if not row.substantive]
    note = "Figures are per cent of the base in brackets."
    return _dots(key, title, table, [*views, *others], mean=False, note=note)


def mean_dots(key: str, title: str, table: Table, rows: Sequence[Row], unit: str = "") -> Chart:
    """Draw a mean by group for each of some rows, such as points given out of a hundred.

    Parameters
    ----------
    key, title
        Name of the file; what was asked.
    table
        The table that the rows belong to.
    rows
        Rows of kind "mean", in the order to be drawn.
    unit
        What one is called, for the note.

    Returns
    -------
    Chart
        A hidden mean has no dot and reads "hidden".
    """
    measured = f" ({unit})" if unit else ""
    note = f"Figures are means{measured} of those who answered, whose number is in brackets."
    return _dots(key, title, table, rows, mean=True, note=note)


def _by_size(rows: Sequence[Row]) -> list[Row]:
    """Put the most chosen first, by the published figures of the last column alone."""
    return sorted(rows, key=lambda row: -(row.cells[-1].percent or 0.0))


def _amount(cell: Cell, *, mean: bool) -> float | None:
    if cell.hidden:
        return None
    return cell.value if mean else cell.percent


def _written(cell: Cell, *, mean: bool) -> str:
    return cell_value(cell) if mean else cell_percent(cell)


def _dots(
    key: str, title: str, table: Table, rows: Sequence[Row], *, mean: bool, note: str
) -> Chart:
    columns = columns_of(table)
    figures_left = WIDTH - FIGURE * len(columns)
    amounts = [_amount(cell, mean=mean) or 0.0 for row in rows for cell in row.cells]
    most = max([*amounts, 1.0]) * 1.05 if mean else 100.0
    scale = Scale(INSET, figures_left - 4, most, mean)
    legend = legend_of_marks(columns, table, 0)
    parts, y = list(legend.parts), legend.height + 14
    heads = [
        draw_mark(column.mark, _figure_x(columns, place), y - 8, 5)
        for place, column in enumerate(columns)
    ]
    parts += heads
    before: Row | None = None
    for row in rows:
        if before is not None and before.substantive and not row.substantive:
            parts.append(line(0, y + 2, WIDTH, y + 2))
            y += 5
        block = _row(row, columns, scale, y)
        parts += block.parts
        y += block.height
        before = row
    ticks = axis(scale, y)
    small = footnote(note, y + ticks.height)
    description = " ".join(_words(row, columns, table, mean=mean) for row in rows)
    return finished(
        key,
        title,
        description,
        [*parts, *ticks.parts, *small.parts],
        y + ticks.height + small.height,
        [table],
    )


def _figure_x(columns: Sequence[Column], place: int) -> float:
    return WIDTH - FIGURE * (len(columns) - place) + FIGURE - 6 - 8


def _row(row: Row, columns: Sequence[Column], scale: Scale, y: float) -> Block:
    label = paragraph(row.label, y, room=WIDTH - 4, size=12, fill=INK if row.substantive else MUTED)
    parts = list(label.parts)
    middle = y + label.height + 8
    parts.append(line(scale.left, middle, scale.right, middle))
    shown = [
        (amount, column)
        for column in columns
        if (amount := _amount(row.cells[column.place], mean=scale.mean)) is not None
    ]
    if len(shown) > 1:
        low, high = min(shown, key=_first)[0], max(shown, key=_first)[0]
        parts.append(
            line(scale.at(low), middle, scale.at(high), middle, stroke="#8b929a", width=2.5)
        )
    parts += [
        draw_mark(column.mark, scale.at(amount), middle) for amount, column in reversed(shown)
    ]
    for place, column in enumerate(columns):
        words = _written(row.cells[column.place], mean=scale.mean)
        hidden = words == HIDDEN
        parts.append(
            text(
                words,
                _figure_x(columns, place) + 10,
                middle + 4,
                size=10 if hidden else 11.5,
                fill=MUTED if hidden or words == NOBODY else column.mark.colour,
                anchor="end",
            )
        )
    return Block(tuple(parts), label.height + ROW)


def _first(pair: tuple[float, Column]) -> float:
    return pair[0]


def axis(scale: Scale, y: float) -> Block:
    """Draw the figures under the lines, from nought."""
    ends = (0.0, 25.0, 50.0, 75.0, 100.0) if not scale.mean else _ticks(scale.most)
    parts = []
    for place, tick in enumerate(ends):
        sign = "" if scale.mean else "%"
        anchor = "start" if place == 0 else "middle"
        x = scale.at(tick) if place else scale.left - 3
        parts.append(
            text(f"{rounded(tick)}{sign}", x, y + 12, size=10.5, fill=MUTED, anchor=anchor)
        )
        parts.append(line(scale.at(tick), y - 4, scale.at(tick), y + 1, stroke=RULE))
    return Block(tuple(parts), 18)


def _ticks(most: float) -> tuple[float, ...]:
    for step in (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 250.0, 1000.0, 10000.0):
        if most / step <= 6:
            return tuple(step * place for place in range(int(most / step) + 1))
    return (0.0, most)


def _words(row: Row, columns: Sequence[Column], table: Table, *, mean: bool) -> str:
    said = []
    for column in columns:
        words = _written(row.cells[column.place], mean=mean)
        said.append(f"{column.heading} {words} of {base_words(column, table)}")
    return f"{row.label}: {listed(said)}."
