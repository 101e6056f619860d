"""Which figures of a part of the respondents may be shown, beside everybody's and other parts'.

One filter hides what `analysis.veils` says. Two filters together show a group's column only where
both filters alone show all of it and no part of the crossing is small: there is nothing then to be
worked out. Which partitions may be crossed is limited, so that those who pass no page's filter
cannot be worked out from the pages that there are: crossings hang together like a tree of triangles
around two hubs, and wherever three partitions are crossed two by two, all three together are not
small either. For such crossings the bounds of everything finer are known, and wide.

References
----------
Dobra and Fienberg (2000), Bounds for cell entries in contingency tables given marginal totals and
decomposable graphs, PNAS 97(22), 11885–11892; Hundepool and others (2024), Handbook on Statistical
Disclosure Control, 2nd edition, sections 4.3 and 5.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.hidden import cell_after, hidden_base, hidden_cell, hidden_view
from analysis.parts import Counted, Cube, Partition
from analysis.tables import Base, Cell, Row, Table
from analysis.veils import Parted, Rule, Veil

TOGETHER = 2
FIRST, SECOND = "capacity", "verified"
HUBS = (FIRST, SECOND)

Page = dict[str, str]


def may_cross(one: str, other: str) -> bool:
    """Whether pages may be filtered by two partitions at once."""
    return one in HUBS or other in HUBS


def needed(page: Page) -> tuple[str, ...]:
    """Name the partitions by which to count, for a page with one filter or two."""
    if len(page) < 2:
        return tuple(page)
    return tuple(dict.fromkeys((*HUBS, *page)))


@dataclass(frozen=True)
class Parting:
    """One variable, and how many of every part said what.

    `counted` is by the partitions that `needed` names, those that there are; `known` remembers
    what was found of one partition, for other partings of the same variable.
    """

    rule: Rule
    partitions: dict[str, Partition]
    counted: Counted
    known: dict[tuple[int, str], dict[str, Veil]] = field(default_factory=dict)

    def veils(self, page: Page) -> tuple[Veil | None, ...]:
        """Give what a page must hide in each column, the last being everybody; None: all of it.

        Parameters
        ----------
        page
            Which part of which partitions it shows: one or two.
        """
        places = range(self.counted.answered.shape[-1])
        own = [self._veil(place, page) for place in places]
        return (*own[:-1], self._of_all(own))

    def _of_all(self, own: Sequence[Veil | None]) -> Veil | None:
        """The last column hides what any group hides, those in no group too."""
        seen = [each for each in own if each is not None]
        if len(seen) < len(own):
            return None
        rows = np.logical_or.reduce([each.rows for each in seen])
        base = self.rule.bases[-1]
        if base.hidden:
            return None
        rows = (rows | self.rule.hidden[:, -1]) & self.rule.counted
        return Veil(rows, any(each.view for each in seen) or base.view_hidden)

    def _veil(self, place: int, page: Page) -> Veil | None:
        names = tuple(page)
        if len(names) == 1:
            return self.alone(place, names[0]).get(page[names[0]])
        if len(names) > 2 or not may_cross(*names):
            return None
        one = FIRST if FIRST in names else SECOND
        other = next(each for each in names if each != one)
        if (page[one], page[other]) not in self.crossed(place, one, other):
            return None
        return Veil(np.zeros(len(self.rule.table.rows), dtype=bool))

    def figures(self, place: int, *names: str) -> Parted:
        """Give a column by some partitions, as parts of one."""
        counted = self.counted.kept(*names)
        rows = counted.rows[..., place]
        return Parted(
            rows.reshape(-1, rows.shape[-1]),
            counted.answered[..., place].reshape(-1),
            counted.with_a_view[..., place].reshape(-1),
        )

    def alone(self, place: int, name: str) -> dict[str, Veil]:
        """Give the parts whose column may be shown, with what each hides.

        The largest part comes first. Another is let in where more can be seen with it, each part
        weighing as many as answered. Where there are many parts each may hide rows of its own. Of a
        part in which nobody answered there is nothing to hide.
        """
        known = self.known.get((place, name))
        if known is None:
            keys, seen = self.partitions[name].keys, self.figures(place, name)
            way = self._each if len(keys) > TOGETHER else self._alike
            nothing = Veil(np.zeros(len(self.rule.table.rows), dtype=bool))
            some = [part for part in range(len(keys)) if seen.answered[part]]
            found = {key: nothing for part, key in enumerate(keys) if not seen.answered[part]}
            found |= {keys[part]: veil for part, veil in way(place, seen, some).items()}
            known = self.known.setdefault((place, name), found)
        return known

    def _worth(self, seen: Parted, veils: dict[int, Veil]) -> int:
        """How much can be seen: rows that somebody chose, by how many answered."""
        said = (seen.rows.sum(axis=0) > 0) & self.rule.counted
        return sum(
            int(seen.answered[part]) * (1 + 2 * int((said & ~veil.rows).sum()))
            for part, veil in veils.items()
        )

    def _alike(self, place: int, seen: Parted, parts: list[int]) -> dict[int, Veil]:
        """Let in parts that all hide the same."""
        best: dict[int, Veil] = {}
        for part in parts:
            found = [*best, part]
            veil = self.rule.veil(place, seen.gathered(found))
            trial = {} if veil is None else dict.fromkeys(found, veil)
            if trial and self._worth(seen, trial) >= self._worth(seen, best):
                best = trial
        return best

    def _each(self, place: int, seen: Parted, parts: list[int]) -> dict[int, Veil]:
        """Let in parts that hide rows of their own; everybody else moves against each of them.

        But for the first, parts of which less than half could be seen are left out, unseen by all.
        """
        whole = seen.gathered([])
        own, before = self.rule.sensitive(seen), self.rule.hidden[:, place]
        best: dict[int, Veil] = {}
        for part in parts:
            said = self.rule.counted & (seen.rows[part] > 0)
            gone = said & (own[part] | before)
            seen_few = 2 * gone.sum() > said.sum() if best else not (said & ~gone).any()
            if seen_few:
                continue
            trial = self._with(place, seen, whole, best, part)
            if self._worth(seen, trial) > self._worth(seen, best):
                best = trial
        return best

    def _with(
        self, place: int, seen: Parted, whole: Parted, before: dict[int, Veil], part: int
    ) -> dict[int, Veil]:
        """Let one more part in, where all can then be protected; nothing where not."""
        together = seen.gathered([*before, part])
        veil = self.rule.veil(place, together.beside_last(len(before)), whole)
        if veil is None:
            return {}
        trial = {}
        for at, (each, known) in enumerate(before.items()):
            again: Veil | None = known
            if not known.empty:  # there is less of everybody else to move against now
                beside = together.beside_last(at)
                again = self.rule.veil(place, beside, whole, last=False, start=known.rows)
            if again is None:
                return {}
            trial[each] = again
        return {**trial, part: veil}

    def crossed(self, place: int, one: str, other: str) -> frozenset[tuple[str, str]]:
        """Give the pairs of parts whose crossing may be shown in a column."""
        if {one, other} == set(HUBS) or FIRST in (one, other) or FIRST not in self.partitions:
            return self._crossed(place, one, other)
        beside = {key for _, key in self._crossed(place, FIRST, other)}
        if not beside:
            return self._crossed(place, one, other)
        if not self._crossed(place, FIRST, one):
            return frozenset()
        return self._crossed(place, one, other, within=beside)

    def _whole(self, place: int, name: str) -> list[str]:
        """Give the parts whose column is shown whole."""
        return [
            key for key, veil in self.alone(place, name).items() if veil.empty and not veil.view
        ]

    def _crossed(
        self, place: int, one: str, other: str, *, within: set[str] | None = None
    ) -> frozenset[tuple[str, str]]:
        """Cross two partitions by themselves; with `within`, together with the first hub.

        The parts of `other` are let in one after the other, the largest first.
        """
        mine = self._whole(place, one)
        theirs = self._whole(place, other)
        names = (one,) if within is None else (FIRST, one)
        keys = self.partitions[other].keys
        counted = self.counted.kept(other, *names)
        found: list[int] = []
        for each, key in enumerate(keys):
            if key not in theirs or (within is not None and key not in within):
                continue
            if self.rule.fine(_crossing(counted, place, [*found, each])):
                found.append(each)
        return frozenset((key, keys[each]) for key in mine for each in found)


def _crossing(counted: Counted, place: int, parts: list[int]) -> Parted:
    """Give some parts of the first partition, and its rest, each crossed with the others."""
    rest = [each for each in range(len(counted.rows)) if each not in parts]

    def some(cube: Cube) -> Cube:
        left = cube[rest].sum(axis=0, keepdims=True)
        return np.concatenate([cube[parts], left])

    rows = some(counted.rows[..., place])
    return Parted(
        rows.reshape(-1, rows.shape[-1]),
        some(counted.answered[..., place]).reshape(-1),
        some(counted.with_a_view[..., place]).reshape(-1),
    )


def veiled(
    table: Table,
    everybody: Table,
    veils: Sequence[Veil | None],
    threshold: int,
    *,
    crossed: bool = False,
) -> Table:
    """Give the table of a part without what must not be seen of it.

    Parameters
    ----------
    table
        Of the part, nothing hidden yet.
    everybody
        Of everybody, as it is shown: a mean that is hidden there is hidden here too.
    veils
        One a column.
    threshold
        As for `hide_small_counts`.
    crossed
        Whether the part is a crossing. How many of it were asked is then no common knowledge, and
        would say of an asked few how many of them there are: where nothing is seen it is hidden.
    """
    rows = tuple(
        replace(row, cells=tuple(_cells(table, row, line, everybody.rows[line], veils)))
        for line, row in enumerate(table.rows)
    )
    bases = tuple(
        _base(base, veil, threshold, crossed=crossed)
        for base, veil in zip(table.bases, veils, strict=True)
    )
    return replace(table, rows=rows, bases=bases)


def _base(base: Base, veil: Veil | None, threshold: int, *, crossed: bool) -> Base:
    if veil is None:
        return hidden_base(base, base.asked + 1 if crossed else threshold)
    return hidden_view(base) if veil.view else base


def _cells(
    table: Table, row: Row, line: int, before: Row, veils: Sequence[Veil | None]
) -> Sequence[Cell]:
    found = []
    for place, veil in enumerate(veils):
        gone = veil is None or bool(veil.rows[line])
        if veil is not None and row.kind == "mean":
            gone = not veil.empty or veil.view or before.cells[place].hidden
        unseen = veil is None or (table.base == "with_a_view" and veil.view)
        found.append(hidden_cell() if gone else cell_after(table, row, place, base_hidden=unseen))
    return found
