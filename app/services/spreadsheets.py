"""Spreadsheets for importing: the template that is filled in, and the cells of one that was.

Columns are those of the export (`Variable.columns`), so what was exported can be read again.
Cells are read as values: a formula is an error with its line, and nothing is ever calculated.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from forms.codebook import ONE_COLUMN_PER_CATEGORY, Measure, Variable
from forms.questionnaire import Questionnaire

if TYPE_CHECKING:
    import openpyxl

ROW_KEY, CONFIDENTIAL = "row_key", "confidential"
MOST_ROWS = 1_000
MOST_UNPACKED = 80_000_000
SHEET, KEYS = "Responses", "Keys"
WHAT = {
    Measure.NOMINAL: "One of these keys",
    Measure.ORDINAL: "One of these keys",
    Measure.TEXT: "Words",
    Measure.NUMBER: "A number",
    Measure.JURISDICTION: "Country codes (ISO 3166), parted by spaces: GB DE",
    Measure.REFERENCES: "One source a line: title | public address | what it shows",
    Measure.SEVERAL: "1 where it was ticked",
    Measure.RANKING: "Its place: 1 for the first",
    Measure.POINTS: "Its points",
}


class NotASpreadsheet(ValueError):
    """The file cannot be read as one; the message says what to do."""


@dataclass(frozen=True)
class SheetRow:
    """One row as it was filled in: its line, its cells by column, and what cannot be read."""

    line: int
    cells: dict[str, str]
    problems: tuple[str, ...]


def columns(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The columns of a sheet, in order."""
    answers = (column for each in questionnaire.variables() for column in each.columns)
    return (ROW_KEY, *answers, CONFIDENTIAL)


