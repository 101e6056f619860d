"""How far, from one end of a scale to the other."""

from functools import cached_property
from typing import ClassVar, Literal

from wtforms.fields.core import UnboundField

from forms.codebook import Category, Measure, Variable
from forms.fields import one_of
from forms.presets import ScalePoints
from forms.question import Answers, Paper, Posted, Problem, Specimen
from forms.ways_out import ClosedQuestion


class OnScale(ClosedQuestion):
    """A question answered by a point of a scale, lowest first, or by a way out."""

    is_scale: ClassVar[bool] = True

    points: ScalePoints

    @cached_property
    def offered(self) -> tuple[Category, ...]:
        """The points, then the ways out."""
        return (*self.points, *self.ways_out)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The wording of each point and way out by its key."""
        return {each.key: each.label for each in self.offered}

    def rules(self) -> list[tuple[str, str]]:
        """A scale without a way out makes people say what they do not mean."""
        if not self.ways_out:
            return [("ways_out", "add `ways_out`, at least [dont_know]: not everyone has a view")]
        return []


class Scale(OnScale):
    """How far someone agrees, is prepared, and the like."""

    control: ClassVar[str] = "scale"

    type: Literal["scale"] = "scale"

    def fields(self) -> dict[str, UnboundField]:
        return {self.id: one_of(self.text, self.offered)}

    def store(self, data: Posted) -> Answers:
        return {self.id: data.get(self.id)}

    def restore(self, answers: Answers) -> Posted:
        return {self.id: answers.get(self.id)}

    def record(self, answers: Answers) -> dict[str, object]:
        return {self.id: answers.get(self.id)}

    def measured(self) -> tuple[Variable, ...]:
        return (self.variable(measure=Measure.ORDINAL, categories=self.offered),)

    def display(self, answers: Answers) -> tuple[str, ...]:
        chosen = answers.get(self.id)
        return (self.labels.get(chosen, chosen),) if isinstance(chosen, str) else ()

    def paper(self) -> Paper:
        return Paper("Choose one.", boxes=tuple(each.label for each in self.offered))

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(
            id="support",
            text="How far do you agree?",
            points=specimen_points(),
            ways_out=(Category(key="dont_know", label="Don’t know", substantive=False),),
        )
        unknown = "Choose from the answers shown for “How far do you agree?”"
        return (
            Specimen(
                question=question,
                valid=(
                    ({"support": "agree"}, {"support": "agree"}),
                    ({"support": "dont_know"}, {"support": "dont_know"}),
                    ({"support": ""}, {"support": None}),
                ),
                invalid=(({"support": "Agree"}, Problem("support", unknown)),),
                shown=(({"support": "neither"}, ("Neither",)),),
            ),
        )


def specimen_points() -> tuple[Category, ...]:
    """Return a short scale for specimens."""
    return (
        Category(key="disagree", label="Disagree", side="against"),
        Category(key="neither", label="Neither", side="middle"),
        Category(key="agree", label="Agree", side="for"),
    )
