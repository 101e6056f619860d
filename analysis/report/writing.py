"""Writing a report to a folder: HTML, Word and PDF, tables as CSV, pictures as SVG."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.report.building import Progress, build_report, no_progress
from analysis.report.content import Report
from analysis.report.page import file_name, html_page
from analysis.report.pdf import pdf_file
from analysis.report.word import word_file
from analysis.responses import Responses
from analysis.tables import Table

Writer = Callable[[Report], bytes]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class UnknownFormatError(ValueError):
    """A report was asked for in a format that there is not."""


def html_file(report: Report) -> bytes:
    """Write a report as one HTML file that works without a network."""
    return html_page(report).encode()


FORMATS: Mapping[str, Writer] = {"html": html_file, "docx": word_file, "pdf": pdf_file}


def write_report(
    responses: Responses,
    out: Path | str,
    *,
    formats: Sequence[str] = ("html",),
    next_steps: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write the report on an export, with its tables and pictures.

    Parameters
    ----------
    responses
        From `read_export`.
    out
        A folder, made where it is not there. Files of the same names are replaced; others stay.
    formats
        Any of "html", "docx", "pdf".
    next_steps
        Paragraphs of the organiser's on what it will do with the responses.
    progress
        Told what is being done, how many steps are done, and of how many.

    Returns
    -------
    tuple of Path
        The files written: `report.*`, `tables/*.csv` and `charts/*.svg`. The same export gives the
        same bytes of HTML, CSV and SVG, on any machine.

    Raises
    ------
    UnknownFormatError
        Before anything is done, where a format is unknown.
    ExposureError
        Where small counts cannot be hidden well enough. Nothing is written then.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        msg = f"there is no format {', '.join(unknown)}: choose from {', '.join(FORMATS)}"
        raise UnknownFormatError(msg)
    tell = progress or no_progress
    report = build_report(responses, next_steps=next_steps, progress=tell)
    contents: dict[str, bytes] = {}
    for done, name in enumerate(formats):
        tell(f"Writing report.{name}", done, len(formats))
        contents[f"report.{name}"] = FORMATS[name](report)
    contents |= table_files(report) | chart_files(report)
    folder = Path(out)
    written = []
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    tell("Written", len(formats), len(formats))
    return tuple(written)


def table_files(report: Report) -> dict[str, bytes]:
    """Give every table as a CSV file, and an index of them."""
    files = {f"tables/{file_name(table.key)}.csv": csv_file(table) for table in report.tables}
    index = [("file", "title", "question", "base", "note")]
    index += [
        (f"{file_name(each.key)}.csv", each.title, each.question or "", each.base_words, each.note)
        for each in report.tables
    ]
    return {**files, "tables/index.csv": csv_bytes(index)}


def chart_files(report: Report) -> dict[str, bytes]:
    """Give every picture as an SVG file."""
    return {f"charts/{file_name(chart.key)}.svg": chart.svg.encode() for chart in report.charts}


def csv_file(table: Table) -> bytes:
    """Write a table as CSV: UTF-8 with a mark, so that spreadsheets read its letters."""
    return csv_bytes(list(table.as_records()))


def csv_bytes(records: Sequence[Sequence[str]]) -> bytes:
    """Write records as CSV in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[harmless(cell) for cell in record] for record in records])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    visible = cell.replace("\x00", "")
    return f"'{visible}" if visible.startswith(FORMULA) else visible
