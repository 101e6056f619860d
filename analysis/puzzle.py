"""A family of tables as a reader's puzzle: which figures there are, and which add up to which.

The figures of a report hang together. Groups add up to everybody; the categories of a question add
up to its base; a base shrinks from asked to answered to with a view; the same variable stands in
several tables; a filtered table and the rest add up to the unfiltered one. All of it is written
down here as sums, once, both for hiding figures (`analysis.disclosure`) and for trying to work
hidden ones out (`analysis.attack`). It is one module of more than 200 lines because leaving one kind
of sum out would leave the attack blind, so they stand together.

How many people were asked is no answer, and respondents can often work it out. It is taken as known
to the reader, even where it is not printed because it is small.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from analysis.feasibility import NEARLY
from analysis.tables import Base, Cell, Row, Table, share
from forms.codebook import Measure

Kind = Literal["count", "base", "asked", "number", "derived"]
Line = dict[int, float]
Place = tuple[int, int, int]

BLANK = "left.blank"


@dataclass(slots=True)
class Figure:
    """One number of the family, printed or not.

    `value` is None where it is not known to us either. `bound` is the figure that this one cannot
    exceed (its base). Of a derived figure, which nobody prints, `made_of` are the figures that it is
    worked out from, and `owners` those to hide, best first, where it gives somebody away.
    """

    name: tuple[str, ...]
    kind: Kind
    value: float | None
    shown: bool
    table: int
    column: int
    row: int | None = None
    bound: int | None = None
    owners: tuple[int, ...] = ()
    made_of: tuple[int, ...] = ()
    low: float = 0.0
    answer: bool = True


@dataclass(slots=True)
class Column:
    """The figures of one column of one table."""

    cells: list[int | None] = field(default_factory=list)
    asked: int = -1
    answered: int = -1
    with_a_view: int = -1

    def counts(self, figures: Sequence[Figure]) -> list[int]:
        """Give the figures that are counts of people in a category."""
        return [each for each in self.cells if each is not None and figures[each].kind == "count"]

    @property
    def bases(self) -> tuple[int, int]:
        """The two bases that answers decide."""
        return (self.answered, self.with_a_view)


class Puzzle:
    """Figures, and the sums that bind them: each of `equal` is 0, each of `at_most` is 0 or less."""

    def __init__(self, tables: Sequence[Table], *, not_answers: Iterable[str] = ()) -> None:
        """Lay out the figures of a family of tables and everything that binds them."""
        self.tables = tuple(tables)
        self.not_answers = frozenset(not_answers)
        self.figures: list[Figure] = []
        self.equal: list[Line] = []
        self.at_most: list[Line] = []
        self._index: dict[tuple[str, ...], int] = {}
        self.columns: list[list[Column]] = [
            [self._column(number, each) for each in range(len(table.columns))]
            for number, table in enumerate(self.tables)
        ]
        for number, table in enumerate(self.tables):
            self._bind_bases(number)
            if table.measure is not None and table.exclusive:
                self._bind_exclusive(number)
            elif table.measure is not None:
                self._bind_free(number)
            else:
                self._bind_totals(number)
            self._bind_groups(number)
        self._bind_filters()

    def add(self, name: tuple[str, ...], kind: Kind, value: float | None, **more: object) -> int:
        """Give the figure of this name, new or (where its value agrees) the one already there."""
        figure = Figure(name, kind, value, value is not None, **more)  # type: ignore[arg-type]  # the callers name fields of Figure
        known = self._index.get(name)
        if known is not None:
            other = self.figures[known]
            if value is None or other.value is None or value == other.value:
                other.shown = other.shown or figure.shown
                other.value = value if other.value is None else other.value
                return known
            figure.name = (*name, self.tables[figure.table].key)
        self._index.setdefault(figure.name, len(self.figures))
        self.figures.append(figure)
        return len(self.figures) - 1

    def _column(self, number: int, place: int) -> Column:
        table, base = self.tables[number], self.tables[number].bases[place]
        scope = (table.variable or f"table {table.key}", table.filters)
        heading = table.column_keys[place] if table.column_keys else table.columns[place]
        asked = None if base.hidden and not base.asked else float(base.asked)
        answer = self.is_answer(table)

        def base_figure(name: str, value: float | None, kind: Kind) -> int:
            return self.add(
                ("base", name, *scope, heading), kind, value, table=number, column=place
            )

        column = Column(asked=base_figure("asked", asked, "asked"))
        column.answered = base_figure(
            "answered", None if base.hidden else float(base.answered), "base"
        )
        column.with_a_view = base_figure(
            "with_a_view",
            None if base.hidden or base.view_hidden else float(base.with_a_view),
            "base",
        )
        for line, row in enumerate(table.rows):
            cell = row.cells[place]
            if row.kind == "text" or (cell.count is None and row.kind == "mean" and not cell.hidden):
                column.cells.append(None)
                continue
            column.cells.append(
                self.add(
                    ("cell", row.kind, row.key, *scope, heading),
                    "count" if row.kind == "count" and row.key != BLANK else "number",
                    None if cell.count is None else float(cell.count),
                    table=number,
                    column=place,
                    row=line,
                    bound=column.with_a_view if row.substantive else column.answered,
                    answer=answer and heading not in (row.key, row.category),
                )
            )
        return column

    def known(self, position: int) -> bool:
        """Whether a reader knows a figure without effort: printed, or the rest of printed ones."""
        figure = self.figures[position]
        if figure.kind != "derived":
            return figure.shown
        return figure.value is not None and all(self.figures[each].shown for each in figure.made_of)

    def is_answer(self, table: Table) -> bool:
        """Whether the table counts what people said, rather than that or how they replied."""
        open_ended = (None, Measure.TEXT, Measure.REFERENCES)
        return table.measure not in open_ended and table.variable not in self.not_answers

    def total(self, line: Line) -> float | None:
        """Give what a sum comes to, None where one of its figures is not known."""
        total = 0.0
        for position, factor in line.items():
            value = self.figures[position].value
            if value is None:
                return None
            total += factor * value
        return total

    def _bind(
        self, lines: Sequence[Line], *, into: list[Line], fits: Callable[[float], bool], proof: bool
    ) -> None:
        """Keep a kind of sum, unless a column in which all is known speaks against it.

        With `proof`, at least one such column must also speak for it.
        """
        totals = [self.total(line) for line in lines]
        known = [total for total in totals if total is not None]
        if all(fits(total) for total in known) and (known or not proof):
            into.extend(line for line in lines if line)

    def _sums(self, lines: Sequence[Line], *, proof: bool = False) -> None:
        self._bind(lines, into=self.equal, fits=lambda total: abs(total) < NEARLY, proof=proof)

    def _limits(self, lines: Sequence[Line], *, proof: bool = False) -> None:
        self._bind(lines, into=self.at_most, fits=lambda total: total < NEARLY, proof=proof)

    def _bind_bases(self, number: int) -> None:
        columns = self.columns[number]
        self._limits([{each.answered: 1, each.asked: -1} for each in columns])
        self._limits([{each.with_a_view: 1, each.answered: -1} for each in columns])

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

        self._sums([{**self._rows(number, each, views), each.with_a_view: -1} for each in columns])
        self._sums(
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
                self._sums(
                    [
                        {cell: 1, each.answered: 1, each.asked: -1}
                        for each in columns
                        if (cell := each.cells[line]) is not None
                    ]
                )
            elif row.kind == "mean" or table.measure in (Measure.TEXT, Measure.REFERENCES):
                fellows = [
                    [each.cells[other] for each in columns]
                    for other, peer in enumerate(table.rows)
                    if peer.kind == "count" and peer.category == row.category and other != line
                ]
                for fellow in (*fellows, [each.with_a_view for each in columns]):
                    self._sums(
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
                    self._derive(number, place, (cell,), {self._base(cell): 1, cell: -1}, cell)
                elif cell is not None and row.kind == "mean":
                    self._limits([{cell: 1, self._base(cell): -1}])

        self._bind_numbers(number)
        if table.measure is Measure.SEVERAL:
            self._limits(
                [{**self._rows(number, each, views, -1), each.with_a_view: 1} for each in columns]
            )
        self._sums(
            [
                {**self._rows(number, each, rest), each.answered: -1, each.with_a_view: 1}
                for each in columns
                if self._rows(number, each, rest)
            ],
            proof=True,
        )
        for part in {row.part for row in table.rows if row.kind == "count" and row.part}:
            self._sums(
                [
                    {**self._rows(number, each, _with_part(part)), each.with_a_view: -1}
                    for each in columns
                ],
                proof=True,
            )

    def _base(self, cell: int) -> int:
        bound = self.figures[cell].bound
        if bound is None:
            msg = "a cell without a base"
            raise AssertionError(msg)
        return bound

    def _bind_totals(self, number: int) -> None:
        """Where a table is no variable's, a row may be the sum of all rows below it."""
        columns = self.columns[number]
        for line in range(len(self.tables[number].rows) - 1):
            lines = [
                {each: -1.0 for each in column.cells[line + 1 :] if each is not None}
                | ({} if (total := column.cells[line]) is None else {total: 1.0})
                for column in columns
            ]
            self._sums(lines, proof=True)

    def _bind_groups(self, number: int) -> None:
        """Groups add up to the last column, with whoever is in no group as a group unseen."""
        columns = self.columns[number]
        if len(columns) < 2:  # noqa: PLR2004 (one column has nothing to add up)
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
                self._sums([sum_line])
            elif gap > 0:
                self._derive(number, len(columns) - 1, (total, *members), sum_line, total)
            else:
                self._limits([sum_line])
                for member in members:
                    self._limits([{member: 1, total: -1}])

    def _derive(
        self, number: int, place: int, owners: tuple[int, ...], line: Line, like: int,
        *, bound: int | None = None, low: float = 0.0,
    ) -> int | None:  # fmt: skip
        """Add what is left of a sum as a figure that nobody prints."""
        value = self.total(line)
        if value is not None and value < low - NEARLY:
            return None
        source = self.figures[like]
        self.figures.append(
            Figure(
                ("derived", str(len(self.figures)), *source.name),
                "derived",
                value,
                shown=False,
                table=number,
                column=place,
                row=source.row,
                bound=bound,
                owners=owners,
                made_of=tuple(line),
                low=low,
                answer=source.answer and source.kind == "count",
            )
        )
        position = len(self.figures) - 1
        self.equal.append({**line, position: -1.0})
        return position

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
            for size in {2, len(parts)}:
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
            rest = self._derive(
                part, place, (each, total), {total: 1, each: -1}, total,
                low=low, bound=None if fellow is None else rests.get((place, fellow)),
            )  # fmt: skip
            if rest is not None:
                rests[place, total] = rest

    def _bind_parts(self, whole: int, parts: Sequence[int], size: int) -> None:
        """Bind filters that leave nobody out: a pair, or all of them together."""
        chosen = (
            [(one, two) for at, one in enumerate(parts) for two in parts[at + 1 :]]
            if size == 2  # noqa: PLR2004 (a pair)
            else [tuple(parts)]
        )
        for together in chosen:
            if len(together) == size and all(
                self.total(
                    {column.asked: 1}
                    | {self.columns[each][place].asked: -1.0 for each in together}
                )
                == 0
                for place, column in enumerate(self.columns[whole])
            ):
                lists = [list(self._pairs(whole, each)) for each in together]
                for group in zip(*lists, strict=True):
                    self._sums([{group[0][1]: 1} | {each: -1.0 for _, _, each in group}])


