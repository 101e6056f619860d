"""Bars for ordered answers: leaning for or against about a middle line, or from light to dark."""

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
    legend_of_fills,
    paragraph,
)
from analysis.charts.palette import AGAINST, FOR, MIDDLE, ink_on, ramp
from analysis.charts.svg import INK, MUTED, PAPER, hatch, line, rect, text, width_of, wrap
from analysis.charts.wording import HIDDEN, listed, percent
from analysis.tables import Cell, Row, Table
from forms.codebook import Category, Variable

GUTTER = 118.0
"""Room for a group's name and its base, left of the bars."""

NO_VIEW = 46.0
"""Room for the share without a view, right of the bars."""

BAR, PITCH = 18.0, 23.0


@dataclass(frozen=True, slots=True)
class Item:
    """One bar a group: a table, its variable, and the words over it (none where it is alone)."""

    table: Table
    variable: Variable
    label: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One answer's part of a bar."""

    category: Category
    share: float
    colour: str
    hatched: bool


def leaning(variable: Variable) -> bool:
    """Whether the answers lean for and against, so that bars part about a middle line."""
    sides = {category.side for category in variable.substantive}
    return {"for", "against"} <= sides


def scale_bars(key: str, title: str, items: Sequence[Item], *, everybody: bool = True) -> Chart:
    """Draw ordered answers by group, one bar a group under each item's words.

    Parameters
    ----------
    key
        Names the picture and its file.
    title
        What was asked.
    items
        Rows on one scale: a table of `Measure.ORDINAL` and its variable, with the same categories.
    everybody
        Whether a last bar shows all groups together.

    Returns
    -------
    Chart
        Shares are of each table's own base. A group with any hidden count gets no bar: the word
        "hidden" stands in its place.
    """
    scale = items[0].variable
    fills = fills_of(scale)
    columns = {
        item.table.key: columns_of(item.table, everybody=everybody) for item in items
    }
    reach = _reach(items, columns, scale)
    key_block = legend_of_fills(
        [(category.label, *fills[category.key]) for category in scale.substantive], 0
    )
    parts, y = list(key_block.parts), key_block.height
    head = text("No view", WIDTH, y + 10, size=10.5, fill=MUTED, anchor="end")
    parts.append(head)
    y += 14
    for item in items:
        block = _item(item, columns[item.table.key], fills, reach, y)
        parts += block.parts
        y += block.height
    note = footnote(_note(items), y)
    description = " ".join(_words(item, columns[item.table.key]) for item in items)
    return finished(
        key,
        title,
        description,
        [*parts, *note.parts],
        y + note.height,
        [item.table for item in items],
    )


def fills_of(variable: Variable) -> dict[str, tuple[str, bool]]:
    """Give each answer's colour, and whether it is hatched (the far side against)."""
    views = variable.substantive
    if not leaning(variable):
        return {
            category.key: (colour, False)
            for category, colour in zip(views, ramp(len(views)), strict=True)
        }
    against = [category for category in views if category.side == "against"]
    agreeing = [category for category in views if category.side == "for"]
    fills = dict.fromkeys((category.key for category in views), (MIDDLE, False))
    for category, colour in zip(against, ramp(len(against), AGAINST[::-1])[::-1], strict=True):
        fills[category.key] = (colour, True)
    for category, colour in zip(agreeing, ramp(len(agreeing), FOR), strict=True):
        fills[category.key] = (colour, False)
    return fills


def _note(items: Sequence[Item]) -> str:
    base = {
        "asked": "everybody who was asked",
        "answered": "everybody who answered",
        "with_a_view": "everybody who gave a view",
    }[items[0].table.base]
    hidden = any(cell.hidden for item in items for row in item.table.rows for cell in row.cells)
    words = f"The number beside each group is its base: {base}."
    return words + (" Where a small count is hidden, no bar is drawn." if hidden else "")


def _item(
    item: Item,
    columns: Sequence[Column],
    fills: dict[str, tuple[str, bool]],
    reach: tuple[float, float],
    y: float,
) -> Block:
    parts: list[str] = []
    top = y
    if item.label:
        label = paragraph(item.label, top + 2, size=12.5, bold=True)
        parts += label.parts
        top += label.height + 4
    if reach[0]:
        zero = GUTTER + reach[0] * _unit(reach)
        bottom = top + PITCH * len(columns) - 2
        parts.append(line(zero, top - 3, zero, bottom, stroke=INK, width=1))
    for column in columns:
        parts += _bar(item, column, fills, reach, top)
        top += PITCH
    return Block(tuple(parts), top - y + 8)


def _unit(reach: tuple[float, float]) -> float:
    return (WIDTH - GUTTER - NO_VIEW) / (sum(reach) or 100.0)


