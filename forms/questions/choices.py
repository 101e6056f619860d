"""Several answers at once."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from wtforms.fields.core import UnboundField

from forms.codebook import Category, Measure, Variable
from forms.fields import several_of
from forms.presets import known_topics
from forms.question import Answers, Option, Paper, Posted, Problem, Specimen
from forms.questions.choice import OTHER, OfOptions


class ManyOption(Option):
    """An option that may exclude all others (“none of these”)."""

    alone: bool = False


class Choices(OfOptions):
    """Several answers, by checkboxes. A way out excludes the others, as does an option `alone`."""

    control: ClassVar[str] = "checkboxes"

    type: Literal["choices"] = "choices"
    options: Annotated[tuple[ManyOption, ...], BeforeValidator(known_topics), Field(min_length=1)]
    at_most: Annotated[int, Field(ge=1)] | None = None

    @property
    def standing_alone(self) -> tuple[str, ...]:
        """The keys that exclude all others."""
        alone = (option.key for option in self.options if option.alone)
        return (*alone, *(each.key for each in self.ways_out))

    def chosen(self, data: Posted) -> list[str]:
        """Return the keys ticked; words beside “other” tick it."""
        ticked = data.get(self.id)
        chosen = [str(key) for key in ticked] if isinstance(ticked, list | tuple) else []
        if self.other_words(data) and OTHER not in chosen:
            chosen = [each.key for each in self.offered if each.key in {*chosen, OTHER}]
        return chosen

    def fields(self) -> dict[str, UnboundField]:
        return {self.id: several_of(self.text, self.offered)} | self.other_fields()

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse company for an answer that stands alone, and more than `at_most`."""
        chosen = self.chosen(data)
        alone = [key for key in chosen if key in self.standing_alone]
        if alone and len(chosen) > 1:
            label = self.labels[alone[0]]
            message = f"Choose either “{label}” or the other answers to {self.quoted}, not both"
            return [Problem(self.id, message)]
        if self.at_most is not None and len(chosen) > self.at_most:
            message = (
                f"Choose at most {self.at_most} answers to {self.quoted}: "
                f"you have chosen {len(chosen)}"
            )
            return [Problem(self.id, message)]
        return super().problems(data) + self.too_long(data)

    def store(self, data: Posted) -> Answers:
        return {self.id: self.chosen(data) or None, **self.kept_other(data)}

    def restore(self, answers: Answers) -> Posted:
        return {name: answers.get(name) for name in self.unbound}

    def record(self, answers: Answers) -> dict[str, object]:
        chosen = answers.get(self.id)
        columns: dict[str, object] = {
            f"{self.id}.{each.key}": each.key in chosen if isinstance(chosen, list) else None
            for each in self.offered
        }
        return columns | ({self.other_name: answers.get(self.other_name)} if self.other else {})

    def measured(self) -> tuple[Variable, ...]:
        categories = tuple(option.category for option in self.offered)
        several = self.variable(
            measure=Measure.SEVERAL, categories=categories, at_most=self.at_most
        )
        return (several, *self.other_variables())

    def display(self, answers: Answers) -> tuple[str, ...]:
        chosen = answers.get(self.id)
        if not isinstance(chosen, list):
            return ()
        words = self.other_words(answers)
        return (*(self.labels.get(key, key) for key in chosen), *((words,) if words else ()))

    def paper(self) -> Paper:
        count = f"Choose up to {self.at_most}." if self.at_most else "Choose all that apply."
        return Paper(count, boxes=tuple(option.on_paper for option in self.offered))

    def rules(self) -> list[tuple[str, str]]:
        """A limit must leave something out."""
        most = len(self.options) + (1 if self.other else 0)
        if self.at_most is not None and self.at_most > most:
            wrong = f"is {self.at_most}, but there are only {most} options: lower it or drop it"
            return [*super().rules(), ("at_most", wrong)]
        return super().rules()

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(
            id="acts",
            text="Which acts should be criminal?",
            options=(
                ManyOption(key="make", label="Making"),
                ManyOption(key="supply", label="Supplying"),
                ManyOption(key="advertise", label="Advertising"),
                ManyOption(key="none", label="None of these", alone=True),
            ),
            at_most=2,
            other="Other act",
            ways_out=(Category(key="dont_know", label="Don’t know", substantive=False),),
        )
        asked = "“Which acts should be criminal?”"
        return (
            Specimen(
                question=question,
                valid=(
                    (
                        {"acts": ["supply", "make"]},
                        {"acts": ["make", "supply"], "acts_other": None},
                    ),
                    ({"acts": ["make", "make"]}, {"acts": ["make"], "acts_other": None}),
                    ({}, {"acts": None, "acts_other": None}),
                    ({"acts": "none"}, {"acts": ["none"], "acts_other": None}),
                    ({"acts_other": "lending"}, {"acts": ["other"], "acts_other": "lending"}),
                    ({"acts": "dont_know"}, {"acts": ["dont_know"], "acts_other": None}),
                ),
                invalid=(
                    (
                        {"acts": ["make", "nonsense"]},
                        Problem("acts", f"Choose from the answers shown for {asked}"),
                    ),
                    (
                        {"acts": ["make", "none"]},
                        Problem(
                            "acts",
                            "Choose either “None of these” or the other answers to "
                            f"{asked}, not both",
                        ),
                    ),
                    (
                        {"acts": ["make", "supply"], "acts_other": "lending"},
                        Problem("acts", f"Choose at most 2 answers to {asked}: you have chosen 3"),
                    ),
                ),
                shown=(
                    (
                        {"acts": ["make", "other"], "acts_other": "lending"},
                        ("Making", "Other act", "lending"),
                    ),
                ),
            ),
        )
