"""What is published, made from an export: one set of tables, and everything from those alone.

The page, the report and the data show the same tables, hidden once. Two sets hidden apart would
give away together what each hides alone.
"""

import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.results.page_data import page_of

if TYPE_CHECKING:
    from analysis.report.content import Report
    from analysis.report.counting import Counted
    from analysis.report.writing import Writer
    from analysis.responses import Responses
    from analysis.tables import Table

STEPS = (
    "Reading the responses",
    "Hiding small counts",
    "Reading what was written",
    "Writing the report",
    "Writing it as PDF and for Word, which takes longest",
    "Putting the data together",
)
Tell = Callable[[int], object]
LONG = 30
"""Pictures from which a report is long."""

WITH_NAME = "with_name"
DATA = "data"


class CannotPublish(Exception):
    """What was asked for may not be let out; the message says why."""


@dataclass(frozen=True)
class Made:
    """What was written: the page as data, and the files below a folder."""

    page: dict[str, Any]
    folder: Path


def write_files(
    export: Path,
    folder: Path,
    *,
    earlier: Sequence[Path] = (),
    next_steps: Sequence[str] = (),
    tell: Tell,
) -> Made:
    """Write everything that is published of an export.

    `earlier` are folders with the `tables.json` of each publication before, the newest last: what
    the new one and they together would give away is hidden, or refused.

    Raises
    ------
    CannotPublish
        If somebody would be exposed.
    """
    from analysis.attack import ExposureError
    from analysis.codings import with_themes
    from analysis.disclosure import refuse_few
    from analysis.export import read_export
    from analysis.feasibility import UndecidedError
    from analysis.release import TABLES_FILE, read_tables, write_release

    tell(0)
    full = read_export(export)
    responses = without_identities(coarser(with_themes(full)))
    threshold = responses.manifest.rules.small_counts
    tell(1)
    try:
        release = write_release(responses, folder / DATA, previous=earlier[-1] if earlier else None)
        for each in earlier:
            refuse_few(read_tables(each / TABLES_FILE), release.tables, threshold)
    except (ExposureError, UndecidedError) as error:
        raise CannotPublish(str(error)) from error
    tell(2)
    named = only_agreed_names(full, responses)
    report, counted = report_from(release.tables, responses, named, next_steps)
    _write_report(report, folder, tell)
    tell(5)
    pack(folder)
    return Made(page_of(report, counted), folder)


def coarser(responses: "Responses") -> "Responses":
    """Put together the ways of giving no view where they are few, in the answers themselves."""
    import pandas as pd

    from analysis.crosstabs import all_by_group
    from analysis.report.coarse import NO_VIEW, coarsen

    rules = responses.manifest.rules
    _, codebook = coarsen(all_by_group(responses), responses.codebook, rules.small_counts)
    frame = responses.frame.copy()
    for variable in codebook.variables:
        keys = [each.key for each in variable.categories]
        if variable.name not in frame.columns or NO_VIEW not in keys:
            continue
        said = frame[variable.name].astype("object")
        unknown = said.notna() & ~said.isin(keys)
        frame[variable.name] = pd.Categorical(
            said.mask(unknown, NO_VIEW), categories=keys, ordered=frame[variable.name].cat.ordered
        )
    return replace(responses, frame=frame, codebook=codebook)


def without_identities(responses: "Responses") -> "Responses":
    """Drop every column that says who someone is."""
    from forms.folder import identifying_columns

    gone = [each for each in identifying_columns(responses.codebook) if each in responses.frame]
    return replace(responses, frame=responses.frame.drop(columns=gone))


def only_agreed_names(full: "Responses", responses: "Responses") -> "Responses":
    """Put back the names of organisations that agreed to be named and kept nothing of it back."""
    roles = full.codebook.roles
    if roles.organisation is None or roles.publication is None:
        return responses
    if roles.organisation not in full.frame.columns:
        return responses
    question = full.codebook.by_name[roles.organisation].question
    agreed = (full.frame[roles.publication] == WITH_NAME).fillna(value=False).astype(bool)
    kept_back = full.frame["confidential"].fillna("").str.split().map(lambda keys: question in keys)
    names = full.frame[roles.organisation].where(agreed & ~kept_back.astype(bool))
    return replace(responses, frame=responses.frame.assign(**{roles.organisation: names}))


def report_from(
    tables: "tuple[Table, ...]",
    responses: "Responses",
    named: "Responses",
    next_steps: Sequence[str],
) -> "tuple[Report, Counted]":
    """Build the report on tables that were hidden already."""
    from analysis.accounting import accounting_tables
    from analysis.codings import mark_themes
    from analysis.report.building import NEXT_STEPS, assemble
    from analysis.report.counting import judge, leads
    from analysis.report.said import reader_of

    codebook = responses.codebook
    account = tuple(each for each in accounting_tables(responses) if each.variable is None)
    marked = mark_themes(tables, responses.codings)
    counted = judge((*account, *marked), codebook, responses.manifest.rules)
    reader = reader_of(named, leads(codebook))
    return assemble(named, counted, reader, tuple(next_steps) or NEXT_STEPS), counted


def _write_report(report: "Report", folder: Path, tell: Tell) -> None:
    from analysis.report.page import file_name
    from analysis.report.writing import FORMATS, chart_files, csv_file

    tell(3)
    (folder / "report.html").write_bytes(FORMATS["html"](report))
    tell(4)
    for name, content in _printed(report, FORMATS).items():
        (folder / name).write_bytes(content)
    for name, content in chart_files(report).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (folder / "tables").mkdir(exist_ok=True)
    for table in report.tables:
        (folder / "tables" / f"{file_name(table.key)}.csv").write_bytes(csv_file(table))


def _printed(report: "Report", formats: "Mapping[str, Writer]") -> dict[str, bytes]:
    """PDF and Word: side by side where the report is long, as a second process takes seconds."""
    if len(report.charts) < LONG:
        return {f"report.{kind}": formats[kind](report) for kind in ("pdf", "docx")}
    # A new process: a copy of this one would hold locks of threads that it does not have.
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        word = beside.submit(formats["docx"], report)
        return {"report.pdf": formats["pdf"](report), "report.docx": word.result()}


def pack(folder: Path) -> None:
    """Put the data, and the pictures, into one archive each; the same files, the same bytes."""
    release = folder / DATA
    shutil.copy(release / "tables.xlsx", folder / "tables.xlsx")
    archives: Mapping[str, Path] = {"data.zip": release, "pictures.zip": folder / "charts"}
    for name, content in archives.items():
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(each for each in content.rglob("*") if each.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(content).as_posix())
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    shutil.copy(release / "tables.json", folder / "_tables.json")
    shutil.rmtree(release)
