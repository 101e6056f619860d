"""How far hidden figures can move while everything printed stays as it is, and at what cost.

To protect a figure is to let it move. The cheapest set of figures that moves with it (Kelly, Golden
and Assad 1992) is found by a linear programme over changes of the true figures.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.feasibility import NEARLY, ContradictionError, Floats, Programme, Sum
from analysis.figures import Line
from analysis.puzzle import Puzzle
from analysis.siege import lowest

FREE, ALREADY, VIEW_COST, BASE_COST = 1e-4, 1e-3, 0.3, 4.0
LAST_COLUMN_COST, TINY_COLUMN_COST, ASIDE_COST, SIZE_COST = 0.25, 0.2, 0.5, 0.3
"""What hiding a figure costs, beside one of a group's small counts. These were tried on the EU data
and on 2,000 made-up responses: with them, half as many groups have no position that can be named
than where the last column was dearest and a large count cost hardly more than a small one."""


@dataclass(slots=True)
class Neighbourhood:
    """Figures that sums tie to each other, with these sums."""

    members: list[int] = field(default_factory=list)
    equal: list[Line] = field(default_factory=list)
    at_most: list[Line] = field(default_factory=list)


class Moves:
    """The ways in which the figures of a family of tables can move.

    Tables in `locked` were published before; `tiny` are tables with a group too small to be shown.
    """

    def __init__(self, puzzle: Puzzle, locked: frozenset[int]) -> None:
        """Find which figures are tied to which."""
        self.puzzle = puzzle
        self.figures = puzzle.figures
        self.locked = locked
        self.tiny: set[int] = set()
        self.aside = {
            cell
            for table, columns in zip(puzzle.tables, puzzle.columns, strict=True)
            for column in columns
            for row, cell in zip(table.rows, column.cells, strict=True)
            if cell is not None and not row.substantive
        }
        self.lows = lowest(puzzle)
        self.neighbours = self._neighbourhoods()

    def refresh(self) -> None:
        """Take note of what has been hidden since."""
        self.lows = lowest(self.puzzle)

    def _neighbourhoods(self) -> list[Neighbourhood]:
        """Give for every figure those that a sum ties it to, near or far, but for who was asked."""
        size = len(self.figures)
        sums = [(line, False) for line in self.puzzle.equal]
        sums += [(line, True) for line in self.puzzle.at_most]
        tied = [[each for each in line if self.figures[each].kind != "asked"] for line, _ in sums]
        ends = [(near[0], far) for near in tied for far in near]
        links = coo_array(
            (np.ones(len(ends)), ([a for a, _ in ends], [b for _, b in ends])), shape=(size, size)
        )
        count, labels = connected_components(links, directed=False)
        found = [Neighbourhood() for _ in range(count)]
        for position, label in enumerate(labels):
            found[label].members.append(position)
        for (line, limit), near in zip(sums, tied, strict=True):
            if near:
                home = found[labels[near[0]]]
                (home.at_most if limit else home.equal).append(line)
        return [found[label] for label in labels]

    def move(self, position: int, step: float) -> list[int] | None:
        """Give the figures that move in the cheapest way to move one by a step, None if none."""
        home = self.neighbours[position]
        members = home.members
        place = {each: at for at, each in enumerate(members)}
        size = len(members)
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
            [(_change(line, place, size), 0.0) for line in home.equal],
            [
                (_change(line, place, size), -total)
                for line in home.at_most
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

    def _room(self, members: list[int]) -> tuple[Floats, Floats, Floats]:
        """Give how far each figure may move up and down, and what moving it costs."""
        up, down, cost = (np.empty(len(members)) for _ in range(3))
        for at, position in enumerate(members):
            figure = self.figures[position]
            value = figure.value
            up[at] = np.inf
            if value is None:
                down[at], cost[at] = np.inf, ALREADY
                continue
            hidden = not figure.shown
            floor = (
                self.lows[position] if hidden else (1.0 if figure.kind == "count" else figure.low)
            )
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
        cost = (1.0 + SIZE_COST * math.sqrt(value)) * self._weight(figure.table, last=last)
        if position in self.aside:
            cost *= ASIDE_COST
        if figure.kind != "base":
            return cost
        column = self.puzzle.columns[figure.table][figure.column]
        aside = position == column.with_a_view != column.answered
        return cost * (VIEW_COST if aside and table.base != "with_a_view" else BASE_COST)

    def _weight(self, table: int, *, last: bool) -> float:
        """A group says more than everybody, who are mostly whichever group is the largest."""
        if not last:
            return 1.0
        return TINY_COLUMN_COST if table in self.tiny else LAST_COLUMN_COST


def _change(line: Line, place: dict[int, int], size: int) -> Sum:
    """Write a sum as one of changes: upwards first, downwards after."""
    change: dict[int, float] = {}
    for each, factor in line.items():
        if each in place:
            change[place[each]] = factor
            change[place[each] + size] = -factor
    return change
