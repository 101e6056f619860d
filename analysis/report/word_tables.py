"""Pictures and tables in a Word file."""

import io
from collections.abc import Sequence

import resvg_py
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell

from analysis.charts.frame import Chart
from analysis.charts.svg import NOT_XML
from analysis.charts.wording import HIDDEN, cell_value, number, percent
from analysis.report.content import Exhibit, nothing_to_see
from analysis.report.page import base_figure, base_title, shown_columns
from analysis.tables import Cell, Row, Table

PAGE_WIDTH = Cm(16.4)
PICTURE_WIDTH = Cm(13.5)
WIDE = 7
"""Columns from which the first one is narrower."""


SHARPNESS = 2.4


def clean_words(words: str) -> str:
    return NOT_XML.sub("", words)


def paragraphs(document: WordDocument, words: Sequence[str]) -> None:
    for each in words:
        document.add_paragraph(clean_words(each))


def exhibit_block(document: WordDocument, exhibit: Exhibit) -> None:
    kind = "Figure" if exhibit.chart is not None else "Table"
    caption = document.add_paragraph(style="Caption")
    caption.add_run(f"{kind} {exhibit.number}. {clean_words(exhibit.title)}")
    caption.paragraph_format.keep_with_next = True
    if exhibit.unseen:
        document.add_paragraph(nothing_to_see(*exhibit.tables))
        return
    if exhibit.chart is not None:
        picture_block(document, exhibit.chart)
    if exhibit.grid:
        _grid_exhibit(document, exhibit)
        return
    for table in exhibit.tables:
        table_block(document, table)


def picture_block(document: WordDocument, chart: Chart) -> None:
    """Put a picture in, with its description as alternative text."""
    image = resvg_py.svg_to_bytes(svg_string=chart.svg, zoom=SHARPNESS)
    shape = document.add_picture(io.BytesIO(image), width=PICTURE_WIDTH)
    if shape.height > Cm(22):
        shape.width, shape.height = int(shape.width * Cm(22) / shape.height), Cm(22)
    shape._inline.docPr.set("title", clean_words(chart.title))  # noqa: SLF001 - no other way in
    shape._inline.docPr.set("descr", clean_words(chart.description))  # noqa: SLF001 - as above


def _words(row: Row, cell: Cell) -> str:
    if cell.hidden:
        return HIDDEN
    if row.kind == "mean":
        return cell_value(cell)
    if cell.percent is None:
        return number(cell.count)
    return f"{percent(cell.percent)} ({number(cell.count)})"


def table_block(document: WordDocument, table: Table) -> None:
    columns = shown_columns(table)
    rows = [
        (row.label, *(_words(row, row.cells[column.place]) for column in columns))
        for row in table.rows
    ]
    rows.append((base_title(table), *(base_figure(column.base, table) for column in columns)))
    grid_block(document, ("", *(column.heading for column in columns)), rows)
    paragraphs(document, [each for each in (table.note, table.filters) if each])


def _grid_exhibit(document: WordDocument, exhibit: Exhibit) -> None:
    first = exhibit.tables[0]
    rows: list[tuple[str, ...]] = []
    for table, label in zip(exhibit.tables, exhibit.rows, strict=True):
        for column in shown_columns(table):
            shares = [row.cells[column.place] for row in table.rows]
            words = [HIDDEN if cell.hidden else percent(cell.percent) for cell in shares]
            rows.append((f"{label}: {column.heading}", *words, base_figure(column.base, table)))
    grid_block(document, ("", *(row.label for row in first.rows), "Base"), rows)
    document.add_paragraph(f"{first.base_words}.")


def grid_block(
    document: WordDocument, heading: Sequence[str], rows: Sequence[Sequence[str]]
) -> WordTable:
    """Put in a table whose first row is repeated as its heading on every page."""
    table: WordTable = document.add_table(
        rows=1 + len(rows), cols=len(heading), style="Light Shading"
    )
    table.autofit = False
    first = Cm(5.6 if len(heading) < WIDE else 3.8)
    rest = Emu(int((PAGE_WIDTH - first) / max(len(heading) - 1, 1)))
    for column, each in enumerate(table.columns):
        each.width = rest if column else first
    lines = table.rows
    for place, line in enumerate((heading, *rows)):
        for column, (cell, words) in enumerate(zip(lines[place].cells, line, strict=True)):
            cell.width = rest if column else first
            fill_cell(cell, words, bold=place == 0, figure=column > 0)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    lines[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - python-docx has no word for it
    document.add_paragraph().paragraph_format.space_after = Pt(4)
    return table


def fill_cell(cell: WordCell, words: str, *, bold: bool, figure: bool) -> None:
    """Put words into a cell; figures stand at the right, under each other."""
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(clean_words(words))
    run.font.name, run.font.size, run.bold = "Arial", Pt(7.5), bold
    paragraph.paragraph_format.space_after = Pt(1)
    if figure:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
