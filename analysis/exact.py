"""The exact probability of an r x c table given its margins, by a network over its columns.

Tables with the same margins are walked column by column. What matters of the columns already
filled is only what is left of each row total, in any order, since rows may be swapped: these
remainders are the nodes. Along a path the terms -log(x!) add up to the log of the table's weight.
At each node the heaviest and the lightest way to the end are known beforehand, so that a path is
settled as soon as every one, or none, of its completions is as unlikely as the observed table
(Mehta & Patel 1983, A network algorithm for performing Fisher's exact test in r x c contingency
tables, JASA 78, 427-434). The last two columns are enumerated together.

One algorithm in one file, though over 200 lines: its three walks share the same nodes.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from analysis.inputs import Floats

Integers = npt.NDArray[np.int64]

# Weights that differ by less than this share are the same: R and StatXact do likewise, so that
# tables exactly as likely as the observed one are counted in spite of rounding.
RELATIVE_TOLERANCE = 1e-7
# Sums of logs that agree to this many decimals are joined into one path.
DECIMALS = 9
# Node keys are whole numbers in 64 bits.
LARGEST_KEY = 2**62
# How many path lengths are held at once, to bound the memory.
BLOCK = 2_000_000


class TooManyTablesError(ValueError):
    """The table is too large for an exact count within the given work."""


@dataclass(frozen=True)
class _Step:
    """Where the next column leads from one node: places among the next nodes, terms, how often."""

    after: Integers
    terms: Floats
    times: Floats


@dataclass(frozen=True)
class _Stage:
    """The steps from every node of a stage, and what may follow each of the next stage's nodes."""

    steps: list[_Step]
    heaviest: Floats
    lightest: Floats
    completions: Floats


@dataclass(frozen=True)
class _End:
    """The last two columns from one node: log weights, rising, and the mass up to each.

    The mass is relative to the heaviest, so that no power overflows.
    """

    terms: Floats
    mass: Floats


def exact_p(table: Integers, work: int) -> float:
    """Return the Freeman-Halton probability of a table without zero rows or columns.

    Parameters
    ----------
    table : array of int, shape (r, c), r and c at least 2
        Counts.
    work : int
        The most steps to take, some millions a second.

    Returns
    -------
    float
        The sum of the probabilities of all tables with these margins that are at most as likely.

    Raises
    ------
    TooManyTablesError
        When more than `work` steps would be needed.
    """
    oriented = table if table.shape[0] <= table.shape[1] else table.T
    limit = -float(gammaln(oriented + 1.0).sum()) + RELATIVE_TOLERANCE
    network = _Network(np.sort(oriented.sum(axis=1)), np.sort(oriented.sum(axis=0)), limit, work)
    return min(1.0, network.mass())


