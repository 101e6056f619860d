"""One page at a glance: where each group stands on each open question, and whether they agree.

Everything here is worked out from tables, never from responses: see `analysis.positions`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.positions import (
    MINIMUM,
    THRESHOLD,
    Position,
    Share,
    Standing,
    State,
    Verdict,
    can_stand,
    firmness,
    has_sides,
    standing,
)
from analysis.tables import Table
from forms.codebook import AskedQuestion, Codebook, Measure, OpenQuestion, Variable

__all__ = [
    "Glance",
    "GlanceLine",
    "Position",
    "Share",
    "Standing",
    "State",
    "Verdict",
    "can_stand",
    "glance",
    "serving",
    "standing",
]

WEIGHED = (Measure.ORDINAL, Measure.NOMINAL, Measure.SEVERAL)


@dataclass(frozen=True)
class GlanceLine:
    """One open question: its lead variable first, then the others that serve it.

    `standings` is empty where no closed question serves the open question.
    """

    open_question: OpenQuestion
    standings: tuple[Standing, ...]

    @property
    def lead(self) -> Standing | None:
        """The variable that stands for the open question on the page at a glance."""
        return self.standings[0] if self.standings else None

    @property
    def verdict(self) -> Verdict:
        """The verdict of the lead variable."""
        return "too_few" if self.lead is None else self.lead.verdict


@dataclass(frozen=True)
class Glance:
    """All open questions by all groups, with the rules by which they were judged."""

    lines: tuple[GlanceLine, ...]
    minimum: int
    threshold: float

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Every standing once, in the order of the open questions."""
        found: dict[str, Standing] = {}
        for line in self.lines:
            for each in line.standings:
                found.setdefault(each.table.key, each)
        return tuple(found.values())

    def common_ground(self) -> tuple[Standing, ...]:
        """Where the groups share a majority: most groups, then highest consensus, first."""
        held = [each for each in self.standings if each.verdict == "common_ground"]
        return tuple(sorted(held, key=firmness))

    def divergence(self) -> tuple[Standing, ...]:
        """Where the groups' majorities differ: the largest effect first."""
        parted = [each for each in self.standings if each.verdict == "split"]
        return tuple(sorted(parted, key=lambda each: (-each.difference.size, each.table.key)))


def glance(
    tables: Iterable[Table],
    codebook: Codebook,
    *,
    minimum: int = MINIMUM,
    threshold: float = THRESHOLD,
    leads: Mapping[str, str] | None = None,
) -> Glance:
    """Judge every open question from the tables by group.

    Parameters
    ----------
    tables
        From `all_by_group`, best after `hide_small_counts`.
    codebook
        Of the same export.
    minimum
        A group with fewer views than this is not named and not judged.
    threshold
        The share of a group, fixed before opening, that counts as consensus within it (0.5 to 1).
    leads
        Open question to variable, in place of those that the codebook names.

    Returns
    -------
    Glance
        A line an open question, in their order.

    Notes
    -----
    A group has a *majority* where one position is held by more than half of those with a view; on a
    scale, positions are the sides of the scale, else they are categories; in a ranking of the first
    N, an item is held by those who placed it among them. *Common ground*: every group that may be
    named has a majority, and it is the same. *Split*: two groups have opposite majorities (on a
    scale: one on each side; of a single choice: different categories; choices of many and rankings
    never split, as one respondent may hold several). *Mixed*: anything else. *Too few*: fewer than
    two groups may be named.

    The *lead* variable is chosen before any answer is looked at: by the author of the questionnaire
    (`OpenQuestion.lead`), else by a rule. Of the questions that serve the open question and are put
    to every group, a scale before a single choice, before a row of a grid, before several choices,
    before a ranking; then the one that serves fewest open questions; then the first.

    Consensus by a fixed share: Diamond et al. (2014), Defining consensus, J Clin Epidemiol 67,
    401-409. Group-informed consensus: Small et al. (2021), Polis.
    """
    by_variable = {table.variable: table for table in tables if table.variable is not None}
    lines = []
    for asked in codebook.open_questions:
        chosen = (leads or {}).get(asked.key, asked.lead)
        standings = tuple(
            standing(by_variable[each.name], codebook, minimum=minimum, threshold=threshold)
            for each in serving(codebook, asked.key, chosen)
            if each.name in by_variable
        )
        lines.append(GlanceLine(asked, standings))
    return Glance(tuple(lines), minimum, threshold)


def serving(codebook: Codebook, open_question: str, lead: str | None = None) -> list[Variable]:
    """Give the closed variables that serve an open question, the lead first.

    The lead is the one given, else the one that the codebook names, else the rule's.
    """
    named = {each.key: each.lead for each in codebook.open_questions}
    lead = lead or named.get(open_question)
    questions = {each.key: each for each in codebook.questions}
    found = [
        variable
        for variable in codebook.variables
        if variable.question in questions
        and questions[variable.question].kind == "closed"
        and can_stand(variable)
        and not variable.identifying
        and open_question in questions[variable.question].serves
    ]
    return sorted(
        found, key=lambda each: (each.name != lead, rank(each, questions[each.question], codebook))
    )


def rank(variable: Variable, question: AskedQuestion, codebook: Codebook) -> tuple[int, ...]:
    """Give the place of a variable in the choice of the lead: the smaller, the sooner."""
    compared = {group.key for group in codebook.groups if group.substantive}
    to_all = not question.groups or compared <= set(question.groups)
    if variable.measure is Measure.RANKING:
        kind = 4
    elif variable.measure is Measure.SEVERAL:
        kind = 3
    elif variable.row is not None:
        kind = 2
    else:
        kind = 0 if variable.measure is Measure.ORDINAL and has_sides(variable) else 1
    return (0 if to_all else 1, kind, len(question.serves))
