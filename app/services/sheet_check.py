"""Checking a filled-in sheet: each row by the forms of the pages that respondents meet.

Nothing is kept, and no database is needed. A mistake says its cell as the spreadsheet does.
A little longer than other files: what can be wrong with a row stands here together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.services import screening
from app.services.importing import Page, Ready, digest_of
from app.services.sheet_cells import Unreadable, of_variable
from app.services.spreadsheets import CONFIDENTIAL, ROW_KEY, SheetRow, read_sheet
from forms.codebook import ONE_COLUMN_PER_CATEGORY, Variable
from forms.question import Question
from forms.questionnaire import Questionnaire
from forms.section_form import SectionForm, section_form

NOT_ASKED = (
    "This is not asked of a respondent who answers as this row does. Clear the cell, or correct "
    "the group or the topics."
)
Wrong = tuple[str, str]  # a column, and what is wrong there


@dataclass(frozen=True)
class Mistake:
    """Something to correct: the cell as the spreadsheet names it, its column, what to do."""

    line: int
    cell: str
    column: str
    about: str
    message: str


@dataclass(frozen=True)
class Same:
    """The same mistake in cells of one column, said once."""

    cells: str
    column: str
    about: str
    message: str


@dataclass(frozen=True)
class Checked:
    """What a sheet holds: rows that are ready, rows brought in before, mistakes by line."""

    ready: tuple[Ready, ...]
    known: int
    mistakes: tuple[Mistake, ...]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """The columns of a questionnaire: by question, what each is about, whose question it is."""

    questionnaire: Questionnaire
    of_question: dict[str, tuple[Variable, ...]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    question_of: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> "Columns":
        """Look once at what is the same for every row."""
        made = cls(questionnaire)
        for variable in questionnaire.variables():
            known = made.of_question.get(variable.question, ())
            made.of_question[variable.question] = (*known, variable)
            for column in variable.columns:
                made.about[column] = about(variable, column)
                made.question_of[column] = variable.question
        made.about[ROW_KEY] = "Your own key for the row"
        made.about[CONFIDENTIAL] = "Answers marked as confidential"
        return made

    def of_field(self, question: Question, name: str) -> str:
        """The column of a field of a page; where several make one field, the first."""
        ours = [column for each in self.of_question[question.id] for column in each.columns]
        meant = name.replace(f"{question.id}-", f"{question.id}.", 1)
        return next((each for each in ours if each in {name, meant}), ours[0])


def about(variable: Variable, column: str) -> str:
    """What a column asks, in words."""
    kinds = variable.categories if variable.measure in ONE_COLUMN_PER_CATEGORY else ()
    kinds = kinds or variable.not_substantive
    key = column.partition(".")[2]
    label = next((each.label for each in kinds if each.key == key), "")
    return f"{variable.label} – {label}" if label else variable.label


def check(
    questionnaire: Questionnaire, content: bytes, before: frozenset[str], mark: str = ""
) -> Checked:
    """Look at every row of an uploaded sheet.

    Raises
    ------
    spreadsheets.NotASpreadsheet
        If the file as a whole cannot be used.
    """
    sheet = read_sheet(content, questionnaire, mark)
    named = Columns.of(questionnaire)
    ready: list[Ready] = []
    mistakes: list[Mistake] = []
    seen: dict[str, int] = {}
    known = 0
    for row in sheet.rows:
        key = row.cells.get(ROW_KEY, "")
        if key and key not in seen and digest_of(key) in before:
            known += 1
            continue
        pages, wrong = check_row(named, row)
        marked = tuple(row.cells.get(CONFIDENTIAL, "").replace(",", " ").split())
        for column, message in (*_key_of(key, seen), *wrong, *_wrong_marks(named, marked)):
            cell = f"{sheet.letters.get(column, '')}{row.line}"
            mistakes.append(Mistake(row.line, cell, column, named.about[column], message))
        seen.setdefault(key, row.line)
        ready.append(Ready(row.line, key, pages, _questions(named, marked)))
    return Checked(tuple(ready), known, tuple(mistakes), sheet.lacks)


def once_each(mistakes: tuple[Mistake, ...]) -> tuple[Same, ...]:
    """Mistakes of one kind together: a column that was misread has one line, not a thousand."""
    alike: dict[tuple[str, str, str], list[Mistake]] = {}
    for each in mistakes:
        alike.setdefault((each.column, each.about, each.message), []).append(each)
    return tuple(Same(_in_runs(cells), *what) for what, cells in alike.items())


def _in_runs(mistakes: list[Mistake]) -> str:
    """Cells below each other as a spreadsheet writes them: C4:C9, C12."""
    runs: list[list[Mistake]] = []
    for each in mistakes:
        if runs and runs[-1][-1].line == each.line - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    ends = [(run[0].cell, run[-1].cell) for run in runs]
    named = [first if first == last else f"{first}:{last}" for first, last in ends]
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    return ", ".join(named[:8]) + more


def _key_of(key: str, seen: dict[str, int]) -> Iterator[Wrong]:
    if not key:
        yield ROW_KEY, "Give the row a key of its own, for example the number on the paper."
    elif key in seen:
        yield ROW_KEY, f"Row {seen[key]} has the same key. Give each row a key of its own."


def check_row(named: Columns, row: SheetRow) -> tuple[tuple[Page, ...], tuple[Wrong, ...]]:
    """The pages that a row fills in, checked by the forms of those pages; and what is wrong.

    What is asked depends on group, capacity and topics: while one of them is wrong, nobody is told
    that another answer is not asked. One cell has one mistake.
    """
    settled: dict[str, Any] = {}
    pages: list[Page] = []
    wrong: dict[str, str] = dict(row.unread)
    asked: set[str] = set()
    unsure = False
    for section in named.questionnaire.sections:
        if not named.questionnaire.reached(section, settled, ()):
            continue
        questions = section.asked(settled)
        asked |= {each.id for each in questions}
        form = section_form(section, settled, _posted(named, questions, row, wrong))
        if not form.validate():
            unsure = unsure or section.kind not in {"topic", "closing"}
            for column, message in _of_form(named, form):
                wrong.setdefault(column, message)
        elif questions:
            given = form.answers()
            settled |= given
            pages.append((section.key, given))
    if not unsure:
        wrong |= dict(_not_asked(named, row, asked))
    return tuple(pages), tuple(wrong.items())


def _posted(
    named: Columns, questions: tuple[Question, ...], row: SheetRow, wrong: dict[str, str]
) -> MultiDict[str, str]:
    """What somebody who typed this row into the page would post; `wrong` takes what is unread."""
    post: MultiDict[str, str] = MultiDict()
    for question in questions:
        answers: dict[str, Any] = {}
        for variable in named.of_question[question.id]:
            try:
                answers[variable.name] = of_variable(variable, row.cells)
            except Unreadable as unread:
                wrong.setdefault(unread.column, str(unread))
        for name, value in question.restore(answers).items():
            if isinstance(value, list):
                post.setlist(name, [str(each) for each in value])
            elif value is not None:
                post[name] = str(value)
    return post


def _of_form(named: Columns, form: SectionForm) -> Iterator[Wrong]:
    for question, fields in form.questions():
        for name, each in fields.items():
            for message in each.errors:
                yield named.of_field(question, name), str(message)


def _not_asked(named: Columns, row: SheetRow, asked: set[str]) -> Iterator[Wrong]:
    for column, question in named.question_of.items():
        if question not in asked and row.cells.get(column, "") not in {"", "0"}:
            yield column, NOT_ASKED


def _questions(named: Columns, marked: tuple[str, ...]) -> tuple[str, ...]:
    of = {name: each.id for each in named.questionnaire.questions for name in each.answer_names}
    found = (of.get(each.partition(".")[0], "") for each in marked)
    return tuple(dict.fromkeys(each for each in found if each))


def _wrong_marks(named: Columns, marked: tuple[str, ...]) -> Iterator[Wrong]:
    for each in marked:
        if not _questions(named, (each,)):
            said = f"“{each[:60]}” is no column of this sheet. Write the names of columns"
            yield CONFIDENTIAL, f"{said}, parted by spaces."


def held_by_screening(questionnaire: Questionnaire, pages: tuple[Page, ...]) -> tuple[str, ...]:
    """The kinds of what screening finds in a row, in the words that respondents read."""
    answers = {name: value for _, page in pages for name, value in page.items()}
    regions = screening.regions_of(questionnaire, answers)
    kinds = {
        found.label: None
        for question in questionnaire.questions
        for found in screening.screen_question(question, answers, regions)
    }
    return tuple(kinds)
