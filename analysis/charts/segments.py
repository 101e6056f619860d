"""What a bar for ordered answers is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.charts.frame import (
    Column,
)
from analysis.charts.palette import AGAINST, FOR, MIDDLE, ramp
from analysis.charts.wording import HIDDEN, percent
from analysis.tables import Cell, Row, Table
from forms.codebook import Category, Variable

LEAST_DRAWN = 50.0
"""The share, in per cent, that must be printed for a bar with a hidden part to be drawn."""


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
    for category, colour in zip(against, side_colours(len(against), AGAINST), strict=True):
        fills[category.key] = (colour, True)
    for category, colour in zip(agreeing, side_colours(len(agreeing), FOR), strict=True):
        fills[category.key] = (colour, False)
    return fills


def side_colours(steps: int, ends: tuple[str, str]) -> tuple[str, ...]:
    """Give a side's colours in the order of the scale; a lone answer takes the middle one."""
    return ramp(3, ends)[1:2] if steps == 1 else ramp(steps, ends)


def rows_of(item: Item) -> dict[str, Row]:
    return {row.category or row.key: row for row in item.table.rows if row.kind == "count"}


def cells_of(item: Item, column: Column) -> list[tuple[Category, Cell]]:
    rows = rows_of(item)
    return [
        (category, rows[category.key].cells[column.place])
        for category in item.variable.categories
        if category.key in rows
    ]


def segments_of(
    item: Item, column: Column, fills: dict[str, tuple[str, bool]]
) -> list[Segment] | None:
    """Give the parts of a bar that are printed; None where too little is to draw a bar at all."""
    cells = cells_of(item, column)
    segments = [
        Segment(category, cell.percent, *fills[category.key])
        for category, cell in cells
        if category.substantive and cell.percent is not None
    ]
    if column.base.shown(item.table.base) is None:
        return None
    if not any(cell.hidden for _, cell in cells):
        return segments
    enough = sum(segment.share for segment in segments) >= LEAST_DRAWN
    return segments if enough and leaning(item.variable) else None


def left_of(segments: Sequence[Segment]) -> float:
    against = sum(segment.share for segment in segments if segment.category.side == "against")
    middle = sum(
        segment.share for segment in segments if segment.category.side not in ("for", "against")
    )
    return against + middle / 2


def reach_of(
    items: Sequence[Item], columns: dict[str, tuple[Column, ...]], scale: Variable
) -> tuple[float, float]:
    """Give how far bars reach left and right of the middle line, in per cent."""
    if not leaning(scale):
        return 0.0, 100.0
    fills = fills_of(scale)
    left = right = 10.0
    for item in items:
        for column in columns[item.table.key]:
            segments = segments_of(item, column, fills) or []
            before = left_of(segments)
            left = max(left, before)
            right = max(right, sum(segment.share for segment in segments) - before)
    return left, right


def hidden_sides(item: Item, column: Column) -> set[str | None]:
    """Say on which sides of the scale some answers are hidden."""
    cells = cells_of(item, column)
    return {each.side for each, cell in cells if cell.hidden and each.substantive}


def no_view(item: Item, column: Column) -> str:
    cells = [cell for category, cell in cells_of(item, column) if not category.substantive]
    if any(cell.hidden for cell in cells):
        return HIDDEN
    shares = [cell.percent for cell in cells if cell.percent is not None]
    return percent(sum(shares)) if shares else ""
