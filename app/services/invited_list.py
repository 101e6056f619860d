"""A list of people to invite, pasted or from a file, read line by line.

Each line is name, organisation, group, address. What cannot be used is said with its line number
and what to do; nothing is guessed. The file is over 200 lines because lists are odd in many ways.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

MOST_LINES = 5_000
LONGEST = 200
UNCLOSED = ["\0"]
BRACKETED = re.compile(r"[^<>]*<([^<>]+)>")
COLUMNS = ("name", "organisation", "group", "address")
HEADINGS = {
    "name": ("name", "full name", "contact", "contact name", "person"),
    "organisation": ("organisation", "organization", "company", "agency", "employer"),
    "group": ("group", "stakeholder group", "sector"),
    "address": ("address", "e-mail", "email", "mail", "e-mail address", "email address"),
}


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
    """What is wrong in one line, and what to do about it; `word` is one that names no group."""

    line: int
    message: str
    word: str = ""


@dataclass(frozen=True)
class Checked:
    """A list as it was read: who is in it, and what is wrong.

    `words` are those that stand where a group should, and name none, with how many lines have each.
    """

    people: tuple[Person, ...]
    wrong: tuple[Wrong, ...]
    words: Mapping[str, int] = field(default_factory=dict)

    @property
    def wrong_lines(self) -> tuple[int, ...]:
        """The numbers of the lines that cannot be used, each once."""
        return tuple(dict.fromkeys(each.line for each in self.wrong))


Line = tuple[int, Sequence[str]]


def corrected(text: str, corrections: Mapping[int, str]) -> str:
    """A list with some of its lines in other words; a correction that is blank leaves one out."""
    lines = text.split("\n")
    for number, words in corrections.items():
        if 1 <= number <= len(lines):
            lines[number - 1] = " ".join(words.splitlines()).strip()
    return "\n".join(lines).strip("\n")


def parted(text: str, numbers: Sequence[int]) -> tuple[str, str]:
    """A list without these lines, and these lines alone; both under the headings, if any."""
    lines = text.split("\n")
    delimiter = delimiter_of(lines)
    first = next((line for line in lines if line.strip()), "")
    headings = [first] if _order(_cells(first, delimiter)) else []
    apart = set(numbers)
    kept = [line for number, line in enumerate(lines, 1) if number not in apart]
    return "\n".join(kept), "\n".join(headings + [lines[number - 1] for number in sorted(apart)])


def check(text: str, groups: Sequence[Group], meanings: Mapping[str, str] | None = None) -> Checked:
    """Read a list, as pasted; a first line with headings says in which order the columns are.

    `meanings` says which group an organiser means by a word that names none.
    """
    lines = [each for each in _lines(text) if any(cell.strip() for cell in each[1])]
    if len(lines) > MOST_LINES:
        message = f"There are more than {MOST_LINES:,} lines. Add the rest in a second list."
        return Checked((), (Wrong(lines[MOST_LINES][0], message),))
    order = _order(lines[0][1]) if lines else None
    if order is None and len(lines) > 1 and _is_headings(lines[0][1]):
        message = (
            "This line has no address, so it looks like headings. Call them name, organisation, "
            "group and address, or take the line out."
        )
        return Checked((), (Wrong(lines[0][0], message),))
    known = {_plain_group(word): key for word, key in (meanings or {}).items()}
    people: list[Person] = []
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    words: Counter[str] = Counter()
    for number, cells in lines[1:] if order else lines:
        if cells == UNCLOSED:
            wrong.append(Wrong(number, "A quotation mark is not closed. Close it or take it out."))
            continue
        person, found, word = _read(cells, order or COLUMNS, groups, known)
        if (
            person is not None
            and (first := seen.setdefault(person.address.casefold(), number)) != number
        ):
            found = (f"{person.address} stands in line {first} too. Take one of the two out.",)
        if word:
            word = next((each for each in words if _plain_group(each) == _plain_group(word)), word)
            words[word] += 1
        wrong.extend(
            Wrong(number, message, word if "” is not a group." in message else "")
            for message in found
        )
        if person is not None and not found:
            people.append(person)
    return Checked(tuple(people), tuple(wrong), dict(words))


def delimiter_of(lines: Sequence[str]) -> str:
    """What parts the cells: the one that most lines have twice or more."""
    return max("\t;,", key=lambda each: sum(line.count(each) >= 2 for line in lines))


def _cells(line: str, delimiter: str) -> Sequence[str]:
    try:
        reader = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
        return next(reader, [])
    except csv.Error:
        return UNCLOSED


def _lines(text: str) -> Iterator[Line]:
    """Each line by itself, so that a quotation mark that is not closed spoils one line only."""
    lines = text.lstrip("\ufeff").split("\n")
    delimiter = delimiter_of(lines)
    for number, line in enumerate(lines, 1):
        yield number, _cells(line.strip("\r"), delimiter)


def _is_headings(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and not any("@" in each or " at " in each for each in cells)


def _order(cells: Sequence[str]) -> tuple[str, ...] | None:
    known = {word: column for column, words in HEADINGS.items() for word in words}
    names = tuple(known.get(each.strip().casefold(), "") for each in cells)
    return names if {"group", "address"} <= set(names) else None


def _read(
    cells: Sequence[str],
    order: Sequence[str],
    groups: Sequence[Group],
    meanings: Mapping[str, str],
) -> tuple[Person | None, tuple[str, ...], str]:
    """Who a line names, what is wrong in it, and the word for a group that names none."""
    given = dict.fromkeys(COLUMNS, "")
    for column, cell in zip(order, cells, strict=False):
        if column:
            given[column] = " ".join(cell.split())
    parts = [each for each in cells if each.strip()]
    if len(parts) < 2 and not given["address"]:
        return None, ("Write four parts: name, organisation, group, address.",), ""
    if order == COLUMNS and len(cells) != len(COLUMNS):
        return None, (_wrong_number(len(cells)),), ""
    wrong, word = [], ""
    group = _group(given["group"], groups) or meanings.get(_plain_group(given["group"]))
    if group is None:
        known = ", ".join(each.label for each in groups)
        word = given["group"]
        said = f"“{word}” is not a group" if word else "There is no group"
        wrong.append(f"{said}. Write one of: {known}.")
    address = read_address(given["address"])
    if address is None:
        wrong.append(_wrong_address(given["address"], order))
    if any(len(each) > LONGEST for each in given.values()):
        wrong.append(f"A part is longer than {LONGEST} characters. Shorten it.")
    if not all(each.isprintable() for each in given.values()):
        wrong.append("There is a character that cannot be printed. Type the line again.")
    person = Person(given["name"], given["organisation"], group or "", address) if address else None
    return person, tuple(wrong), word


def _wrong_number(parts: int) -> str:
    if parts < len(COLUMNS):
        return (
            f"There are {parts} parts here, not four: name, organisation, group, address. "
            "Leave a part blank rather than out."
        )
    return (
        f"There are {parts} parts here, not four: name, organisation, group, address. Put "
        "quotation marks around a part that holds a comma or a semicolon."
    )


def _wrong_address(text: str, order: Sequence[str]) -> str:
    said = f"“{text}” is not an e-mail address" if text else "There is no e-mail address"
    where = "fourth part" if order == COLUMNS else "column of addresses"
    return f"{said}. Write one such as name@example.org in the {where}."


def _plain_group(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _group(text: str, groups: Sequence[Group]) -> str | None:
    wanted = _plain_group(text)
    for each in groups:
        if wanted in {_plain_group(each.key), _plain_group(each.label)}:
            return each.key
    return None


def read_address(text: str) -> str | None:
    """An e-mail address as it is stored; None where it is none."""
    if (inside := BRACKETED.fullmatch(text)) is not None:
        text = inside.group(1)
    try:
        return validate_email(
            text.strip().removeprefix("mailto:"), check_deliverability=False
        ).normalized
    except EmailNotValidError:
        return None
