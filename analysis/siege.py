"""One attack on a family of tables: what is known, what is not, and what must not be found out.

The unknown figures are parted into blocks that hang together; each is one linear programme. Longer
than most modules: the judgements of one block belong side by side.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.feasibility import NEARLY, ContradictionError, Floats, Interval, Programme
from analysis.figures import Figure, Line
from analysis.puzzle import Puzzle

SWEEPS = 2


@dataclass(frozen=True, slots=True)
class Exposure:
    """A figure that can be worked out too closely, and between which values.

    `rest` says that it counts those whom one table holds and another one leaves out.
    """

    table: str
    row: str
    column: str
    low: float
    high: float
    why: str
    rest: bool = False

    @property
    def whole_numbers(self) -> float:
        """How many whole numbers the interval holds."""
        return Interval(self.low, self.high).whole_numbers

    def __str__(self) -> str:
        """Say it in words, without the figure: messages end up in logs."""
        return f"{self.table}, {self.row}, {self.column}: {self.why}"


@dataclass(slots=True)
class Block:
    """Unknown figures that hang together, as one linear programme."""

    members: list[int]
    programme: Programme
    place: dict[int, int]


class Siege:
    """One attack: what is known, what is not, and what of it must not be found out."""

    def __init__(self, puzzle: Puzzle, threshold: int, printed: Sequence[Line]) -> None:
        """Sort the figures into known and unknown; `printed` are limits of per cents and means."""
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
            table=table.key,
            row=row,
            column=table.columns[figure.column],
            low=interval.low,
            high=interval.high,
            why=why,
            rest=self.is_rest(figure),
        )

    def printed(self) -> Iterable[Exposure]:
        """Find what is not even hidden: small counts, who is left of a base, all of a group."""
        figures, agreed = self.puzzle.figures, self.puzzle.agreed
        for position, figure in enumerate(figures):
            if figure.kind == "number" or figure.value is None or not self.known[position]:
                continue
            if self.puzzle.tables[figure.table].key in agreed and not self.is_rest(figure):
                continue
            own = Interval(figure.value, figure.value)
            if self.is_small(figure, own):
                yield self.describe(figure, own, "a small count is printed, or is what is left")
            elif self.holds_all(figure, own):
                yield self.describe(figure, own, "the row holds all of a group")

    def is_rest(self, figure: Figure) -> bool:
        """Whether a figure is what one table leaves of another."""
        parts = [self.puzzle.figures[each] for each in figure.made_of]
        return len({each.table for each in parts}) > 1 or any(self.is_rest(each) for each in parts)

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
        if len(targets) > 2:  # for one or two the sweep costs more than it saves
            self._sweep(programme, [block.place[each] for each in targets])
        judged = [(each, self._hidden(block, each)) for each in targets]
        judged += [(each, self._derived(block, each)) for each in derived]
        return [(each, exposure) for each, exposure in judged if exposure is not None]

    def _sweep(self, programme: Programme, places: Sequence[int]) -> None:
        """Push all unknown figures about at once, to see many wide intervals for little."""
        generator = np.random.default_rng(len(places))
        for _ in range(SWEEPS):
            cost: Floats = np.zeros(len(programme.low))
            cost[list(places)] = generator.choice((-1.0, 1.0), size=len(places))
            programme.solve(cost)
            programme.solve(-cost)
            reach = programme.seen_high[list(places)] - programme.seen_low[list(places)]
            if reach.min() >= self.threshold:
                return

    def width_needed(self, block: Block, position: int) -> float:
        """Give how many whole numbers the interval of a hidden count must hold.

        No more than the number asked allows; and a last column that is hidden for the sake of a
        group of three can be no less certain than those three. Where nobody was asked, that
        nobody answered is no secret.
        """
        figure = self.puzzle.figures[position]
        columns = self.puzzle.columns[figure.table]
        if self._asked(block, columns[figure.column].asked) == 0:
            return 1
        counted = [columns[figure.column]]
        if figure.column == len(columns) - 1 and not self.known[columns[-1].answered]:
            counted = columns
        rooms = [self._asked(block, column.asked) for column in counted]
        return min([self.threshold, *(room + 1 for room in rooms if room)])

    def _asked(self, block: Block, asked: int) -> float:
        """Give the most that can have been asked."""
        known = self.puzzle.figures[asked]
        if known.shown and known.value is not None:
            return known.value
        if asked in block.place:
            most = block.programme.largest(block.place[asked])
            return math.floor(most + NEARLY) if math.isfinite(most) else math.inf
        return math.inf

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
