"""Tables without what is to be hidden: cells and bases that hold no figures."""

from collections.abc import Container
from dataclasses import replace

from analysis.figures import BLANK, Column, Figures
from analysis.tables import Base, Cell, Row, Table, share


def without_hidden(
    figures: Figures, number: int, values: Container[tuple[int, int, int]], threshold: int
) -> Table:
    """Give one table without its hidden figures.

    `values` are table, row and column of the means that are hidden.
    """
    table, columns = figures.tables[number], figures.columns[number]
    gone = [not figures.figures[column.answered].shown for column in columns]
    unseen = [not figures.figures[column.with_a_view].shown for column in columns]
    no_share = unseen if table.base == "with_a_view" else gone
    rows = []
    for line, row in enumerate(table.rows):
        places = {
            place for place, column in enumerate(columns) if _count_is_hidden(figures, column, line)
        }
        if row.kind != "count" or row.key == BLANK:
            places |= {place for place in range(len(columns)) if (number, line, place) in values}
            places |= _hidden_values(row, gone, unseen)
        cells = tuple(
            hidden_cell() if place in places else cell_after(table, row, place, base_hidden=hidden)
            for place, hidden in enumerate(no_share)
        )
        rows.append(replace(row, cells=second_mean(row, cells)))
    bases = tuple(
        hidden_base(base, threshold) if all_hidden else hidden_view(base) if view else base
        for base, all_hidden, view in zip(table.bases, gone, unseen, strict=True)
    )
    return replace(table, rows=tuple(rows), bases=bases)


def _count_is_hidden(figures: Figures, column: Column, line: int) -> bool:
    cell = column.cells[line]
    if cell is None:
        return False
    figure = figures.figures[cell]
    return figure.kind == "count" and not figure.shown


def _hidden_values(row: Row, gone: list[bool], unseen: list[bool]) -> set[int]:
    """Give the places where a mean says what a hidden base does, or was hidden before."""
    places = {place for place, hidden in enumerate(gone) if hidden}
    if row.kind == "mean":
        places |= {place for place, hidden in enumerate(unseen) if hidden}
    return places | {place for place, cell in enumerate(row.cells) if cell.hidden}


def second_mean(row: Row, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Hide a second mean where only one is hidden, for the others would give it back."""
    hidden = [place for place, cell in enumerate(cells) if cell.hidden]
    if row.kind != "mean" or len(hidden) != 1 or len(cells) == 1:
        return cells
    second = 0 if hidden == [len(cells) - 1] else len(cells) - 1
    return tuple(hidden_cell() if place == second else cell for place, cell in enumerate(cells))


def hidden_cell() -> Cell:
    """Give a cell that holds no figures at all."""
    return Cell(count=None, percent=None, value=None, hidden=True)


def hidden_base(base: Base, threshold: int) -> Base:
    """Give a base without what answers decide; how many were asked stays, unless it is small."""
    return Base(
        asked=0 if base.asked < threshold else base.asked, answered=0, with_a_view=0, hidden=True
    )


def hidden_view(base: Base) -> Base:
    """Give a base that does not say how many gave a view, and so not how many gave none."""
    return Base(asked=base.asked, answered=base.answered, with_a_view=0, view_hidden=True)


def cell_after(table: Table, row: Row, place: int, *, base_hidden: bool) -> Cell:
    """Give a cell that stays, without its per cent where its base went."""
    cell = row.cells[place]
    if not base_hidden or row.kind != "count" or cell.percent is None:
        return cell
    asked = table.bases[place].asked
    if table.base == "asked" and asked and cell.count is not None:
        return Cell(cell.count, share(cell.count, asked), cell.value)
    return Cell(cell.count, None, cell.value)
