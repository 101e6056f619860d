"""Data for publication: all tables, and the records that consent and k-anonymity allow.

A folder, written whole or not at all:

- `tables.xlsx`: one workbook with contents; `tables/`: each table as CSV
- `tables.json`: the same tables for the next release, which is compared with them
- `records/`: the public records as CSV with a Frictionless data package (`datapackage.json`) and
  a DDI codebook (`codebook.xml`), and as `records.sav`
- `codebook.json`: the codebook without identifying variables
- `release.json`: what was left out, how many were counted, how narrow the narrowest interval is
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis.anonymity import NotAnonymousEnoughError
from analysis.attack import AttackResult, require_hidden
from analysis.crosstabs import all_by_group
from analysis.deposit import (
    RECORDS_FILE,
    data_package,
    ddi_codebook,
    write_records,
    write_sav,
)
from analysis.disclosure import compare_releases, hide_small_counts, not_answers
from analysis.records import NotAskedToPublishError, Records, public_records
from analysis.responses import Responses
from analysis.sheets import write_csv, write_workbook
from analysis.tables import Base, Cell, Row, Table
from forms.codebook import Codebook, Measure

READ_ME = (
    "Respondents chose themselves: these are the views of those who answered, of nobody else.",
    "[hidden] stands for a small count, or for one that would give a small count away.",
    "Text with an apostrophe before it begins with a character that sheets take for a formula.",
)
TABLES_FILE = "tables.json"
Progress = Callable[[str], object]


@dataclass(frozen=True)
class Release:
    """What was written.

    Attributes
    ----------
    folder
        Where.
    files
        The files, as paths within the folder, in order.
    tables
        The tables as published.
    records
        The public records; None where no record may be published, for the reason in `no_records`.
    attack
        What the attack on the tables found: nothing, and how narrow the narrowest interval is.
    """

    folder: Path
    files: tuple[str, ...]
    tables: tuple[Table, ...]
    records: Records | None
    no_records: str
    attack: AttackResult

    def __iter__(self) -> Iterator[Path]:
        """Give the paths of the files."""
        return (self.folder / name for name in self.files)


def write_release(
    responses: Responses,
    out: Path | str,
    *,
    previous: Path | str | None = None,
    progress: Progress | None = None,
) -> Release:
    """Write a folder of data for publication.

    Parameters
    ----------
    responses
        From `read_export`.
    out
        The folder to write; it must not exist yet, or be empty.
    previous
        The folder of the release before, of the same consultation: nothing is published that the
        two together would give away.
    progress
        Told in a word what is being done.

    Returns
    -------
    Release
        What was written, and what was left out.

    Raises
    ------
    ExposureError
        Where a hidden figure could be worked out, or too few answered since the release before.
    FileExistsError
        Where there is something in the folder already.
    FileNotFoundError
        Where `previous` holds no `tables.json`.
    """
    folder = Path(out)
    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty: give a new folder, so that nothing old is published with it"
        raise FileExistsError(msg)
    tell = progress or (lambda _: None)
    tell("Hiding small counts")
    tables, result = safe_tables(responses, previous)
    tell("Choosing records")
    records, reason = choose_records(responses, tables)
    tell("Writing")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        draft = Path(beside) / "release"
        write_tables(draft, tables, responses.codebook)
        if records is not None:
            write_deposit(draft / "records", records, responses)
        write_summary(draft, responses, records, reason, result)
        if folder.exists():
            folder.rmdir()
        shutil.move(draft, folder)
    files = tuple(
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    )
    return Release(folder, files, tables, records, reason, result)


def safe_tables(
    responses: Responses, previous: Path | str | None
) -> tuple[tuple[Table, ...], AttackResult]:
    """Give all tables fit to be published, and what the attack on them found."""
    threshold, never = responses.manifest.rules.small_counts, not_answers(responses.codebook)
    raw = all_by_group(responses)
    if previous is None:
        tables = hide_small_counts(raw, threshold, not_answers=never)
    else:
        before = read_tables(Path(previous) / TABLES_FILE)
        tables = compare_releases(before, raw, threshold, not_answers=never)
    return tables, require_hidden(tables, threshold, not_answers=never)


def choose_records(responses: Responses, tables: Sequence[Table]) -> tuple[Records | None, str]:
    """Choose the public records, or say why there are none."""
    rules = responses.manifest.rules
    try:
        records = public_records(
            responses, tables, k=max(2, rules.k_anonymity), threshold=rules.small_counts
        )
    except (NotAnonymousEnoughError, NotAskedToPublishError) as refusal:
        return None, str(refusal)
    if records.frame.empty:
        return None, "too few agreed to publication"
    return records, ""


def write_tables(folder: Path, tables: Sequence[Table], codebook: Codebook) -> None:
    """Write the tables as CSV, as a workbook, and for the next release."""
    (folder / "tables").mkdir(parents=True)
    for table in tables:
        heading = ((table.title,), (table.note,)) if table.note else ((table.title,),)
        write_csv(folder / "tables" / f"{table.key}.csv", (*heading, *table.as_records()))
    write_workbook(folder / "tables.xlsx", tables, title=codebook.title, notes=READ_ME)
    (folder / TABLES_FILE).write_text(
        json.dumps([asdict(table) for table in tables], ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    (folder / "codebook.json").write_text(
        public_codebook(codebook).model_dump_json(indent=1) + "\n", encoding="utf-8"
    )


def read_tables(path: Path) -> tuple[Table, ...]:
    """Read back the tables of a release.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    """
    tables = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Table(
            **{
                **each,
                "measure": None if each["measure"] is None else Measure(each["measure"]),
                "columns": tuple(each["columns"]),
                "column_keys": tuple(each["column_keys"]),
                "bases": tuple(Base(**base) for base in each["bases"]),
                "rows": tuple(
                    Row(**{**row, "cells": tuple(Cell(**cell) for cell in row["cells"])})
                    for row in each["rows"]
                ),
            }
        )
        for each in tables
    )


def public_codebook(codebook: Codebook) -> Codebook:
    """Leave out the variables that say who someone is."""
    kept = tuple(each for each in codebook.variables if not each.identifying)
    return codebook.model_copy(update={"variables": kept})


def write_deposit(folder: Path, records: Records, responses: Responses) -> None:
    """Write the public records with everything that explains them."""
    folder.mkdir(parents=True)
    codebook, manifest = responses.codebook, responses.manifest
    write_records(folder / RECORDS_FILE, records)
    content = (folder / RECORDS_FILE).read_bytes()
    (folder / "datapackage.json").write_text(
        data_package(records, codebook, manifest, content), encoding="utf-8"
    )
    (folder / "codebook.xml").write_bytes(ddi_codebook(records, codebook, manifest))
    write_sav(folder / "records.sav", records, title=codebook.title)


def write_summary(
    folder: Path,
    responses: Responses,
    records: Records | None,
    reason: str,
    result: AttackResult,
) -> None:
    """Write what was left out, and what was promised and checked."""
    rules = responses.manifest.rules
    narrowest = result.narrowest
    summary = {
        "consultation": responses.manifest.consultation.key,
        "questionnaire": responses.codebook.digest,
        "synthetic": responses.manifest.synthetic,
        "responses": len(responses),
        "records": 0 if records is None else len(records.frame),
        "no_records_because": reason,
        "k": 0 if records is None else records.k,
        "keys": [] if records is None else list(records.keys),
        "left_out": {} if records is None else dict(records.left_out),
        "small_counts": rules.small_counts,
        "hidden_counts": result.hidden,
        "narrowest_interval": None if narrowest is None else narrowest.whole_numbers,
    }
    (folder / "release.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
