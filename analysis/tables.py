"""Figures fit to print: a title, rows, a base for every column, and a note.

Everything that the analysis shows is first one of these tables, so that small counts are hidden in
one place (`analysis.disclosure`) and every format draws the same figures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from forms.codebook import Measure

BaseName = Literal["asked", "answered", "with_a_view"]
RowKind = Literal["count", "mean", "text"]

BASES: tuple[BaseName, ...] = ("asked", "answered", "with_a_view")
HIDDEN_MARK = "[hidden]"
NOBODY_MARK = "–"
CODED_BASES: dict[BaseName, str] = {
    "asked": "Base: everybody who was asked",
    "answered": "Base: answers whose coding is settled",
    "with_a_view": "Base: answers with a code",
}


@dataclass(frozen=True, slots=True)
class Base:
    """How many a percentage is out of, and which ones.

    `asked` were put the question; `answered` gave any answer, "don't know" too (choices of many:
    chose at least one); `with_a_view` gave an answer that is a view. Each holds the next.
    `hidden` hides all three, `view_hidden` only the last; what is hidden is 0 here.
    """

    asked: int
    answered: int
    with_a_view: int
    hidden: bool = False
    view_hidden: bool = False

    def of(self, name: BaseName) -> int:
        """Give the base that goes by this name."""
        return {
            "asked": self.asked,
            "answered": self.answered,
            "with_a_view": self.with_a_view,
        }[name]

    def shown(self, name: BaseName) -> int | None:
        """Give the base that goes by this name, None where it is hidden."""
        if self.hidden or (self.view_hidden and name == "with_a_view"):
            return None
        return self.of(name)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. A hidden cell holds no figures at all, so nothing can print them by mistake.

    `percent` is of the column's base (0 to 100, unrounded), None where that base is nobody or the
    row is no share of it. `value` is the mean, median or score where the row is not a count;
    `count` is then how many it was made from.
    """

    count: int | None
    percent: float | None
    value: float | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    `substantive` is false for "don't know" and its kin, which stand below the views. Where a table
    says several things of one category, `category` is that category's key and `part` says which
    thing ("first", "mean_rank", "median", "zero" ...).
    """

    key: str
    label: str
    cells: tuple[Cell, ...]
    substantive: bool = True
    kind: RowKind = "count"
    category: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table by group: one column a group, the last column everybody.

    `columns` are headings and `column_keys` the keys of the groups behind them ("all" last).
    `base` says which of the three bases the percentages are of. `filters` says in words whose
    answers were counted, "" where everybody's were. `coded_from` is the key of the table of the
    texts, where the rows are codes that people gave to them.
    """

    key: str
    title: str
    measure: Measure | None
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bases: tuple[Base, ...]
    note: str = ""
    variable: str | None = None
    question: str | None = None
    base: BaseName = "answered"
    column_keys: tuple[str, ...] = ()
    filters: str = ""
    unit: str = ""
    coded_from: str = ""

    def __post_init__(self) -> None:
        """Refuse a table whose rows, bases and headings do not line up."""
        widths = {len(self.columns), len(self.bases), *(len(row.cells) for row in self.rows)}
        if self.column_keys:
            widths.add(len(self.column_keys))
        if len(widths) > 1:
            msg = f"table {self.key}: rows, bases and headings are not equally wide"
            raise ValueError(msg)

    @property
    def exclusive(self) -> bool:
        """Whether each respondent is counted in one count row only, so that rows add up."""
        return self.measure in (Measure.NOMINAL, Measure.ORDINAL)

    def row(self, key: str) -> Row:
        """Give the row with this key.

        Raises
        ------
        KeyError
            Where the table has no such row.
        """
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)

    def column(self, key: str) -> int:
        """Give the position of a column by its key ("all" is the last)."""
        return self.column_keys.index(key)

    def as_frame(self) -> pd.DataFrame:
        """Give the figures as a frame: rows by label, and for each column a count and a per cent.

        Returns
        -------
        pandas.DataFrame
            Index: row labels, then the base. Columns: two levels, the heading and one of `count`,
            `percent`, `value` (`value` only where some row is not a count). Hidden is missing.
        """
        parts = ["count", "percent"]
        if any(row.kind == "mean" for row in self.rows):
            parts.append("value")
        records = [
            [getattr(cell, part) for cell in row.cells for part in parts] for row in self.rows
        ]
        records.append(
            [
                base.shown(self.base) if part == "count" else None
                for base in self.bases
                for part in parts
            ]
        )
        frame = pd.DataFrame(
            records,
            index=pd.Index([*(row.label for row in self.rows), self.base_words], name=self.title),
            columns=pd.MultiIndex.from_product([self.columns, parts]),
            dtype="Float64",
        )
        return frame.astype({key: "Int64" for key in frame.columns if key[1] == "count"})

    @property
    def base_words(self) -> str:
        """Name the base that the percentages are of."""
        return self.words_of(self.base)

    def words_of(self, base: BaseName) -> str:
        """Name one of the three bases in words, as they stand under this table."""
        if self.coded_from:
            return CODED_BASES[base]
        return base_words(base, self.measure)

    def as_records(self) -> Iterator[tuple[str, ...]]:
        """Give the table as lines of text cells, heading first, for CSV and the terminal."""
        yield ("", *(f"{heading} {part}" for heading in self.columns for part in ("number", "%")))
        for row in self.rows:
            yield (row.label, *(text for cell in row.cells for text in cell_words(row, cell)))
        for name in BASES:
            words = self.words_of(name)
            if name == self.base:
                words += " (per cent are of these)"
            yield (words, *(text for base in self.bases for text in (base_figure(base, name), "")))


def base_words(name: BaseName, measure: Measure | None = None) -> str:
    """Name a base in words, as they stand under a table."""
    if measure is Measure.SEVERAL:
        return {
            "asked": "Base: everybody who was asked",
            "answered": "Base: chose at least one answer",
            "with_a_view": "Base: chose at least one answer that is a view",
        }[name]
    return {
        "asked": "Base: everybody who was asked",
        "answered": "Base: everybody who answered",
        "with_a_view": "Base: everybody who gave a view",
    }[name]


def base_figure(base: Base, name: BaseName) -> str:
    """Write a base as text."""
    shown = base.shown(name)
    return HIDDEN_MARK if shown is None else str(shown)


def cell_words(row: Row, cell: Cell) -> tuple[str, str]:
    """Write a cell as two texts: the number, and its per cent to one decimal."""
    if cell.hidden:
        return HIDDEN_MARK, HIDDEN_MARK
    if row.kind == "mean":
        return NOBODY_MARK if cell.value is None else f"{cell.value:.2f}", ""
    number = NOBODY_MARK if cell.count is None else str(cell.count)
    return number, NOBODY_MARK if cell.percent is None else f"{cell.percent:.1f}"


def share(count: int, base: int) -> float | None:
    """Give a per cent, or None where the base is nobody: a share of nothing is no figure."""
    return 100 * count / base if base else None


def find_table(tables: Iterable[Table], key: str) -> Table:
    """Give the table with this key.

    Raises
    ------
    KeyError
        Where there is none.
    """
    for table in tables:
        if table.key == key:
            return table
    raise KeyError(key)