def _bar(
    item: Item,
    column: Column,
    fills: dict[str, tuple[str, bool]],
    reach: tuple[float, float],
    y: float,
) -> list[str]:
    parts = _gutter(column, item.table, y)
    segments = _segments(item, column, fills)
    zero = GUTTER + reach[0] * _unit(reach)
    if segments is None:
        return [*parts, text(HIDDEN, zero + 6, y + 13, size=11.5, fill=MUTED)]
    if not segments:
        return [*parts, text("nobody", zero + 6, y + 13, size=11.5, fill=MUTED)]
    x = zero - _left_of(segments) * _unit(reach) if reach[0] else GUTTER
    for segment in segments:
        wide = segment.share * _unit(reach)
        parts += _segment(segment, x, y, wide)
        x += wide
    parts.append(
        text(_no_view(item, column), WIDTH, y + 13, size=11, fill=MUTED, anchor="end")
    )
    return parts


def _segment(segment: Segment, x: float, y: float, wide: float) -> list[str]:
    if wide < 0.3:
        return []
    parts = [rect(x, y, wide, BAR, fill=segment.colour, stroke=PAPER, stroke_width=1)]
    words = percent(segment.share)
    room = width_of(words, 11) + 4
    if segment.hatched:
        parts.append(hatch(x, y, wide, BAR, stroke=PAPER, gap=9))
    if wide < room:
        return parts
    middle = x + wide / 2
    if segment.hatched:
        parts.append(rect(middle - room / 2, y + 2.5, room, BAR - 5, fill=segment.colour))
    ink = ink_on(segment.colour)
    parts.append(text(words, middle, y + 13, size=11, fill=ink, anchor="middle"))
    return parts


def _gutter(column: Column, table: Table, y: float) -> list[str]:
    base = base_words(column, table)
    room = GUTTER - 8 - width_of(f" {base}", 10.5)
    size = 11.5 if width_of(column.heading, 11.5) <= room else 10
    heading = wrap(column.heading, room, size, most=1)[0]
    return [
        text(heading, 0, y + 13, size=size),
        text(base, GUTTER - 6, y + 13, size=10.5, fill=MUTED, anchor="end"),
    ]


def _rows_of(item: Item) -> dict[str, Row]:
    return {row.category or row.key: row for row in item.table.rows if row.kind == "count"}


def _cells(item: Item, column: Column) -> list[tuple[Category, Cell]]:
    rows = _rows_of(item)
    return [
        (category, rows[category.key].cells[column.place])
        for category in item.variable.categories
        if category.key in rows
    ]


def _segments(
    item: Item, column: Column, fills: dict[str, tuple[str, bool]]
) -> list[Segment] | None:
    cells = _cells(item, column)
    if column.base.hidden or any(cell.hidden for _, cell in cells):
        return None
    return [
        Segment(category, cell.percent, *fills[category.key])
        for category, cell in cells
        if category.substantive and cell.percent is not None
    ]


def _left_of(segments: Sequence[Segment]) -> float:
    against = sum(segment.share for segment in segments if segment.category.side == "against")
    middle = sum(
        segment.share for segment in segments if segment.category.side not in ("for", "against")
    )
    return against + middle / 2


def _reach(
    items: Sequence[Item], columns: dict[str, tuple[Column, ...]], scale: Variable
) -> tuple[float, float]:
    """Give how far bars reach left and right of the middle line, in per cent."""
    if not leaning(scale):
        return 0.0, 100.0
    fills = fills_of(scale)
    left = right = 10.0
    for item in items:
        for column in columns[item.table.key]:
            segments = _segments(item, column, fills) or []
            before = _left_of(segments)
            left = max(left, before)
            right = max(right, sum(segment.share for segment in segments) - before)
    return left, right


def _no_view(item: Item, column: Column) -> str:
    cells = [cell for category, cell in _cells(item, column) if not category.substantive]
    shares = [cell.percent for cell in cells if cell.percent is not None]
    return percent(sum(shares)) if shares else ""


def _words(item: Item, columns: Sequence[Column]) -> str:
    """Say in a sentence a group what its bar shows."""
    sentences = [f"{item.label.rstrip('.')}:"] if item.label else []
    for column in columns:
        cells = _cells(item, column)
        who = f"{column.heading} ({base_words(column, item.table)})"
        if column.base.hidden or any(cell.hidden for _, cell in cells):
            sentences.append(f"{who}: {HIDDEN}.")
        elif not column.base.of(item.table.base):
            sentences.append(f"{who}: nobody.")
        else:
            shares = [f"{category.label} {percent(cell.percent)}" for category, cell in cells]
            sentences.append(f"{who}: {listed(shares)}.")
    return " ".join(sentences)
