"""From responses to a report: count, hide, judge, read, and put in order."""

from collections.abc import Callable, Sequence

from analysis.disclosure import NOTED_BY_THE_SERVICE, not_answers
from analysis.report.account import (
    account_words,
    digest_facts,
    facts,
    organisations,
    profile_exhibits,
    profile_tables,
)
from analysis.report.chapters import Numbering, open_question_chapters, section_chapter
from analysis.report.coding import frames
from analysis.report.compared import compared
from analysis.report.content import Chapter, Report
from analysis.report.counting import Counted, count, leads
from analysis.report.front import (
    answer,
    asked_words,
    caution,
    common,
    how_to_read,
    splits,
)
from analysis.report.glancing import glance_page
from analysis.report.methods import method_notes
from analysis.report.questionnaire import questionnaire
from analysis.report.said import Reader, read_texts, reader_of
from analysis.report.standing_lines import Shelf
from analysis.responses import Responses
from analysis.written import WITH_NAME
from forms.codebook import Codebook, Measure

Progress = Callable[[str, int, int], None]

PAGES = ("topic", "closing")
NEXT_STEPS = (
    (
        "The organiser has not yet said here what it will do with these responses, and by when. "
        "Whoever took part is owed that: what was heard, what will change, what will not, and why."
    ),
)


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def build_report(
    responses: Responses,
    *,
    next_steps: Sequence[str] = (),
    progress: Progress = no_progress,
) -> Report:
    """Build a report from the responses of an export.

    Parameters
    ----------
    responses
        From `read_export`.
    next_steps
        Paragraphs of the organiser's on what will be done; a word that they are missing else.
    progress
        Told what is being done, how many steps are done, and of how many.

    Returns
    -------
    Report
        The same for the same export, on any machine.

    Raises
    ------
    ExposureError
        Where small counts cannot be hidden well enough; nothing is then to be written.
    """
    progress("Counting and hiding small counts", 0, 4)
    counted = count(responses)
    progress("Reading what was written", 1, 4)
    reader = reader_of(responses, leads(responses.codebook))
    progress("Writing the chapters", 2, 4)
    report = assemble(responses, counted, reader, tuple(next_steps) or NEXT_STEPS)
    progress("Report put together", 4, 4)
    return report


def assemble(
    responses: Responses, counted: Counted, reader: Reader, next_steps: tuple[str, ...]
) -> Report:
    """Put the parts of a report in their order, and numbers on its pictures and tables."""
    codebook, manifest = counted.codebook, responses.manifest
    tables = counted.by_key
    shelf = Shelf(
        codebook,
        tables,
        counted.standings,
        counted.glance,
        lambda variable: read_texts(reader, variable.name, tables.get(variable.name)),
    )
    account = profile_exhibits(profile_tables(responses, tables), 1)
    numbering = Numbering(len(account) + 1)
    chapters = tuple(_chapters(shelf, numbering))
    return Report(
        title=manifest.consultation.title,
        organiser=manifest.consultation.organiser,
        synthetic=manifest.synthetic,
        facts=facts(responses),
        answer=answer(responses, counted.glance, counted.standings, tables),
        common=common(counted.glance, codebook),
        splits=splits(counted.glance, codebook),
        caution=caution(responses, tables, reader.campaigns),
        asked=asked_words(codebook),
        account=account,
        account_words=account_words(responses, tables),
        how_to_read=how_to_read(manifest.rules, counted.glance),
        glance=glance_page(counted.glance, codebook),
        chapters=chapters,
        priorities=_priorities(shelf, numbering),
        next_steps=next_steps,
        organisations=organisations(responses, WITH_NAME),
        methods=method_notes(responses),
        frames=frames(responses, tables),
        questionnaire=questionnaire(responses.codebook),
        digests=digest_facts(responses),
        tables=counted.tables,
        warnings=(*manifest.warnings, *((manifest.source,) if manifest.source else ())),
        differences=compared(tables, codebook, (*_roles(codebook), *not_answers(codebook))),
    )


def _chapters(shelf: Shelf, numbering: Numbering) -> list[Chapter]:
    """Give the chapters. What the service noted of a response is no answer, and has none."""
    chapters = list(open_question_chapters(shelf, numbering))
    closing = (*_closing(shelf.codebook), NOTED_BY_THE_SERVICE)
    for section in shelf.codebook.sections:
        if section.kind in PAGES and section.key not in closing:
            chapter = section_chapter(shelf, [section], numbering, _roles(shelf.codebook))
            chapters += [] if chapter is None else [chapter]
    return chapters


def _closing(codebook: Codebook) -> list[str]:
    """Name the pages that ask for priorities across all topics: closing pages with a ranking."""
    ranked = {each.section for each in codebook.variables if each.measure is Measure.RANKING}
    return [each.key for each in codebook.sections if each.kind == "closing" and each.key in ranked]


def _priorities(shelf: Shelf, numbering: Numbering) -> Chapter | None:
    closing = _closing(shelf.codebook)
    sections = [each for each in shelf.codebook.sections if each.key in closing]
    if not sections:
        return None
    return section_chapter(shelf, sections, numbering, _roles(shelf.codebook))


def _roles(codebook: Codebook) -> tuple[str, ...]:
    """Name the questions that are about publication and consent, not about the subject."""
    publication = codebook.roles.publication
    if publication is None:
        return ()
    page = codebook.by_name[publication].section
    return tuple(
        each.key for each in codebook.questions if each.section == page and each.kind == "closed"
    )
