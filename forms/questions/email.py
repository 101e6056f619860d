"""An e-mail address, to be written to and never published."""

from typing import ClassVar, Literal

from email_validator import EmailNotValidError, validate_email
from wtforms.fields.core import UnboundField

from forms.codebook import Measure, Variable
from forms.fields import address
from forms.question import Paper, Posted, Problem, Specimen
from forms.questions.text import Written


class Email(Written):
    """An e-mail address that could exist. Nothing is looked up or sent to find out."""

    control: ClassVar[str] = "email"

    type: Literal["email"] = "email"

    def fields(self) -> dict[str, UnboundField]:
        return {self.id: address(self.text)}

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse what cannot be an address."""
        text = data.get(self.id)
        if not isinstance(text, str) or not text:
            return super().problems(data)
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            message = f"Write an e-mail address like name@example.org for {self.quoted}"
            return [Problem(self.id, message)]
        return []

    def measured(self) -> tuple[Variable, ...]:
        return (self.variable(measure=Measure.TEXT, identifying=True),)

    def paper(self) -> Paper:
        return Paper("Write an e-mail address.", lines=1)

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(id="contact", text="Where can we write to you?")
        wrong = "Write an e-mail address like name@example.org for “Where can we write to you?”"
        return (
            Specimen(
                question=question,
                valid=(
                    ({"contact": " ada@example.org "}, {"contact": "ada@example.org"}),
                    ({"contact": "ådå@example.org"}, {"contact": "ådå@example.org"}),
                    ({"contact": ""}, {"contact": None}),
                ),
                invalid=(
                    ({"contact": "ada at example"}, Problem("contact", wrong)),
                    ({"contact": "ada@example.org\nbcc: x@example.org"}, Problem("contact", wrong)),
                ),
                shown=(({"contact": "ada@example.org"}, ("ada@example.org",)),),
            ),
        )
