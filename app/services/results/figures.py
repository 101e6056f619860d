"""Tables and pictures of one question, filtered, with small counts hidden as everywhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from forms.codebook import AskedQuestion

if TYPE_CHECKING:
    from analysis.charts.frame import Chart
    from analysis.report.content import Glance
    from analysis.responses import Responses
    from analysis.tables import Table
    from app.services.results.live import Snapshot


class UnknownQuestion(LookupError):
    """The questionnaire has no such question or open question."""


@dataclass(frozen=True)
class Choice:
    """Whose answers to count, as the page's address says it."""

    verified: str = ""
    capacity: str = ""
    jurisdiction: str = ""
    campaigns: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anybody is left out."""
        return any((self.verified, self.capacity, self.jurisdiction, self.campaigns))


@dataclass(frozen=True)
class Figures:
    """What a page shows of one question."""

    question: AskedQuestion
    tables: tuple["Table", ...]
    charts: tuple["Chart", ...]
    sentences: tuple[str, ...]
    exposed: bool = False


def narrowed(snapshot: "Snapshot", choice: Choice) -> "Responses":
    """The responses that a choice lets through.

    Raises
    ------
    UnknownQuestion
        If the choice names something that there is not.
    """
    from analysis.filters import Filter, FilterError, narrow

    if not choice.narrows:
        return snapshot.responses
    wanted = {"verified": True, "declared": False}.get(choice.verified)
    campaigns = snapshot.campaigns if choice.campaigns == "without" else ()
    chosen = Filter(
        verified=wanted,
        capacity=(choice.capacity,) if choice.capacity else (),
        jurisdiction=(choice.jurisdiction,) if choice.jurisdiction else (),
        without_campaigns=choice.campaigns == "without",
        campaigns=campaigns,
    )
    try:
        found: Responses = snapshot.once(
            ("narrowed", choice, _when(snapshot, choice)),
            lambda: narrow(snapshot.responses, chosen),
        )
    except FilterError as error:
        raise UnknownQuestion(str(error)) from error
    return found


def figures(snapshot: "Snapshot", question: str, choice: Choice) -> Figures:
    """The tables and pictures of one closed question.

    Tables of everybody and of those whom the filter lets through are hidden together, so that one
    cannot be taken from the other.

    Raises
    ------
    UnknownQuestion
        If there is no such question, or the filter fits nothing.
    """
    asked = [each for each in snapshot.responses.codebook.questions if each.key == question]
    if not asked:
        raise UnknownQuestion(question)
    made: Figures = snapshot.once(
        ("figures", question, choice, _when(snapshot, choice)),
        lambda: _figures(snapshot, asked[0], choice),
    )
    return made


def _when(snapshot: "Snapshot", choice: Choice) -> datetime | None:
    """When campaigns were last found, where it matters."""
    return snapshot.copies.made_at if choice.campaigns == "without" else None


def _figures(snapshot: "Snapshot", asked: AskedQuestion, choice: Choice) -> Figures:
    from analysis.attack import ExposureError
    from analysis.charts.drawing import draw_question
    from analysis.crosstabs import by_group
    from analysis.disclosure import hide_small_counts, not_answers
    from analysis.feasibility import UndecidedError
    from analysis.tables import Table

    responses = narrowed(snapshot, choice)
    codebook = snapshot.responses.codebook
    variables = [each for each in codebook.of_question(asked.key) if not each.identifying]
    everybody = [by_group(snapshot.responses, each.name) for each in variables]
    some = [by_group(responses, each.name) for each in variables] if choice.narrows else []
    family = (*everybody, *some)

    def hide() -> tuple[Table, ...] | None:
        try:
            return hide_small_counts(family, snapshot.threshold, not_answers=not_answers(codebook))
        except (ExposureError, UndecidedError):
            return None

    # The same figures are hidden alike, so what was worked out for them before still holds.
    hidden: tuple[Table, ...] | None = snapshot.hidden.once((family, snapshot.threshold), hide)
    if hidden is None:
        return Figures(asked, (), (), (), exposed=True)
    tables = hidden[len(everybody) :] if some else hidden
    charts = draw_question(asked.text, tables, codebook.by_name)
    return Figures(asked, tables, charts, _sentences(snapshot, tables))


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


def as_csv(table: "Table") -> bytes:
    """One table as a file."""
    from analysis.report.writing import csv_file

    content: bytes = csv_file(table)
    return content
