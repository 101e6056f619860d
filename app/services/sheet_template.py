"""The template to fill in: what to do, a sheet with the questions above their columns, the keys.

Whoever fills it in reads questions and chooses answers from lists; the names of the columns, which
the import reads, stand in one line between them.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from app.services.sheet_check import about
from app.services.spreadsheets import (
    ABOUT,
    CONFIDENTIAL,
    KEYS,
    MADE_FOR,
    MOST_ROWS,
    ROW_KEY,
    SHEET,
    columns,
    mark_of,
)
from forms.codebook import ONE_COLUMN_PER_CATEGORY, Measure, Variable
from forms.questionnaire import Questionnaire

TOP = 3  # lines above the rows: page, question, column
WHAT = {
    Measure.NOMINAL: "One of these answers, or its key",
    Measure.ORDINAL: "One of these answers, or its key",
    Measure.TEXT: "Words, as they were written",
    Measure.NUMBER: "A number",
    Measure.JURISDICTION: "Country codes (ISO 3166) parted by spaces, like GB DE, or one name",
    Measure.REFERENCES: "One source a line: title | public address | what it shows",
    Measure.SEVERAL: "1 where it was ticked",
    Measure.RANKING: "Its place: 1 for the first",
    Measure.POINTS: "Its points",
}
TICKED = "1 where it was ticked"
STEPS = f"""
Fill in the sheet “{SHEET}”: one row for each response, from line {TOP + 1} down.
Give each row a key of its own in column A, and write it on the paper too. The same file can be \
uploaded again: a row whose key came in before is left out.
Write answers as they were given. Choose from the list where a cell offers one. Leave blank what \
was left blank, and what this respondent is not asked.
Below “Choose your topics”, write 1 for each topic that was answered.
Where several answers may be ticked, write 1 below each that was.
Write words, not formulas. Begin with ' what begins with =, + or -.
To keep an answer confidential, write the name of its column (line {TOP}) in the last column, \
“{CONFIDENTIAL}”. Part several by spaces.
Keep line {TOP}: it names the columns. You may hide or take out columns that you do not need.
Part what is longer than {MOST_ROWS:,} rows into several files.
Upload the file at “Enter responses”. You see every mistake with its cell, and a preview, before \
anything comes in.
"""


@dataclass
class Making:
    """A workbook being made, its formats, and where each variable's answers stand in the keys."""

    book: xlsxwriter.Workbook
    questionnaire: Questionnaire
    formats: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrap = {"text_wrap": True, "valign": "top"}
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16},
            "bold": {"bold": True, "bg_color": "#E6F1F1"},
            "wrap": wrap,
            "words": {"num_format": "@", **wrap},
            "page": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0F5C63"},
            "question": {"bold": True, "bg_color": "#E6F1F1", "border": 1, **wrap},
            "column": {"font_color": "#4A5A5C", "font_size": 9, "bg_color": "#F3F3F0"},
        }
        for name, look in looks.items():
            self.formats[name] = self.book.add_format(look)


def template(questionnaire: Questionnaire, consultation: str, title: str) -> bytes:
    """An empty template for a consultation, known by its key and title."""
    made = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        making = Making(book, questionnaire)
        first, sheet, keys = (book.add_worksheet(name) for name in (ABOUT, SHEET, KEYS))
        _say_how(making, first, mark_of(consultation, questionnaire), title)
        _write_keys(making, keys)
        _write_columns(making, sheet)
        first.activate()
    return made.getvalue()


def _say_how(making: Making, sheet: Worksheet, mark: str, title: str) -> None:
    sheet.set_column(0, 0, 14, making.formats["wrap"])
    sheet.set_column(1, 1, 100, making.formats["wrap"])
    sheet.write(0, 0, "Responses from paper or mail", making.formats["title"])
    sheet.write(1, 0, title)
    steps = STEPS.strip().splitlines()
    for number, step in enumerate(steps, start=1):
        sheet.write_row(number + 2, 0, (str(number), step))
    sheet.write_row(len(steps) + 4, 0, (MADE_FOR, mark))
    sheet.hide_gridlines(2)


