"""The most important first, by numbers: no dragging."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField

from forms.codebook import Category, Measure, Variable
from forms.fields import pick_one, quoted
from forms.question import Answers, Option, Paper, Posted, Problem, Specimen
from forms.ways_out import AnswerOrWayOut


class Ranking(AnswerOrWayOut):
    """Some of the options in order, 1 first.

    Each option has a select with the numbers 1 to `at_most` (or to the number of options). Two
    options with the same number are refused; a number left out is closed up (1 and 3 become 1
    and 2), because the order is what was said.
    """

    control: ClassVar[str] = "ranking"

    type: Literal["ranking"] = "ranking"
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    at_most: Annotated[int, Field(ge=1)] | None = None

    @property
    def places(self) -> int:
        """How many places there are to give."""
        return self.at_most or len(self.options)

    def item_name(self, option: Option) -> str:
        """Return the field of an option."""
        return f"{self.id}-{option.key}"

    def fields(self) -> dict[str, UnboundField]:
        numbers = [SelectChoice(value=str(n), label=str(n)) for n in range(1, self.places + 1)]
        items = {self.item_name(each): pick_one(each.label, numbers) for each in self.options}
        return items | self.way_out_fields()

    def given(self, data: Posted) -> dict[str, int]:
        """Return the numbers as posted, by option, in their order."""
        numbers = {each.key: data.get(self.item_name(each)) for each in self.options}
        given = {key: int(number) for key, number in numbers.items() if isinstance(number, str)}
        return dict(sorted(given.items(), key=lambda item: item[1]))

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse ties, and numbers beside a way out."""
        given = self.given(data)
        for option in self.options:
            number = given.get(option.key)
            rivals = [each for each in self.options if each is not option]
            tied = [each for each in rivals if number and given.get(each.key) == number]
            if tied:
                message = (
                    f"You gave {number} to both {quoted(option.label)} and "
                    f"{quoted(tied[0].label)}. Give each a number of its own, or leave one blank"
                )
                return [Problem(self.item_name(tied[0]), message)]
        return self.both(data, answered=bool(given)) or super().problems(data)

    def store(self, data: Posted) -> Answers:
        closed_up = {key: place for place, key in enumerate(self.given(data), start=1)}
        return {self.id: self.way_out(data) or closed_up or None}

    def restore(self, answers: Answers) -> Posted:
        kept = self.kept_figures(answers)
        numbers = {
            self.item_name(each): str(kept[each.key]) for each in self.options if each.key in kept
        }
        return {**numbers, self.way_out_name: self.kept_way_out(answers)}

    def record(self, answers: Answers) -> dict[str, object]:
        kept = self.kept_figures(answers)
        ranks: dict[str, object] = {
            f"{self.id}.{each.key}": kept.get(each.key) for each in self.options
        }
        return ranks | self.record_ways_out(answers)

    def measured(self) -> tuple[Variable, ...]:
        items = tuple(option.category for option in self.options)
        return (
            self.variable(
                measure=Measure.RANKING,
                categories=self.own_categories(items),
                at_most=self.places,
            ),
        )

    def display(self, answers: Answers) -> tuple[str, ...]:
        chosen = self.kept_way_out(answers)
        if chosen:
            return (self.ways_out_labels.get(chosen, chosen),)
        labels = {each.key: each.label for each in self.options}
        ranked = sorted(self.kept_figures(answers).items(), key=lambda item: item[1])
        return tuple(f"{place}. {labels.get(key, key)}" for key, place in ranked)

    def paper(self) -> Paper:
        return Paper(
            f"Number up to {self.places}, beginning with 1 for the first. "
            "Give each number once; leave the rest blank.",
            boxes=(*(each.on_paper for each in self.options), *self.ways_out_labels.values()),
        )

    def rules(self) -> list[tuple[str, str]]:
        """There cannot be more places than options."""
        if self.places > len(self.options):
            wrong = f"is {self.places}, but there are only {len(self.options)} options: lower it"
            return [*super().rules(), ("at_most", wrong)]
        return super().rules()

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(
            id="remedies",
            text="Which remedies matter most?",
            options=(
                Option(key="treaty", label="A treaty"),
                Option(key="teams", label="Joint teams"),
                Option(key="hashes", label="Shared hashes"),
                Option(key="liaison", label="Liaison officers"),
            ),
            at_most=3,
            ways_out=(Category(key="dont_know", label="Don’t know", substantive=False),),
        )
        tie = (
            "You gave 2 to both “Joint teams” and “Shared hashes”. "
            "Give each a number of its own, or leave one blank"
        )
        both = (
            "You answered “Which remedies matter most?” and also chose “Don’t know”. "
            "Keep one: clear your answer, or choose “I have answered above”"
        )
        return (
            Specimen(
                question=question,
                valid=(
                    (
                        {"remedies-teams": "1", "remedies-treaty": "2", "remedies-hashes": ""},
                        {"remedies": {"teams": 1, "treaty": 2}},
                    ),
                    (
                        {"remedies-hashes": "1", "remedies-treaty": "3"},
                        {"remedies": {"hashes": 1, "treaty": 2}},
                    ),
                    ({"remedies-way_out": "dont_know"}, {"remedies": "dont_know"}),
                    (
                        {"remedies-treaty": "1", "remedies-way_out": ""},
                        {"remedies": {"treaty": 1}},
                    ),
                    ({}, {"remedies": None}),
                ),
                invalid=(
                    (
                        {"remedies-teams": "2", "remedies-hashes": "2"},
                        Problem("remedies-hashes", tie),
                    ),
                    (
                        {"remedies-teams": "1", "remedies-way_out": "dont_know"},
                        Problem("remedies-way_out", both),
                    ),
                    (
                        {"remedies-teams": "4"},
                        Problem(
                            "remedies-teams", "Choose from the answers shown for “Joint teams”"
                        ),
                    ),
                ),
                shown=(
                    (
                        {"remedies": {"teams": 2, "treaty": 1}},
                        ("1. A treaty", "2. Joint teams"),
                    ),
                    ({"remedies": "dont_know"}, ("Don’t know",)),
                ),
            ),
        )
