"""One answer out of several."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from wtforms.fields.core import UnboundField

from forms.codebook import Category, Measure, Variable
from forms.fields import line, one_of
from forms.question import Answers, Option, Paper, Posted, Problem, Specimen, Words
from forms.ways_out import ClosedQuestion
from forms.wording import shorten

OTHER = "other"


class OfOptions(ClosedQuestion):
    """A question with options, of which one may be “other”, with words of its own."""

    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    other: Words | None = None

    @property
    def other_name(self) -> str:
        """The field, answer and variable of what is written beside “other”."""
        return f"{self.id}_{OTHER}"

    @cached_property
    def offered(self) -> tuple[Option, ...]:
        """All that may be chosen, in the order shown: options, “other”, ways out."""
        other = (Option(key=OTHER, label=self.other),) if self.other else ()
        ways_out = (
            Option(key=each.key, label=each.label, substantive=False) for each in self.ways_out
        )
        return (*self.options, *other, *ways_out)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The wording of each choice by its key."""
        return {each.key: each.label for each in self.offered}

    def other_fields(self) -> dict[str, UnboundField]:
        """Return the line beside “other”, if there is one."""
        return {self.other_name: line(self.other)} if self.other else {}

    def other_words(self, data: Posted) -> str | None:
        """Return what was written beside “other”; None where nothing was."""
        words = data.get(self.other_name)
        return words if isinstance(words, str) and words else None

    def kept_other(self, data: Posted) -> Answers:
        """Return the answer that holds the words beside “other”."""
        return {self.other_name: self.other_words(data)} if self.other else {}

    def other_variables(self) -> tuple[Variable, ...]:
        """Return the variable of the words beside “other”, if there is one."""
        if self.other is None:
            return ()
        label = f"{self.text} ({self.other})"
        return (self.variable(name=self.other_name, label=label, measure=Measure.TEXT),)

    def text_values(self, answers: Answers) -> dict[str, str]:
        """Return the words beside “other”."""
        words = self.other_words(answers)
        return {self.other_name: words} if words else {}

    def too_long(self, data: Posted) -> list[Problem]:
        """Refuse more beside “other” than a line holds."""
        words = self.other_words(data) or ""
        if len(words) <= 300:
            return []
        message = f"Shorten what you wrote beside “{self.other}” to 300 characters: it has"
        return [Problem(self.other_name, f"{message} {len(words)}")]

    def rules(self) -> list[tuple[str, str]]:
        """Keep the key `other` for the option that `other:` adds."""
        if self.other and any(option.key == OTHER for option in self.options):
            return [("other", "take the option “other” out of `options`: `other` adds it")]
        return []


class Choice(OfOptions):
    """One answer out of several, by radio buttons."""

    control: ClassVar[str] = "radios"

    type: Literal["choice"] = "choice"
    ordered: bool = False

    def fields(self) -> dict[str, UnboundField]:
        return {self.id: one_of(self.text, self.offered)} | self.other_fields()

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse words beside “other” where something else was chosen: nothing typed is lost."""
        chosen = data.get(self.id)
        if self.other_words(data) and chosen not in {None, OTHER}:
            label = shorten(self.labels[str(chosen)])
            message = (
                f"You wrote something beside “{self.other}” and chose “{label}”. "
                f"Choose “{self.other}”, or clear what you wrote"
            )
            return [Problem(self.other_name, message)]
        return super().problems(data) + self.too_long(data)

    def store(self, data: Posted) -> Answers:
        """Return the key chosen. Words beside “other” with nothing chosen mean “other”."""
        chosen = data.get(self.id) or (OTHER if self.other_words(data) else None)
        return {self.id: chosen, **self.kept_other(data)}

    def restore(self, answers: Answers) -> Posted:
        return {name: answers.get(name) for name in self.unbound}

    def record(self, answers: Answers) -> dict[str, object]:
        return {name: answers.get(name) for name in self.answer_names}

    def measured(self) -> tuple[Variable, ...]:
        measure = Measure.ORDINAL if self.ordered else Measure.NOMINAL
        categories = tuple(option.category for option in self.offered)
        return (self.variable(measure=measure, categories=categories), *self.other_variables())

    def display(self, answers: Answers) -> tuple[str, ...]:
        chosen = answers.get(self.id)
        if not isinstance(chosen, str):
            return ()
        words = self.other_words(answers)
        return (self.labels.get(chosen, chosen), *((words,) if words else ()))

    def paper(self) -> Paper:
        return Paper("Choose one.", boxes=tuple(option.on_paper for option in self.offered))

    def rules(self) -> list[tuple[str, str]]:
        """An “other” has no place in an order."""
        if self.ordered and self.other:
            return [*super().rules(), ("other", "an ordered choice cannot have `other`: drop one")]
        return super().rules()

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        plain = cls(
            id="basis",
            text="Which legal basis do you prefer?",
            options=(Option(key="statute", label="Statute"), Option(key="code", label="A code")),
            other="Other: please say",
            ways_out=(Category(key="dont_know", label="Don’t know", substantive=False),),
        )
        required = cls(
            id="group",
            text="Which group do you answer for?",
            required=True,
            options=(Option(key="police", label="Police"), Option(key="charity", label="Charity")),
        )
        clash = (
            "You wrote something beside “Other: please say” and chose “A code”. "
            "Choose “Other: please say”, or clear what you wrote"
        )
        return (
            Specimen(
                question=plain,
                valid=(
                    ({"basis": "statute"}, {"basis": "statute", "basis_other": None}),
                    ({}, {"basis": None, "basis_other": None}),
                    ({"basis": "other"}, {"basis": "other", "basis_other": None}),
                    ({"basis_other": " both "}, {"basis": "other", "basis_other": "both"}),
                    ({"basis": "dont_know"}, {"basis": "dont_know", "basis_other": None}),
                ),
                invalid=(
                    (
                        {"basis": "nonsense"},
                        Problem(
                            "basis",
                            "Choose from the answers shown for “Which legal basis do you prefer?”",
                        ),
                    ),
                    ({"basis": "code", "basis_other": "both"}, Problem("basis_other", clash)),
                ),
                shown=(
                    ({"basis": "code"}, ("A code",)),
                    (
                        {"basis": "other", "basis_other": "both"},
                        ("Other: please say", "both"),
                    ),
                    ({"basis": None}, ()),
                ),
            ),
            Specimen(
                question=required,
                valid=(({"group": "police"}, {"group": "police"}),),
                invalid=(
                    ({}, Problem("group", "Give an answer to “Which group do you answer for?”")),
                ),
            ),
        )
