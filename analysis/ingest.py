"""Somebody else's CSV or XLSX and a mapping, into an export folder.

Whatever cannot be placed is listed with its row and column (`analysis.damage`), never dropped. Long
because each kind of cell says in its own words what was wrong with it.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.damage import Damage, Kind, in_words, letters, write_damage
from analysis.mapping import (
    MappedVariable,
    MappingError,
    SourceColumn,
    SourceMapping,
    load_mapping,
)
from analysis.texts.campaigns import find_campaigns
from analysis.texts.fillers import candidate_kind, filler_kind
from forms.codebook import Measure
from forms.folder import digest, write_folder
from forms.manifest import Accounting, ConsultationFacts, GroupCount, Manifest

LOOKS_EMPTY = ("none", "null", "nan", "na", "n/a", "#n/a", "nil")
Progress = Callable[[str], None]


class SourceFileError(ValueError):
    """A file that cannot be read. The message says what to do."""


@dataclass(frozen=True)
class Ingested:
    """What was brought in.

    Attributes
    ----------
    folder
        The export folder.
    responses
        How many responses it holds.
    damage
        Everything that could not be placed or should be known, by row and column.
    report
        Where the damage is written, as CSV and as JSON.
    """

    folder: Path
    responses: int
    damage: tuple[Damage, ...]
    report: tuple[Path, Path]


@dataclass
class Reading:
    """Their file while it is read: the headers, which column is which, and the damage so far."""

    mapping: SourceMapping
    headers: Sequence[str]
    damage: list[Damage] = field(default_factory=list)
    known: dict[str, dict[str, str]] = field(default_factory=dict)

    def note(self, kind: Kind, row: int, column: int | None, value: str, what: str) -> None:
        """List one thing."""
        place = "" if column is None else letters(column)
        header = "" if column is None else one_line(self.headers[column])
        self.damage.append(Damage(kind, row, place, header, value, what))

    def position(self, source: SourceColumn) -> int:
        """Find a column of theirs.

        Raises
        ------
        MappingError
            Where it is not there, or its header is another.
        """
        if source.column is not None:
            if source.column >= len(self.headers):
                msg = f"the file has no column {source.column}: it has {len(self.headers)}"
                raise MappingError(msg)
            found = one_line(self.headers[source.column])
            if source.header is not None and one_line(source.header) not in found:
                msg = f"column {source.column} is headed “{found}”, not “{source.header}”"
                raise MappingError(msg)
            return source.column
        wanted = one_line(source.header or "")
        fitting = [place for place, each in enumerate(self.headers) if one_line(each) == wanted]
        if len(fitting) != 1:
            msg = f"{len(fitting)} columns are headed “{wanted}”: give its number as well"
            raise MappingError(msg)
        return fitting[0]


def ingest(
    file: Path | str, mapping: Path | str, out: Path | str, *, progress: Progress | None = None
) -> Ingested:
    """Bring somebody else's answers into an export folder.

    Parameters
    ----------
    file
        CSV or XLSX; the first row holds the headers.
    mapping
        A YAML file (`analysis.mapping`).
    out
        The folder to write. `ingest-report.csv` and `ingest-report.json` are written beside the
        three files of the export.
    progress
        Told in a word what is being done.

    Raises
    ------
    SourceFileError
        Where the file is missing or cannot be read.
    MappingError
        Where the mapping cannot be used with this file.
    """
    tell = progress or (lambda _: None)
    tell("Reading the mapping")
    chosen = load_mapping(mapping)
    tell("Reading the file")
    headers, cells = read_cells(Path(file), chosen)
    reading = Reading(chosen, headers)
    look_at_headers(reading)
    tell("Placing the answers")
    rows, removed = place_rows(reading, cells)
    tell("Looking for fillers and co-ordinated answers")
    look_at_texts(reading, rows)
    tell("Writing the export")
    out = Path(out)
    manifest = manifest_of(reading, rows, removed)
    codebook = chosen.codebook(digest(Path(mapping).read_bytes()))
    write_folder(out, [row for _, row in rows], codebook, manifest)
    return Ingested(out, len(rows), tuple(reading.damage), write_damage(reading.damage, out))


def read_cells(file: Path, mapping: SourceMapping) -> tuple[list[str], list[list[str]]]:
    """Read headers and rows as texts, exactly as they are written."""
    if not file.is_file():
        msg = f"there is no file {file}: give a CSV or XLSX file"
        raise SourceFileError(msg)
    read = read_xlsx if file.suffix.lower() == ".xlsx" else read_csv
    rows = read(file, mapping)
    if not rows:
        msg = f"{file} is empty: its first row should hold the headers"
        raise SourceFileError(msg)
    return rows[0], rows[1:]


def read_csv(file: Path, mapping: SourceMapping) -> list[list[str]]:
    """Read a CSV file; no word is taken for a missing value."""
    try:
        with file.open(encoding=mapping.encoding, newline="") as opened:
            return list(csv.reader(opened, delimiter=mapping.delimiter, strict=True))
    except UnicodeDecodeError as error:
        msg = (
            f"{file} is not written in {mapping.encoding} ({error}): change encoding in the mapping"
        )
        raise SourceFileError(msg) from None
    except csv.Error as error:
        msg = f"{file} is no CSV that can be read ({error})"
        raise SourceFileError(msg) from None


def read_xlsx(file: Path, mapping: SourceMapping) -> list[list[str]]:
    """Read one sheet of an XLSX file as texts."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, OSError, KeyError, ValueError) as error:
        msg = f"{file} is no XLSX that can be read ({error})"
        raise SourceFileError(msg) from None
    if mapping.sheet is not None and mapping.sheet not in book.sheetnames:
        msg = f"{file} has no sheet {mapping.sheet}: it has {', '.join(book.sheetnames)}"
        raise SourceFileError(msg)
    sheet = book[mapping.sheet or book.sheetnames[0]]
    return [[as_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def as_text(cell: object) -> str:
    """Write a spreadsheet's cell as text: whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def look_at_headers(reading: Reading) -> None:
    """List headers that say the same, columns left out, and what is known of the file."""
    for note in reading.mapping.notes:
        reading.note("note", 0, None, "", note)
    # pandas tells identical headers apart by ".1": such a file has been through it.
    plain = [re.sub(r"\.\d+$", "", one_line(each)).rstrip(": ") for each in reading.headers]
    counts = Counter(plain)
    for place, header in enumerate(plain):
        if counts[header] > 1:
            others = [letters(each) for each, same in enumerate(plain) if same == header]
            what = f"the same header stands over {', '.join(others)}"
            reading.note("same_header", 1, place, header, what)
    for unused in reading.mapping.unused:
        reading.note("unused_column", 1, reading.position(unused), "", unused.why)
    used = {reading.position(variable) for _, variable in reading.mapping.variables}
    used |= {reading.position(each) for each in reading.mapping.unused}
    used.add(reading.position(reading.mapping.id))
    if reading.mapping.sent_on is not None:
        used.add(reading.position(reading.mapping.sent_on))
    for place in range(len(reading.headers)):
        if place not in used:
            reading.note("unused_column", 1, place, "", "the mapping does not say what it is")


def place_rows(
    reading: Reading, cells: Sequence[Sequence[str]]
) -> tuple[list[tuple[int, dict[str, Any]]], dict[str, int]]:
    """Turn their rows into rows of the export, each with its row number; count those left out."""
    expected = reading.mapping.rows
    if expected is not None and expected != len(cells):
        what = f"the mapping was written for {expected} rows"
        reading.note("row_count", 0, None, str(len(cells)), what)
    identity = reading.position(reading.mapping.id)
    columns = [(reading.position(variable), variable) for _, variable in reading.mapping.variables]
    rows: list[tuple[int, dict[str, Any]]] = []
    removed: Counter[str] = Counter()
    seen: set[str] = set()
    for number, row in enumerate(cells, start=2):
        whole = whole_row(reading, number, row)
        name = whole[identity].strip() or f"row_{number:06d}"
        if not any(cell.strip() for place, cell in enumerate(whole) if place != identity):
            reading.note("blank_row", number, None, name, "no cell is filled")
            removed["blank"] += 1
        elif name in seen:
            reading.note("repeated_id", number, identity, name, "an earlier row has this number")
            removed["duplicate"] += 1
        else:
            seen.add(name)
            rows.append((number, one_row(reading, number, name, whole, columns)))
    return rows, dict(removed)


def whole_row(reading: Reading, number: int, row: Sequence[str]) -> list[str]:
    """Give a row as wide as the header; what is too much is listed, and what lacks is blank."""
    width = len(reading.headers)
    if len(row) != width:
        extra = " | ".join(row[width:])
        reading.note("wrong_width", number, None, extra, f"{len(row)} cells under {width} headers")
    return [*row[:width], *[""] * (width - len(row))]


def one_row(
    reading: Reading,
    number: int,
    name: str,
    cells: Sequence[str],
    columns: Sequence[tuple[int, MappedVariable]],
) -> dict[str, Any]:
    """Turn one of their rows into a row of the export."""
    row: dict[str, Any] = {
        "response_id": name,
        "submitted_on": sent_on(reading, number, cells),
        "confidential": "",
    }
    for question, _ in reading.mapping.variables:
        row[f"asked.{question.key}"] = True
    for place, variable in columns:
        row |= BY_MEASURE[variable.measure](reading, number, place, variable, cells[place])
    return row


def sent_on(reading: Reading, number: int, cells: Sequence[str]) -> str | None:
    """Read the day of sending."""
    if reading.mapping.sent_on is None:
        return None
    place = reading.position(reading.mapping.sent_on)
    cell = cells[place].strip()
    try:
        read = datetime.strptime(cell, reading.mapping.sent_on.written).replace(tzinfo=UTC)
    except ValueError:
        reading.note("bad_date", number, place, cell, "kept as unknown")
        return None
    return read.date().isoformat()


def given(reading: Reading, number: int, place: int, cell: str) -> str | None:
    """Give what a cell says, None where it says nothing or was lost."""
    if cell.strip() in reading.mapping.lost:
        what = "an answer was here, and a spreadsheet swallowed it; kept as blank"
        reading.note("lost_answer", number, place, cell, what)
        return None
    return None if cell.strip() in reading.mapping.blank else cell


def known_words(reading: Reading, variable: MappedVariable) -> dict[str, str]:
    """Give our key for each of their words; a category without words goes by its label."""
    if variable.name not in reading.known:
        reading.known[variable.name] = {
            one_line(word).casefold(): category.key
            for category in reading.mapping.categories(variable)
            for word in (category.words or (category.label,))
        }
    return reading.known[variable.name]


def place_choice(
    reading: Reading, number: int, place: int, variable: MappedVariable, cell: str
) -> dict[str, Any]:
    """Place one answer out of several."""
    said = given(reading, number, place, cell)
    if said is None:
        if variable.missing:
            kind: Kind = "no_group" if variable.name == reading.mapping.roles.group else "note"
            reading.note(kind, number, place, cell, variable.missing)
        return {variable.name: variable.blank}
    key = known_words(reading, variable).get(one_line(said).casefold())
    if key is None:
        reading.note("unknown_word", number, place, said, f"no category of {variable.name}")
    return {variable.name: key}


def place_several(
    reading: Reading, number: int, place: int, variable: MappedVariable, cell: str
) -> dict[str, Any]:
    """Place several choices from one cell."""
    said = given(reading, number, place, cell)
    if said is None:
        return {}
    known = known_words(reading, variable)
    chosen = set()
    for part in filter(None, (each.strip() for each in said.split(variable.separator))):
        key = known.get(one_line(part).casefold())
        if key is None:
            reading.note("unknown_word", number, place, part, f"no category of {variable.name}")
        else:
            chosen.add(key)
    if not chosen:
        return {}
    keys = [category.key for category in reading.mapping.categories(variable)]
    return {f"{variable.name}.{key}": key in chosen for key in keys}


def place_text(
    reading: Reading, number: int, place: int, variable: MappedVariable, cell: str
) -> dict[str, Any]:
    """Place what was written, as it was written: "None" is an answer."""
    said = given(reading, number, place, cell)
    if said is None:
        return {}
    if not said.strip():
        return {variable.name: None}
    if one_line(said).casefold() in LOOKS_EMPTY or candidate_kind(said) == "none":
        reading.note("looks_empty", number, place, said, "kept as an answer")
    elif filler_kind(said) is not None:
        reading.note("filler", number, place, said, f"kept; {filler_kind(said)}")
    if reading.mapping.cut_at is not None and len(said) == reading.mapping.cut_at:
        what = f"exactly {len(said)} characters long; kept"
        reading.note("cut_off", number, place, said[-40:], what)
    return {variable.name: said}


def place_number(
    reading: Reading, number: int, place: int, variable: MappedVariable, cell: str
) -> dict[str, Any]:
    """Place a figure, or a word that the mapping knows for "don't know"."""
    said = given(reading, number, place, cell)
    if said is None:
        return {}
    key = known_words(reading, variable).get(one_line(said).casefold())
    if key is not None:
        return {f"{variable.name}.{key}": 1.0}
    try:
        return {variable.name: float(said.replace(",", "").strip())}
    except ValueError:
        reading.note("bad_number", number, place, said, "kept as blank")
        return {}


def place_jurisdiction(
    reading: Reading, number: int, place: int, variable: MappedVariable, cell: str
) -> dict[str, Any]:
    """Place the names of countries as ISO 3166 codes."""
    said = given(reading, number, place, cell)
    if said is None:
        return {}
    codes = []
    for part in filter(None, (each.strip() for each in said.split(variable.separator))):
        code = variable.words.get(part) or country_code(part)
        if code is None:
            reading.note("unknown_place", number, place, part, "no country that we know by this")
        else:
            codes.append(code)
    return {variable.name: " ".join(codes) or None}


Place = Callable[[Reading, int, int, MappedVariable, str], dict[str, Any]]
BY_MEASURE: Mapping[Measure, Place] = {
    Measure.NOMINAL: place_choice,
    Measure.ORDINAL: place_choice,
    Measure.SEVERAL: place_several,
    Measure.TEXT: place_text,
    Measure.NUMBER: place_number,
    Measure.JURISDICTION: place_jurisdiction,
}


def country_code(name: str) -> str | None:
    """Give the ISO 3166 code of a country by any of its names there, or by its code."""
    import pycountry

    countries: Any = pycountry.countries
    try:
        return str(countries.lookup(name).alpha_2)
    except LookupError:
        return None


def look_at_texts(reading: Reading, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """List respondents who sent the same words to several questions."""
    texts = [
        variable.name
        for _, variable in reading.mapping.variables
        if variable.measure is Measure.TEXT
    ]
    written = pd.DataFrame(
        [
            (row["response_id"], name, row[name])
            for _, row in rows
            for name in texts
            if row.get(name) is not None
        ],
        columns=["response_id", "question", "text"],
    )
    if written.empty:
        return
    number_of = {row["response_id"]: number for number, row in rows}
    for count, campaign in enumerate(find_campaigns(written).campaigns, start=1):
        together = len(campaign.responses)
        for response, questions in campaign.shared:
            what = (
                f"set {count}: {together} respondents share words; this one in {questions} places"
            )
            reading.note("co_ordinated", number_of[response], None, response, what)


def manifest_of(
    reading: Reading, rows: Sequence[tuple[int, dict[str, Any]]], removed: Mapping[str, int]
) -> Manifest:
    """Account for every row and say what was found."""
    mapping = reading.mapping
    groups = Counter(row[mapping.roles.group] for _, row in rows)
    known = [key for key in groups if key is not None]
    return Manifest(
        consultation=ConsultationFacts(
            key=mapping.questionnaire,
            title=mapping.title,
            opened_at=day(mapping.opened_on),
            closed_at=day(mapping.closed_on),
            organiser=mapping.organiser,
        ),
        source=mapping.source,
        accounting=Accounting(
            received=len(rows) + sum(removed.values()),
            included=len(rows),
            removed=dict(removed),
            by_group={
                key: GroupCount(received=groups[key], included=groups[key]) for key in sorted(known)
            }
            if not removed
            else {},
        ),
        warnings=in_words(reading.damage),
    )


def day(written: str | None) -> datetime | None:
    """Read a day of the mapping as midnight, UTC."""
    return None if written is None else datetime.fromisoformat(written).replace(tzinfo=UTC)


def one_line(text: str) -> str:
    """Give a text with every run of white space as one blank."""
    return " ".join(text.split())
