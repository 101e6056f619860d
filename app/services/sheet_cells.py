"""What the cells of a spreadsheet say: each measure has a reader, and what it cannot read."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from forms.codebook import Measure, Variable
from forms.questions.jurisdiction import all_places

DASHES = re.compile("[‐‑‒–—−]")  # each is typed for a hyphen by some program
QUOTES = str.maketrans("‘’“”", "''\"\"")


class Unreadable(ValueError):
    """A cell cannot be read; `column` says which one and the message what to do."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


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


def of_variable(variable: Variable, cells: Mapping[str, str]) -> object:
    """The answer that the cells of one variable give; None where they are blank.

    Raises
    ------
    Unreadable
        If they cannot be read.
    """
    return READERS[variable.measure](variable, cells)


def alike(words: str) -> str:
    """Words as they are compared: however their quotes, dashes, spaces and capitals were typed."""
    plain = unicodedata.normalize("NFKC", words).translate(QUOTES)
    return " ".join(DASHES.sub("-", plain).split()).casefold()


def _key(variable: Variable, cells: Mapping[str, str]) -> str | None:
    given = cells.get(variable.name, "")
    if not given:
        return None
    wanted = alike(given)
    for category in variable.categories:
        if wanted in {category.key, alike(category.label)}:
            return category.key
    offered = "”, “".join(each.label for each in variable.categories[:4])
    rest = len(variable.categories) - 4
    more = f" or one of {rest} more" if rest > 0 else ""
    msg = f"“{given[:60]}” is not one of the answers. Choose from the list: “{offered}”{more}."
    raise Unreadable(variable.name, msg)


def _words(variable: Variable, cells: Mapping[str, str]) -> str | None:
    return cells.get(variable.name) or None


def _ticked(column: str, given: str) -> bool:
    if given.casefold() in {"1", "x", "yes", "true", "✓", "✔"}:
        return True
    if given.casefold() in {"", "0", "no", "false", "-"}:
        return False
    msg = f"“{given[:60]}” cannot be read. Write 1 where it was ticked, and else leave it blank."
    raise Unreadable(column, msg)


def _several(variable: Variable, cells: Mapping[str, str]) -> list[str] | None:
    pairs = zip(variable.categories, variable.columns, strict=True)
    return [each.key for each, column in pairs if _ticked(column, cells.get(column, ""))] or None


def _figures(variable: Variable, cells: Mapping[str, str]) -> object:
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
        raise Unreadable(column, f"“{cell[:60]}” is no whole number. Write one in figures, like 2.")
    return int(cell)


def _number(variable: Variable, cells: Mapping[str, str]) -> object:
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
        msg = f"“{cell[:60]}” is no number. Write one in figures."
        raise Unreadable(variable.name, msg) from None
    return int(number) if number.is_integer() else number


def _codes(variable: Variable, cells: Mapping[str, str]) -> list[str] | None:
    """Codes as they were written; a place that is written by its name becomes its code."""
    codes: list[str] = []
    for part in re.split(r"[,;/\n]", cells.get(variable.name, "")):
        if (code := _codes_by_name().get(alike(part))) is not None:
            codes.append(code)
            continue
        for each in part.split():
            if len(each) > 3 or not each.isascii():
                msg = f"“{part.strip()[:60]}” is no country code. Write codes like GB or DE."
                raise Unreadable(variable.name, msg)
            codes.append(each.upper())
    return codes or None


@cache
def _codes_by_name() -> dict[str, str]:
    return {alike(place.name): place.code for place in all_places()}


def _sources(variable: Variable, cells: Mapping[str, str]) -> list[dict[str, str]] | None:
    found = []
    for written in cells.get(variable.name, "").splitlines():
        if written.strip():
            title, address, shows = (*(each.strip() for each in written.split("|", 2)), "", "")[:3]
            found.append({"title": title, "address": address, "shows": shows})
    if variable.at_most is not None and len(found) > variable.at_most:
        msg = f"There are {len(found)} sources. Name at most {variable.at_most}, one a line."
        raise Unreadable(variable.name, msg)
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
