"""How closely a figure that was not printed can be worked out from those that were.

A reader with pencil and patience knows which figures add up to which. Written as a linear
programme, everything that the reader can conclude about one figure is an interval: the smallest
and the largest value that still fits. A figure is safe where that interval is wide.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

Floats = NDArray[np.float64]
Sum = Mapping[int, float]

NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Interval:
    """The smallest and the largest value that a figure can have."""

    low: float
    high: float

    @property
    def whole_numbers(self) -> float:
        """How many whole numbers it holds: at 1 the figure is known, at 0 nothing fits."""
        if self.low > self.high:
            return 0
        if math.isinf(self.low) or math.isinf(self.high):
            return math.inf
        return max(0, math.floor(self.high + NEARLY) - math.ceil(self.low - NEARLY) + 1)


class ContradictionError(ValueError):
    """No figures at all fit what was printed: the tables contradict one another."""


@dataclass(slots=True)
class Programme:
    """Unknown figures between bounds, and sums of them that are known or limited.

    `equal` holds pairs of a sum and its value, `at_most` pairs of a sum and its limit. A sum maps
    the position of a figure to its factor. `seen_low` and `seen_high` remember the smallest and
    largest value of every figure in any solution so far: often enough to know that an interval is
    wide without a programme of its own.
    """

    low: Floats
    high: Floats
    equal: Sequence[tuple[Sum, float]] = ()
    at_most: Sequence[tuple[Sum, float]] = ()
    solved: int = 0
    seen_low: Floats = field(init=False)
    seen_high: Floats = field(init=False)
    _equal: csr_array | None = field(init=False)
    _at_most: csr_array | None = field(init=False)

    def __post_init__(self) -> None:
        """Lay the sums out as sparse matrices, once."""
        self.seen_low = np.full(len(self.low), np.inf)
        self.seen_high = np.full(len(self.low), -np.inf)
        self._equal = _matrix([each for each, _ in self.equal], len(self.low))
        self._at_most = _matrix([each for each, _ in self.at_most], len(self.low))

    def solve(self, cost: Floats) -> Floats | None:
        """Give the values that cost least, or None where the cost has no end.

        Raises
        ------
        ContradictionError
            Where no values fit.
        """
        self.solved += 1
        found = linprog(
            cost,
            A_ub=self._at_most,
            b_ub=[limit for _, limit in self.at_most] or None,
            A_eq=self._equal,
            b_eq=[value for _, value in self.equal] or None,
            bounds=np.column_stack([self.low, self.high]),
            method="highs",
        )
        if found.status == 2:  # scipy's number for "infeasible"
            raise ContradictionError
        if found.x is None:
            return None
        values: Floats = np.asarray(found.x, dtype=np.float64)
        self.seen_low = np.minimum(self.seen_low, values)
        self.seen_high = np.maximum(self.seen_high, values)
        return values

    def seen(self, position: int) -> Interval:
        """Give the part of a figure's interval that solutions have reached so far."""
        return Interval(float(self.seen_low[position]), float(self.seen_high[position]))

    def largest(self, position: int) -> float:
        """Give the largest value that one figure can have; infinite where nothing limits it."""
        values = self.solve(_unit(position, -1.0, len(self.low)))
        return math.inf if values is None else float(values[position])

    def smallest(self, position: int) -> float:
        """Give the smallest value that one figure can have."""
        values = self.solve(_unit(position, 1.0, len(self.low)))
        return -math.inf if values is None else float(values[position])

    def interval(self, position: int) -> Interval:
        """Give the smallest and largest value that one figure can have."""
        return Interval(self.smallest(position), self.largest(position))


def _unit(position: int, factor: float, size: int) -> Floats:
    cost = np.zeros(size)
    cost[position] = factor
    return cost


def _matrix(sums: Sequence[Sum], width: int) -> csr_array | None:
    if not sums:
        return None
    lines = np.repeat(np.arange(len(sums)), [len(each) for each in sums])
    positions = [position for each in sums for position in each]
    factors = [factor for each in sums for factor in each.values()]
    return csr_array(coo_array((factors, (lines, positions)), shape=(len(sums), width)))


def feasibility_interval(
    table: Sequence[Sequence[float | None]],
    row_totals: Sequence[float | None] | None = None,
    column_totals: Sequence[float | None] | None = None,
    *,
    cell: tuple[int, int],
    at_least: float = 0.0,
    at_most: float = math.inf,
) -> Interval:
    """Give what a reader can conclude about one hidden cell of a table with totals.

    Parameters
    ----------
    table : sequence of sequences of float or None
        Rows of equal length; None where a cell is hidden.
    row_totals, column_totals : sequence of float or None, optional
        The printed totals; None for a total that is not printed.
    cell : tuple of int
        Row and column of the cell, counted from 0.
    at_least, at_most : float
        What everybody knows of any hidden cell beforehand.

    Returns
    -------
    Interval
        The smallest and largest value that fits all that is printed.

    Raises
    ------
    ContradictionError
        Where no values fit.

    References
    ----------
    Hundepool and others (2024), Handbook on Statistical Disclosure Control, 2nd edition,
    section 4.3; Geurts (1992), Heuristics for cell suppression in tables.

    Examples
    --------
    >>> feasibility_interval([[47600, 8002, None]], [56600], cell=(0, 2))
    Interval(low=998.0, high=998.0)
    """
    width = len(table[0])
    flat = [value for row in table for value in row]
    low = np.array([at_least if value is None else value for value in flat], dtype=np.float64)
    high = np.array([at_most if value is None else value for value in flat], dtype=np.float64)
    equal = [
        (dict.fromkeys(positions, 1.0), float(total))
        for positions, total in _totals(len(table), width, row_totals, column_totals)
        if total is not None
    ]
    return Programme(low, high, equal).interval(cell[0] * width + cell[1])


def _totals(
    height: int,
    width: int,
    row_totals: Sequence[float | None] | None,
    column_totals: Sequence[float | None] | None,
) -> Iterable[tuple[range, float | None]]:
    if row_totals is not None:
        for row, total in zip(range(height), row_totals, strict=True):
            yield range(row * width, (row + 1) * width), total
    if column_totals is not None:
        for column, total in zip(range(width), column_totals, strict=True):
            yield range(column, height * width, width), total
