"""The report as a Word file: real headings, tables with heading rows, pictures with words."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from analysis.report.content import (
    Asked,
    Chapter,
    Listing,
    Report,
    Theme,
    Written,
    nothing_to_see,
    unseen,
)
from analysis.report.page import apart, chapter_title
from analysis.report.word_tables import (
    clean_words,
    exhibit_block,
    grid_block,
    paragraphs,
    picture_block,
    table_block,
)


def word_file(report: Report) -> bytes:
    """Write a report as .docx.

    Parameters
    ----------
    report
        From `build_report`.

    Returns
    -------
    bytes
        Pictures are drawn as PNG with the words of their description as alternative text.
    """
    document = Document()
    _prepare(document, report)
    _front(document, report)
    _chapters(document, report)
    _annexes(document, report)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _prepare(document: WordDocument, report: Report) -> None:
    """Set the language, the type, the margins, and the mark on every page."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Georgia", Pt(10.5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    for level in range(1, 5):
        heading = document.styles[f"Heading {level}"]
        heading.font.name, heading.font.color.rgb = "Arial", RGBColor(0x1F, 0x23, 0x28)
        fonts = heading.element.rPr.rFonts
        for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{name}"), None)
        heading.paragraph_format.keep_with_next = True
    properties = document.core_properties
    properties.title, properties.author = clean_words(report.title), clean_words(report.organiser)
    properties.language, properties.comments = "en-GB", ""
    properties.created = properties.modified = datetime(2000, 1, 1, tzinfo=UTC)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    header = section.header.paragraphs[0]
    header.text = "SYNTHETIC: made-up responses" if report.synthetic else ""
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{clean_words(report.title)}, page ")
    _field(footer.add_run()._r, "PAGE")  # noqa: SLF001 - python-docx has no fields of its own


def _field(run: object, code: str) -> None:
    """Put a field into a run, such as the number of the page."""
    for kind, words in (("begin", None), (None, code), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run.append(part)  # type: ignore[attr-defined] # an lxml element


def _front(document: WordDocument, report: Report) -> None:
    document.add_heading(clean_words(report.title), 0)
    if report.synthetic:
        document.add_paragraph().add_run(
            "SYNTHETIC. Made-up responses, for trying out. Nobody said any of this."
        ).bold = True
    for fact in report.facts:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(f"{clean_words(fact.name)}: ").bold = True
        line.add_run(clean_words(fact.words))
    document.add_heading("The answer", 1)
    paragraphs(document, report.answer)
    for title, words in (
        ("Common ground", report.common),
        ("Where the groups part", report.splits),
        ("How far to trust this", report.caution),
    ):
        if words:
            document.add_heading(title, 2)
            _bullets(document, words)
    _contents(document)
    document.add_heading("What was asked, and of whom", 1)
    paragraphs(document, report.asked)
    document.add_heading("Responses received", 1)
    paragraphs(document, report.account_words)
    for exhibit in report.account:
        exhibit_block(document, exhibit)
    document.add_heading("How to read this report", 1)
    _bullets(document, report.how_to_read)
    document.add_heading("One page at a glance", 1)
    _glance(document, report)


def _contents(document: WordDocument) -> None:
    """Put in a contents list that Word fills when the file is opened or printed."""
    document.add_heading("Contents", 1)
    paragraph = document.add_paragraph()
    _field(paragraph.add_run()._r, 'TOC \\o "1-3" \\h \\z \\u')  # noqa: SLF001 - as above
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    document.settings.element.append(update)


def _bullets(document: WordDocument, words: Sequence[str]) -> None:
    for each in words:
        document.add_paragraph(clean_words(each), style="List Bullet")


def _glance(document: WordDocument, report: Report) -> None:
    if not report.glance.lines:
        document.add_paragraph("This consultation names no open questions.")
        return
    document.add_paragraph(report.glance.rule)
    if report.glance.chart is not None:
        picture_block(document, report.glance.chart)
    rows = [
        (f"{line.label} {line.title}", *line.cells, line.verdict) for line in report.glance.lines
    ]
    grid_block(document, ("Open question", *report.glance.heading, "Together"), rows)


def _chapters(document: WordDocument, report: Report) -> None:
    document.add_heading("Each open question" if report.glance.lines else "Each topic", 1)
    for chapter in report.chapters:
        _chapter(document, chapter)
    document.add_heading("Priorities", 1)
    if report.priorities is not None:
        _chapter(document, report.priorities)
    else:
        document.add_paragraph("Respondents were not asked to set priorities across the topics.")
    document.add_heading("Next steps", 1)
    paragraphs(document, report.next_steps)


def _chapter(document: WordDocument, chapter: Chapter) -> None:
    document.add_heading(clean_words(chapter_title(chapter)), 2)
    if chapter.source:
        document.add_paragraph(f"Source: {clean_words(chapter.source)}.")
    for title, words in (
        ("Where they agree", chapter.agree),
        ("Where they split", chapter.split),
        ("What is missing", chapter.missing),
    ):
        if words:
            document.add_heading(title, 4)
            _bullets(document, words)
    for question in chapter.questions:
        _question(document, question)


def _question(document: WordDocument, question: Asked) -> None:
    document.add_heading(clean_words(question.text), 3)
    document.add_paragraph(clean_words(question.asked_of))
    paragraphs(document, question.readings)
    for exhibit in question.exhibits:
        exhibit_block(document, exhibit)
    if question.written is not None:
        _written(document, question.written)


def theme_words(theme: Theme) -> str:
    """Write the words of a suggested theme, and how many texts it stands in where that is said."""
    words = ", ".join(theme.terms)
    return f"{words} ({theme.shares})" if theme.shares else words


def _written(document: WordDocument, written: Written) -> None:
    paragraphs(document, written.summary)
    if written.themes:
        document.add_heading("Themes, suggested by a computer", 4)
        _bullets(document, [theme_words(each) for each in written.themes])
    if written.vocabulary:
        document.add_heading("Words that one group uses more than the others", 4)
        _bullets(document, [f"{group}: {', '.join(words)}" for group, words in written.vocabulary])
    if written.campaigns:
        document.add_heading("Sent by several in the same words", 4)
        _bullets(document, written.campaigns)
    for quote in written.quotes:
        paragraph = document.add_paragraph(style="Quote")
        paragraph.add_run(f"“{clean_words(quote.words)}”")
        paragraph.add_run(f" – {clean_words(quote.by)}").italic = False
    paragraphs(document, written.notes)


def _annexes(document: WordDocument, report: Report) -> None:
    document.add_heading("Annex A: tables that do not stand beside a picture in full", 1)
    for table in apart(report):
        document.add_heading(clean_words(table.title), 4)
        if unseen(table):
            document.add_paragraph(nothing_to_see(table))
        else:
            table_block(document, table)
    document.add_heading("Annex B: organisations that agreed to be named", 1)
    for group, names in report.organisations:
        document.add_heading(clean_words(group), 2)
        _bullets(document, names)
    if not report.organisations:
        document.add_paragraph("The data that this report was made from name none.")
    document.add_heading("Annex C: method", 1)
    for method in report.methods:
        line = document.add_paragraph()
        line.add_run(f"{method.name}. ").bold = True
        line.add_run(method.words)
    _bullets(document, report.warnings)
    paragraphs(document, [f"{fact.name}: {fact.words}" for fact in report.digests])
    document.add_heading("Annex D: coding frame and reliability", 1)
    for frame in report.frames:
        _listing(document, frame)
    if not report.frames:
        document.add_paragraph("No answers had been coded by people when this was made.")
    _questionnaire(document, report)
    document.add_heading("Annex F: differences between the groups, with tests", 1)
    if report.differences is not None:
        _listing(document, report.differences)
    else:
        document.add_paragraph(
            "On no question did two groups give enough views, with no count hidden, to be compared."
        )


def _listing(document: WordDocument, listing: Listing) -> None:
    document.add_heading(clean_words(listing.title), 4)
    paragraphs(document, listing.before)
    grid_block(document, listing.heading, listing.rows)
    paragraphs(document, listing.after)


def _questionnaire(document: WordDocument, report: Report) -> None:
    document.add_heading("Annex E: the questionnaire", 1)
    for section in report.questionnaire:
        document.add_heading(clean_words(section.title), 2)
        for line_ in section.questions:
            document.add_paragraph(clean_words(line_.text), style="List Number")
            paragraphs(document, [each for each in (line_.hint, line_.asked_of) if each])
            if line_.rows:
                document.add_paragraph(f"Rows: {clean_words('; '.join(line_.rows))}.")
            if line_.answers:
                document.add_paragraph(f"Answers: {clean_words('; '.join(line_.answers))}.")
