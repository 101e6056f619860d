"""Ways out of a closed question: “don't know” and its kin, kept as keys, never as scale points."""

from collections.abc import Mapping

from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField

from forms.codebook import Category
from forms.fields import OneOf, as_choices, quoted
from forms.presets import WayOut
from forms.question import Answers, Posted, Problem, Question


class ClosedQuestion(Question):
    """A question whose answers are counted, and which one may decline to answer."""

    ways_out: tuple[WayOut, ...] = ()

    @property
    def ways_out_labels(self) -> dict[str, str]:
        """The wording of each way out by its key."""
        return {each.key: each.label for each in self.ways_out}


class AnswerOrWayOut(ClosedQuestion):
    """A question answered in fields of its own, beside which stand radios for the ways out.

    The radios end with an empty choice, because without script a radio once chosen cannot be
    unchosen. The answer is then the key of the way out in place of what else is kept.
    """

    @property
    def way_out_name(self) -> str:
        """The field of the ways out."""
        return f"{self.id}-way_out"

    def way_out_fields(self) -> dict[str, UnboundField]:
        """Return the radios, if there are ways out."""
        if not self.ways_out:
            return {}
        choices = [
            *as_choices(self.ways_out),
            SelectChoice(value="", label="I have answered above"),
        ]
        return {self.way_out_name: UnboundField(OneOf, quoted(self.text), choices=choices)}

    def way_out(self, data: Posted) -> str | None:
        """Return the key of the way out that was posted."""
        chosen = data.get(self.way_out_name)
        return chosen if isinstance(chosen, str) else None

    def both(self, data: Posted, *, answered: bool) -> list[Problem]:
        """Refuse an answer together with a way out: it cannot be known which was meant."""
        chosen = self.way_out(data)
        if chosen is None or not answered:
            return []
        message = (
            f"You answered {self.quoted} and also chose “{self.ways_out_labels[chosen]}”. "
            "Keep one: clear your answer, or choose “I have answered above”"
        )
        return [Problem(self.way_out_name, message)]

    def kept_way_out(self, answers: Answers) -> str | None:
        """Return the key of the way out that was kept."""
        kept = answers.get(self.id)
        return kept if isinstance(kept, str) else None

    def kept_figures(self, answers: Answers) -> Mapping[str, int]:
        """Return what was kept by item, empty where blank or a way out."""
        kept = answers.get(self.id)
        return kept if isinstance(kept, Mapping) else {}

    def record_ways_out(self, answers: Answers) -> dict[str, object]:
        """Return one column a way out: 1 where it was chosen."""
        kept = self.kept_way_out(answers)
        return {f"{self.id}.{each.key}": 1 if each.key == kept else None for each in self.ways_out}

    def own_categories(self, options: tuple[Category, ...]) -> tuple[Category, ...]:
        """Return the categories of the variable: the items, then the ways out."""
        return (*options, *self.ways_out)
