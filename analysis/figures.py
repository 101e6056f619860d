"""The figures of a family of tables, and the sums that bind them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from analysis.feasibility import NEARLY
from analysis.tables import Table
from forms.codebook import Measure

Kind = Literal["count", "base", "asked", "number", "derived"]
Line = dict[int, float]

BLANK = "left.blank"


@dataclass(slots=True)
class Figure:
    """One number of the family, printed or not.

    `value` is None where it is not known to us either. `bound` is the figure that this one cannot
    exceed (its base). Of a derived figure, which nobody prints, `made_of` are the figures that it
    is worked out from, and `owners` those to hide, best first, where it gives somebody away.
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


class Figures:
    """Figures, and sums of them: each of `equal` is 0, each of `at_most` is 0 or less."""

    def __init__(
        self,
        tables: Sequence[Table],
        *,
        not_answers: Iterable[str] = (),
        agreed: Iterable[str] = (),
    ) -> None:
        """Lay out the figures of a family of tables and everything that binds them.

        `agreed` are the keys of tables that count only responses whose senders agreed to publish
        them: nothing in these is small, but what they leave of other tables may be.
        """
        self.agreed = frozenset(agreed)
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
            unsaid = cell.count is None and row.kind == "mean" and not cell.hidden
            if row.kind == "text" or unsaid or no_variable(table):
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
        return figure.value is not None and all(self.known(each) for each in figure.made_of)

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

    def add_sums(self, lines: Sequence[Line], *, proof: bool = False) -> None:
        """Keep sums that are 0 in every column."""
        self._bind(lines, into=self.equal, fits=lambda total: abs(total) < NEARLY, proof=proof)

    def add_limits(self, lines: Sequence[Line], *, proof: bool = False) -> None:
        """Keep sums that are 0 or less in every column."""
        self._bind(lines, into=self.at_most, fits=lambda total: total < NEARLY, proof=proof)

    def derive(
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

    def base_of(self, cell: int) -> int:
        """Give the base of a cell."""
        bound = self.figures[cell].bound
        if bound is None:
            msg = "a cell without a base"
            raise AssertionError(msg)
        return bound


def no_variable(table: Table) -> bool:
    """Whether a table accounts for responses rather than for answers."""
    return table.measure is None and table.variable is None
