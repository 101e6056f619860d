"""A sum shared out: 100 points among the options."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from wtforms.fields.core import UnboundField

from forms.codebook import Category, Measure, Variable
from forms.fields import figure, quoted
from forms.question import Answers, Option, Paper, Posted, Problem, Specimen
from forms.ways_out import AnswerOrWayOut


class Points(AnswerOrWayOut):
    """Whole points shared among the options, which must come to the total.

    An option left blank beside others that were filled in has been given 0.
    """

    control: ClassVar[str] = "points"

    type: Literal["points"] = "points"
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    total: Annotated[int, Field(ge=2, le=1000)] = 100

    def item_name(self, option: Option) -> str:
        """Return the field of an option."""
        return f"{self.id}-{option.key}"

    def fields(self) -> dict[str, UnboundField]:
        items = {self.item_name(each): figure(each.label) for each in self.options}
        return items | self.way_out_fields()

    def typed(self, data: Posted) -> dict[str, str]:
        """Return what was typed for each option where something was."""
        typed = {each.key: data.get(self.item_name(each)) for each in self.options}
        return {key: text for key, text in typed.items() if isinstance(text, str) and text}

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse what is no whole number, points beside a way out, and another sum."""
        typed = self.typed(data)
        unreadable = [
            Problem(
                self.item_name(each),
                f"Write a whole number from 0 to {self.total} for {quoted(each.label)}, "
                "in figures alone",
            )
            for each in self.options
            if each.key in typed and not readable(typed[each.key])
        ]
        return (
            unreadable
            or self.both(data, answered=bool(typed))
            or self.other_sum(typed)
            or super().problems(data)
        )

    def other_sum(self, typed: dict[str, str]) -> list[Problem]:
        """Say by how much the points are over or under the total."""
        come_to = sum(int(text) for text in typed.values())
        if not typed or come_to == self.total:
            return []
        over = come_to - self.total
        difference = f"{over} too many" if over > 0 else f"{-over} short"
        message = (
            f"Make your points for {self.quoted} come to {self.total}: "
            f"they come to {come_to}, {difference}"
        )
        return [Problem(self.item_name(self.options[0]), message)]

    def store(self, data: Posted) -> Answers:
        typed = self.typed(data)
        shares = {each.key: int(typed.get(each.key, "0")) for each in self.options}
        return {self.id: self.way_out(data) or (shares if typed else None)}

    def restore(self, answers: Answers) -> Posted:
        kept = self.kept_figures(answers)
        shares = {
            self.item_name(each): str(kept[each.key]) for each in self.options if each.key in kept
        }
        return {**shares, self.way_out_name: self.kept_way_out(answers)}

    def record(self, answers: Answers) -> dict[str, object]:
        kept = self.kept_figures(answers)
        shares: dict[str, object] = {
            f"{self.id}.{each.key}": kept.get(each.key) for each in self.options
        }
        return shares | self.record_ways_out(answers)

    def measured(self) -> tuple[Variable, ...]:
        items = tuple(option.category for option in self.options)
        categories = self.own_categories(items)
        return (self.variable(measure=Measure.POINTS, categories=categories, total=self.total),)

    def display(self, answers: Answers) -> tuple[str, ...]:
        chosen = self.kept_way_out(answers)
        if chosen:
            return (self.ways_out_labels.get(chosen, chosen),)
        kept = self.kept_figures(answers)
        return tuple(f"{each.label}: {kept[each.key]}" for each in self.options if each.key in kept)

    def paper(self) -> Paper:
        return Paper(
            f"Share {self.total} points among these: the numbers must come to {self.total}.",
            boxes=(*(each.on_paper for each in self.options), *self.ways_out_labels.values()),
        )

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(
            id="balance",
            text="How should these be weighed?",
            options=(
                Option(key="speed", label="Speed"),
                Option(key="rights", label="Rights"),
                Option(key="certainty", label="Certainty"),
            ),
            ways_out=(Category(key="cannot_say", label="Cannot say", substantive=False),),
        )
        asked = "“How should these be weighed?”"
        short = f"Make your points for {asked} come to 100: they come to 90, 10 short"
        over = f"Make your points for {asked} come to 100: they come to 110, 10 too many"
        figures = "Write a whole number from 0 to 100 for “Rights”, in figures alone"
        both = (
            f"You answered {asked} and also chose “Cannot say”. "
            "Keep one: clear your answer, or choose “I have answered above”"
        )
        return (
            Specimen(
                question=question,
                valid=(
                    (
                        {"balance-speed": "60", "balance-rights": " 40 "},
                        {"balance": {"speed": 60, "rights": 40, "certainty": 0}},
                    ),
                    (
                        {
                            "balance-speed": "0",
                            "balance-rights": "100",
                            "balance-certainty": "0",
                        },
                        {"balance": {"speed": 0, "rights": 100, "certainty": 0}},
                    ),
                    ({"balance-speed": "", "balance-rights": " "}, {"balance": None}),
                    ({"balance-way_out": "cannot_say"}, {"balance": "cannot_say"}),
                ),
                invalid=(
                    ({"balance-speed": "90"}, Problem("balance-speed", short)),
                    (
                        {"balance-speed": "60", "balance-rights": "50"},
                        Problem("balance-speed", over),
                    ),
                    ({"balance-rights": "half"}, Problem("balance-rights", figures)),
                    ({"balance-rights": "-10"}, Problem("balance-rights", figures)),
                    ({"balance-rights": "33.3"}, Problem("balance-rights", figures)),
                    (
                        {"balance-speed": "100", "balance-way_out": "cannot_say"},
                        Problem("balance-way_out", both),
                    ),
                ),
                shown=(
                    (
                        {"balance": {"speed": 0, "rights": 100, "certainty": 0}},
                        ("Speed: 0", "Rights: 100", "Certainty: 0"),
                    ),
                    ({"balance": "cannot_say"}, ("Cannot say",)),
                ),
            ),
        )


def readable(text: str) -> bool:
    """Say whether the text is a whole number that could be somebody's points."""
    return text.isdecimal() and len(text) <= 6
