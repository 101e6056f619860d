"""One page of questions."""

from typing import Annotated, Literal

from pydantic import Field

from forms.codebook import Frozen, Key
from forms.conditions import Condition, holds
from forms.question import Answers, AnyQuestion, Question, Words


class Section(Frozen):
    """The questions put on one page. A section of kind `topic` can be chosen or turned down."""

    key: Key
    kind: Literal["start", "about", "topics", "topic", "closing"]
    title: Words
    intro: str = ""
    source: str = ""
    minutes: Annotated[int, Field(ge=0, le=120)] | None = None
    ask_if: Condition = ()
    questions: Annotated[tuple[AnyQuestion, ...], Field(min_length=1)]

    def asked(self, settled: Answers) -> tuple[Question, ...]:
        """Return the questions for this respondent; conditions look at earlier sections only."""
        return tuple(each for each in self.questions if holds(each.ask_if, settled))
