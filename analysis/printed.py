"""What printed per cents, means and medians say about hidden counts, as limits on sums."""

from collections.abc import Container, Iterable, Iterator

from analysis.figures import Column, Line
from analysis.puzzle import Puzzle, views
from analysis.tables import Row, Table
from forms.codebook import Measure

MOST_DECIMALS = 4
EXACTLY = 1e-7


def means_lines(puzzle: Puzzle, hidden: Container[tuple[int, int, int]] = ()) -> list[Line]:
    """Give the limits (each sum is 0 or less) that follow from means and medians.

    `hidden` are the table, row and column of those that are going to be hidden.
    """
    found = [
        each
        for number, (table, columns) in enumerate(zip(puzzle.tables, puzzle.columns, strict=True))
        for line, row in enumerate(table.rows)
        if row.kind == "mean"
        for place, column in enumerate(columns)
        if (value := row.cells[place].value) is not None and (number, line, place) not in hidden
        for each in _value(table, row, column, value, place)
    ]
    return [line for line in found if any(not puzzle.figures[each].shown for each in line)]


def share_lines(puzzle: Puzzle) -> list[Line]:
    """Give the limits that follow from per cents, as exact as they are given."""
    half = half_a_unit(
        cell.percent for table in puzzle.tables for row in table.rows for cell in row.cells
    )
    found = [
        each
        for table, columns in zip(puzzle.tables, puzzle.columns, strict=True)
        for line, row in enumerate(table.rows)
        for place, column in enumerate(columns)
        if (percent := row.cells[place].percent) is not None
        and (count := column.cells[line]) is not None
        for each in _share(count, getattr(column, table.base), percent, half)
    ]
    return [line for line in found if any(not puzzle.figures[each].shown for each in line)]


def half_a_unit(percents: Iterable[float | None]) -> float:
    """Give half a unit of the last place to which all of these are rounded."""
    given = [each for each in percents if each is not None]
    for decimals in range(MOST_DECIMALS):
        if all(abs(each - round(each, decimals)) < EXACTLY for each in given):
            return 0.5 * 10.0**-decimals
    return EXACTLY


def _share(count: int, base: int, percent: float, half: float) -> Iterator[Line]:
    """Rounded to `percent`: base × (percent − half) ≤ 100 × count ≤ base × (percent + half)."""
    yield {count: 100.0, base: -(percent + half)}
    yield {count: -100.0, base: percent - half}


def _value(table: Table, row: Row, column: Column, value: float, place: int) -> Iterator[Line]:
    part = row.part or row.key
    if table.measure is Measure.ORDINAL and part in ("mean", "median"):
        yield from _points(table, column, value, part)
    elif table.measure is Measure.RANKING and part == "mean_rank":
        yield from _mean_rank(table, row, column, value)
    elif table.measure is Measure.POINTS and part == "mean":
        yield from _mean_share(table, row, column, value, place)


def _points(table: Table, column: Column, value: float, part: str) -> Iterator[Line]:
    """A mean or median of scale points 1, 2, 3, … is a sum over their counts."""
    counts = [
        cell
        for row, cell in zip(table.rows, column.cells, strict=True)
        if views(row) and cell is not None
    ]
    points = dict(enumerate(counts, start=1))
    if part == "mean":
        for sign in (1.0, -1.0):
            line = {cell: sign * point for point, cell in points.items()}
            yield {**line, column.with_a_view: -sign * value - EXACTLY}
        return
    below = {cell: -1.0 for point, cell in points.items() if point <= value}
    above = {cell: -1.0 for point, cell in points.items() if point >= value}
    for side in (below, above):
        if side:
            yield {**side, column.with_a_view: 0.5}


def _fellow(table: Table, row: Row, column: Column, part: str) -> int | None:
    for peer, cell in zip(table.rows, column.cells, strict=True):
        if peer.category == row.category and peer.part == part and peer.kind == "count":
            return cell
    return None


def _mean_rank(table: Table, row: Row, column: Column, value: float) -> Iterator[Line]:
    """Whoever did not rank an item first ranked it from 2 to last."""
    first = _fellow(table, row, column, "first")
    placed = _fellow(table, row, column, "placed")
    last = sum(1 for peer in table.rows if peer.part == row.part)
    if first is None or placed is None:
        return
    yield {first: -1.0, placed: 2.0 - value}
    yield {first: last - 1.0, placed: value - last}


def _mean_share(table: Table, row: Row, column: Column, value: float, place: int) -> Iterator[Line]:
    """Nobody gives more than everything, so the mean limits how many gave nothing."""
    zero = _fellow(table, row, column, "zero")
    shares = [peer.cells[place].value for peer in table.rows if peer.part == "mean"]
    if zero is None or any(each is None for each in shares):
        return
    total = sum(each for each in shares if each is not None)
    if total > 0:
        yield {zero: 1.0, column.with_a_view: value / total - 1.0}


def tells(table: Table, row: Row, gone: Row, place: int, threshold: int) -> bool:
    """Whether a mean or median says too closely how large a hidden count of its column is.

    `row` is the row of the mean, `gone` that of the hidden count. The median share of an item says
    something of those who gave it nothing only where it is nothing itself.
    """
    if table.exclusive:
        return row.kind == "mean"
    if row.category != gone.category or row.kind != "mean":
        return False
    value, count = row.cells[place].value, row.cells[place].count
    if value is None or count is None or gone.part not in ("first", "zero"):
        return True
    items = [each.cells[place].value or 0.0 for each in table.rows if each.part == row.part]
    low, high = 1.0, float(count)
    if gone.part == "first":
        last = len(items)
        low = max(low, count * (2 - value))
        high = count * (last - value) / (last - 1) if last > 1 else high
    elif row.part == "median":
        return value == 0
    elif sum(items) > 0:
        high = count * (1 - value / sum(items))
    return high - low < 2 * threshold
