"""The base of every question type: how it is asked, kept, shown and recorded.

A type is one file in `forms/questions/` with one subclass of `Question`; making the subclass
registers it under its `type`. Nothing anywhere asks which type a question is.
A little longer than other files: all that a type may have to say stands here once, in order.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    SerializeAsAny,
    StringConstraints,
    ValidationInfo,
    WrapValidator,
)
from pydantic_core import PydanticCustomError
from wtforms.fields.core import UnboundField

from forms.codebook import Category, Frozen, Key, Variable
from forms.conditions import Condition
from forms.fields import quoted

Answers = Mapping[str, object]
Posted = Mapping[str, object]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TYPES: dict[str, type["Question"]] = {}


@dataclass(frozen=True)
class Problem:
    """Something to mend: the field to go to, and what to do there."""

    field_name: str
    message: str


@dataclass(frozen=True)
class Paper:
    """How a question looks on paper: what to do, boxes to tick, a grid, or lines to write on."""

    instruction: str
    boxes: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    lines: int = 0


Post = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Specimen:
    """An example of a type, with what may happen to it.

    `valid` pairs a post with the answers to be stored; `invalid` a post with the one problem that
    it meets; `shown` pairs stored answers with the lines that a reader sees.
    """

    question: "Question"
    valid: tuple[tuple[Post, Answers], ...]
    invalid: tuple[tuple[Post, Problem], ...] = ()
    shown: tuple[tuple[Answers, tuple[str, ...]], ...] = ()


class Option(Category):
    """A category with what stands beside it on the page."""

    hint: str | None = None

    @property
    def on_paper(self) -> str:
        """Its words with the hint behind them."""
        return f"{self.label} – {self.hint}" if self.hint else self.label

    @property
    def category(self) -> Category:
        """What the codebook keeps of it."""
        return Category(
            key=self.key, label=self.label, substantive=self.substantive, side=self.side
        )


class Question(Frozen):
    """Something asked. Its `id` names its answer, its fields and its variables."""

    control: ClassVar[str]
    kind: ClassVar[Literal["closed", "open"]] = "closed"
    is_scale: ClassVar[bool] = False

    type: str
    id: Key
    text: Words
    hint: Words | None = None
    serves: tuple[str, ...] = ()
    ask_if: Condition = ()
    required: bool = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the type under its name; a second type of the same name is refused."""
        super().__pydantic_init_subclass__(**kwargs)
        name = cls.model_fields["type"].default
        if not isinstance(name, str):
            return
        known = TYPES.setdefault(name, cls)
        if known.__qualname__ != cls.__qualname__:
            msg = f"there are two question types called “{name}”"
            raise TypeError(msg)

    @abstractmethod
    def fields(self) -> dict[str, UnboundField]:
        """Return the fields of the page, by name."""

    @abstractmethod
    def store(self, data: Posted) -> Answers:
        """Return the answers to keep, every name of them; None is a blank."""

    @abstractmethod
    def restore(self, answers: Answers) -> Posted:
        """Return the data of the fields for kept answers."""

    @abstractmethod
    def record(self, answers: Answers) -> dict[str, object]:
        """Return the columns of the export for kept answers, every column of every variable."""

    @abstractmethod
    def measured(self) -> tuple[Variable, ...]:
        """Return the variables, without their section."""

    @abstractmethod
    def display(self, answers: Answers) -> tuple[str, ...]:
        """Return kept answers as lines of words; nothing where the answer is blank."""

    @abstractmethod
    def paper(self) -> Paper:
        """Return how the question looks on paper."""

    @classmethod
    @abstractmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        """Return examples for the tests that every type must pass."""

    def problems(self, data: Posted) -> list[Problem]:
        """Return what is wrong with fields that are each in order by themselves."""
        if self.required and self.blank(self.store(data)):
            return [Problem(next(iter(self.unbound)), f"Give an answer to {self.quoted}")]
        return []

    def blank(self, answers: Answers) -> bool:
        """Say whether nothing at all was answered. A zero is an answer."""
        return all(answers.get(name) is None for name in self.answer_names)

    def text_values(self, answers: Answers) -> dict[str, str]:  # noqa: ARG002  # most types hold no text
        """Return what was written freely, by field name, for screening and for reading."""
        return {}

    @property
    def address_names(self) -> tuple[str, ...]:
        """The fields that ask for a public web address, where one is no cause for concern."""
        return ()

    def rules(self) -> list[tuple[str, str]]:
        """Return mistakes in the question itself that its author should mend: key, what to do."""
        return []

    @cached_property
    def unbound(self) -> dict[str, UnboundField]:
        """The fields, made once."""
        return self.fields()

    @cached_property
    def answer_names(self) -> tuple[str, ...]:
        """The names under which answers are kept: those of the variables."""
        return tuple(variable.name for variable in self.variables())

    def variables(self, section: str = "unplaced") -> tuple[Variable, ...]:
        """Return the variables, placed in a section."""
        return tuple(each.model_copy(update={"section": section}) for each in self.measured())

    def variable(self, **rest: Any) -> Variable:
        """Return a variable of this question; name and label are its own unless given."""
        return Variable(
            **{"name": self.id, "label": self.text, "question": self.id, "section": "unplaced"}
            | rest
        )

    @property
    def quoted(self) -> str:
        """The wording, short enough to stand in a message."""
        return quoted(self.text)


def known_type(value: object, validate: Any, info: ValidationInfo) -> "Question":
    """Read a question as the type that it names."""
    del validate  # the base alone would lose what the type adds
    if isinstance(value, Question):
        return value
    if not isinstance(value, Mapping):
        raise PydanticCustomError("mapping_wanted", "a question is wanted here")
    name = value.get("type")
    if not isinstance(name, str) or name not in TYPES:
        raise PydanticCustomError("unknown_type", "{name}", {"name": name, "known": list(TYPES)})
    return TYPES[name].model_validate(value, context=info.context)


AnyQuestion = Annotated[SerializeAsAny[Question], WrapValidator(known_type)]