def views(row: Row) -> bool:
    """Whether a row counts people with a view."""
    return row.kind == "count" and row.substantive


def rest(row: Row) -> bool:
    """Whether a row counts people who answered without a view."""
    return row.kind == "count" and not row.substantive and row.key != BLANK


def _with_part(part: str) -> Callable[[Row], bool]:
    return lambda row: row.kind == "count" and row.substantive and row.part == part


def hidden_cell() -> Cell:
    """Give a cell that holds no figures at all."""
    return Cell(count=None, percent=None, value=None, hidden=True)


def hidden_base(base: Base, threshold: int) -> Base:
    """Give a base without what answers decide; how many were asked stays, unless it is small."""
    return Base(
        asked=0 if base.asked < threshold else base.asked, answered=0, with_a_view=0, hidden=True
    )


def hidden_view(base: Base) -> Base:
    """Give a base that does not say how many gave a view, and so not how many gave none."""
    return Base(asked=base.asked, answered=base.answered, with_a_view=0, view_hidden=True)


def cell_after(table: Table, row: Row, place: int, *, base_hidden: bool) -> Cell:
    """Give a cell that stays, without its per cent where its base went."""
    cell = row.cells[place]
    if not base_hidden or row.kind != "count" or cell.percent is None:
        return cell
    asked = table.bases[place].asked
    if table.base == "asked" and asked and cell.count is not None:
        return Cell(cell.count, share(cell.count, asked), cell.value)
    return Cell(cell.count, None, cell.value)
