"""How closely a figure that was not printed can be worked out from those that were.

A reader with pencil and patience knows which figures add up to which. Written as a linear
programme, everything that the reader can conclude about one figure is an interval: the smallest
and the largest value that still fits. A figure is safe where that interval is wide.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

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


PRIMAL = 4  # the simplex method that goes on from a solution when only the cost has changed
DECIDED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)


class ContradictionError(ValueError):
    """No figures at all fit what was printed: the tables contradict one another."""


class UndecidedError(ArithmeticError):
    """The solver came to no conclusion. Nothing may then be taken to be safe."""


@dataclass(slots=True)
class Programme:
    """Unknown figures between bounds, and sums of them that are known or limited.

    `equal` holds pairs of a sum and its value, `at_most` pairs of a sum and its limit. A sum maps
    the position of a figure to its factor. `seen_low` and `seen_high` remember the smallest and
    largest value of every figure in any solution so far: often enough to know that an interval is
    wide without a programme of its own. The solver is asked many questions of one programme: it
    keeps the sums, and begins each time where it ended.
    """

    low: Floats
    high: Floats
    equal: Sequence[tuple[Sum, float]] = ()
    at_most: Sequence[tuple[Sum, float]] = ()
    solved: int = 0
    seen_low: Floats = field(init=False)
    seen_high: Floats = field(init=False)
    _solver: highspy.Highs | None = field(init=False, default=None)
    _bounds: tuple[Floats, Floats] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Nothing has been seen yet."""
        self.seen_low = np.full(len(self.low), np.inf)
        self.seen_high = np.full(len(self.low), -np.inf)

    def solve(self, cost: Floats) -> Floats | None:
        """Give the values that cost least, or None where the cost has no end.

        Raises
        ------
        ContradictionError
            Where no values fit.
        UndecidedError
            Where the solver does not come to an end.
        """
        self.solved += 1
        solver = self._ready()
        status = _run(solver, cost)
        solver.setOptionValue("simplex_strategy", PRIMAL)
        if status not in DECIDED:
            status = self._decide(solver, cost)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise ContradictionError
        if status == highspy.HighsModelStatus.kUnbounded:
            return None
        values: Floats = np.array(solver.getSolution().col_value, dtype=np.float64)
        self.seen_low = np.minimum(self.seen_low, values)
        self.seen_high = np.maximum(self.seen_high, values)
        return values

    def _ready(self) -> highspy.Highs:
        """Give the solver with the sums laid out, anew where the bounds were exchanged."""
        if (
            self._solver is None
            or self._bounds is None
            or self._bounds[0] is not self.low
            or self._bounds[1] is not self.high
        ):
            self._solver = _solver_for(self)
        self._bounds = (self.low, self.high)
        return self._solver

    def _decide(self, solver: highspy.Highs, cost: Floats) -> highspy.HighsModelStatus:
        """Find out whether the cost has no end or nothing fits, from the beginning.

        Without a cost there is always an end, so that what comes of it tells the two apart.
        """
        solver.clearSolver()
        fits = _run(solver, np.zeros(len(cost)))
        if fits == highspy.HighsModelStatus.kInfeasible:
            return fits
        status = _run(solver, cost)
        ended = (*DECIDED, highspy.HighsModelStatus.kUnbounded)
        if fits != highspy.HighsModelStatus.kOptimal or status not in ended:
            msg = f"the solver came to no conclusion ({fits.name}, {status.name})"
            raise UndecidedError(msg)
        return status

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


def _run(solver: highspy.Highs, cost: Floats) -> highspy.HighsModelStatus:
    solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
    solver.run()
    return solver.getModelStatus()


def _solver_for(programme: Programme) -> highspy.Highs:
    """Lay the sums out as a sparse matrix, once."""
    lines = [*programme.equal, *programme.at_most]
    highest = np.array([value for _, value in lines], dtype=np.float64)
    lowest = highest.copy()
    lowest[len(programme.equal) :] = -np.inf
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(programme.low), len(lines)
    model.col_cost_ = np.zeros(len(programme.low))
    model.col_lower_, model.col_upper_ = programme.low, programme.high
    model.row_lower_, model.row_upper_ = lowest, highest
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(each) for each, _ in lines)], dtype=np.int32)
    model.a_matrix_.index_ = np.array([at for each, _ in lines for at in each], dtype=np.int32)
    model.a_matrix_.value_ = np.array(
        [factor for each, _ in lines for factor in each.values()], dtype=np.float64
    )
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # it has no types of its own
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", "simplex")
    solver.passModel(model)
    return solver


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
