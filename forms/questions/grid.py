"""Many rows on one scale."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from wtforms.fields.core import UnboundField

from forms.codebook import Category, Frozen, Key, Measure, Variable
from forms.fields import one_of, quoted
from forms.question import Answers, Paper, Posted, Problem, Specimen, Words
from forms.questions.scale import OnScale, specimen_points


class Row(Frozen):
    """One line of a grid: what is judged."""

    key: Key
    label: Words


class Grid(OnScale):
    """Several things judged on one scale; each row is a variable of its own."""

    control: ClassVar[str] = "grid"

    type: Literal["grid"] = "grid"
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]

    def row_name(self, row: Row) -> str:
        """Return the field, answer and variable of a row."""
        return f"{self.id}_{row.key}"

    def fields(self) -> dict[str, UnboundField]:
        return {self.row_name(row): one_of(row.label, self.offered) for row in self.rows}

    def problems(self, data: Posted) -> list[Problem]:
        """Where an answer is required, it is required in every row."""
        if not self.required:
            return []
        blank = (row for row in self.rows if data.get(self.row_name(row)) is None)
        return [
            Problem(self.row_name(row), f"Choose an answer for {quoted(row.label)}")
            for row in blank
        ]

    def store(self, data: Posted) -> Answers:
        return {name: data.get(name) for name in self.unbound}

    def restore(self, answers: Answers) -> Posted:
        return {name: answers.get(name) for name in self.unbound}

    def record(self, answers: Answers) -> dict[str, object]:
        return {name: answers.get(name) for name in self.unbound}

    def measured(self) -> tuple[Variable, ...]:
        return tuple(
            self.variable(
                name=self.row_name(row),
                label=f"{self.text} {row.label}",
                row=row.label,
                measure=Measure.ORDINAL,
                categories=self.offered,
            )
            for row in self.rows
        )

    def display(self, answers: Answers) -> tuple[str, ...]:
        chosen = ((row.label, answers.get(self.row_name(row))) for row in self.rows)
        return tuple(
            f"{label}: {self.labels.get(key, key)}" for label, key in chosen if isinstance(key, str)
        )

    def paper(self) -> Paper:
        return Paper(
            "Choose one in each row.",
            rows=tuple(row.label for row in self.rows),
            columns=tuple(each.label for each in self.offered),
        )

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(
            id="areas",
            text="How far do you agree?",
            rows=(Row(key="law", label="The law is clear"), Row(key="pay", label="It pays")),
            points=specimen_points(),
            ways_out=(Category(key="dont_know", label="Don’t know", substantive=False),),
        )
        required = question.model_copy(update={"required": True})
        unknown = Problem("areas_pay", "Choose from the answers shown for “It pays”")
        return (
            Specimen(
                question=question,
                valid=(
                    ({"areas_law": "agree"}, {"areas_law": "agree", "areas_pay": None}),
                    (
                        {"areas_law": "disagree", "areas_pay": "dont_know"},
                        {"areas_law": "disagree", "areas_pay": "dont_know"},
                    ),
                    ({}, {"areas_law": None, "areas_pay": None}),
                ),
                invalid=(({"areas_pay": "x"}, unknown),),
                shown=(({"areas_pay": "agree"}, ("It pays: Agree",)),),
            ),
            Specimen(
                question=required,
                valid=(
                    (
                        {"areas_law": "agree", "areas_pay": "agree"},
                        {"areas_law": "agree", "areas_pay": "agree"},
                    ),
                ),
                invalid=(
                    (
                        {"areas_law": "agree"},
                        Problem("areas_pay", "Choose an answer for “It pays”"),
                    ),
                ),
            ),
        )
