"""The damage report of `analysis.ingest`: what could not be placed, or should be known.

Nothing is dropped in silence: every cell that an export does not hold as it was written is one
entry here, with its row and column as a spreadsheet counts them.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Kind = Literal[
    "lost_answer",
    "unknown_word",
    "no_group",
    "same_header",
    "unused_column",
    "row_count",
    "wrong_width",
    "blank_row",
    "repeated_id",
    "bad_date",
    "bad_number",
    "unknown_place",
    "cut_off",
    "filler",
    "looks_empty",
    "co_ordinated",
    "note",
]
WORDS: dict[Kind, str] = {
    "lost_answer": "Answers swallowed by a spreadsheet before we got them (kept as blank)",
    "unknown_word": "Words that the mapping does not know (kept as blank)",
    "no_group": "Respondents who do not say who they are (counted in a group of their own)",
    "same_header": "Columns whose headers say the same (told apart by position)",
    "unused_column": "Columns that are left out",
    "row_count": "A number of rows that is not the one expected",
    "wrong_width": "Rows with more or fewer cells than the header",
    "blank_row": "Rows without any answer (not included)",
    "repeated_id": "Responses whose number is there already (not included)",
    "bad_date": "Days of sending that cannot be read (kept as unknown)",
    "bad_number": "Figures that cannot be read (kept as blank)",
    "unknown_place": "Places that are no country we know (kept as blank)",
    "cut_off": "Answers as long as the form allowed, so perhaps cut off (kept as they are)",
    "filler": "Answers without a view of their own, such as a dash (kept as they are)",
    "looks_empty": "Answers such as “None” that look empty and are not (kept as they are)",
    "co_ordinated": "Respondents who sent the same words to several questions (kept)",
    "note": "Known of this file",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Damage:
    """One thing that is not as it should be.

    `row` counts as a spreadsheet does (the header is row 1), 0 where it is about no single row;
    `column` is a spreadsheet's letters, "" where it is about no single column.
    """

    kind: Kind
    row: int
    column: str
    header: str
    value: str
    what: str


def letters(position: int) -> str:
    """Give the letters of a column, counted from 0, as a spreadsheet writes them.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(67)
    ('A', 'Z', 'AA', 'BP')
    """
    found = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def counted(found: Iterable[Damage]) -> dict[Kind, int]:
    """Count by kind, in the order of `WORDS`."""
    counts = Counter(each.kind for each in found)
    return {kind: counts[kind] for kind in WORDS if counts[kind]}


def in_words(found: Iterable[Damage]) -> tuple[str, ...]:
    """Say each kind with its number, for the terminal and the manifest."""
    listed = list(found)
    counts = {kind: count for kind, count in counted(listed).items() if kind != "note"}
    return (
        *(f"{WORDS[kind]}: {count}" for kind, count in counts.items()),
        *(each.what for each in listed if each.kind == "note"),
    )


def write_damage(found: Iterable[Damage], folder: Path) -> tuple[Path, Path]:
    """Write `ingest-report.csv` and `ingest-report.json`, and give their paths.

    In the CSV a cell that a spreadsheet would run as a formula begins with an apostrophe; the JSON
    holds everything as it is.
    """
    listed = list(found)
    table, document = folder / "ingest-report.csv", folder / "ingest-report.json"
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("kind", "row", "column", "header", "value", "what"))
    for each in listed:
        writer.writerow(
            [
                f"'{cell}" if str(cell).startswith(FORMULA) else cell
                for cell in asdict(each).values()
            ]
        )
    table.write_bytes(text.getvalue().encode("utf-8-sig"))
    content = {"counts": counted(listed), "damage": [asdict(each) for each in listed]}
    document.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return table, document
