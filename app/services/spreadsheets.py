"""Spreadsheets that were filled in: the sheet that is meant, its columns and the cells of each row.

Columns are those of the export (`Variable.columns`), so what was exported can be read again.
Cells are read as values: a formula is a mistake of its cell, and nothing is ever calculated. Lines
above the one with the columns are for people and passed over. The file is over 200 lines because a
sheet comes from anywhere, and each way in which it can be wrong has its own words.
"""

import difflib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.services.sheet_cells import as_text
from forms.questionnaire import Questionnaire

if TYPE_CHECKING:
    import openpyxl

ROW_KEY, CONFIDENTIAL = "row_key", "confidential"
MOST_ROWS = 1_000
MOST_LINES = 10_000
MOST_SPARE_COLUMNS = 100
MOST_UNPACKED = 80_000_000
HEADER_WITHIN = 20
ABOUT, SHEET, KEYS = "How to fill this in", "Responses", "Keys"
MADE_FOR = "Made for"
UNREADABLE = (
    "This file cannot be read. Save it as an Excel workbook (.xlsx), without a password, and try "
    "again."
)
AGAIN = "Download the template of this consultation and copy your rows into it."


class NotASpreadsheet(ValueError):
    """The file cannot be read as one; the message says what to do."""


@dataclass(frozen=True)
class SheetRow:
    """One row as it was filled in: its line, its cells by column, and those that are no value."""

    line: int
    cells: dict[str, str]
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet, where each of its columns stands, and columns that it lacks."""

    rows: tuple[SheetRow, ...]
    letters: dict[str, str]
    lacks: tuple[str, ...] = ()


def columns(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The columns of a sheet, in order."""
    answers = (column for each in questionnaire.variables() for column in each.columns)
    return (ROW_KEY, *answers, CONFIDENTIAL)


def mark_of(consultation: str, questionnaire: Questionnaire) -> str:
    """What a template says that it was made for, so that it is not brought in elsewhere."""
    return f"{consultation} {questionnaire.digest[:12]}"


def read_sheet(content: bytes, questionnaire: Questionnaire, mark: str = "") -> Sheet:
    """The rows of an uploaded sheet; blank ones are passed over.

    Raises
    ------
    NotASpreadsheet
        If it is none, is too large, was made for something else than `mark` says, or its columns
        are not those of the template.
    """
    known = columns(questionnaire)
    book = _open(content)
    try:
        _check_mark(book, mark)
        top, header, sheet = _find_header(book)
        _check_header(header, known)
        rows = _rows(sheet, top, header)
    except NotASpreadsheet:
        raise
    except Exception as error:  # what is broken in a sheet is met only when its rows are read
        raise NotASpreadsheet(UNREADABLE) from error
    finally:
        book.close()
    letters = {name: letter(place) for place, name in enumerate(header) if name}
    return Sheet(tuple(rows), letters, tuple(each for each in known[:-1] if each not in letters))


def _rows(sheet: Any, top: int, header: list[str]) -> list[SheetRow]:
    """The rows under the header that hold something; bounded, whatever size the sheet claims."""
    found = []
    lines = sheet.iter_rows(min_row=top + 1, max_row=top + MOST_LINES + 1, max_col=len(header))
    for line, cells in enumerate(lines, start=top + 1):
        row = _row(line, header, cells)
        if any(row.cells.values()) or row.unread:
            found.append(row)
        if len(found) > MOST_ROWS:
            msg = f"The sheet has more than {MOST_ROWS:,} rows. Part it into several files."
            raise NotASpreadsheet(msg)
        if line > top + MOST_LINES:
            msg = (
                f"The sheet goes on for more than {MOST_LINES:,} lines, most of them empty. Copy "
                "the rows that hold something into a new copy of the template."
            )
            raise NotASpreadsheet(msg)
    return found


def letter(place: int) -> str:
    """What a spreadsheet calls its column at this place, from 0: A, B … Z, AA and so on."""
    found = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        found, place = chr(ord("A") + rest) + found, place - 1
    return found


def _open(content: bytes) -> "openpyxl.Workbook":
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked <= MOST_UNPACKED:
            import openpyxl  # it loads NumPy: no respondent's page pays for that

            return openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever a broken file meets on the way
        raise NotASpreadsheet(UNREADABLE) from error
    msg = "The file is too large when unpacked. Part it into several files."
    raise NotASpreadsheet(msg)


def _check_mark(book: "openpyxl.Workbook", mark: str) -> None:
    if not mark or ABOUT not in book.sheetnames:
        return
    for label, value in book[ABOUT].iter_rows(max_row=40, max_col=2, values_only=True):
        if label == MADE_FOR and str(value).strip() != mark:
            other = str(value).split(" ", maxsplit=1)[0][:60]
            if other == mark.split(" ", maxsplit=1)[0]:
                msg = f"This template was made before the questions were changed. {AGAIN}"
            else:
                msg = f"This template was made for another consultation (“{other}”). {AGAIN}"
            raise NotASpreadsheet(msg)


def _find_header(book: "openpyxl.Workbook") -> tuple[int, list[str], Any]:
    """The line that names the columns, its names, and the sheet that has one."""
    sheets = [book[SHEET]] if SHEET in book.sheetnames else book.worksheets
    for sheet in sheets:
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
        lines = sheet.iter_rows(max_row=HEADER_WITHIN)
        for line, cells in enumerate(lines, start=1):
            header = [as_text(cell.value) for cell in cells]
            while header and not header[-1]:
                header.pop()
            if ROW_KEY in header:
                return line, header, sheet
    msg = (
        f"There is no column “{ROW_KEY}” in the first {HEADER_WITHIN} lines. Start from the "
        "template, and keep the line with the names of the columns."
    )
    raise NotASpreadsheet(msg)


def _check_header(header: list[str], known: tuple[str, ...]) -> None:
    if len(header) > len(known) + MOST_SPARE_COLUMNS:
        msg = "There are many empty columns between those of the template. Take them out."
        raise NotASpreadsheet(msg)
    unknown = [(letter(place), each) for place, each in enumerate(header) if each]
    unknown = [(place, each) for place, each in unknown if each not in known]
    if unknown:
        named = ", ".join(
            f"{place} “{each[:60]}”{_near(each, known)}" for place, each in unknown[:5]
        )
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        msg = (
            f"These columns are not in the template: {named}{more}. Correct their names or take "
            "them out. If the file is from an earlier consultation, start from the template of "
            "this one."
        )
        raise NotASpreadsheet(msg)
    if twice := next((each for each in header if each and header.count(each) > 1), None):
        places = [letter(place) for place, each in enumerate(header) if each == twice]
        msg = f"The column “{twice}” is there twice ({' and '.join(places[:2])}). Keep one."
        raise NotASpreadsheet(msg)


def _near(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.8)
    return f" (is “{near[0]}” meant?)" if near else ""


def _row(line: int, header: list[str], cells: tuple[Any, ...]) -> SheetRow:
    unread = []
    found = {}
    for name, cell in zip(header, cells, strict=False):
        if not name:
            continue
        kind = getattr(cell, "data_type", "n")
        if kind == "f":
            unread.append((name, "The cell holds a formula. Write what it shows, as text."))
        elif kind == "e":
            unread.append((name, f"The cell shows {cell.value}. Write what was said."))
        else:
            found[name] = as_text(cell.value)
    return SheetRow(line, found, tuple(unread))