class _Network:
    def __init__(self, rows: Integers, columns: Integers, limit: float, work: int) -> None:
        self.rows, self.columns, self.limit, self.work_left = rows, columns, limit, work
        # Probabilities are weights times the factorials of the margins over that of the total.
        margins = np.concatenate([rows, columns]) + 1.0
        self.scale = float(gammaln(margins).sum() - gammaln(rows.sum() + 1.0))
        base = int(rows.max()) + 1
        if base ** len(rows) > LARGEST_KEY:
            raise TooManyTablesError("the table has too many rows and columns to count exactly")
        self.radix = np.array([base**place for place in range(len(rows))], dtype=np.int64)

    def mass(self) -> float:
        """Walk forward to find the nodes, back for their bounds, forward again with the paths."""
        nodes, found = self.rows[np.newaxis, :], []
        for column in self.columns[:-2].tolist():
            steps, following = self._steps(nodes, column)
            found.append((steps, following))
            nodes = following
        ends = [self._end(node) for node in nodes]
        return self._walk(self._bounded(found, ends), ends)

    def _spend(self, steps: int) -> None:
        self.work_left -= steps
        if self.work_left < 0:
            raise TooManyTablesError("too many tables share these margins to count them all")

    def _steps(self, nodes: Integers, column: int) -> tuple[list[_Step], Integers]:
        raw = []
        for node in nodes:
            fills = self._fills(node, column)
            terms = np.round(-gammaln(fills + 1.0).sum(axis=1), DECIMALS)
            keys = np.sort(node - fills, axis=1) @ self.radix
            raw.append(_tallied(keys, terms, np.ones(len(keys))))
        unique = np.unique(np.concatenate([keys for keys, _, _ in raw]))
        steps = [_Step(np.searchsorted(unique, keys), terms, times) for keys, terms, times in raw]
        return steps, unique[:, np.newaxis] // self.radix % (self.rows.max() + 1)

    def _end(self, node: Integers) -> _End:
        fills = self._fills(node, int(self.columns[-2]))
        terms = -(gammaln(fills + 1.0) + gammaln(node - fills + 1.0)).sum(axis=1)
        terms.sort()
        return _End(terms, np.cumsum(np.exp(terms - terms[-1])))

    def _fills(self, node: Integers, column: int) -> Integers:
        """List every way to share `column` over rows with these remainders."""
        room = np.concatenate([np.cumsum(node[::-1])[::-1], [0]])
        fills, used = np.zeros((1, 0), dtype=np.int64), np.zeros(1, dtype=np.int64)
        for place, most in enumerate(node.tolist()):
            low = np.maximum(0, column - used - room[place + 1])
            counts = np.minimum(most, column - used) - low + 1
            self._spend(int(counts.sum()))
            source = np.repeat(np.arange(len(used)), counts)
            chosen = (
                low[source] + np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
            )
            fills, used = np.column_stack([fills[source], chosen]), used[source] + chosen
        return fills

    def _bounded(self, found: list[tuple[list[_Step], Integers]], ends: list[_End]) -> list[_Stage]:
        heaviest = np.array([end.terms[-1] for end in ends])
        lightest = np.array([end.terms[0] for end in ends])
        stages = []
        for depth in range(len(found) - 1, -1, -1):
            steps, following = found[depth]
            rest = self.columns[depth + 1 :]
            ways = gammaln(rest.sum() + 1.0) - gammaln(rest + 1.0).sum()
            completions = ways - gammaln(following + 1.0).sum(axis=1)
            stages.append(_Stage(steps, heaviest, lightest, completions))
            heaviest, lightest = (
                np.array([(step.terms + heaviest[step.after]).max() for step in steps]),
                np.array([(step.terms + lightest[step.after]).min() for step in steps]),
            )
        return stages[::-1]

    def _walk(self, stages: list[_Stage], ends: list[_End]) -> float:
        settled: list[float] = []
        places, values, times = np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1)
        for stage in stages:
            kept = [_NO_PATHS]
            for place, low, high in _runs(places):
                kept += self._cross(
                    stage, stage.steps[place], values[low:high], times[low:high], settled
                )
            places, values, times = _tallied(
                *(np.concatenate(part) for part in zip(*kept, strict=True))
            )
        for place, low, high in _runs(places):
            end, lengths = ends[place], values[low:high]
            reached = np.searchsorted(end.terms, self.limit - lengths, side="right")
            mass = np.concatenate([[0.0], end.mass])[reached]
            weight = np.exp(lengths + end.terms[-1] + self.scale)
            settled.append(float((times[low:high] * weight) @ mass))
        return math.fsum(settled)

    def _cross(
        self, stage: _Stage, step: _Step, values: Floats, times: Floats, settled: list[float]
    ) -> list[tuple[Integers, Floats, Floats]]:
        """Take every path at one node over every step from it; settle what can be settled."""
        self._spend(len(values) * len(step.terms))
        kept = []
        rows = max(1, BLOCK // len(step.terms))
        for start in range(0, len(values), rows):
            lengths = values[start : start + rows, np.newaxis] + step.terms
            weights = times[start : start + rows, np.newaxis] * step.times
            counted = lengths + stage.heaviest[step.after] <= self.limit
            open_ = ~counted & (lengths + stage.lightest[step.after] <= self.limit)
            masses = np.exp(
                lengths + stage.completions[step.after] + self.scale,
                where=counted,
                out=np.zeros_like(lengths),
            )
            settled.append(float((masses * weights).sum()))
            after = np.broadcast_to(step.after, lengths.shape)
            kept.append(_tallied(after[open_], np.round(lengths[open_], DECIMALS), weights[open_]))
        return kept


_NO_PATHS = (np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))


def _tallied(keys: Integers, values: Floats, times: Floats) -> tuple[Integers, Floats, Floats]:
    """Join paths that are at the same node and equally long."""
    if not len(keys):
        return _NO_PATHS
    order = np.lexsort((values, keys))
    keys, values = keys[order], values[order]
    first = np.concatenate([[True], (np.diff(keys) != 0) | (np.diff(values) != 0)])
    starts = np.flatnonzero(first)
    return keys[starts], values[starts], np.add.reduceat(times[order], starts)


def _runs(places: Integers) -> list[tuple[int, int, int]]:
    """Return (place, from, to) for each run of equal places in a sorted array."""
    if not len(places):
        return []
    starts = np.flatnonzero(np.concatenate([[True], np.diff(places) != 0]))
    stops = np.append(starts[1:], len(places))
    return list(zip(places[starts].tolist(), starts.tolist(), stops.tolist(), strict=True))
