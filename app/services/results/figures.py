"""Tables and pictures of one question, filtered, with small counts hidden as everywhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.services.results.choices import Choice, UnknownQuestion, check, when
from app.services.results.parting import parted
from forms.codebook import AskedQuestion

if TYPE_CHECKING:
    from analysis.charts.frame import Chart
    from analysis.report.content import Glance
    from analysis.tables import Table
    from app.services.results.live import Snapshot


@dataclass(frozen=True)
class Figures:
    """What a page shows of one question."""

    question: AskedQuestion
    tables: tuple["Table", ...]
    charts: tuple["Chart", ...]
    sentences: tuple[str, ...]
    exposed: bool = False


def figures(snapshot: "Snapshot", question: str, choice: Choice) -> Figures:
    """The tables and pictures of one closed question.

    Tables of everybody are hidden together, and shown alike whatever the filter; those of a part
    are hidden so that no two pages together give a small count away.

    Raises
    ------
    UnknownQuestion
        If there is no such question.
    CannotFilter
        If these filters cannot be used.
    BeingWorkedOut
        If it is not known yet which responses belong to campaigns.
    """
    asked = [each for each in snapshot.responses.codebook.questions if each.key == question]
    if not asked:
        raise UnknownQuestion(question)
    check(snapshot, choice)
    kept = snapshot.parts if choice.narrows else snapshot.kept
    made: Figures = kept.once(
        ("figures", question, choice, when(snapshot, choice.page)),
        lambda: _figures(snapshot, asked[0], choice),
    )
    return made


def _figures(snapshot: "Snapshot", asked: AskedQuestion, choice: Choice) -> Figures:
    from analysis.charts.drawing import draw_question

    tables = everybody(snapshot, asked)
    if tables is None:
        return Figures(asked, (), (), (), exposed=True)
    if choice.narrows:
        tables = parted(snapshot, tables, choice)
    charts = draw_question(asked.text, tables, snapshot.responses.codebook.by_name)
    return Figures(asked, tables, charts, _sentences(snapshot, tables))


def everybody(snapshot: "Snapshot", asked: AskedQuestion) -> "tuple[Table, ...] | None":
    """The tables of a question for everybody; None where nothing of it can be shown."""
    from analysis.attack import ExposureError
    from analysis.crosstabs import by_group
    from analysis.disclosure import hide_small_counts, not_answers
    from analysis.feasibility import UndecidedError

    codebook = snapshot.responses.codebook
    variables = [each for each in codebook.of_question(asked.key) if not each.identifying]

    def make() -> "tuple[Table, ...] | None":
        plain = tuple(by_group(snapshot.responses, each.name) for each in variables)

        def hide() -> "tuple[Table, ...] | None":
            try:
                return hide_small_counts(
                    plain, snapshot.threshold, not_answers=not_answers(codebook)
                )
            except (ExposureError, UndecidedError):
                return None

        # The same figures are hidden alike, so what was worked out for them before still holds.
        found: tuple[Table, ...] | None = snapshot.hidden.once((plain, snapshot.threshold), hide)
        return found

    made: tuple[Table, ...] | None = snapshot.once(("everybody", asked.key), make)
    return made


def _sentences(snapshot: "Snapshot", tables: "tuple[Table, ...]") -> tuple[str, ...]:
    from analysis.positions import can_stand, standing
    from analysis.report.readings import read_question

    codebook = snapshot.responses.codebook
    threshold = snapshot.responses.manifest.rules.consensus_threshold
    standings = {
        table.variable: standing(table, codebook, threshold=threshold)
        for table in tables
        if table.variable and table.rows and can_stand(codebook.by_name[table.variable])
    }
    return tuple(read_question(tables, codebook.by_name, standings))


def overview(snapshot: "Snapshot") -> "Glance":
    """Where each group stands on each open question, from the same tables as its own page."""
    from analysis.glance import glance, serving
    from analysis.report.glancing import glance_page

    def make() -> "Glance":
        codebook = snapshot.responses.codebook
        leads = [
            found[0] for each in codebook.open_questions if (found := serving(codebook, each.key))
        ]
        shown = [
            table
            for question in dict.fromkeys(each.question for each in leads)
            for table in figures(snapshot, question, Choice()).tables
            if table.variable in {each.name for each in leads}
        ]
        threshold = snapshot.responses.manifest.rules.consensus_threshold
        return glance_page(glance(shown, codebook, threshold=threshold), codebook)

    made: Glance = snapshot.once(("glance",), make)
    return made


def questions_of(snapshot: "Snapshot", open_question: str) -> tuple[AskedQuestion, ...]:
    """The questions that serve one open question.

    Raises
    ------
    UnknownQuestion
        If there is no such open question.
    """
    codebook = snapshot.responses.codebook
    if open_question not in {each.key for each in codebook.open_questions}:
        raise UnknownQuestion(open_question)
    return tuple(each for each in codebook.questions if open_question in each.serves)


def apart(made: Figures, first: str, second: str) -> tuple[tuple[str, Any], ...]:
    """How far two groups lie apart in each table, in the words of the effect."""
    from analysis.differences import difference

    found = []
    for table in made.tables:
        known = set(table.column_keys)
        if {first, second} <= known:
            found.append((table.title, difference(table, groups=(first, second))))
    return tuple(found)