def template(questionnaire: Questionnaire) -> bytes:
    """An empty sheet to fill in, and a second one that says what each column takes."""
    made = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E6F1F1"})
        text = book.add_format({"num_format": "@"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(SHEET)
        names = columns(questionnaire)
        sheet.set_column(0, len(names) - 1, 18, text)
        sheet.write_row(0, 0, names, bold)
        sheet.freeze_panes(1, 1)
        keys = book.add_worksheet(KEYS)
        keys.set_column(0, 0, 34, wrap)
        keys.set_column(1, 1, 60, wrap)
        keys.set_column(2, 2, 34, wrap)
        keys.set_column(3, 4, 44, wrap)
        keys.write_row(0, 0, ("Column", "Question", "What to write", "Key", "Label"), bold)
        for line, cells in enumerate(explained(questionnaire), start=1):
            keys.write_row(line, 0, cells)
        keys.freeze_panes(1, 0)
    return made.getvalue()


def explained(questionnaire: Questionnaire) -> Iterator[tuple[str, ...]]:
    """The lines of the second sheet: column, question, what to write, key, label."""
    yield (ROW_KEY, "A number or name of your own for the paper", "Different in each row", "", "")
    for variable in questionnaire.variables():
        what = WHAT[variable.measure]
        if variable.measure in ONE_COLUMN_PER_CATEGORY:
            for category, column in zip(variable.categories, variable.columns, strict=True):
                said = what if category.substantive else "1 where it was ticked"
                yield column, variable.label, said, "", category.label
        elif variable.categories and variable.measure is not Measure.NUMBER:
            for category in variable.categories:
                yield variable.name, variable.label, what, category.key, category.label
        else:
            yield variable.name, variable.label, what, "", ""
            for category in variable.not_substantive:
                column = f"{variable.name}.{category.key}"
                yield column, variable.label, "1 where it was ticked", "", category.label
    yield (
        CONFIDENTIAL,
        "Answers marked as confidential",
        "Their columns, parted by spaces",
        "",
        "",
    )


def read_sheet(content: bytes, questionnaire: Questionnaire) -> list[SheetRow]:
    """The rows of an uploaded sheet; blank ones are passed over.

    Raises
    ------
    NotASpreadsheet
        If it is none, is too large, or its columns are not those of the template.
    """
    book = _open(content)
    try:
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        lines = sheet.iter_rows()
        header = [_heading(cell.value) for cell in next(lines, ())]
        while header and not header[-1]:
            header.pop()
        _check_header(header, questionnaire)
        found = []
        for line, cells in enumerate(lines, start=2):
            row = _row(line, header, cells)
            if any(row.cells.values()) or row.problems:
                found.append(row)
            if len(found) > MOST_ROWS:
                msg = f"The sheet has more than {MOST_ROWS:,} rows. Part it into several files."
                raise NotASpreadsheet(msg)
        return found
    finally:
        book.close()


def _open(content: bytes) -> "openpyxl.Workbook":
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked <= MOST_UNPACKED:
            import openpyxl  # it loads NumPy: no respondent's page pays for that

            return openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever a broken file meets on the way
        msg = "This file cannot be read. Save it as an Excel workbook (.xlsx) and try again."
        raise NotASpreadsheet(msg) from error
    msg = "The file is too large when unpacked. Part it into several files."
    raise NotASpreadsheet(msg)


def _heading(value: object) -> str:
    return "" if value is None else str(value).strip()


def _check_header(header: list[str], questionnaire: Questionnaire) -> None:
    known = columns(questionnaire)
    unknown = [each for each in header if each and each not in known]
    if ROW_KEY not in header:
        msg = f"There is no column “{ROW_KEY}” in the first line. Start from the template."
        raise NotASpreadsheet(msg)
    if unknown:
        named = ", ".join(f"“{each[:60]}”" for each in unknown[:5])
        msg = f"These columns are not in the template: {named}. Take them out or correct them."
        raise NotASpreadsheet(msg)
    if twice := next((each for each in header if each and header.count(each) > 1), None):
        msg = f"The column “{twice}” is there twice. Keep one."
        raise NotASpreadsheet(msg)


def _row(line: int, header: list[str], cells: tuple[Any, ...]) -> SheetRow:
    problems = []
    found = {}
    for name, cell in zip(header, cells, strict=False):
        if not name:
            continue
        if getattr(cell, "data_type", "n") == "f":
            problems.append(f"{name}: the cell holds a formula. Write its value, as text.")
        elif getattr(cell, "data_type", "n") == "e":
            problems.append(f"{name}: the cell holds an error ({cell.value}). Write what was said.")
        else:
            found[name] = as_text(cell.value)
    return SheetRow(line, found, tuple(problems))


def as_text(value: object) -> str:
    """A cell as somebody would type it: whole numbers without a point, days as days."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def of_variable(variable: Variable, cells: dict[str, str]) -> object:
    """The answer that the cells of one variable give; None where they are blank.

    Raises
    ------
    ValueError
        If they cannot be read; the message says what to do.
    """
    return READERS[variable.measure](variable, cells)


def _key(variable: Variable, cells: dict[str, str]) -> str | None:
    given = cells.get(variable.name, "")
    for category in variable.categories:
        if given.casefold() in {category.key.casefold(), category.label.casefold()}:
            return category.key
    if given:
        msg = f"{variable.name}: “{given[:60]}” is none of its keys. See the sheet “{KEYS}”."
        raise ValueError(msg)
    return None


def _words(variable: Variable, cells: dict[str, str]) -> str | None:
    return cells.get(variable.name) or None


def _ticked(column: str, given: str) -> bool:
    if given.casefold() in {"1", "x", "yes", "true", "✓"}:
        return True
    if given.casefold() in {"", "0", "no", "false"}:
        return False
    msg = f"{column}: write 1 where it was ticked, and leave it blank otherwise."
    raise ValueError(msg)


def _several(variable: Variable, cells: dict[str, str]) -> list[str] | None:
    pairs = zip(variable.categories, variable.columns, strict=True)
    return [each.key for each, column in pairs if _ticked(column, cells.get(column, ""))] or None


def _figures(variable: Variable, cells: dict[str, str]) -> object:
    given: dict[str, int] = {}
    for category, column in zip(variable.categories, variable.columns, strict=True):
        cell = cells.get(column, "")
        if not category.substantive:
            if _ticked(column, cell):
                return category.key
        elif cell:
            given[category.key] = _whole(column, cell)
    return given or None


def _whole(column: str, cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal()) or len(cell) > 6:
        msg = f"{column}: write a whole number."
        raise ValueError(msg)
    return int(cell)


def _number(variable: Variable, cells: dict[str, str]) -> object:
    for category in variable.not_substantive:
        column = f"{variable.name}.{category.key}"
        if _ticked(column, cells.get(column, "")):
            return category.key
    cell = cells.get(variable.name, "")
    if not cell:
        return None
    try:
        number = float(cell.replace(",", "."))
    except ValueError:
        msg = f"{variable.name}: write a number."
        raise ValueError(msg) from None
    return int(number) if number.is_integer() else number


def _codes(variable: Variable, cells: dict[str, str]) -> list[str] | None:
    given = cells.get(variable.name, "")
    for mark in ",;/":
        given = given.replace(mark, " ")
    return [each.upper() for each in given.split()] or None


def _sources(variable: Variable, cells: dict[str, str]) -> list[dict[str, str]] | None:
    found = []
    for written in cells.get(variable.name, "").splitlines():
        if written.strip():
            title, address, shows = (*(each.strip() for each in written.split("|", 2)), "", "")[:3]
            found.append({"title": title, "address": address, "shows": shows})
    if variable.at_most is not None and len(found) > variable.at_most:
        msg = f"{variable.name}: name at most {variable.at_most} sources."
        raise ValueError(msg)
    return found or None


READERS = {
    Measure.NOMINAL: _key,
    Measure.ORDINAL: _key,
    Measure.TEXT: _words,
    Measure.SEVERAL: _several,
    Measure.RANKING: _figures,
    Measure.POINTS: _figures,
    Measure.NUMBER: _number,
    Measure.JURISDICTION: _codes,
    Measure.REFERENCES: _sources,
}