def _write_keys(making: Making, sheet: Worksheet) -> None:
    for place, width in enumerate((34, 60, 34, 30, 60)):
        sheet.set_column(place, place, width, making.formats["wrap"])
    titles = ("Column", "Question", "What to write", "Key", "Answer")
    sheet.write_row(0, 0, titles, making.formats["bold"])
    line = 0
    for line, cells in enumerate(explained(making.questionnaire), start=1):
        sheet.write_row(line, 0, cells)
        if cells[3]:
            first, _ = making.lists.get(cells[0], (line, line))
            making.lists[cells[0]] = first, line
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, line, len(titles) - 1)


def _write_columns(making: Making, sheet: Worksheet) -> None:
    formats = making.formats
    places = {name: place for place, name in enumerate(columns(making.questionnaire))}
    sheet.set_row(1, 110)
    sheet.write(0, 0, "", formats["page"])
    _column(making, sheet, places[ROW_KEY], ROW_KEY, "Your own key for the row", 16)
    _column(making, sheet, places[CONFIDENTIAL], CONFIDENTIAL, "Columns to keep confidential", 30)
    sheet.write(0, places[CONFIDENTIAL], "", formats["page"])
    titles = {each.key: each.title for each in making.questionnaire.sections}
    begun = ""
    for variable in making.questionnaire.variables():
        for column in variable.columns:
            shown = titles.get(variable.section, "") if variable.section != begun else ""
            begun = variable.section
            sheet.write(0, places[column], shown, formats["page"])
            width = 40 if variable.measure in {Measure.TEXT, Measure.REFERENCES} else 22
            _column(making, sheet, places[column], column, about(variable, column), width)
            _offer(making, sheet, places[column], variable, column)
    sheet.freeze_panes(TOP, 1)


def _column(
    making: Making, sheet: Worksheet, place: int, name: str, words: str, width: int
) -> None:
    sheet.set_column(place, place, width, making.formats["words"])
    sheet.write(1, place, words, making.formats["question"])
    sheet.write(2, place, name, making.formats["column"])


def _offer(making: Making, sheet: Worksheet, place: int, variable: Variable, column: str) -> None:
    """Offer the answers as a list. Another value is warned of and can stay: keys are read too."""
    lines = making.lists.get(variable.name)
    kinds = {each.key: each for each in variable.categories}
    category = kinds.get(column.partition(".")[2])
    options: dict[str, Any] = {"error_type": "warning", "error_title": "Not in the list"}
    if lines is not None:
        first, last = lines
        options |= {"validate": "list", "source": f"={KEYS}!$E${first + 1}:$E${last + 1}"}
    elif category is not None and (variable.measure is Measure.SEVERAL or not category.substantive):
        options |= {"validate": "list", "source": ["1"]}
    elif variable.measure is Measure.RANKING:
        places = [str(each + 1) for each in range(len(variable.substantive))]
        options |= {"validate": "list", "source": places}
    else:
        options |= {"validate": "any", "input_message": WHAT[variable.measure]}
    sheet.data_validation(TOP, place, TOP + MOST_ROWS - 1, place, options)


def explained(questionnaire: Questionnaire) -> Iterator[tuple[str, ...]]:
    """The lines of the last sheet: column, question, what to write, key, answer."""
    yield (ROW_KEY, "A number or name of your own for the paper", "Different in each row", "", "")
    for variable in questionnaire.variables():
        what = WHAT[variable.measure]
        if variable.measure in ONE_COLUMN_PER_CATEGORY:
            for category, column in zip(variable.categories, variable.columns, strict=True):
                said = what if category.substantive else TICKED
                yield column, variable.label, said, "", category.label
        elif variable.categories and variable.measure is not Measure.NUMBER:
            for category in variable.categories:
                yield variable.name, variable.label, what, category.key, category.label
        else:
            yield variable.name, variable.label, what, "", ""
            for category in variable.not_substantive:
                column = f"{variable.name}.{category.key}"
                yield column, variable.label, TICKED, "", category.label
    written = "Their columns, parted by spaces"
    yield CONFIDENTIAL, "Answers marked as confidential", written, "", ""
