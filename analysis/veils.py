"""What must not be seen of one column where it is shown part by part.

Whoever sees everybody and some parts can work out the other parts. So parts that leave nobody out
hide the same rows of a column; of many parts each hides its own, and “everybody else”, whom no page
shows, makes up for it. The column “All” hides whatever any group hides. What is unknown is then a
table of parts by hidden rows with known sums, in which any figures for everybody fit: pages of one
partition say nothing of another's, and how closely a hidden count can be known has a formula
(Fréchet's bounds), with no programme to solve.

Module of more than 200 lines: both kinds of table belong beside each other.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.parts import Cube
from analysis.tables import Table
from forms.codebook import Measure

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Veil:
    """Which rows of a column are hidden, and whether that hides how many had a view."""

    rows: Rows
    view: bool = False

    @property
    def empty(self) -> bool:
        """Whether everything is seen."""
        return not self.rows.any()


@dataclass(frozen=True)
class Parted:
    """One column, part by part: counts (parts, rows), and the bases of each part."""

    rows: Cube
    answered: Cube
    with_a_view: Cube

    def gathered(self, parts: list[int]) -> "Parted":
        """Give some parts, and all others together as the last."""
        rest = [each for each in range(len(self.rows)) if each not in parts]

        def some(cube: Cube) -> Cube:
            return np.concatenate([cube[parts], cube[rest].sum(axis=0, keepdims=True)])

        return Parted(some(self.rows), some(self.answered), some(self.with_a_view))

    def beside_last(self, part: int) -> "Parted":
        """Give one part, and the last."""
        some = [part, -1]
        return Parted(self.rows[some], self.answered[some], self.with_a_view[some])


class Rule:
    """What must not be seen of one variable."""

    def __init__(self, everybody: Table, threshold: int, *, answers: bool) -> None:
        """`everybody` is the table of everybody as it is shown, its small counts hidden."""
        self.threshold = threshold
        self.answers = answers
        self.exclusive = everybody.exclusive
        self.covers = everybody.measure in (Measure.SEVERAL, Measure.RANKING)
        self.bases = everybody.bases
        self.table = everybody
        self.counted: Rows = np.array([row.kind == "count" for row in everybody.rows], dtype=bool)
        self.views: Rows = np.array([row.substantive for row in everybody.rows], dtype=bool)
        cells = [[cell.hidden for cell in row.cells] for row in everybody.rows]
        self.hidden: Rows = np.array(cells, dtype=bool).reshape(len(cells), len(self.bases))

    def few(self, counts: Cube) -> Rows:
        """Say which counts are of somebody, and of few."""
        found: Rows = (counts >= 1) & (counts < self.threshold)
        return found

    def bound(self, seen: Parted) -> Cube:
        """Give the base of every count."""
        return np.where(self.views, seen.with_a_view[:, None], seen.answered[:, None])

    def sensitive(self, seen: Parted) -> Rows:
        """Say which counts would expose somebody: few, all but a few, or all of a part."""
        found = self.few(seen.rows)
        if self.answers:
            bound = self.bound(seen)
            found |= (seen.rows > 0) & (seen.rows == bound)
            if not self.exclusive:
                found |= self.few(bound - seen.rows)
        return found & self.counted

    def fine(self, seen: Parted) -> bool:
        """Whether every part may be seen in full."""
        bases = self.few(seen.answered).any() or self.few(seen.with_a_view).any()
        return not bases and not self.sensitive(seen).any()

    def veil(
        self,
        place: int,
        seen: Parted,
        whole: Parted | None = None,
        *,
        last: bool = True,
        start: Rows | None = None,
    ) -> Veil | None:
        """Give what the parts of a column must hide; None where none of it may be seen.

        Parameters
        ----------
        place
            The column in the table of everybody; those in no group take that of everybody.
        seen
            The parts that hide alike. They leave nobody out, unless `whole` is given.
        whole
            Everybody as one part, where other parts than these hide rows of their own.
        last
            Whether the last part is to be protected too.
        start
            What is to be hidden in any case.
        """
        if self.bases[place].hidden or self.few(seen.answered).any():
            return None
        if self.few(seen.with_a_view).any():
            return None
        before = self.hidden[:, place] & self.counted
        targets = self.sensitive(seen)
        if not last:
            targets[-1] = False
        begun = targets.any(axis=0) | before
        if start is not None:
            begun |= start
        search = Search(self, seen, targets, before, whole)
        rows = search.block(self.counted, begun) if self.exclusive else search.free(begun)
        if rows is None:
            return None
        view = self.bases[place].view_hidden or bool((rows & ~self.views).any())
        return Veil(rows, view)


@dataclass(frozen=True)
class Search:
    """One column, while the rows to hide are being found.

    `before` are the rows that everybody's table hides, `whole` is as for `Rule.veil`.
    """

    rule: Rule
    seen: Parted
    targets: Rows
    before: Rows
    whole: Parted | None

    def block(self, within: Rows, start: Rows) -> Rows | None:
        """Hide rows that add up to a base until no target can be worked out too closely."""
        rows = start & within
        while rows.any() and self._found_out(rows):
            others = np.flatnonzero(within & ~rows)
            if not len(others):
                return None
            more = np.repeat(rows[None], len(others), axis=0)
            more[np.arange(len(others)), others] = True
            left = self._found_out(more)
            cost = self.seen.rows[:, others].sum(axis=0)
            rows = more[np.lexsort((cost, self.rule.views[others], left))[0]]
        return rows

    def _found_out(self, rows: Rows) -> Cube:
        """Count the targets whose interval holds too few whole numbers, for one choice or several.

        The last axis of `rows` is that of the rows.
        """
        narrow = self._sums(rows) < self.rule.threshold
        found: Cube = (self.targets & rows[..., None, :] & narrow).sum(axis=(-2, -1))
        return found

    def _sums(self, rows: Rows) -> Cube:
        """Give the width of every hidden count of rows that add up, by Fréchet's bounds."""
        seen = np.where(rows[..., None, :], self.seen.rows, 0)
        part = seen.sum(axis=-1, keepdims=True)
        others = part.sum(axis=-2, keepdims=True) - part
        everybody = seen.sum(axis=-2, keepdims=True)
        width = self._narrowest(everybody, part, others, self.before & (self.whole is None))
        if self.whole is None or not self.before.any():
            return width
        # Where everybody's count is hidden, all parts hide it, so what moves it may be in any.
        everybody = np.where(self.before, self.whole.rows, 0)
        part = np.where(self.before, self.seen.rows, 0).sum(axis=1)[:, None]
        other = self._narrowest(everybody, part, everybody.sum() - part, self.before)
        return np.where(self.before, np.maximum(width, other), width)

    def _narrowest(
        self, everybody: Cube, part: Cube, others: Cube, shift: Rows, low: Cube | int = 0
    ) -> Cube:
        """Give the fewest whole numbers that an interval holds.

        Where everybody's count is hidden itself (`shift`), it may lie anywhere in an interval that
        holds as many whole numbers as the threshold; where in it the truth lies is not known here.
        """
        reach = self.rule.threshold - 1
        steps = np.arange(reach + 1 if shift.any() else 1)
        steps = steps.reshape(-1, *(1 for _ in range(everybody.ndim)))
        least = np.maximum(everybody - steps * shift, 0)
        most = np.maximum(everybody, least + reach * shift)
        bottom = np.maximum(np.maximum(least - others, 0), low)
        narrowest: Cube = (np.minimum(most, part) - bottom + 1).min(axis=0)
        return narrowest

    def free(self, start: Rows) -> Rows | None:
        """Hide rows that do not add up, each against its base, and what is said of the same thing.

        Of a ranking, how many put each item first does add up.
        """
        table, counted = self.rule.table, self.rule.counted
        if not start.any():
            return start
        rows = self._with_fellows(start)
        aside = counted & ~self.rule.views
        for part in sorted({row.part for row in table.rows if row.kind == "count"} - {""}):
            within, whole = np.array([row.part == part for row in table.rows]), "with_a_view"
            if rows[aside].any():  # how many had a view is hidden, and these must not say it
                within, whole = within | aside, "answered"
            within = within & counted
            adds_up = (self.seen.rows[:, within].sum(axis=1) == getattr(self.seen, whole)).all()
            if adds_up and rows[within].any():
                more = self.block(within, rows)
                if more is None:
                    return None
                rows = self._with_fellows(rows | more)
        narrow = self._shares(rows) < self.rule.threshold
        return None if (self.targets & rows & narrow).any() else rows

    def _shares(self, rows: Rows) -> Cube:
        """Give the width of every hidden count of rows that stand under a base each by itself."""
        bound = self.rule.bound(self.seen)
        everybody = self.seen.rows.sum(axis=0, keepdims=True)
        others = bound.sum(axis=0) - bound
        most, low = self._covered(rows) if self.rule.covers else (bound, 0)
        shift = self.before & (self.whole is None)
        width = self._narrowest(everybody, most, others, shift, low)
        if self.whole is None or not self.before.any():
            return width
        others = self.rule.bound(self.whole)[0] - bound
        other = self._narrowest(self.whole.rows, most, others, self.before, low)
        return np.where(self.before, np.maximum(width, other), width)

    def _covered(self, rows: Rows) -> tuple[Cube, Cube]:
        """Give the most and the least of a row where everybody who answered chose something.

        What all other rows leave over is the least; whoever has no view chose none of the views.
        """
        rule, seen = self.rule, self.seen
        bound, everybody = rule.bound(seen), seen.rows.sum(axis=0)
        shown = np.where(rule.views & rule.counted & ~rows, seen.rows, 0)
        left = (seen.answered - shown.max(axis=1))[:, None]
        choices = np.array([row.part in ("", "placed") for row in rule.table.rows]) & rule.counted
        reach = np.where(choices, np.where(rows, np.minimum(bound, everybody), seen.rows), 0)
        views = np.where(rule.views, reach, 0)
        rest = np.where(
            rule.views,
            seen.with_a_view[:, None] - (views.sum(axis=1)[:, None] - views),
            seen.answered[:, None] - (reach.sum(axis=1)[:, None] - reach),
        )
        return (
            np.where(rule.views, bound, np.minimum(bound, left)),
            np.where(choices, np.maximum(rest, 0), 0),
        )

    def _with_fellows(self, rows: Rows) -> Rows:
        """Add what is said of the same thing: who put an item first also ranked it."""
        table = self.rule.table
        things = {
            row.category
            for row, gone in zip(table.rows, rows, strict=True)
            if gone and row.category
        }
        fellows = np.array([row.category in things for row in table.rows])
        found: Rows = (rows | fellows) & self.rule.counted
        return found
