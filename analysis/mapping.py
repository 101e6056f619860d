"""A mapping: whose column is which variable of ours, and which of their words is which key.

A YAML file, read strictly: every value stays a string (`no`, `1.10`), a key twice is an error, and
an unknown key is an error. `analysis/mappings/` holds examples; `analysis/README.md` says how to
write one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from forms.codebook import (
    AskedQuestion,
    Category,
    Codebook,
    Frozen,
    Key,
    Measure,
    OpenQuestion,
    Roles,
    SectionTitle,
    Side,
    Variable,
)

PLACED = (
    Measure.NOMINAL,
    Measure.ORDINAL,
    Measure.SEVERAL,
    Measure.NUMBER,
    Measure.TEXT,
    Measure.JURISDICTION,
)


class MappingError(ValueError):
    """A mapping file that cannot be used. The message says where and what to do."""


class SourceColumn(Frozen):
    """One of their columns: its position from 0, its header, or both (then both must fit).

    The header may be shortened: it fits where the column's header contains it, white space aside.
    """

    column: int | None = Field(default=None, ge=0)
    header: str | None = None

    @model_validator(mode="after")
    def says_which(self) -> Self:
        """Refuse a column that is neither numbered nor named."""
        if self.column is None and not self.header:
            msg = "say which column: give column (from 0), header, or both"
            raise ValueError(msg)
        return self


class MappedCategory(Frozen):
    """One of our categories, with the words that stand for it in their cells."""

    key: Key
    label: str
    words: tuple[str, ...] = ()
    side: Side | None = None
    substantive: bool = True

    @property
    def category(self) -> Category:
        """The category as the codebook holds it."""
        return Category(
            key=self.key, label=self.label, side=self.side, substantive=self.substantive
        )


class MappedVariable(SourceColumn):
    """One of our variables and the column that it comes from.

    `scale` names a list of categories written once; `categories` lists them here. `blank` is the
    category that an empty cell means; without it an empty cell is no answer. `separator` parts the
    answers in a cell of several choices, or the places in a cell of jurisdictions. `missing` names
    the damage to list for each empty cell.
    """

    name: Key
    label: str = ""
    measure: Measure
    row: str | None = None
    unit: str | None = None
    scale: str | None = None
    categories: tuple[MappedCategory, ...] = ()
    blank: Key | None = None
    missing: str = ""
    separator: str = ";"
    words: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def can_be_placed(self) -> Self:
        """Refuse a measure that no cell can be read as, and a blank that is no category."""
        if self.measure not in PLACED:
            msg = f"{self.name}: a {self.measure} cannot be read from a cell"
            raise ValueError(msg)
        return self


class MappedQuestion(Frozen):
    """One question, with the variables that their columns hold of it."""

    key: Key
    text: str
    section: Key
    type: str
    kind: str = "closed"
    serves: tuple[str, ...] = ()
    variables: tuple[MappedVariable, ...] = Field(min_length=1)

    def asked(self) -> AskedQuestion:
        """The question as the codebook holds it."""
        return AskedQuestion.model_validate(
            {**self.model_dump(exclude={"variables"}), "groups": (), "hint": None}
        )


class SentOn(SourceColumn):
    """The column that holds the day of sending, and how it is written (as for `strptime`)."""

    written: str


class Unused(SourceColumn):
    """A column that is left out on purpose, and why."""

    why: str


class SourceMapping(Frozen):
    """Everything that turns one file of theirs into an export folder."""

    questionnaire: Key
    version: str
    title: str
    organiser: str = ""
    source: str
    opened_on: str | None = None
    closed_on: str | None = None
    rows: int | None = Field(default=None, ge=0)
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    sheet: str | None = None
    blank: tuple[str, ...] = ("",)
    lost: tuple[str, ...] = ()
    cut_at: int | None = Field(default=None, gt=0)
    id: SourceColumn
    sent_on: SentOn | None = None
    roles: Roles
    open_questions: tuple[OpenQuestion, ...] = ()
    sections: tuple[SectionTitle, ...]
    scales: Mapping[str, tuple[MappedCategory, ...]] = Field(default_factory=dict)
    questions: tuple[MappedQuestion, ...]
    unused: tuple[Unused, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[tuple[MappedQuestion, MappedVariable], ...]:
        """Every variable with its question, in order."""
        return tuple(
            (question, variable) for question in self.questions for variable in question.variables
        )

    def categories(self, variable: MappedVariable) -> tuple[MappedCategory, ...]:
        """Give the categories of a variable: its own, or those of its scale."""
        return self.scales[variable.scale] if variable.scale else variable.categories

    @model_validator(mode="after")
    def names_fit(self) -> Self:
        """Refuse a scale, a section, a blank or a name that does not fit the rest."""
        names = [variable.name for _, variable in self.variables]
        sections = {section.key for section in self.sections}
        served = {each.key for each in self.open_questions}
        for question, variable in self.variables:
            if question.section not in sections:
                msg = f"{question.key}: there is no section {question.section}"
                raise ValueError(msg)
            if unknown := set(question.serves) - served:
                msg = f"{question.key}: there is no open question {', '.join(sorted(unknown))}"
                raise ValueError(msg)
            if names.count(variable.name) > 1:
                msg = f"{variable.name}: there are two variables of this name"
                raise ValueError(msg)
            if variable.scale is not None and variable.scale not in self.scales:
                msg = f"{variable.name}: there is no scale {variable.scale}"
                raise ValueError(msg)
            keys = [category.key for category in self.categories(variable)]
            if variable.blank is not None and variable.blank not in keys:
                msg = f"{variable.name}: an empty cell cannot be {variable.blank}, no such category"
                raise ValueError(msg)
        if self.roles.group not in names:
            msg = f"no variable is called {self.roles.group}, which should tell the group"
            raise ValueError(msg)
        return self

    def codebook(self, digest: str) -> Codebook:
        """Give the codebook of the export folder."""
        return Codebook(
            questionnaire=self.questionnaire,
            version=self.version,
            title=self.title,
            digest=digest,
            roles=self.roles,
            open_questions=self.open_questions,
            sections=self.sections,
            questions=tuple(question.asked() for question in self.questions),
            variables=tuple(
                Variable(
                    name=variable.name,
                    label=variable.label or variable.row or question.text,
                    question=question.key,
                    section=question.section,
                    measure=variable.measure,
                    categories=tuple(each.category for each in self.categories(variable)),
                    row=variable.row,
                    unit=variable.unit,
                )
                for question, variable in self.variables
            ),
        )


class StrictLoader(yaml.SafeLoader):
    """YAML in which every value is a string, and a key twice is an error."""


def strict_mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """Build a mapping, refusing a key that is there already."""
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_scalar(key_node))
        if key in found:
            line = key_node.start_mark.line + 1
            msg = f"line {line}: {key} stands there twice"
            raise MappingError(msg)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


StrictLoader.yaml_implicit_resolvers = {}
StrictLoader.add_constructor("tag:yaml.org,2002:map", strict_mapping)


def load_mapping(path: Path | str) -> SourceMapping:
    """Read a mapping file.

    Raises
    ------
    MappingError
        Where the file is missing, is no YAML, or does not fit; the message names the place.
    """
    path = Path(path)
    try:
        content = path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError):
        msg = f"there is no mapping {path}: `analysis/mappings/` holds examples"
        raise MappingError(msg) from None
    try:
        document = yaml.load(content, StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
    except yaml.YAMLError as error:
        msg = f"{path} is no YAML that can be read: {error}"
        raise MappingError(msg) from None
    try:
        return SourceMapping.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        msg = f"{path} at {place}: {first['msg']}"
        raise MappingError(msg) from None
