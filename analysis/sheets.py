r"""Text in cells that no spreadsheet takes for a formula, and that reads back as it was.

A cell that begins with `=`, `+`, `-`, `@` (or their full-width forms), perhaps after blanks, gets
an apostrophe before it; so does one that begins with an apostrophe. Characters that a sheet cannot
hold (NUL, tab, carriage return and the other controls, lone surrogates) are written as their
number, `\x{0}`; so is the backslash of text that looks like that already. `read_cell` undoes both.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from analysis.tables import Cell, Row, Table, base_figure, cell_words

NOT_IN_A_SHEET = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]|\\(?=x\{)"
)
NUMBERED = re.compile(r"\\x\{([0-9a-f]+)\}")
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠']")
LONGEST = 32_767
CUT = "… [cut: too long for a cell]"
CREATED = datetime(1980, 1, 1, tzinfo=UTC)


def safe_cell(text: str) -> str:
    """Give text that is fit for a cell of a CSV file or a spreadsheet.

    Examples
    --------
    >>> safe_cell("=1+1")
    "'=1+1"
    >>> read_cell(safe_cell("=1+1"))
    '=1+1'
    """
    numbered = NOT_IN_A_SHEET.sub(lambda found: f"\\x{{{ord(found.group()):x}}}", text)
    return f"'{numbered}" if FORMULA.match(numbered) else numbered


def read_cell(text: str) -> str:
    """Give back the text that `safe_cell` was given."""
    bare = text.removeprefix("'")
    return NUMBERED.sub(lambda found: chr(int(found.group(1), 16)), bare)


def write_csv(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Write lines of text cells as CSV (UTF-8 with a mark, so that spreadsheets read accents)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerows([safe_cell(cell) for cell in line] for line in lines)


def write_workbook(
    path: Path, tables: Sequence[Table], *, title: str, notes: Sequence[str] = ()
) -> None:
    """Write tables as one workbook: a sheet of contents with links, then a sheet a table.

    The same tables give the same bytes. Numbers are numbers, hidden figures are the words that
    stand in every other format.
    """
    book = xlsxwriter.Workbook(
        path,
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": fitting(title), "created": CREATED})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    contents = book.add_worksheet("Contents")
    contents.set_column(0, 0, 8)
    contents.set_column(1, 1, 100)
    contents.write_string(0, 0, fitting(title), bold)
    for line, note in enumerate(notes, start=1):
        contents.write_string(line, 0, fitting(note))
    first = len(notes) + 2
    for number, table in enumerate(tables, start=1):
        contents.write_url(first + number, 0, f"internal:'{number}'!A1", string=str(number))
        contents.write_string(first + number, 1, fitting(heading(table)))
        sheet = book.add_worksheet(str(number))
        sheet.set_column(0, 0, 60, wrap)
        _write_table(sheet, table, bold)
    book.close()


def heading(table: Table) -> str:
    """Give the title of a table, and whose answers it counts where not everybody's."""
    return f"{table.title} ({table.filters})" if table.filters else table.title


def fitting(text: str) -> str:
    """Give safe text that is no longer than a cell can hold, and says so where it was cut."""
    safe = safe_cell(text)
    return safe if len(safe) <= LONGEST else safe[: LONGEST - len(CUT)] + CUT


def _write_table(
    sheet: xlsxwriter.worksheet.Worksheet, table: Table, bold: xlsxwriter.format.Format
) -> None:
    sheet.write_string(0, 0, fitting(heading(table)), bold)
    if table.note:
        sheet.write_string(1, 0, fitting(table.note))
    for place, column in enumerate(table.columns):
        sheet.write_string(3, 1 + 2 * place, fitting(f"{column}: number"), bold)
        sheet.write_string(3, 2 + 2 * place, fitting(f"{column}: %"), bold)
    line = 4
    for row in table.rows:
        sheet.write_string(line, 0, fitting(row.label))
        for place, cell in enumerate(row.cells):
            _write_cell(sheet, line, 1 + 2 * place, row, cell)
        line += 1
    for name in ("asked", "answered", "with_a_view"):
        words = table.words_of(name)
        words += " (per cent are of these)" if name == table.base else ""
        sheet.write_string(line, 0, words)
        for place, base in enumerate(table.bases):
            shown = base.shown(name)
            if shown is None:
                sheet.write_string(line, 1 + 2 * place, base_figure(base, name))
            else:
                sheet.write_number(line, 1 + 2 * place, shown)
        line += 1


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, row: Row, cell: Cell
) -> None:
    number, percent = cell_words(row, cell)
    value = cell.value if row.kind == "mean" else cell.count
    if cell.hidden or value is None:
        sheet.write_string(line, place, number)
    else:
        sheet.write_number(line, place, round(value, 2))
    if cell.hidden or cell.percent is None:
        sheet.write_string(line, place + 1, percent)
    else:
        sheet.write_number(line, place + 1, round(cell.percent, 1))
