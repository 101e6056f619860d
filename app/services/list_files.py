"""A list as it comes from a spreadsheet or a file, made into lines of text."""

import csv
import io
import zipfile

from app.services.invited_list import MOST_LINES, delimiter_of

LARGEST_SHEET = 40_000_000


class Unreadable(Exception):
    """The file is not a list that can be read; the message says what to do."""


def text_of(content: bytes, name: str) -> str:
    """The list in a file, as it would be pasted.

    Raises
    ------
    Unreadable
        If it is neither a CSV file nor an XLSX workbook.
    """
    if content.startswith(b"PK") or name.lower().endswith(".xlsx"):
        return _of_workbook(content)
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" not in text:
        return plain(text)
    msg = "This is neither a CSV file nor an Excel workbook (.xlsx). Save it as one of these."
    raise Unreadable(msg)


def _of_workbook(content: bytes) -> str:
    broken = "This workbook cannot be read. Save it again as .xlsx or as CSV, and try once more."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(each.file_size for each in packed.infolist())
        lines = _lines_of(content) if size <= LARGEST_SHEET else []
    except Exception as error:  # openpyxl lets through whatever a broken file meets on the way
        raise Unreadable(broken) from error
    if size > LARGEST_SHEET:
        msg = f"This workbook is too large. Send the list alone, {MOST_LINES:,} lines at most."
        raise Unreadable(msg)
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerows(lines)
    return "\n".join(line.rstrip("\t") for line in written.getvalue().split("\n")).strip("\n")


def _lines_of(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # it loads NumPy: no respondent's page pays for that

    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()  # some programs write a wrong size, and lines would be lost
    return [
        [" ".join(str(cell if cell is not None else "").split()) for cell in row]
        for row in sheet.iter_rows(max_col=12, max_row=MOST_LINES + 2, values_only=True)
    ]


def plain(text: str) -> str:
    """A list as pasted, with one line for each record: a cell of a spreadsheet can hold a break."""
    text = "\n".join(text.lstrip("\ufeff").splitlines()).strip("\n")
    if '"' not in text:
        return text
    delimiter = delimiter_of(text.split("\n"))
    try:
        records = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return text
    if not any("\n" in cell for record in records for cell in record):
        return text
    written = io.StringIO()
    flat = [[" ".join(cell.split()) for cell in record] for record in records]
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(flat)
    return written.getvalue().strip("\n")
