"""The whole questionnaire as a document, for reading and discussing before answering."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import Table
from markupsafe import Markup, escape

from forms.conditions import Clause
from forms.question import Paper, Question
from forms.questionnaire import Questionnaire, Section
from forms.wording import shorten

BOX = "☐"
MARGIN, FIRST_COLUMN, TEXT_WIDTH = Cm(2), Cm(4.5), Cm(17)
ALL_VOLUNTARY = "You may leave a question blank unless it says that it needs an answer."
STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    "ul{list-style:none;padding-left:1rem}h3{font-size:1.05rem}"
    "@media print{section,article{break-inside:avoid-page}h2,h3{break-after:avoid}}"
)


@dataclass(frozen=True)
class Printed:
    """One question as it is printed, whatever the format."""

    number: str
    question: Question
    paper: Paper
    notes: tuple[str, ...]


def printed_questions(questionnaire: Questionnaire) -> Iterator[tuple[Section, list[Printed]]]:
    """Yield each section with its questions, numbered 1.1, 1.2 …, whoever they are asked of."""
    for place, section in enumerate(questionnaire.sections, start=1):
        yield (
            section,
            [
                Printed(
                    number=f"{place}.{number}",
                    question=question,
                    paper=question.paper(),
                    notes=tuple(notes(questionnaire, section, question)),
                )
                for number, question in enumerate(section.questions, start=1)
            ],
        )


def notes(questionnaire: Questionnaire, section: Section, question: Question) -> Iterator[str]:
    """Yield what else a reader should know: that it must be answered, and of whom it is asked."""
    if question.required:
        yield "This question needs an answer."
    for clause in (*section.ask_if, *question.ask_if):
        yield condition_in_words(questionnaire, clause)


def condition_in_words(questionnaire: Questionnaire, clause: Clause) -> str:
    """Say of whom a question is asked, by the answer that it depends on."""
    variable = questionnaire.variable(clause.answer)
    labels = {each.key: each.label for each in variable.categories}
    wanted = " or ".join(f"“{labels.get(key, key)}”" for key in clause.any_of)
    return f"Asked only if you answer {wanted} to “{shorten(variable.label)}”."


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text: blank lines part them."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def printed_html(questionnaire: Questionnaire) -> str:
    """Return a whole HTML document that needs nothing beside it."""
    page = Markup(
        '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{title}: all questions</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        "<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
    return page.format(
        language=questionnaire.language,
        title=questionnaire.title,
        style=Markup(STYLE),  # noqa: S704  # our own constant
        body=printed_body(questionnaire),
    )


def printed_body(questionnaire: Questionnaire) -> Markup:
    """Return the questions as HTML from the second heading down, for a page that has the first."""
    parts = [_paragraph(text) for text in (*paragraphs(questionnaire.summary), ALL_VOLUNTARY)]
    for section, questions in printed_questions(questionnaire):
        title = Markup("<h2>{}</h2>\n").format(section.title)
        intro = Markup("").join(_paragraph(text) for text in paragraphs(section.intro))
        body = Markup("").join(_question_html(each) for each in questions)
        parts.append(Markup("<section>\n{}{}{}</section>\n").format(title, intro, body))
    return Markup("").join(parts)


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>\n").format(text)


def _question_html(printed: Printed) -> Markup:
    """Return one question; a grid as two lists, which read well on any width and aloud."""
    question, paper = printed.question, printed.paper
    parts = [Markup("<h3>{} {}</h3>\n").format(printed.number, question.text)]
    parts += [_paragraph(text) for text in (question.hint, *printed.notes) if text]
    parts.append(_paragraph(paper.instruction))
    if paper.rows:
        parts += [_list_html(paper.rows, box="–"), _paragraph("For each of these:")]
        parts.append(_list_html(paper.columns))
    if paper.boxes:
        parts.append(_list_html(paper.boxes))
    return Markup("<article>\n{}</article>\n").format(Markup("").join(parts))


def _list_html(items: tuple[str, ...], box: str = BOX) -> Markup:
    listed = Markup("").join(
        Markup('<li><span aria-hidden="true">{}</span> {}</li>\n').format(box, item)
        for item in items
    )
    return Markup("<ul>\n{}</ul>\n").format(escape(listed))


def printed_docx(questionnaire: Questionnaire) -> bytes:
    """Return a Word file with boxes to tick and lines to write on."""
    document = docx.Document()
    _set_up(document, questionnaire)
    document.add_heading(questionnaire.title, level=0)
    for text in (*paragraphs(questionnaire.summary), ALL_VOLUNTARY):
        document.add_paragraph(text)
    for section, questions in printed_questions(questionnaire):
        document.add_heading(section.title, level=1)
        for text in paragraphs(section.intro):
            document.add_paragraph(text)
        for printed in questions:
            _add_question(document, printed)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Document, questionnaire: Questionnaire) -> None:
    """Choose A4, quiet headings and the language, for spelling and for reading aloud."""
    document.core_properties.title = questionnaire.title
    document.core_properties.author = ""
    document.core_properties.language = questionnaire.language
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name in ("Title", "Heading 1", "Heading 2"):
        document.styles[name].font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), questionnaire.language)
    normal.element.get_or_add_rPr().append(language)


def _add_question(document: Document, printed: Printed) -> None:
    """Add one question: a grid as a table, options as boxes, words as lines to write on."""
    question, paper = printed.question, printed.paper
    document.add_heading(f"{printed.number} {question.text}", level=2)
    for text in (question.hint, *printed.notes, paper.instruction):
        if text:
            document.add_paragraph(text).paragraph_format.keep_with_next = True
    if paper.rows:
        _add_grid(document, paper)
    for box in paper.boxes:
        document.add_paragraph(f"{BOX} {box}").paragraph_format.space_after = Pt(1)
    for _ in range(paper.lines):
        to_write_on = document.add_paragraph("\t")
        to_write_on.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, leader=WD_TAB_LEADER.LINES)


def _add_grid(document: Document, paper: Paper) -> None:
    """Add a table: a row each thing judged, a column each answer; its head repeats on each page."""
    table: Table = document.add_table(rows=1, cols=len(paper.columns) + 1, style="Table Grid")
    table.autofit = False
    rest = Emu((TEXT_WIDTH - FIRST_COLUMN) // len(paper.columns))
    for number, column in enumerate(table.columns):
        column.width = rest if number else FIRST_COLUMN
    _fill_row(table, ("", *paper.columns), mark="w:tblHeader")
    for row in paper.rows:
        table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves it out
        _fill_row(table, (row, *(BOX for _ in paper.columns)), mark="w:cantSplit")
    document.add_paragraph()


def _fill_row(table: Table, words: tuple[str, ...], mark: str) -> None:
    """Write into the last row, and say of it what Word should know."""
    row = table.rows[-1]
    said = OxmlElement(mark)
    said.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(said)  # noqa: SLF001  # python-docx has no word for it
    for number, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
        cell.width = table.columns[number].width
        paragraph = cell.paragraphs[0]
        paragraph.add_run(text).font.size = Pt(8)
        paragraph.paragraph_format.space_after = Pt(1)
        if number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
