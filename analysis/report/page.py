"""The report as one HTML file: nothing is loaded, everything is escaped but our own drawing."""

import base64
import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.charts.frame import Chart, Column, columns_of
from analysis.charts.wording import HIDDEN, cell_value, number, percent
from analysis.report.content import Chapter, Report, nothing_to_see, unseen
from analysis.tables import Base, Cell, Table


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents list."""

    anchor: str
    title: str
    parts: tuple["Entry", ...] = ()


def html_page(report: Report, *, pictures_apart: bool = False, language: str = "en-GB") -> str:
    """Write a report as one HTML page.

    Parameters
    ----------
    report
        From `build_report`.
    pictures_apart
        True for the PDF: pictures as images with alternative text, which PDF readers read out.
        False for the page itself: pictures are part of it and stay sharp at any size.
    language
        BCP 47 tag of the report's own words.

    Returns
    -------
    str
        The same text for the same report.
    """
    environment = surroundings()
    mark = css_string("SYNTHETIC: made-up responses") if report.synthetic else "none"
    sheet = environment.get_template("sheet.css.jinja").render(
        running_head=Markup(mark),  # noqa: S704 - escaped for CSS; HTML's escapes mean nothing there
        running_foot=Markup(css_string(report.title)),  # noqa: S704 - as above
    )
    page = environment.get_template("report.html.jinja").render(
        report=report,
        sheet=Markup(sheet),  # noqa: S704 - our own sheet; what is put into it is escaped for CSS
        contents=contents(report),
        apart=apart(report),
        pictures_apart=pictures_apart,
        language=language,
    )
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"


@cache
def surroundings() -> Environment:
    """Give the templates with their filters; everything is escaped unless said otherwise."""
    environment = Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["nothing_to_see"] = nothing_to_see
    environment.filters |= {
        "anchor": anchor,
        "file": file_name,
        "share": percent,
        "count": number,
        "value": value_words,
        "base": base_figure,
        "base_title": base_title,
        "shown_columns": shown_columns,
        "drawn": drawn,
        "unseen": unseen,
        "data_address": data_address,
    }
    return environment


def value_words(cell: Cell) -> str:
    """Write a mean or median to one decimal."""
    return cell_value(cell)


def base_figure(base: Base, table: Table) -> str:
    """Write how many a column's per cents are out of."""
    shown = base.shown(table.base)
    return HIDDEN if shown is None else number(shown)


def base_title(table: Table) -> str:
    """Name the base of a table; what became of responses is of those received."""
    return "Base: responses received" if table.measure is None else table.base_words


def shown_columns(table: Table) -> tuple[Column, ...]:
    """Give the columns worth showing: a group that was not asked has none."""
    return columns_of(table)


def drawn(svg: str) -> Markup:
    """Let our own picture through: `analysis.charts.svg` has escaped every word in it."""
    return Markup(svg)  # noqa: S704 - as the docstring says


def data_address(chart: Chart) -> str:
    """Give a picture as an address that holds it."""
    return "data:image/svg+xml;base64," + base64.b64encode(chart.svg.encode()).decode()


def anchor(key: str) -> str:
    """Turn a key into something that an address can point to."""
    return re.sub(r"[^a-z0-9_-]", "-", key.lower())


def file_name(key: str) -> str:
    """Turn a key into a file name that every system takes."""
    return re.sub(r"[^a-z0-9_.-]", "_", key.lower()).strip(".") or "table"


def css_string(words: str) -> str:
    """Write words as a CSS string in which nothing can end the string or the sheet."""
    # The space after an escape belongs to it: without one of its own, it would swallow the next.
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda sign: f"\\{ord(sign[0]):06x} ", words) + '"'


def contents(report: Report) -> tuple[Entry, ...]:
    """Give the contents list."""
    return (
        Entry("answer", "The answer"),
        Entry("asked", "What was asked, and of whom"),
        Entry("received", "Responses received"),
        Entry("reading", "How to read this report"),
        Entry("glance", "One page at a glance"),
        Entry(
            "questions",
            "Each open question" if report.glance.lines else "Each topic",
            tuple(Entry(each.anchor, chapter_title(each)) for each in report.chapters),
        ),
        Entry("priorities", "Priorities"),
        Entry("next", "Next steps"),
        Entry("annex-tables", "Annex A: all tables"),
        Entry("annex-organisations", "Annex B: organisations"),
        Entry("annex-method", "Annex C: method"),
        Entry("annex-coding", "Annex D: coding frame"),
        Entry("annex-questionnaire", "Annex E: the questionnaire"),
        Entry("annex-differences", "Annex F: differences, with tests"),
    )


def chapter_title(chapter: Chapter) -> str:
    """Give the title of a chapter with its label."""
    return f"{chapter.label} {chapter.title}".strip()


def apart(report: Report) -> tuple[Table, ...]:
    """Give the tables that no exhibit shows in full: rows of grids, and what has no exhibit."""
    shown = {
        table.key for exhibit in report.exhibits if not exhibit.grid for table in exhibit.tables
    }
    return tuple(table for table in report.tables if table.key not in shown)
