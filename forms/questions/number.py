"""A figure, with its unit and bounds."""

import re
from typing import ClassVar, Literal

from wtforms.fields.core import UnboundField

from forms.codebook import Category, Measure, Variable
from forms.fields import figure
from forms.question import Answers, Paper, Posted, Problem, Specimen, Words
from forms.ways_out import AnswerOrWayOut

PLAIN = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?")
SPACES_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")


class Number(AnswerOrWayOut):
    """A number between bounds. Zero is an answer; a comma is refused, as it is read two ways."""

    control: ClassVar[str] = "number"

    type: Literal["number"] = "number"
    unit: Words | None = None
    at_least: int | float | None = None
    at_most: int | float | None = None
    whole: bool = False

    def fields(self) -> dict[str, UnboundField]:
        return {self.id: figure(self.text)} | self.way_out_fields()

    def typed(self, data: Posted) -> str:
        """Return what was typed, without spaces between thousands."""
        text = data.get(self.id)
        typed = SPACES_BETWEEN_THOUSANDS.sub("", text) if isinstance(text, str) else ""
        return typed.replace("\u2212", "-")

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse what is no number, a number beside a way out, and what is out of bounds."""
        typed = self.typed(data)
        wrong = self.wrong_with(typed) if typed else None
        if wrong:
            return [Problem(self.id, wrong)]
        return self.both(data, answered=bool(typed)) or super().problems(data)

    def wrong_with(self, typed: str) -> str | None:
        """Say what to do about text that is not such a number, or nothing."""
        if not PLAIN.fullmatch(typed):
            return (
                f"Write your answer to {self.quoted} as a number, in figures alone: 1500, or 1.5 "
                "with a point"
                if not self.whole
                else f"Write your answer to {self.quoted} as a whole number, in figures alone: 1500"
            )
        number = parse(typed)
        if self.whole and not isinstance(number, int):
            return f"Write your answer to {self.quoted} as a whole number, without decimals"
        too_small = self.at_least is not None and number < self.at_least
        too_large = self.at_most is not None and number > self.at_most
        if too_small or too_large:
            return f"Write a number {self.bounds} for {self.quoted}"
        return None

    @property
    def bounds(self) -> str:
        """The bounds in words; an empty string where there are none."""
        if self.at_least is not None and self.at_most is not None:
            return f"from {self.at_least} to {self.at_most}"
        if self.at_least is not None:
            return f"of {self.at_least} or more"
        return "" if self.at_most is None else f"of {self.at_most} or less"

    def store(self, data: Posted) -> Answers:
        typed = self.typed(data)
        return {self.id: parse(typed) if typed else self.way_out(data)}

    def restore(self, answers: Answers) -> Posted:
        kept = answers.get(self.id)
        number = None if kept is None or isinstance(kept, str) else str(kept)
        return {self.id: number, self.way_out_name: self.kept_way_out(answers)}

    def record(self, answers: Answers) -> dict[str, object]:
        kept = answers.get(self.id)
        figures: dict[str, object] = {
            self.id: float(kept) if isinstance(kept, int | float) else None
        }
        return figures | self.record_ways_out(answers)

    def measured(self) -> tuple[Variable, ...]:
        return (self.variable(measure=Measure.NUMBER, categories=self.ways_out, unit=self.unit),)

    def display(self, answers: Answers) -> tuple[str, ...]:
        kept = answers.get(self.id)
        if isinstance(kept, str):
            return (self.ways_out_labels.get(kept, kept),)
        if kept is None:
            return ()
        return (f"{kept} {self.unit}" if self.unit else str(kept),)

    def paper(self) -> Paper:
        whole = "a whole number" if self.whole else "a number"
        words = " ".join(filter(None, ("Write", whole, self.bounds)))
        unit = f" ({self.unit})" if self.unit else ""
        return Paper(f"{words}{unit}.", boxes=tuple(self.ways_out_labels.values()), lines=1)

    def rules(self) -> list[tuple[str, str]]:
        """The lower bound is not above the upper."""
        bounds = (self.at_least, self.at_most)
        if bounds[0] is not None and bounds[1] is not None and bounds[0] >= bounds[1]:
            return [("at_least", f"must be less than `at_most` ({self.at_most})")]
        return []

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        days = cls(
            id="days",
            text="How many days does it take?",
            unit="days",
            at_least=0,
            at_most=3650,
            whole=True,
            ways_out=(Category(key="dont_know", label="Don’t know", substantive=False),),
        )
        change = cls(id="change", text="By how much did it change?", unit="%")
        whole = "Write your answer to “How many days does it take?” as a whole number"
        both = (
            "You answered “How many days does it take?” and also chose “Don’t know”. "
            "Keep one: clear your answer, or choose “I have answered above”"
        )
        bounds = "Write a number from 0 to 3650 for “How many days does it take?”"
        plain = (
            "Write your answer to “By how much did it change?” as a number, in figures alone: "
            "1500, or 1.5 with a point"
        )
        return (
            Specimen(
                question=days,
                valid=(
                    ({"days": "0"}, {"days": 0}),
                    ({"days": " 1 500 "}, {"days": 1500}),
                    ({"days": ""}, {"days": None}),
                    ({"days": "", "days-way_out": "dont_know"}, {"days": "dont_know"}),
                ),
                invalid=(
                    ({"days": "soon"}, Problem("days", f"{whole}, in figures alone: 1500")),
                    ({"days": "1.5"}, Problem("days", f"{whole}, without decimals")),
                    ({"days": "1,500"}, Problem("days", f"{whole}, in figures alone: 1500")),
                    ({"days": "-1"}, Problem("days", bounds)),
                    ({"days": "4000"}, Problem("days", bounds)),
                    ({"days": "3", "days-way_out": "dont_know"}, Problem("days-way_out", both)),
                ),
                shown=(
                    ({"days": 0}, ("0 days",)),
                    ({"days": "dont_know"}, ("Don’t know",)),
                ),
            ),
            Specimen(
                question=change,
                valid=(
                    ({"change": "-12.5"}, {"change": -12.5}),
                    ({"change": "\u221212"}, {"change": -12}),
                ),
                invalid=(
                    ({"change": "nan"}, Problem("change", plain)),
                    ({"change": "1e400"}, Problem("change", plain)),
                ),
                shown=(({"change": -12.5}, ("-12.5 %",)),),
            ),
        )


def parse(typed: str) -> int | float:
    """Return the number typed: whole where it is written so."""
    return float(typed) if "." in typed else int(typed)
