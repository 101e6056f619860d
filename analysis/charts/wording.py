"""Figures as words: the same everywhere in pictures, tables and sentences."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from analysis.tables import Cell

HIDDEN = "hidden"
NOBODY = "–"


def rounded(number: float, places: int = 0) -> str:
    """Round half up, as readers expect, and write with commas between thousands."""
    step = Decimal(1).scaleb(-places)
    value = Decimal(repr(float(number))).quantize(step, ROUND_HALF_UP) + 0
    return f"{value:,f}"


def percent(share: float | None) -> str:
    """Write a per cent as a whole number; what is not nought never reads as nought."""
    if share is None:
        return NOBODY
    if 0 < share < 0.5:
        return "<1%"
    if 99.5 <= share < 100:
        return ">99%"
    return f"{rounded(share)}%"


def number(count: int | None) -> str:
    """Write a count with commas between thousands."""
    return NOBODY if count is None else f"{count:,}"


def cell_percent(cell: Cell) -> str:
    """Write a cell's per cent, or that it is hidden."""
    return HIDDEN if cell.hidden else percent(cell.percent)


def cell_value(cell: Cell, places: int = 1) -> str:
    """Write a cell's mean, median or score, or that it is hidden."""
    if cell.hidden:
        return HIDDEN
    return NOBODY if cell.value is None else rounded(cell.value, places)


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Join words as a sentence does: “a, b and c”."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
