"""One chapter for each open question, or for each topic where there are none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analysis.charts.drawing import draw_question
from analysis.charts.wording import listed
from analysis.glance import GlanceLine
from analysis.report.coding import read_themes
from analysis.report.content import Asked, Chapter, Exhibit, unseen
from analysis.report.page import anchor
from analysis.report.readings import in_text, read_question
from analysis.report.standing_lines import Shelf, agree, missing, split
from analysis.sentences import say
from analysis.tables import Table
from forms.codebook import AskedQuestion, Codebook, Measure, SectionTitle, Variable

VERDICTS = {
    "common_ground": "common ground",
    "split": "split",
    "mixed": "mixed",
    "too_few": "cannot be said",
}
READ = (Measure.TEXT,)


class Numbering:
    """Numbers for pictures and tables, in the order in which they are asked for."""

    def __init__(self, start: int) -> None:
        """Begin at this number."""
        self.next = start

    def take(self) -> int:
        """Give the next number."""
        self.next += 1
        return self.next - 1


def open_question_chapters(shelf: Shelf, numbering: Numbering) -> Iterator[Chapter]:
    """Give a chapter for each open question, with the questions that serve it first of all."""
    for line in shelf.glance.lines:
        key = line.open_question.key
        own = [each for each in shelf.codebook.questions if each.serves[:1] == (key,)]
        others = [each for each in shelf.codebook.questions if key in each.serves[1:]]
        yield Chapter(
            anchor=anchor(key),
            label=key,
            title=line.open_question.title,
            source=line.open_question.source,
            verdict=VERDICTS[line.verdict],
            measured="",
            questions=tuple(asked(shelf, each, numbering) for each in own),
            elsewhere=tuple((f"q-{anchor(each.key)}", each.text) for each in others),
            agree=agree(shelf, line.standings),
            split=split(shelf, line.standings),
            missing=tuple(missing(shelf, line, own)),
        )


def section_chapter(
    shelf: Shelf,
    sections: Sequence[SectionTitle],
    numbering: Numbering,
    skipped: Iterable[str] = (),
) -> Chapter | None:
    """Give a chapter of the questions on some pages that serve no open question."""
    keys = [section.key for section in sections]
    left_out = tuple(skipped)
    own = [
        each
        for each in shelf.codebook.questions
        if each.section in keys and not each.serves and each.key not in left_out
    ]
    questions = tuple(asked(shelf, each, numbering) for each in own)
    questions = tuple(each for each in questions if each.exhibits)
    if not questions:
        return None
    names = {
        name for each in own for name in (v.name for v in shelf.codebook.of_question(each.key))
    }
    standings = [each for name, each in shelf.standings.items() if name in names]
    return Chapter(
        anchor=anchor(f"section-{keys[0]}"),
        label="",
        title=sections[0].title,
        source="",
        verdict="",
        measured="",
        questions=questions,
        agree=agree(shelf, standings),
        split=split(shelf, standings),
    )


def asked(shelf: Shelf, question: AskedQuestion, numbering: Numbering) -> Asked:
    """Give one question with its figures, its sentences and what was written."""
    variables = shelf.codebook.by_name
    tables = shelf.of_question(question.key)
    closed = [table for table in tables if table.measure not in READ]
    exhibits = tuple(_exhibits(question, closed, variables, numbering))
    themes = [sentence for table in closed if table.coded_from for sentence in read_themes(table)]
    written = [variables[table.variable or ""] for table in tables if table.measure in READ]
    opens = [each for each in written if question.kind == "open"]
    plain = tuple(
        Exhibit(
            numbering.take(),
            f"exhibit-{anchor(each.name)}",
            question.text,
            None,
            (shelf.tables[each.name],),
        )
        for each in opens
        if shelf.tables[each.name].rows
    )
    return Asked(
        anchor=f"q-{anchor(question.key)}",
        text=question.text,
        hint=question.hint or "",
        asked_of=asked_of(shelf.codebook, question),
        exhibits=(*exhibits, *plain),
        readings=(*read_question(closed, variables, shelf.standings), *themes),
        written=next((found for each in opens if (found := shelf.read(each)) is not None), None),
    )


def _exhibits(
    question: AskedQuestion,
    tables: Sequence[Table],
    variables: Mapping[str, Variable],
    numbering: Numbering,
) -> Iterator[Exhibit]:
    """Put every picture beside its tables, and number tables that have no picture."""
    by_key = {table.key: table for table in tables}
    drawn: set[str] = set()
    for chart in draw_question(question.text, tables, variables):
        own = tuple(by_key[key] for key in chart.tables)
        rows = tuple(variables[table.variable or ""].row or table.title for table in own)
        drawn.update(chart.tables)
        name = f"exhibit-{anchor(chart.key)}"
        grid = all(variables[table.variable or ""].row is not None for table in own)
        what = "Themes by group" if any(table.coded_from for table in own) else "Answers by group"
        caption = chart.title.replace(question.text, what).strip()
        nothing = all(unseen(table, everybody=False) for table in own)
        picture = None if nothing else chart
        yield Exhibit(numbering.take(), name, caption, picture, own, grid=grid, rows=rows)
    for table in tables:
        if table.key not in drawn and table.rows:
            name = f"exhibit-{anchor(table.key)}"
            yield Exhibit(numbering.take(), name, table.title, None, (table,))


def asked_of(codebook: Codebook, question: AskedQuestion) -> str:
    """Say whom a question was put to."""
    everybody = [group.key for group in codebook.groups if group.substantive]
    if not question.groups or set(question.groups) >= set(everybody):
        return "Asked of all groups."
    labels = [in_text(group.label) for group in codebook.groups if group.key in question.groups]
    return f"Asked of {listed(labels)} only."


def lead_sentence(line: GlanceLine) -> str:
    """Say in full where the groups stand on an open question."""
    if line.lead is None:
        return ""
    return f"{line.open_question.key}, {line.open_question.title} {say(line.lead)}"
