"""Trying to work hidden figures out of a report, as a reader with patience would.

For every hidden figure of all tables together a linear programme finds the smallest and the largest
value that still fits everything printed. What the reader knows beforehand is granted generously: how
the figures add up (`analysis.puzzle`), how many were asked, that a nought is hidden only
where its whole column is, and per cents and means as exactly as they are printed.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.feasibility import NEARLY, ContradictionError, Floats, Interval, Programme
from analysis.printed import means_lines, share_lines
from analysis.puzzle import Figure, Line, Puzzle
from analysis.tables import Table

SWEEPS = 12


class ExposureError(Exception):
    """Tables that give a hidden figure away. They are not written."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A figure that can be worked out too closely, and between which values."""

    table: str
    row: str
    column: str
    low: float
    high: float
    why: str

    @property
    def whole_numbers(self) -> float:
        """How many whole numbers the interval holds."""
        return Interval(self.low, self.high).whole_numbers

    def __str__(self) -> str:
        """Say it in words, without the figure: messages end up in logs."""
        return f"{self.table}, {self.row}, {self.column}: {self.why}"


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What an attack found.

    Attributes
    ----------
    exposed
        Figures that were found out. Empty where the tables may be published.
    narrowest
        The hidden figure with the narrowest interval; None where nothing is hidden.
    hidden
        How many hidden counts were attacked.
    programmes
        How many linear programmes were solved.
    """

    exposed: tuple[Exposure, ...]
    narrowest: Exposure | None
    hidden: int
    programmes: int

    @property
    def safe(self) -> bool:
        """Whether nothing was found."""
        return not self.exposed


def attack(
    tables: Sequence[Table], threshold: int = 5, *, not_answers: Iterable[str] = ()
) -> AttackResult:
    """Try to work out every hidden figure of a report from all its tables together.

    Parameters
    ----------
    tables
        As they would be published. A table with `filters` is taken as a part of the table of the
        same variable without; filters that together leave nobody out are taken as complements.
    threshold
        Counts from 1 to one less are small. The interval of a hidden count must hold at least this
        many whole numbers (or all that the number of people asked allows, where that is fewer).
    not_answers
        Variables whose rows may hold everybody of a group (the group itself, the channel).

    Returns
    -------
    AttackResult
        The figures found out (also small counts that are simply printed, and rows that hold all of
        a group), and the narrowest interval of a hidden one.

    Raises
    ------
    ContradictionError
        Where no figures fit what is printed.

    References
    ----------
    Hundepool and others (2024), Handbook on Statistical Disclosure Control, 2nd edition, chapter
    4 (feasibility intervals, the attacker's problem) and chapter 5 (group disclosure); Fischetti
    and Salazar (2001), Solving the cell suppression problem on tabular data with linear
    constraints, Management Science 47(7).
    """
    return attack_puzzle(Puzzle(tables, not_answers=not_answers), threshold)


def require_hidden(
    tables: Sequence[Table], threshold: int = 5, *, not_answers: Iterable[str] = ()
) -> AttackResult:
    """Attack the tables of a report, and refuse them where anything is found.

    Raises
    ------
    ExposureError
        Where a figure can be worked out; the message names table, row and column.
    """
    result = attack(tables, threshold, not_answers=not_answers)
    if not result.safe:
        some = "; ".join(str(each) for each in result.exposed[:5])
        msg = (
            f"{len(result.exposed)} figures that should stay hidden can be worked out, so nothing "
            f"was written: {some}"
        )
        raise ExposureError(msg)
    return result


def attack_puzzle(puzzle: Puzzle, threshold: int) -> AttackResult:
    """Attack a family of tables that is laid out already."""
    siege = Siege(puzzle, threshold, [*share_lines(puzzle), *means_lines(puzzle)])
    found = [*siege.printed(), *siege.values()]
    narrowest: Exposure | None = None
    for block in siege.blocks():
        found.extend(exposure for _, exposure in siege.attack_block(block))
        narrowest = siege.tightest(block, narrowest)
    return AttackResult(
        exposed=tuple(found),
        narrowest=narrowest,
        hidden=len(siege.targets),
        programmes=siege.programmes,
    )


@dataclass(slots=True)
class Block:
    """Unknown figures that hang together, as one linear programme."""

    members: list[int]
    programme: Programme
    place: dict[int, int]


class Siege:
    """One attack: what is known, what is not, and what of it must not be found out."""

    def __init__(self, puzzle: Puzzle, threshold: int, printed: Sequence[Line]) -> None:
        """Sort the figures into known and unknown; `printed` are limits from per cents and means."""
        self.puzzle = puzzle
        self.threshold = threshold
        self.programmes = 0
        self.known = [puzzle.known(position) for position in range(len(puzzle.figures))]
        self.targets = [
            position
            for position, each in enumerate(puzzle.figures)
            if each.kind == "count" and not each.shown
        ]
        self.low = lowest(puzzle)
        self.equal = puzzle.equal
        self.at_most = [*puzzle.at_most, *printed]

    def describe(self, figure: Figure, interval: Interval, why: str) -> Exposure:
        """Name a figure as a reader of the report would find it."""
        table = self.puzzle.tables[figure.table]
        row = "base" if figure.row is None else table.rows[figure.row].label
        return Exposure(
            table.key, row, table.columns[figure.column], interval.low, interval.high, why
        )

    def printed(self) -> Iterable[Exposure]:
        """Find what is not even hidden: small counts, who is left of a base, all of a group."""
        figures = self.puzzle.figures
        for position, figure in enumerate(figures):
            if figure.kind == "number" or figure.value is None or not self.known[position]:
                continue
            own = Interval(figure.value, figure.value)
            if self.is_small(figure, own):
                yield self.describe(figure, own, "a small count is printed, or is what is left")
            elif self.holds_all(figure, own):
                yield self.describe(figure, own, "the row holds all of a group")

    def is_small(self, figure: Figure, interval: Interval) -> bool:
        """Whether it is certain that a figure counts somebody, and perhaps only few."""
        if figure.kind == "derived" and not figure.answer:
            return False
        return 1 <= interval.low < self.threshold or 1 <= -interval.high < self.threshold

    def holds_all(self, figure: Figure, interval: Interval) -> bool:
        """Whether a row certainly holds all of its base, so that everybody's answer is known."""
        if figure.bound is None or not figure.answer:
            return False
        base = self.puzzle.figures[figure.bound].value
        known = self.known[figure.bound]
        return known and base is not None and interval.low >= max(1, base - NEARLY)

    def values(self) -> Iterable[Exposure]:
        """Find means that are hidden for one group only: the others and “All” give them back."""
        for table in self.puzzle.tables:
            for row in table.rows:
                hidden = [place for place, cell in enumerate(row.cells) if cell.hidden]
                if row.kind == "mean" and len(hidden) == 1 and len(row.cells) > 1:
                    yield Exposure(
                        table.key, row.label, table.columns[hidden[0]], math.nan, math.nan,
                        "the other groups and the last column give this value back",
                    )  # fmt: skip

    def blocks(self) -> Iterable[Block]:
        """Part the unknown figures into those that hang together."""
        unknown = [position for position in range(len(self.known)) if not self.known[position]]
        index = {position: at for at, position in enumerate(unknown)}
        equal, contradiction = self._reduce(self.equal, index)
        at_most, _ = self._reduce(self.at_most, index)
        if contradiction:
            raise ContradictionError
        ends = [(next(iter(line)), other) for line, _ in (*equal, *at_most) for other in line]
        links = coo_array(
            (np.ones(len(ends)), ([a for a, _ in ends], [b for _, b in ends])),
            shape=(len(unknown), len(unknown)),
        )
        count, labels = connected_components(links, directed=False)
        members: list[list[int]] = [[] for _ in range(count)]
        for at, label in enumerate(labels):
            members[label].append(at)
        lines: list[tuple[list[tuple[Line, float]], list[tuple[Line, float]]]] = [
            ([], []) for _ in range(count)
        ]
        for side, batch in enumerate((equal, at_most)):
            for line, value in batch:
                lines[labels[next(iter(line))]][side].append((line, value))
        for own, (same, limits) in zip(members, lines, strict=True):
            yield self._block([unknown[at] for at in own], own, same, limits)

    def _block(
        self,
        positions: list[int],
        own: list[int],
        equal: list[tuple[Line, float]],
        at_most: list[tuple[Line, float]],
    ) -> Block:
        inner = {at: place for place, at in enumerate(own)}

        def moved(batch: list[tuple[Line, float]]) -> list[tuple[Line, float]]:
            return [({inner[at]: f for at, f in line.items()}, value) for line, value in batch]

        low = np.array([self.low[position] for position in positions])
        programme = Programme(low, np.full(len(low), np.inf), moved(equal), moved(at_most))
        return Block(positions, programme, {each: at for at, each in enumerate(positions)})

    def _reduce(
        self, lines: Sequence[Line], index: dict[int, int]
    ) -> tuple[list[tuple[Line, float]], bool]:
        """Put the known figures of each sum on the other side."""
        figures = self.puzzle.figures
        reduced: list[tuple[Line, float]] = []
        contradiction = False
        for line in lines:
            left: Line = {}
            value = 0.0
            for position, factor in line.items():
                if position in index:
                    left[index[position]] = factor
                else:
                    value -= factor * (figures[position].value or 0.0)
            if left:
                reduced.append((left, value))
            elif abs(value) > NEARLY:
                contradiction = True
        return reduced, contradiction

    def attack_block(self, block: Block) -> list[tuple[int, Exposure]]:
        """Give the unknown figures of one block that can be worked out too closely.

        Where nothing fits while every hidden count is taken to be 1 or more, somebody else hid
        the noughts as well; then a hidden count may be 0.
        """
        try:
            found = self._attack(block)
        except ContradictionError:
            block.programme.low = np.minimum(block.programme.low, 0.0)
            found = self._attack(block)
        self.programmes += block.programme.solved
        return found

    def _attack(self, block: Block) -> list[tuple[int, Exposure]]:
        figures, programme = self.puzzle.figures, block.programme
        targets = [each for each in block.members if figures[each].kind == "count"]
        derived = [
            each
            for each in block.members
            if figures[each].kind == "derived" and figures[each].answer
        ]
        if len(targets) > 2:  # noqa: PLR2004 (for one or two the sweep costs more than it saves)
            self._sweep(programme, [block.place[each] for each in targets])
        found = [(each, found) for each in targets if (found := self._hidden(block, each))]
        found += [(each, found) for each in derived if (found := self._derived(block, each))]
        return found

    def _sweep(self, programme: Programme, places: Sequence[int]) -> None:
        """Push all unknown figures about at once, to see many wide intervals for little."""
        generator = np.random.default_rng(len(places))
        for _ in range(SWEEPS):
            cost: Floats = np.zeros(len(programme.low))
            cost[list(places)] = generator.choice((-1.0, 1.0), size=len(places))
            programme.solve(cost)
            reach = programme.seen_high[list(places)] - programme.seen_low[list(places)]
            if reach.min() >= self.threshold:
                return

    def width_needed(self, block: Block, position: int) -> float:
        """Give how many whole numbers the interval of a hidden count must hold."""
        figure = self.puzzle.figures[position]
        asked = self.puzzle.columns[figure.table][figure.column].asked
        known = self.puzzle.figures[asked]
        if known.shown and known.value is not None:
            return min(self.threshold, known.value + 1)
        if known.shown or asked not in block.place:
            return self.threshold
        return min(self.threshold, math.floor(block.programme.largest(block.place[asked])) + 1)

    def _hidden(self, block: Block, position: int) -> Exposure | None:
        place = block.place[position]
        if block.programme.seen(place).whole_numbers >= self.threshold:
            return None
        interval = block.programme.interval(place)
        if interval.whole_numbers >= self.width_needed(block, position):
            return None
        figure = self.puzzle.figures[position]
        return self.describe(figure, interval, "the hidden count can be worked out too closely")

    def _derived(self, block: Block, position: int) -> Exposure | None:
        """Judge a figure that nobody prints: it may be known, but not to be small or everybody."""
        place, figure = block.place[position], self.puzzle.figures[position]
        if block.programme.seen(place).whole_numbers >= self.threshold:
            return None
        interval = block.programme.interval(place)
        if interval.whole_numbers >= self.threshold:
            return None
        if self.is_small(figure, interval):
            return self.describe(figure, interval, "who is left of a sum is a small count")
        if self.holds_all(figure, interval):
            return self.describe(figure, interval, "whoever is left of a sum gave one answer")
        return None

    def tightest(self, block: Block, best: Exposure | None) -> Exposure | None:
        """Give the narrower of `best` and the narrowest interval of a block, exactly."""
        targets = [each for each in block.members if self.puzzle.figures[each].kind == "count"]
        for target in sorted(targets, key=lambda each: self._reach(block, each)):
            if best is not None and self._reach(block, target) >= best.whole_numbers:
                break
            interval = block.programme.interval(block.place[target])
            if best is None or interval.whole_numbers < best.whole_numbers:
                best = self.describe(self.puzzle.figures[target], interval, "narrowest")
        return best

    def _reach(self, block: Block, position: int) -> float:
        return block.programme.seen(block.place[position]).whole_numbers


def lowest(puzzle: Puzzle) -> Floats:
    """Give the smallest value that a reader grants each figure.

    A nought is shown unless its whole column is hidden, so elsewhere a hidden count is 1 or more.
    """
    low = np.array([each.low for each in puzzle.figures])
    for columns in puzzle.columns:
        for column in columns:
            counts = column.counts(puzzle.figures)
            if any(puzzle.figures[each].shown for each in counts):
                low[[each for each in counts if not puzzle.figures[each].shown]] = 1.0
    return low
