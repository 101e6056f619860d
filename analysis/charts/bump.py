"""Places in a ranking, group beside group, joined by lines that show who moves up and who down."""

from collections.abc import Sequence
from itertools import pairwise

from analysis.charts.frame import (
    WIDTH,
    Block,
    Chart,
    Column,
    base_words,
    columns_of,
    finished,
    footnote,
    paragraph,
)
from analysis.charts.palette import MARKS, Mark, ink_on
from analysis.charts.svg import INK, MUTED, PAPER, element, line, text, width_of, wrap
from analysis.charts.wording import HIDDEN, listed
from analysis.tables import Row, Table

LABELS = 196.0
"""Room for what was ranked, left of the places."""

STEP = 34.0


def places(
    table: Table, rows: Sequence[Row], column: Column, *, lowest_first: bool
) -> dict[str, int]:
    """Give each row's place in one column, 1 the first; equals share the better place.

    Parameters
    ----------
    table
        Only its columns are read, through `column`.
    rows
        One a ranked item, each of kind "mean".
    column
        Whose ranking.
    lowest_first
        True where a small value is a high place (a mean rank), False where large is (a score).

    Returns
    -------
    dict
        Row key to place; empty where anything in the column is hidden or nobody ranked.
    """
    cells = {row.key: row.cells[column.place] for row in rows}
    values = {key: cell.value for key, cell in cells.items() if cell.value is not None}
    if column.base.hidden or len(values) < len(cells) or table.bases[column.place].answered == 0:
        return {}
    sign = 1 if lowest_first else -1
    return {
        key: 1 + sum(sign * other < sign * value for other in values.values())
        for key, value in values.items()
    }


def rank_lines(
    key: str, title: str, table: Table, rows: Sequence[Row], *, lowest_first: bool, rule: str
) -> Chart:
    """Draw the place of each item in each group's ranking.

    Parameters
    ----------
    key, title
        Name of the file; what was asked.
    table
        A table of `Measure.RANKING`.
    rows
        One a ranked item, of kind "mean": a mean rank or a score.
    lowest_first
        Whether a small value is a high place.
    rule
        The name of the rule that gave the values, for the note.

    Returns
    -------
    Chart
        Everybody's ranking stands first and gives the order of the words; a group whose figures
        are hidden has no line and reads "hidden".
    """
    drawn = columns_of(table)
    columns = (drawn[-1], *drawn[:-1])
    ranked = {
        column.place: places(table, rows, column, lowest_first=lowest_first) for column in columns
    }
    leading = ranked[columns[0].place]
    order = sorted(rows, key=lambda row: leading.get(row.key, 0))
    spots = {place: _spots(of_column, order) for place, of_column in ranked.items()}
    height = STEP * len(order)
    head = _head(table, columns)
    top = head.height + 4
    parts = [*head.parts, *_labels(order, top)]
    for place, row in enumerate(order):
        parts += _track(row, MARKS[place % len(MARKS)], columns, spots, top)
    for place, column in enumerate(columns):
        if not ranked[column.place]:
            x = _x(columns, place)
            parts.append(text(HIDDEN, x, top + height / 2, size=11, fill=MUTED, anchor="middle"))
    note = footnote(
        f"Places by {rule}. 1 is first. In brackets: how many answered. "
        "Equal places share a number.",
        top + height,
    )
    description = " ".join(_words(column, order, ranked[column.place], table) for column in columns)
    return finished(
        key, title, description, [*parts, *note.parts], top + height + note.height, [table]
    )


def _x(columns: Sequence[Column], place: int) -> float:
    room = (WIDTH - LABELS) / len(columns)
    return LABELS + room * (place + 0.5)


def _head(table: Table, columns: Sequence[Column]) -> Block:
    parts: list[str] = []
    room = (WIDTH - LABELS) / len(columns) - 4
    most = 1
    for place, column in enumerate(columns):
        lines = [*wrap(column.heading, room, 10.5, most=3), f"({base_words(column, table)})"]
        most = max(most, len(lines))
        for down, words in enumerate(lines):
            x = _x(columns, place)
            parts.append(text(words, x, 11 + down * 13, size=10.5, fill=INK, anchor="middle"))
    return Block(tuple(parts), 13.0 * most + 6)


def _labels(order: Sequence[Row], top: float) -> list[str]:
    parts: list[str] = []
    for place, row in enumerate(order):
        middle = top + STEP * (place + 0.5)
        lines = wrap(row.label, LABELS - 8, 11.5, most=2)
        start = middle - 14 * len(lines) / 2
        for down, words in enumerate(lines):
            parts += paragraph(words, start + down * 14 - 1, size=11.5).parts
    return parts


def _track(
    row: Row,
    mark: Mark,
    columns: Sequence[Column],
    spots: dict[int, dict[str, tuple[int, int]]],
    top: float,
) -> list[str]:
    points = [
        (_x(columns, place), top + STEP * (spots[column.place][row.key][0] + 0.5), column)
        for place, column in enumerate(columns)
        if spots[column.place]
    ]
    parts = [
        line(x1, y1, x2, y2, stroke=mark.colour, width=2)
        for (x1, y1, _), (x2, y2, _) in pairwise(points)
    ]
    for x, y, column in points:
        parts.append(
            element("circle", cx=x, cy=y, r=10, fill=mark.colour, stroke=PAPER, stroke_width=1.5)
        )
        words = str(spots[column.place][row.key][1])
        size = 11.5 if width_of(words, 11.5) < 16 else 10
        parts.append(
            text(words, x, y + 4, size=size, fill=ink_on(mark.colour), anchor="middle", bold=True)
        )
    return parts


def _spots(ranked: dict[str, int], order: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """Give the line each row stands on and its place; equals stand in the order of the words."""
    if not ranked:
        return {}
    named = sorted(order, key=lambda row: ranked[row.key])
    return {row.key: (spot, ranked[row.key]) for spot, row in enumerate(named)}


def _words(column: Column, order: Sequence[Row], ranked: dict[str, int], table: Table) -> str:
    who = f"{column.heading} ({base_words(column, table)})"
    if not ranked:
        return f"{who}: {HIDDEN}."
    named = sorted(order, key=lambda row: ranked[row.key])
    return f"{who}: {listed([f'{ranked[row.key]} {row.label}' for row in named])}."
