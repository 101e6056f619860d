"""A list of people to invite, pasted or from a file, read line by line.

Each line is name, organisation, group, address. What cannot be used is said with its line number
and what to do; nothing is guessed.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

MOST_LINES = 5_000
LONGEST = 200
LARGEST_SHEET = 40_000_000
COLUMNS = ("name", "organisation", "group", "address")
HEADINGS = {
    "name": ("name", "full name", "contact", "contact name", "person"),
    "organisation": ("organisation", "organization", "company", "agency", "employer"),
    "group": ("group", "stakeholder group", "sector"),
    "address": ("address", "e-mail", "email", "mail", "e-mail address", "email address"),
}


class Unreadable(Exception):
    """The file is not a list that can be read; the message says what to do."""


class Group(NamedTuple):
    """A group that somebody can be invited for."""

    key: str
    label: str


@dataclass(frozen=True)
class Person:
    """Somebody to invite."""

    name: str
    organisation: str
    group: str
    address: str


@dataclass(frozen=True)
class Wrong:
    """What is wrong in one line, and what to do about it."""

    line: int
    message: str


@dataclass(frozen=True)
class Checked:
    """A list as it was read: who is in it, and what is wrong."""

    people: tuple[Person, ...]
    wrong: tuple[Wrong, ...]


Line = tuple[int, Sequence[str]]


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
        return "\n".join(text.splitlines()).strip("\n")
    msg = "This is neither a CSV file nor an Excel workbook (.xlsx). Save it as one of these."
    raise Unreadable(msg)


def _of_workbook(content: bytes) -> str:
    broken = "This workbook cannot be read. Save it again as .xlsx or as CSV, and try once more."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(each.file_size for each in packed.infolist())
        if size > LARGEST_SHEET:
            msg = f"This workbook is too large. Send the list alone, {MOST_LINES:,} lines at most."
            raise Unreadable(msg)
        from openpyxl import load_workbook  # it loads NumPy: no respondent's page pays for that

        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [
            [" ".join(str(cell if cell is not None else "").split()) for cell in row]
            for row in sheet.iter_rows(max_col=12, max_row=MOST_LINES + 2, values_only=True)
        ]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise Unreadable(broken) from error
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerows(lines)
    return "\n".join(line.rstrip("\t") for line in written.getvalue().split("\n")).strip("\n")


def check(text: str, groups: Sequence[Group]) -> Checked:
    """Read a list, as pasted; a first line with headings says in which order the columns are."""
    lines = [each for each in _lines(text) if any(cell.strip() for cell in each[1])]
    if len(lines) > MOST_LINES:
        message = f"There are more than {MOST_LINES:,} lines. Add the rest in a second list."
        return Checked((), (Wrong(lines[MOST_LINES][0], message),))
    order = _order(lines[0][1]) if lines else None
    people: list[Person] = []
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    for number, cells in lines[1:] if order else lines:
        person, found = _read(cells, order or COLUMNS, groups)
        if (
            person is not None
            and (first := seen.setdefault(person.address.casefold(), number)) != number
        ):
            found = (f"{person.address} stands in line {first} too. Take one of the two out.",)
        wrong.extend(Wrong(number, message) for message in found)
        if person is not None and not found:
            people.append(person)
    return Checked(tuple(people), tuple(wrong))


def _lines(text: str) -> Iterable[Line]:
    first = next((each for each in text.splitlines() if each.strip()), "")
    delimiter = next((each for each in ("\t", ";") if each in first), ",")
    reader = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        yield reader.line_num, ["", "", "", "a quotation mark that is not closed"]


def _order(cells: Sequence[str]) -> tuple[str, ...] | None:
    known = {word: column for column, words in HEADINGS.items() for word in words}
    names = tuple(known.get(each.strip().casefold(), "") for each in cells)
    return names if {"group", "address"} <= set(names) else None


def _read(
    cells: Sequence[str], order: Sequence[str], groups: Sequence[Group]
) -> tuple[Person | None, tuple[str, ...]]:
    given = dict.fromkeys(COLUMNS, "")
    for column, cell in zip(order, cells, strict=False):
        if column:
            given[column] = " ".join(cell.split())
    if len([each for each in cells if each.strip()]) < 2 and not given["address"]:
        return None, ("Write four parts: name, organisation, group, address.",)
    wrong = []
    group = _group(given["group"], groups)
    if group is None:
        known = ", ".join(each.label for each in groups)
        said = f"“{given['group']}” is not a group" if given["group"] else "There is no group"
        wrong.append(f"{said}. Write one of: {known}.")
    address = _address(given["address"])
    if address is None:
        said = (
            f"“{given['address']}” is not an e-mail address"
            if given["address"]
            else ("There is no e-mail address")
        )
        wrong.append(f"{said}. Write one such as name@example.org in the fourth part.")
    if any(len(each) > LONGEST for each in given.values()):
        wrong.append(f"A part is longer than {LONGEST} characters. Shorten it.")
    if not all(each.isprintable() for each in given.values()):
        wrong.append("There is a character that cannot be printed. Type the line again.")
    person = Person(given["name"], given["organisation"], group or "", address) if address else None
    return person, tuple(wrong)


def _group(text: str, groups: Sequence[Group]) -> str | None:
    plain = text.casefold().replace("_", " ").replace("-", " ")
    for each in groups:
        if plain in {each.key.replace("_", " "), each.label.casefold().replace("-", " ")}:
            return each.key
    return None


def _address(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
