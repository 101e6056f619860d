"""Choosing what to hide: first what would expose somebody, then what would give that back.

Longer than most modules: the first and second choice share the family of tables that they change.
"""

from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.attack import Siege, lowest
from analysis.feasibility import NEARLY, ContradictionError, Floats, Programme, Sum
from analysis.printed import means_lines, tells
from analysis.puzzle import BLANK, Column, Line, Puzzle, cell_after, hidden_base, hidden_cell, hidden_view
from analysis.tables import Table

MOST_ROUNDS = 200
FREE, ALREADY, VIEW_COST, BASE_COST, LAST_COLUMN_COST = 1e-4, 1e-3, 0.5, 4.0, 1.5


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
        self.component = self._components()

    def _components(self) -> list[list[int]]:
        """Give for every figure the figures that a sum ties it to, near or far, but for asked."""
        size = len(self.figures)
        ends = [
            (near[0], far)
            for line in (*self.puzzle.equal, *self.puzzle.at_most)
            if (near := [each for each in line if self.figures[each].kind != "asked"])
            for far in near
        ]
        links = coo_array(
            (np.ones(len(ends)), ([a for a, _ in ends], [b for _, b in ends])), shape=(size, size)
        )
        count, labels = connected_components(links, directed=False)
        members: list[list[int]] = [[] for _ in range(count)]
        for position, label in enumerate(labels):
            members[label].append(position)
        self.sums: dict[int, tuple[list[Line], list[Line]]] = {}
        for side, lines in enumerate((self.puzzle.equal, self.puzzle.at_most)):
            for line in lines:
                own = [each for each in line if self.figures[each].kind != "asked"]
                if own:
                    self.sums.setdefault(int(labels[own[0]]), ([], []))[side].append(line)
        self.label = [int(label) for label in labels]
        return members

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
        if any([self.hide_column(number, each) for each in range(len(columns))]):
            return True
        homes = {
            home
            for figure in self.component[self.label[columns[place].answered]]
            for home in self.homes.get(figure, ())
        }
        return any([self.hide_column(*home) for home in sorted(homes)])

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
                for home in self.homes.get(position, ()):
                    self.hide_column(*home)
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
            if not any([self.protect(each) for each in exposed]):
                grown = [self._give_way(each) for each in exposed]
                if not any(grown):
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
            moved = [self._move(position, step) for step in (ups, -downs) if step]
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
        asked = self.figures[self.puzzle.columns[figure.table][figure.column].asked].value
        width = self.threshold - 1.0
        if asked is not None:
            width = min(width, asked)
        half = width // 2
        return [(width, 0.0), (0.0, width), (width - half, half)]

    def _move(self, position: int, step: float) -> list[int] | None:
        """Give the figures that move in the cheapest way to move one by a step, None if none."""
        members = self.component[self.label[position]]
        place = {each: at for at, each in enumerate(members)}
        size = len(members)
        equal, at_most = self.sums.get(self.label[position], ([], []))
        room_up, room_down, cost = self._room(members)
        at = place[position]
        low = np.zeros(2 * size)
        high = np.concatenate([room_up, room_down])
        forward, backward = (at, at + size) if step > 0 else (at + size, at)
        if high[forward] < abs(step):
            return None
        low[forward] = high[forward] = abs(step)
        high[backward] = 0.0
        programme = Programme(
            low,
            high,
            [(self._change(line, place, size), 0.0) for line in equal],
            [
                (self._change(line, place, size), -total)
                for line in at_most
                if (total := self.puzzle.total(line)) is not None
            ],
        )
        try:
            values = programme.solve(np.concatenate([cost, cost]))
        except ContradictionError:
            return None
        if values is None:
            return None
        change = np.abs(values[:size] - values[size:])
        return [each for each in members if change[place[each]] > NEARLY]

    def _change(self, line: Line, place: dict[int, int], size: int) -> Sum:
        """Write a sum as one of changes: upwards first, downwards after."""
        change: dict[int, float] = {}
        for each, factor in line.items():
            if each in place:
                change[place[each]] = factor
                change[place[each] + size] = -factor
        return change

    def _room(self, members: list[int]) -> tuple[Floats, Floats, Floats]:
        """Give how far each figure may move up and down, and what moving it costs."""
        up, down, cost = (np.empty(len(members)) for _ in range(3))
        lows = lowest(self.puzzle)
        for at, position in enumerate(members):
            figure = self.figures[position]
            value = figure.value
            up[at] = np.inf
            if value is None:
                down[at], cost[at] = np.inf, ALREADY
                continue
            hidden = not figure.shown
            floor = lows[position] if hidden else (1.0 if figure.kind == "count" else figure.low)
            down[at] = max(0.0, value - floor)
            if figure.shown and (
                figure.table in self.locked or (figure.kind == "count" and value == 0)
            ):
                up[at] = down[at] = 0.0
            cost[at] = self._cost(position, value)
        return up, down, cost

    def _cost(self, position: int, value: float) -> float:
        figure = self.figures[position]
        if figure.kind in ("derived", "number"):
            return FREE
        if not figure.shown:
            return ALREADY
        table = self.puzzle.tables[figure.table]
        last = figure.column == len(table.columns) - 1
        cost = (1.0 + 0.1 * float(np.log1p(value))) * (LAST_COLUMN_COST if last else 1.0)
        if figure.kind != "base":
            return cost
        column = self.puzzle.columns[figure.table][figure.column]
        aside = position == column.with_a_view != column.answered
        return cost * (VIEW_COST if aside and table.base != "with_a_view" else BASE_COST)

    def apply(self) -> tuple[Table, ...]:
        """Give the tables with everything hidden that is to be hidden."""
        return tuple(
            table if number in self.locked else self._apply(number, table)
            for number, table in enumerate(self.puzzle.tables)
        )

    def _apply(self, number: int, table: Table) -> Table:
        columns = self.puzzle.columns[number]
        gone = [not self.figures[column.answered].shown for column in columns]
        unseen = [not self.figures[column.with_a_view].shown for column in columns]
        rows = []
        for line, row in enumerate(table.rows):
            places = self._hidden_in_row(number, line, columns, gone, unseen)
            rows.append(
                replace(
                    row,
                    cells=tuple(
                        hidden_cell()
                        if place in places
                        else cell_after(table, row, place, base_hidden=(unseen if table.base == "with_a_view" else gone)[place])
                        for place in range(len(row.cells))
                    ),
                )
            )
        bases = tuple(
            hidden_base(base, self.threshold) if all_hidden else hidden_view(base) if view else base
            for base, all_hidden, view in zip(table.bases, gone, unseen, strict=True)
        )
        return replace(table, rows=tuple(rows), bases=bases)

    def _hidden_in_row(
        self, number: int, line: int, columns: list[Column], gone: list[bool], unseen: list[bool]
    ) -> set[int]:
        """Give the places that are hidden in a row; a lone hidden mean takes a second with it."""
        row = self.puzzle.tables[number].rows[line]
        places = {
            place
            for place, column in enumerate(columns)
            if (cell := column.cells[line]) is not None
            and self.figures[cell].kind == "count"
            and not self.figures[cell].shown
        }
        if row.kind == "count" and row.key != BLANK:
            return places
        places |= {place for place in range(len(columns)) if (number, line, place) in self.values}
        places |= {place for place, hidden in enumerate(gone) if hidden}
        if row.kind == "mean":
            places |= {place for place, hidden in enumerate(unseen) if hidden}
        places |= {place for place, cell in enumerate(row.cells) if cell.hidden}
        if row.kind == "mean" and len(places) == 1 and len(columns) > 1:
            last = len(columns) - 1
            places.add(last if last not in places else 0)
        return places
