"""What every picture shares: its result, its columns, its legend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.charts.palette import EVERYBODY, Mark, draw_mark, mark_of
from analysis.charts.svg import INK, MUTED, PAPER, hatch, picture, rect, text, width_of, wrap
from analysis.charts.wording import HIDDEN, number
from analysis.tables import Base, Table

WIDTH = 440.0
"""Units across. Words of 12 units are still 10 pixels high on the narrowest telephones."""

EVERYBODY_KEY = "all"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture fit to print: markup, the same in words, and the tables that hold its figures."""

    key: str
    title: str
    description: str
    svg: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One group in a table: where its figures stand and how it is drawn."""

    place: int
    heading: str
    mark: Mark
    base: Base


def columns_of(table: Table, *, everybody: bool = True) -> tuple[Column, ...]:
    """Give the columns of a table with their marks, everybody last or left out.

    A group that was not asked has no column; where one group alone was asked, it is everybody.
    """
    keys = table.column_keys or tuple(table.columns)
    every = [
        Column(place, heading, EVERYBODY if key == EVERYBODY_KEY else mark_of(place), base)
        for place, (key, heading, base) in enumerate(
            zip(keys, table.columns, table.bases, strict=True)
        )
    ]
    groups = [each for each in every if keys[each.place] != EVERYBODY_KEY]
    asked = [each for each in groups if each.base.hidden or each.base.asked] or groups
    together = [each for each in every if keys[each.place] == EVERYBODY_KEY]
    if not everybody or (len(asked) == 1 < len(groups)):
        return tuple(asked or together)
    return (*asked, *together)


def base_words(column: Column, table: Table) -> str:
    """Say how many a column's figures are out of."""
    shown = column.base.shown(table.base)
    return HIDDEN if shown is None else number(shown)


@dataclass(frozen=True, slots=True)
class Block:
    """Markup and how tall it stands."""

    parts: tuple[str, ...]
    height: float


def paragraph(
    words: str,
    y: float,
    *,
    x: float = 0,
    room: float = WIDTH,
    size: float = 12,
    bold: bool = False,
    fill: str = INK,
    most: int | None = None,
) -> Block:
    """Give words broken into lines, the first of them just under `y`."""
    pitch = size * 1.3
    lines = wrap(words, room, size, most)
    drawn = tuple(
        text(each, x, y + size + place * pitch, size=size, bold=bold, fill=fill)
        for place, each in enumerate(lines)
    )
    return Block(drawn, pitch * len(lines) + size * 0.2)


def legend_of_marks(columns: Sequence[Column], table: Table | None, y: float) -> Block:
    """Give the groups with their marks and, where one table is drawn, their bases."""
    labels = [
        column.heading if table is None else f"{column.heading} (of {base_words(column, table)})"
        for column in columns
    ]
    return _legend(labels, y, [draw_mark(column.mark, 6, 8) for column in columns])


def legend_of_fills(entries: Sequence[tuple[str, str, bool]], y: float) -> Block:
    """Give answers with the fill that stands for each: label, colour, hatched or not."""
    drawn = [
        rect(0, 2, 13, 12, fill=colour)
        + (hatch(0, 2, 13, 12, stroke=PAPER, gap=5) if hatched else "")
        for _, colour, hatched in entries
    ]
    return _legend([label for label, _, _ in entries], y, drawn)


def _legend(labels: Sequence[str], y: float, drawn: Sequence[str]) -> Block:
    parts: list[str] = []
    x, top, size = 0.0, y, 11.5
    for label, sign in zip(labels, drawn, strict=True):
        lines = wrap(label, WIDTH - 20, size)
        wide = 18 + max(width_of(each, size) for each in lines) + 12
        if x and x + wide - 12 > WIDTH:
            x, top = 0.0, top + 18
        parts.append(_moved(sign, x, top))
        for place, each in enumerate(lines):
            parts.append(text(each, x + 18, top + 12 + place * 14, size=size, fill=INK))
        top += 14 * (len(lines) - 1)
        x += wide
    return Block(tuple(parts), top - y + 22)


def _moved(markup: str, x: float, y: float) -> str:
    return f'<g transform="translate({x:.0f} {y:.0f})">{markup}</g>'


def footnote(words: str, y: float) -> Block:
    """Give the small print under a picture."""
    return paragraph(words, y, size=10.5, fill=MUTED)


def finished(
    key: str,
    title: str,
    description: str,
    parts: Iterable[str],
    height: float,
    tables: Sequence[Table],
) -> Chart:
    """Give the picture with its words."""
    svg = picture(f"chart-{key}", title, description, WIDTH, height + 4, parts)
    return Chart(key, title, description, svg, tuple(table.key for table in tables))
