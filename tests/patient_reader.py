"""A reader who holds all pages of one question side by side, and has patience.

Nothing is taken from how figures are hidden. Unknown is how many in each group and each class of
respondents (those alike in everything that can be filtered by) gave each answer. Whatever a page
prints is a sum of these. A linear programme says between which values each small count must lie,
and each count of those whom a page leaves out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from analysis.feasibility import Programme
from analysis.responses import Mask, Responses
from analysis.tables import Table

Page = tuple[tuple[str, str], ...]
SWEEPS = 6


@dataclass
class Target:
    """A count that must not be found out, and how many could have been counted at most."""

    place: int
    words: str
    room: int


@dataclass
class PatientReader:
    """All pages of one variable, as one linked system.

    `masks` says who is let through by each filter, `pages` holds the tables as they are shown; the
    page without filters is `()`.
    """

    responses: Responses
    name: str
    masks: dict[tuple[str, str], Mask]
    pages: dict[Page, Table]
    equal: list[tuple[dict[int, float], float]] = field(default_factory=list)
    at_most: list[tuple[dict[int, float], float]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Part the respondents, and write down everything that is printed or known."""
        self.table = self.pages[()]
        self.rows = [line for line, row in enumerate(self.table.rows) if row.kind == "count"]
        self.groups = len(self.table.columns) - 1
        self.order = sorted(self.masks)
        columns = [self.masks[each] for each in self.order] + [self.responses.group_codes]
        kinds, own = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
        self.kinds, self.own = kinds, own.ravel()
        self.asked = np.bincount(
            self.own[self.responses.was_asked(self.name)], minlength=len(kinds)
        )
        self.size = len(kinds) * (len(self.table.rows) + 2)
        self._know_the_question()
        for page, table in self.pages.items():
            self._read(page, table)

    def cell(self, kind: int, line: int) -> int:
        """The unknown for one answer of one class; after the rows who answered, and had a view."""
        return kind * (len(self.table.rows) + 2) + line

    @property
    def answered(self) -> int:
        """Where the unknown of those who answered stands."""
        return len(self.table.rows)

    def _know_the_question(self) -> None:
        """What the question itself says: answers add up, or stay under those who answered."""
        rows = self.table.rows
        views = [line for line in self.rows if rows[line].substantive]
        aside = [line for line in self.rows if not rows[line].substantive]
        for kind in range(len(self.kinds)):
            base, view = self.cell(kind, self.answered), self.cell(kind, self.answered + 1)
            if self.table.exclusive:
                self._sum([self.cell(kind, line) for line in self.rows], base)
                self._sum([self.cell(kind, line) for line in views], view)
                continue
            self.at_most.append(({view: 1, base: -1}, 0))
            for line in self.rows:
                limit = view if rows[line].substantive else base
                self.at_most.append(({self.cell(kind, line): 1, limit: -1}, 0))
            if aside:
                rest = dict.fromkeys((self.cell(kind, line) for line in aside), -1.0)
                self.at_most.append(({**rest, base: 1, view: -1}, 0))
            for part in {rows[line].part for line in views} & {"", "placed"}:
                own = [self.cell(kind, line) for line in views if rows[line].part == part]
                self.at_most.append(({**dict.fromkeys(own, -1.0), view: 1}, 0))
            firsts = {rows[line].category: line for line in views if rows[line].part == "first"}
            if firsts:
                self._sum([self.cell(kind, line) for line in firsts.values()], view)
            for line in views:
                if rows[line].part == "placed" and rows[line].category in firsts:
                    first = self.cell(kind, firsts[rows[line].category])
                    self.at_most.append(({first: 1, self.cell(kind, line): -1}, 0))

    def _sum(self, parts: list[int], whole: int) -> None:
        self.equal.append(({**dict.fromkeys(parts, 1.0), whole: -1}, 0))

    def let_through(self, page: Page, group: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """The classes that a page counts in one column."""
        kept = np.ones(len(self.kinds), dtype=bool)
        for each in page:
            kept &= self.kinds[:, self.order.index(each)].astype(bool)
        if group < self.groups:
            kept &= self.kinds[:, -1] == group
        return np.flatnonzero(kept)

    def _read(self, page: Page, table: Table) -> None:
        """Take down what a page prints; how many were asked is known of every filter by itself."""
        for group, base in enumerate(table.bases):
            kinds = self.let_through(page, group)
            if not len(kinds):
                continue
            answered = {self.cell(kind, self.answered): 1.0 for kind in kinds}
            if len(page) < 2 or base.asked:
                self.at_most.append((answered, float(self.asked[kinds].sum())))
            if not base.hidden:
                self.equal.append((answered, float(base.answered)))
            if not base.hidden and not base.view_hidden:
                view = {self.cell(kind, self.answered + 1): 1.0 for kind in kinds}
                self.equal.append((view, float(base.with_a_view)))
            shown = [not table.rows[line].cells[group].hidden for line in self.rows]
            for line, seen in zip(self.rows, shown, strict=True):
                cells = {self.cell(kind, line): 1.0 for kind in kinds}
                if seen:
                    self.equal.append((cells, float(table.rows[line].cells[group].count or 0)))
                elif not page and any(shown):  # everybody's noughts are shown
                    self.at_most.append((dict.fromkeys(cells, -1.0), -1.0))

    def looks_for(self, true: dict[Page, Table], threshold: int) -> None:
        """Choose what to find out: small counts of pages, and of whom they leave out."""
        for page, table in true.items():
            for group in range(self.groups + 1):
                kinds = self.let_through(page, group)
                left = np.setdiff1d(self.let_through((), group), kinds)
                for line in self.rows:
                    count = table.rows[line].cells[group].count or 0
                    out = (true[()].rows[line].cells[group].count or 0) - count
                    if 1 <= count < threshold:
                        self._target(page, group, line, kinds, "")
                    if 1 <= out < threshold:
                        self._target(page, group, line, left, "left out of ")

    def _target(self, page: Page, group: int, line: int, kinds: Iterable[int], left: str) -> None:
        self.equal.append(({**{self.cell(kind, line): 1.0 for kind in kinds}, self.size: -1}, 0))
        words = f"{left}{dict(page)}, {self.table.columns[group]}, {self.table.rows[line].label}"
        self.targets.append(Target(self.size, words, self._room(page, group)))
        self.size += 1

    def _room(self, page: Page, group: int) -> int:
        """How far anything about a page can move: not further than the few on one of its sides."""
        groups = range(self.groups) if group == self.groups else (group,)
        return min(min(self._sides(page, each), default=0) for each in groups)

    def _sides(self, page: Page, group: int) -> Iterator[int]:
        inside = self.let_through(page, group)
        wholes = [(), *([each] for each in page)] if len(page) > 1 else [()]
        for kinds in (inside, *(np.setdiff1d(self.let_through(tuple(each), group), inside)
                                for each in wholes)):  # fmt: skip
            if people := int(self.asked[kinds].sum()):
                yield people

    def finds_out(self, threshold: int) -> list[str]:
        """The counts that can be worked out too closely.

        An interval must hold as many whole numbers as the threshold; where fewer people than that
        are on one side of a filter, at least two.
        """
        free = np.zeros(self.size), np.full(self.size, np.inf)
        programme = Programme(*free, self.equal, self.at_most)
        draws = np.random.default_rng(1)
        places = [each.place for each in self.targets]
        for _ in range(SWEEPS if places else 0):
            cost = np.zeros(self.size)
            cost[places] = draws.choice((-1.0, 1.0), len(places))
            programme.solve(cost)
            programme.solve(-cost)
        found = []
        for each in self.targets:
            needed = threshold if each.room >= threshold else min(2, each.room + 1)
            if programme.seen(each.place).whole_numbers >= needed:
                continue
            interval = programme.interval(each.place)
            if interval.whole_numbers < needed:
                found.append(f"{self.name}: {each.words}: {interval.low:g} to {interval.high:g}")
        return found
