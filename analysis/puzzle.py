"""A family of tables as a reader's puzzle: which figures there are, and which add up to which.

The figures of a report hang together. Groups add up to everybody; the categories of a question add
up to its base; a base shrinks from asked to answered to with a view; the same variable stands in
several tables; a filtered table and the rest add up to the unfiltered one. All of it is written
down here as sums, once, both for hiding figures (`analysis.disclosure`) and for trying to work
hidden ones out (`analysis.attack`). It is one module of more than 200 lines because leaving one
kind of sum out would leave the attack blind, so they stand together.

How many people were asked is no answer, and respondents can often work it out. It is taken as
known to the reader, even where it is not printed because it is small. For the same reason tables
of no variable, which account for the responses that came in, are left as they are.
"""

from collections.abc import Callable, Iterable, Sequence

from analysis.figures import BLANK, Column, Figures, Line
from analysis.tables import Row, Table
from forms.codebook import Measure


class Puzzle(Figures):
    """The figures of a family of tables with every sum that binds them."""

    def __init__(
        self,
        tables: Sequence[Table],
        *,
        not_answers: Iterable[str] = (),
        agreed: Iterable[str] = (),
    ) -> None:
        """Lay out the figures of a family of tables, and bind them."""
        super().__init__(tables, not_answers=not_answers, agreed=agreed)
        for number, table in enumerate(self.tables):
            self._bind_bases(number)
            if table.measure is not None and table.exclusive:
                self._bind_exclusive(number)
            elif table.measure is not None:
                self._bind_free(number)
            self._bind_groups(number)
        self._bind_filters()
        self._bind_codings()

    def _bind_bases(self, number: int) -> None:
        columns = self.columns[number]
        self.add_limits([{each.answered: 1, each.asked: -1} for each in columns])
        self.add_limits([{each.with_a_view: 1, each.answered: -1} for each in columns])

    def _rows(
        self, number: int, column: Column, choose: Callable[[Row], bool], factor: float = 1.0
    ) -> Line:
        return {
            each: factor
            for row, each in zip(self.tables[number].rows, column.cells, strict=True)
            if each is not None and choose(row)
        }

    def _bind_exclusive(self, number: int) -> None:
        """Views add up to those with a view, the rest to those who answered without one."""
        columns = self.columns[number]

        self.add_sums(
            [{**self._rows(number, each, views), each.with_a_view: -1} for each in columns]
        )
        self.add_sums(
            [
                {**self._rows(number, each, rest), each.answered: -1, each.with_a_view: 1}
                for each in columns
            ]
        )
        self._bind_numbers(number)

    def _bind_numbers(self, number: int) -> None:
        """How many a mean was made from is the base, or a count of the same category.

        Those who left the question blank are whoever was asked and did not answer.
        """
        table, columns = self.tables[number], self.columns[number]
        for line, row in enumerate(table.rows):
            if row.key == BLANK:
                self.add_sums(
                    [
                        {cell: 1, each.answered: 1, each.asked: -1}
                        for each in columns
                        if (cell := each.cells[line]) is not None
                    ]
                )
            elif row.kind == "mean" or table.measure in (Measure.TEXT, Measure.REFERENCES):
                fellows: list[list[int | None]] = [
                    [each.cells[other] for each in columns]
                    for other, peer in enumerate(table.rows)
                    if peer.kind == "count" and peer.category == row.category and other != line
                ]
                fellows.append([each.with_a_view for each in columns])
                for fellow in fellows:
                    self.add_sums(
                        [
                            {cell: 1, like: -1}
                            for each, like in zip(columns, fellow, strict=True)
                            if (cell := each.cells[line]) is not None and like is not None
                        ],
                        proof=True,
                    )

    def _bind_free(self, number: int) -> None:
        """Rows that do not add up still stay under their base; who is left is a count as well."""
        table, columns = self.tables[number], self.columns[number]
        for line, row in enumerate(table.rows):
            pairs = [(place, each.cells[line]) for place, each in enumerate(columns)]
            for place, cell in pairs:
                if cell is not None and row.kind == "count" and row.key != BLANK:
                    self.derive(number, place, (cell,), {self.base_of(cell): 1, cell: -1}, cell)
                elif cell is not None and row.kind == "mean":
                    self.add_limits([{cell: 1, self.base_of(cell): -1}])

        self._bind_numbers(number)
        if table.measure is Measure.SEVERAL:
            self.add_limits(
                [{**self._rows(number, each, views, -1), each.with_a_view: 1} for each in columns]
            )
        self.add_sums(
            [
                {**self._rows(number, each, rest), each.answered: -1, each.with_a_view: 1}
                for each in columns
                if self._rows(number, each, rest)
            ],
            proof=True,
        )
        for part in {row.part for row in table.rows if row.kind == "count" and row.part}:
            self.add_sums(
                [
                    {**self._rows(number, each, _with_part(part)), each.with_a_view: -1}
                    for each in columns
                ],
                proof=True,
            )

    def _bind_groups(self, number: int) -> None:
        """Groups add up to the last column, with whoever is in no group as a group unseen."""
        columns = self.columns[number]
        if len(columns) < 2:  # one column has nothing to add up
            return
        *groups, everybody = columns
        gap = self.total({everybody.asked: 1} | {each.asked: -1.0 for each in groups})
        lines = [(everybody.cells[line], [each.cells[line] for each in groups])
                 for line in range(len(self.tables[number].rows))]  # fmt: skip
        lines += [(everybody.answered, [each.answered for each in groups])]
        lines += [(everybody.with_a_view, [each.with_a_view for each in groups])]
        if not gap:
            lines += [(everybody.asked, [each.asked for each in groups])]
        for total, parts in lines:
            members = [each for each in parts if each is not None]
            if total is None or not members:
                continue
            sum_line: Line = {total: 1} | dict.fromkeys(members, -1.0)
            if gap is None or gap == 0:
                self.add_sums([sum_line])
            elif gap > 0:
                self.derive(number, len(columns) - 1, (total, *members), sum_line, total)
            else:
                self.add_limits([sum_line])
                for member in members:
                    self.add_limits([{member: 1, total: -1}])

    def _bind_filters(self) -> None:
        """What a filter leaves out is a table as well, though nobody prints it."""
        by_variable: dict[str, dict[str, int]] = {}
        for number, table in enumerate(self.tables):
            if table.variable is not None:
                by_variable.setdefault(table.variable, {}).setdefault(table.filters, number)
        for versions in by_variable.values():
            whole = versions.pop("", None)
            if whole is None:
                continue
            parts = [each for each in versions.values() if self._alike(whole, each)]
            for part in parts:
                self._bind_rest(whole, part)
            for size in sorted({2, max(2, len(parts))}):
                self._bind_parts(whole, parts, size)

    def _alike(self, whole: int, part: int) -> bool:
        one, other = self.tables[whole], self.tables[part]
        return (one.columns, [row.key for row in one.rows]) == (
            other.columns,
            [row.key for row in other.rows],
        )

    def _pairs(self, whole: int, part: int) -> Iterable[tuple[int, int, int]]:
        """Give each figure of a table with its fellow in another, and the place of the column."""
        for place, (one, other) in enumerate(
            zip(self.columns[whole], self.columns[part], strict=True)
        ):
            for total, each in zip(
                (one.with_a_view, one.answered, *one.cells),
                (other.with_a_view, other.answered, *other.cells),
                strict=True,
            ):
                if total is not None and each is not None:
                    yield place, total, each

    def fellows(self, whole: int, part: int) -> list[tuple[int, int]]:
        """Give the figures of two tables that stand in the same place, where they are alike."""
        if not self._alike(whole, part):
            return []
        return [(one, other) for _, one, other in self._pairs(whole, part)]

    def _bind_codings(self) -> None:
        """A text has to be written before it is coded; where all are, the two counts are one."""
        numbers = {each.key: number for number, each in enumerate(self.tables) if not each.filters}
        for number, table in enumerate(self.tables):
            texts = numbers.get(table.coded_from)
            if texts is None or self.tables[texts].columns != table.columns:
                continue
            pairs = [
                (coded.answered, wrote.answered)
                for coded, wrote in zip(self.columns[number], self.columns[texts], strict=True)
            ]
            lines: list[Line] = [{coded: 1, wrote: -1} for coded, wrote in pairs]
            if all(self.total(line) == 0 for line in lines):
                self.add_sums(lines)
            else:
                self.add_limits(lines)

    def _bind_rest(self, whole: int, part: int) -> None:
        pairs = list(self._pairs(whole, part))
        shrinks = any(
            (value := self.total({total: 1, each: -1})) is not None and value < 0
            for _, total, each in pairs
        )
        low = -float("inf") if shrinks else 0.0
        rests: dict[tuple[int, int], int] = {}
        for place, total, each in pairs:
            fellow = self.figures[total].bound
            rest = self.derive(
                part, place, (each, total), {total: 1, each: -1}, total,
                low=low, bound=None if fellow is None else rests.get((place, fellow)),
            )  # fmt: skip
            if rest is None:
                continue
            rests[place, total] = rest
            bound = self.figures[rest].bound
            if bound is not None and not self.tables[part].exclusive:
                self.derive(part, place, (each, total), {bound: 1, rest: -1}, total)

    def _bind_parts(self, whole: int, parts: Sequence[int], size: int) -> None:
        """Bind filters that leave nobody out: a pair, or all of them together."""
        chosen = (
            [(one, two) for at, one in enumerate(parts) for two in parts[at + 1 :]]
            if size == 2
            else [tuple(parts)]
        )
        for together in chosen:
            if len(together) == size and all(
                self.total(
                    {column.asked: 1} | {self.columns[each][place].asked: -1.0 for each in together}
                )
                == 0
                for place, column in enumerate(self.columns[whole])
            ):
                lists = [list(self._pairs(whole, each)) for each in together]
                for group in zip(*lists, strict=True):
                    self.add_sums([{group[0][1]: 1} | {each: -1.0 for _, _, each in group}])


def views(row: Row) -> bool:
    """Whether a row counts people with a view."""
    return row.kind == "count" and row.substantive


def rest(row: Row) -> bool:
    """Whether a row counts people who answered without a view."""
    return row.kind == "count" and not row.substantive and row.key != BLANK


def _with_part(part: str) -> Callable[[Row], bool]:
    return lambda row: row.kind == "count" and row.substantive and row.part == part
