"""Bars for ordered answers: leaning for or against about a middle line, or from light to dark."""

from collections.abc import Sequence

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
from analysis.charts.palette import ink_on
from analysis.charts.segments import (
    Item,
    Segment,
    cells_of,
    fills_of,
    hidden_sides,
    left_of,
    no_view,
    reach_of,
    segments_of,
)
from analysis.charts.svg import INK, MUTED, PAPER, hatch, line, rect, text, width_of, wrap
from analysis.charts.wording import HIDDEN, cell_percent, listed, percent
from analysis.tables import Table

GUTTER = 118.0
"""Room for a group's name and its base, left of the bars."""

LEFT_OUT = "⋯"

NO_VIEW = 46.0
"""Room for the share without a view, right of the bars."""

BAR, PITCH = 18.0, 23.0


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
        Shares are of each table's own base. Hidden counts are left out of a bar, with a mark; a
        group of which less than half is printed gets no bar, but the word "hidden".
    """
    scale = items[0].variable
    fills = fills_of(scale)
    columns = {item.table.key: columns_of(item.table, everybody=everybody) for item in items}
    reach = reach_of(items, columns, scale)
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


def _note(items: Sequence[Item]) -> str:
    base = {
        "asked": "everybody who was asked",
        "answered": "everybody who answered",
        "with_a_view": "everybody who gave a view",
    }[items[0].table.base]
    hidden = any(cell.hidden for item in items for row in item.table.rows for cell in row.cells)
    words = f"The number beside each group is its base: {base}."
    return words + (f" {LEFT_OUT} A part is hidden and left out." if hidden else "")


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
    segments = segments_of(item, column, fills)
    zero = GUTTER + reach[0] * _unit(reach)
    if segments is None:
        return [*parts, text(HIDDEN, zero + 6, y + 13, size=11.5, fill=MUTED)]
    if not segments:
        return [*parts, text("nobody", zero + 6, y + 13, size=11.5, fill=MUTED)]
    x = zero - left_of(segments) * _unit(reach) if reach[0] else GUTTER
    sides = hidden_sides(item, column)
    if sides - {"for"}:
        parts.append(text(LEFT_OUT, x - 3, y + 13, size=11, fill=MUTED, anchor="end"))
    for segment in segments:
        wide = segment.share * _unit(reach)
        parts += _segment(segment, x, y, wide)
        x += wide
    if "for" in sides:
        parts.append(text(LEFT_OUT, x + 3, y + 13, size=11, fill=MUTED))
    parts.append(text(no_view(item, column), WIDTH, y + 13, size=11, fill=MUTED, anchor="end"))
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
    if width_of(column.heading, 11.5) <= room:
        heading = [text(column.heading, 0, y + 13, size=11.5)]
    else:
        lines = wrap(column.heading, room, 9.5, most=2)
        top = y + 13 - 5 * (len(lines) - 1)
        heading = [text(line_, 0, top + place * 10, size=9.5) for place, line_ in enumerate(lines)]
    return [
        *heading,
        text(base, GUTTER - 6, y + 13, size=10.5, fill=MUTED, anchor="end"),
    ]


def _words(item: Item, columns: Sequence[Column]) -> str:
    """Say in a sentence a group what its bar shows."""
    sentences = [f"{item.label.rstrip('.')}:"] if item.label else []
    for column in columns:
        cells = cells_of(item, column)
        who = f"{column.heading} ({base_words(column, item.table)})"
        if column.base.shown(item.table.base) is None:
            sentences.append(f"{who}: {HIDDEN}.")
        elif not column.base.of(item.table.base):
            sentences.append(f"{who}: nobody.")
        else:
            shares = [f"{category.label} {cell_percent(cell)}" for category, cell in cells]
            sentences.append(f"{who}: {listed(shares)}.")
    return " ".join(sentences)
