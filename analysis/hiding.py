"""Choosing what to hide: first what would expose somebody, then what would give that back.

Longer than most modules: the first and second choice share the family of tables that they change.
"""

from collections.abc import Iterable

from analysis.figures import BLANK
from analysis.hidden import without_hidden
from analysis.moving import Moves
from analysis.printed import means_lines, tells
from analysis.puzzle import Puzzle
from analysis.siege import Siege
from analysis.tables import Table

MOST_ROUNDS = 200


def _all_tried(outcomes: Iterable[bool]) -> bool:
    """Try everything, and say whether anything came of it: `any` would stop at the first."""
    return any(list(outcomes))


class Hiding:
    """One family of tables while figures in it are being hidden."""

    def __init__(
        self, puzzle: Puzzle, threshold: int, locked: frozenset[int] = frozenset()
    ) -> None:
        """Begin with everything shown; tables in `locked` were published before and stay."""
        self.puzzle = puzzle
        self.figures = puzzle.figures
        self.threshold = threshold
        self.locked = locked
        self.values: set[tuple[int, int, int]] = set()
        self.peace: set[frozenset[int]] = set()
        self.homes: dict[int, list[tuple[int, int]]] = {}
        for number, columns in enumerate(puzzle.columns):
            for place, column in enumerate(columns):
                for each in (*column.cells, *column.bases, column.asked):
                    if each is not None:
                        self.homes.setdefault(each, []).append((number, place))
        self.moves = Moves(puzzle, locked)

    def hide(self, position: int) -> bool:
        """Hide one printed figure, and what would say the same; say whether that is new."""
        figure = self.figures[position]
        if not figure.shown or figure.table in self.locked:
            return False
        figure.shown = False
        for number, place in self.homes.get(position, ()):
            column = self.puzzle.columns[number][place]
            if position == column.answered:
                self.figures[column.with_a_view].shown = False
            self._hide_values(number, place, position)
        return True

    def _hide_values(self, number: int, place: int, position: int) -> None:
        """Hide the means in a column that would say how large a hidden figure is."""
        table, column = self.puzzle.tables[number], self.puzzle.columns[number][place]
        gone = None
        if position in column.cells:
            gone = table.rows[column.cells.index(position)]
        for line, row in enumerate(table.rows):
            if row.kind != "mean" and row.key != BLANK:
                continue
            if gone is None or tells(table, row, gone, place, self.threshold):
                self.values.add((number, line, place))
                cell = column.cells[line]
                if cell is not None:
                    self.figures[cell].shown = False

    def hide_column(self, number: int, place: int) -> bool:
        """Hide all counts of a column with their bases; say whether any was still shown."""
        column = self.puzzle.columns[number][place]
        before = len(self.values)
        grown = [self.hide(each) for each in (*column.counts(self.figures), *column.bases)]
        self._hide_values(number, place, column.answered)
        return any(grown) or len(self.values) > before

    def hide_more(self, number: int, place: int) -> bool:
        """Hide a whole column, else the last column too, else the table, else all tied to it."""
        if self.hide_column(number, place):
            return True
        columns = self.puzzle.columns[number]
        if self.hide_column(number, len(columns) - 1):
            return True
        if _all_tried(self.hide_column(number, each) for each in range(len(columns))):
            return True
        homes = {
            home
            for figure in self.moves.neighbours[columns[place].answered].members
            for home in self.homes.get(figure, ())
        }
        return _all_tried(self.hide_column(*home) for home in sorted(homes))

    def hide_like_before(self, new: int) -> None:
        """Hide in the new tables whatever was hidden in the release before."""
        old = {
            self.puzzle.tables[number].key.rsplit(" (", 1)[0]: number
            for number in range(new, len(self.puzzle.tables))
        }
        for number, table in enumerate(self.puzzle.tables[:new]):
            if table.key not in old:
                continue
            for mine, theirs in self.puzzle.fellows(number, old[table.key]):
                if not self.figures[theirs].shown:
                    self.hide(mine)

    def hide_first(self) -> None:
        """Hide small counts, small bases, who is left of a sum, and rows that hold a group."""
        for position, figure in enumerate(self.figures):
            value = figure.value
            if value is None or figure.kind == "number":
                continue
            bound = None if figure.bound is None else self.figures[figure.bound].value
            everybody = figure.answer and value > 0 and value == bound
            small = 1 <= abs(value) < self.threshold
            if figure.kind == "derived":
                if figure.answer and (small or everybody):
                    self.hide(self._owner(position))
            elif small and figure.kind == "count":
                self.hide(position)
            elif small or (everybody and self.puzzle.tables[figure.table].exclusive):
                for number, place in self.homes.get(position, ()):
                    self.hide_column(number, place)
                    if small and place < len(self.puzzle.columns[number]) - 1:
                        self.moves.tiny.add(number)
            elif everybody:
                self.hide(position)
        self._hide_small_means()

    def _owner(self, position: int) -> int:
        """Give the figure to hide for one that nobody prints: the first that may be changed."""
        owners = self.figures[position].owners
        free = [each for each in owners if self.figures[each].table not in self.locked]
        return (free or list(owners))[0]

    def _hide_small_means(self) -> None:
        for number, table in enumerate(self.puzzle.tables):
            for line, row in enumerate(table.rows):
                if row.kind == "mean" and number not in self.locked:
                    for place, cell in enumerate(row.cells):
                        if cell.count is not None and 1 <= cell.count < self.threshold:
                            self.values.add((number, line, place))
                            figure = self.puzzle.columns[number][place].cells[line]
                            if figure is not None:
                                self.figures[figure].shown = False

    def hide_second(self) -> None:
        """Hide further figures until none that is hidden can be worked out too closely."""
        for _ in range(MOST_ROUNDS):
            self.moves.refresh()
            siege = Siege(self.puzzle, self.threshold, means_lines(self.puzzle, self.values))
            exposed: list[int] = []
            for block in siege.blocks():
                members = frozenset(block.members)
                if members in self.peace:
                    continue
                found = siege.attack_block(block)
                if found:
                    exposed.extend(position for position, _ in found)
                else:
                    self.peace.add(members)
            if not exposed:
                return
            if _all_tried(self.protect(each) for each in exposed):
                continue
            if not _all_tried(self._give_way(each) for each in exposed):
                return

    def _give_way(self, position: int) -> bool:
        """Hide whole columns where no cheap set of second cells protects a figure."""
        owner = position if self.figures[position].kind != "derived" else self._owner(position)
        return self.hide_more(self.figures[owner].table, self.figures[owner].column)

    def protect(self, position: int) -> bool:
        """Let a figure move by enough, hiding the cheapest set that moves with it.

        Says whether anything new was hidden, or nothing could be found and a column went instead.
        """
        for ups, downs in self._steps(position):
            moved = [self.moves.move(position, step) for step in (ups, -downs) if step]
            if all(each is not None for each in moved):
                grown = [
                    self.hide(each)
                    for some in moved
                    for each in some or ()
                    if self.figures[each].kind in ("count", "base")
                ]
                return any(grown)
        return self._give_way(position)

    def _steps(self, position: int) -> list[tuple[float, float]]:
        """Give ways to make an interval wide enough: up, down, or some of both."""
        figure = self.figures[position]
        columns = self.puzzle.columns[figure.table]
        counted = [columns[figure.column]]
        if figure.column == len(columns) - 1 and not self.figures[columns[-1].answered].shown:
            counted = columns
        asked = [self.figures[column.asked].value for column in counted]
        width = min([self.threshold - 1.0, *(each for each in asked if each)])
        half = width // 2
        return [(width, 0.0), (0.0, width), (width - half, half)]

    def apply(self) -> tuple[Table, ...]:
        """Give the tables with everything hidden that is to be hidden."""
        return tuple(
            table
            if number in self.locked
            else without_hidden(self.puzzle, number, self.values, self.threshold)
            for number, table in enumerate(self.puzzle.tables)
        )
