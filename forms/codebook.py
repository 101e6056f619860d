"""The codebook: what was measured, and how each value may be counted.

Respondents meet questions; analysts meet variables. This module is the only bridge between the
two, and the only one of ours that `analysis` may import, so it needs nothing but pydantic.
"""

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,59}")


def check_key(value: str) -> str:
    """Refuse a key that could not be a column name, an address and a form field at once."""
    if not KEY_PATTERN.fullmatch(value):
        msg = (
            f"“{value}” cannot be a key: use up to 60 small letters, digits and _, "
            "beginning with a letter"
        )
        raise ValueError(msg)
    return value


Key = Annotated[str, AfterValidator(check_key)]


class Frozen(BaseModel):
    """Data that never changes after it is made, and has no room for a misspelt key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(StrEnum):
    """How the values of a variable may be counted. A closed list, changed deliberately."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SEVERAL = "several"
    RANKING = "ranking"
    POINTS = "points"
    NUMBER = "number"
    TEXT = "text"
    JURISDICTION = "jurisdiction"
    REFERENCES = "references"


CLOSED_MEASURES = frozenset(
    {
        Measure.NOMINAL,
        Measure.ORDINAL,
        Measure.SEVERAL,
        Measure.RANKING,
        Measure.POINTS,
        Measure.NUMBER,
    }
)
ONE_COLUMN_PER_CATEGORY = frozenset({Measure.SEVERAL, Measure.RANKING, Measure.POINTS})

Side = Literal["for", "middle", "against"]


class Category(Frozen):
    """A value with a key that never changes and a label that may.

    `substantive` is false for "don't know" and its kin: answers that are no view and no scale
    point. `side` says which way an ordinal point leans: "for" is the agreeing (effective,
    prepared, supportive) side.
    """

    key: Key
    label: str
    substantive: bool = True
    side: Side | None = None


class Variable(Frozen):
    """One thing measured.

    `row` is the wording of the row where the variable is one row of a grid. `identifying`
    variables say who someone is and are left out of every export but the full one.
    """

    name: Key
    label: str
    question: Key
    section: Key
    measure: Measure
    categories: tuple[Category, ...] = ()
    row: str | None = None
    unit: str | None = None
    at_most: int | None = None
    total: int | None = None
    identifying: bool = False

    @property
    def substantive(self) -> tuple[Category, ...]:
        """The categories that are a view, in order (ordinal: lowest first)."""
        return tuple(category for category in self.categories if category.substantive)

    @property
    def not_substantive(self) -> tuple[Category, ...]:
        """“Don't know” and its kin."""
        return tuple(category for category in self.categories if not category.substantive)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `responses.parquet` that hold this variable."""
        if self.measure in ONE_COLUMN_PER_CATEGORY:
            return tuple(f"{self.name}.{category.key}" for category in self.categories)
        if self.measure is Measure.NUMBER:
            return (self.name, *(f"{self.name}.{each.key}" for each in self.not_substantive))
        return (self.name,)


class AskedQuestion(Frozen):
    """A question as the analysis needs to know it: the wording, and what it serves."""

    key: Key
    text: str
    section: Key
    kind: Literal["closed", "open"]
    type: str
    serves: tuple[str, ...] = ()
    groups: tuple[Key, ...] = ()
    hint: str | None = None


class SectionTitle(Frozen):
    """A page of questions: one topic, or a page about the respondent."""

    key: Key
    title: str
    kind: Literal["start", "about", "topics", "topic", "closing"]


class OpenQuestion(Frozen):
    """One of the questions that the source article leaves open.

    `lead` is the closed variable that stands for it at a glance, chosen by the author before
    opening. Where none is named, `analysis.glance` has a rule.
    """

    key: str
    title: str
    source: str = ""
    lead: Key | None = None


class Roles(Frozen):
    """Which variable tells the analysis who is speaking. A role that nothing plays is None."""

    group: Key
    subtype: tuple[Key, ...] = ()
    capacity: Key | None = None
    jurisdiction: Key | None = None
    publication: Key | None = None
    organisation: Key | None = None
    name: Key | None = None
    topics: Key | None = None
    verified: Key | None = None
    channel: Key | None = None


class Codebook(Frozen):
    """All variables of an edition, with the questions that they come from."""

    questionnaire: str
    version: str
    title: str
    digest: str
    language: str = "en"
    roles: Roles
    open_questions: tuple[OpenQuestion, ...] = ()
    sections: tuple[SectionTitle, ...]
    questions: tuple[AskedQuestion, ...]
    variables: tuple[Variable, ...]

    @cached_property
    def by_name(self) -> dict[str, Variable]:
        """Every variable by its name."""
        return {variable.name: variable for variable in self.variables}

    @property
    def groups(self) -> tuple[Category, ...]:
        """The stakeholder groups, in their order."""
        return self.by_name[self.roles.group].categories

    def of_question(self, key: str) -> tuple[Variable, ...]:
        """The variables of one question, in order."""
        return tuple(variable for variable in self.variables if variable.question == key)
