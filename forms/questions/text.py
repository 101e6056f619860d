"""Words of one's own, short or long."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from wtforms.fields.core import UnboundField

from forms.codebook import Measure, Variable
from forms.fields import line, lines
from forms.question import Answers, Paper, Posted, Problem, Question, Specimen
from forms.wording import count_words

MOST_OF_A_LINE = 500
MOST_OF_A_WORD = 30


class Written(Question):
    """A question answered in words."""

    kind: ClassVar[Literal["closed", "open"]] = "open"

    def store(self, data: Posted) -> Answers:
        return {self.id: data.get(self.id) or None}

    def restore(self, answers: Answers) -> Posted:
        return {self.id: answers.get(self.id)}

    def record(self, answers: Answers) -> dict[str, object]:
        return {self.id: answers.get(self.id)}

    def display(self, answers: Answers) -> tuple[str, ...]:
        kept = answers.get(self.id)
        return (kept,) if isinstance(kept, str) else ()


class Text(Written):
    """One line, or several. Words are counted as a browser counts them.

    Beside the limit in words there is one in characters, far above what so many words need.
    """

    control: ClassVar[str] = "text"

    type: Literal["text"] = "text"
    long: bool = False
    words: Annotated[int, Field(ge=1, le=2000)] | None = None
    identifying: bool = False

    @property
    def most_characters(self) -> int:
        """The most characters that are taken."""
        if not self.long:
            return MOST_OF_A_LINE
        return max(MOST_OF_A_LINE, (self.words or 2000) * MOST_OF_A_WORD)

    def fields(self) -> dict[str, UnboundField]:
        return {self.id: lines(self.text) if self.long else line(self.text)}

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse too many words, too many characters, and several lines where one is asked."""
        text = data.get(self.id)
        if not isinstance(text, str) or not text:
            return super().problems(data)
        words = count_words(text)
        if self.words is not None and words > self.words:
            message = f"Shorten your answer to {self.quoted} to {self.words} words: it has {words}"
            return [Problem(self.id, message)]
        if len(text) > self.most_characters:
            limit = f"{self.most_characters} characters: it has {len(text)}"
            return [Problem(self.id, f"Shorten your answer to {self.quoted} to {limit}")]
        if not self.long and "\n" in text:
            return [Problem(self.id, f"Write your answer to {self.quoted} on one line")]
        return []

    def measured(self) -> tuple[Variable, ...]:
        return (self.variable(measure=Measure.TEXT, identifying=self.identifying),)

    def text_values(self, answers: Answers) -> dict[str, str]:
        kept = answers.get(self.id)
        return {self.id: kept} if isinstance(kept, str) else {}

    def paper(self) -> Paper:
        limit = f"Write up to {self.words} words." if self.words else "Write your answer."
        return Paper(limit, lines=8 if self.long else 1)

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        long = cls(id="gap", text="What is the gap?", long=True, words=5)
        short = cls(id="name", text="What is your name?", required=True, identifying=True)
        unwritable = (
            "Take out the character shown as � in your answer to “What is the gap?”: it cannot be "
            "stored. It sometimes comes along when text is copied from another program"
        )
        too_many = "Shorten your answer to “What is the gap?” to 5 words: it has 6"
        too_long = "Shorten your answer to “What is the gap?” to 500 characters: it has 501"
        return (
            Specimen(
                question=long,
                valid=(
                    ({"gap": " one\r\ntwo "}, {"gap": "one\ntwo"}),
                    ({"gap": "one\rtwo\x0bthree"}, {"gap": "one\ntwo\nthree"}),
                    ({"gap": "\u200fשלום\u200d ok"}, {"gap": "\u200fשלום\u200d ok"}),
                    ({"gap": "0"}, {"gap": "0"}),
                    ({"gap": " \n\t\u00a0 "}, {"gap": None}),
                    ({"gap": "one two three four five"}, {"gap": "one two three four five"}),
                    ({}, {"gap": None}),
                ),
                invalid=(
                    ({"gap": "one\x00two"}, Problem("gap", unwritable)),
                    ({"gap": "one\ud800two"}, Problem("gap", unwritable)),
                    ({"gap": "1 2 3 4\u20035\u00a06"}, Problem("gap", too_many)),
                    ({"gap": "x" * 501}, Problem("gap", too_long)),
                ),
                shown=(({"gap": "one\ntwo"}, ("one\ntwo",)), ({"gap": None}, ())),
            ),
            Specimen(
                question=short,
                valid=(({"name": "Ada"}, {"name": "Ada"}),),
                invalid=(
                    ({"name": " "}, Problem("name", "Give an answer to “What is your name?”")),
                    (
                        {"name": "Ada\nEva"},
                        Problem("name", "Write your answer to “What is your name?” on one line"),
                    ),
                ),
            ),
        )
