"""What a report holds, before any format: made once, then written as HTML, Word and PDF.

Everything in here is fit to print. Tables come after small counts were hidden, sentences are made
from those tables alone, and quotes are those that may be published.
"""

from dataclasses import dataclass, field

from analysis.charts.frame import Chart, columns_of
from analysis.tables import Cell, Table

TOO_FEW = "Too few answered: every figure here is hidden."
HIDDEN_OR_ZERO = "Too few answered: every figure here is hidden or zero."
NOBODY = "Nobody answered."


def unseen(table: Table, *, everybody: bool = True) -> bool:
    """Whether no figure of a table says anything, those of everybody counted or not.

    A figure that is hidden says nothing, and neither does a zero beside it.
    """
    cells = _shown(table, everybody=everybody)
    return bool(cells) and not any(cell.count or cell.value for cell in cells)


def nothing_to_see(*tables: Table) -> str:
    """Say why there is no table: as much as the table itself would have told, or less."""
    cells = [cell for table in tables for cell in _shown(table)]
    if all(cell.hidden for cell in cells):
        return TOO_FEW
    hidden = any(base.hidden or base.view_hidden for table in tables for base in table.bases)
    return HIDDEN_OR_ZERO if hidden or any(cell.hidden for cell in cells) else NOBODY


def _shown(table: Table, *, everybody: bool = True) -> list[Cell]:
    places = [column.place for column in columns_of(table, everybody=everybody)]
    return [row.cells[place] for row in table.rows for place in places]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture and the tables that hold its figures, under one number; or tables alone."""

    number: int
    anchor: str
    title: str
    chart: Chart | None
    tables: tuple[Table, ...]
    grid: bool = False
    rows: tuple[str, ...] = ()

    @property
    def unseen(self) -> bool:
        """Whether every figure in it is hidden or zero, so that there is nothing to draw."""
        return bool(self.tables) and all(unseen(table) for table in self.tables)


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote, and as whom they may be named."""

    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that was found or decided, with the words that mark it and how many wrote of it."""

    name: str
    terms: tuple[str, ...]
    shares: str
    suggested: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """What was said in answer to one question."""

    summary: tuple[str, ...] = ()
    themes: tuple[Theme, ...] = ()
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...] = ()
    campaigns: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in the report: its wording, who was asked, what came back."""

    anchor: str
    text: str
    hint: str
    asked_of: str
    exhibits: tuple[Exhibit, ...]
    readings: tuple[str, ...] = ()
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One open question, or one page of questions that serve none."""

    anchor: str
    label: str
    title: str
    source: str
    verdict: str
    measured: str
    questions: tuple[Asked, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()
    agree: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the title page: what, and which."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The page on which all open questions stand together."""

    chart: Chart | None
    heading: tuple[str, ...]
    lines: tuple["GlanceLine", ...]
    rule: str


@dataclass(frozen=True, slots=True)
class GlanceLine:
    """One open question at a glance: a cell a group, and the verdict."""

    anchor: str
    label: str
    title: str
    measured: str
    cells: tuple[str, ...]
    verdict: str
    kind: str


@dataclass(frozen=True, slots=True)
class MethodNote:
    """One method that the report rests on."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of words that is no count by group, with what is to be read before and after it."""

    key: str
    title: str
    before: tuple[str, ...]
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedSection:
    """A page of the questionnaire, for the annex."""

    title: str
    questions: tuple["AskedLine", ...]


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question of the questionnaire, for the annex."""

    text: str
    hint: str
    serves: str
    asked_of: str
    rows: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report, in the order in which it is read."""

    title: str
    organiser: str
    synthetic: bool
    facts: tuple[Fact, ...]
    answer: tuple[str, ...]
    common: tuple[str, ...]
    splits: tuple[str, ...]
    caution: tuple[str, ...]
    asked: tuple[str, ...]
    account: tuple[Exhibit, ...]
    account_words: tuple[str, ...]
    how_to_read: tuple[str, ...]
    glance: Glance
    chapters: tuple[Chapter, ...]
    priorities: Chapter | None
    next_steps: tuple[str, ...]
    organisations: tuple[tuple[str, tuple[str, ...]], ...]
    methods: tuple[MethodNote, ...]
    frames: tuple[Listing, ...]
    questionnaire: tuple[AskedSection, ...]
    digests: tuple[Fact, ...]
    tables: tuple[Table, ...]
    warnings: tuple[str, ...] = field(default=())
    differences: Listing | None = None

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """Every picture and table with its number, in order."""
        chapters = (*self.chapters, *([self.priorities] if self.priorities else []))
        within = (
            exhibit
            for chapter in chapters
            for question in chapter.questions
            for exhibit in question.exhibits
        )
        return (*self.account, *within)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every picture, in order."""
        first = (self.glance.chart,) if self.glance.chart else ()
        return (*first, *(each.chart for each in self.exhibits if each.chart is not None))
