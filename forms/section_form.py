"""One page of questions as a form."""

from collections.abc import Iterator

from wtforms.fields.core import Field
from wtforms.form import BaseForm

from forms.question import Answers, Question
from forms.questionnaire import Section


class SectionForm(BaseForm):  # type: ignore[misc]  # WTForms has no types
    """The fields of the questions that this respondent is asked on one page.

    `form[name]` is a field. Names are those of answers, so nothing of the form itself is hidden
    by a question that happens to be called “data”.
    """

    def __init__(self, section: Section, asked: tuple[Question, ...]) -> None:
        """Bind the fields; each question made its own once and for all."""
        self.section = section
        self.asked = asked
        super().__init__(
            [(name, each) for question in asked for name, each in question.unbound.items()]
        )

    def questions(self) -> Iterator[tuple[Question, dict[str, Field]]]:
        """Yield each question asked with its fields by name."""
        for question in self.asked:
            yield question, {name: self[name] for name in question.unbound}

    def validate(self) -> bool:
        """Check each field, then each question whose fields are in order. Messages go to fields."""
        for _, fields in self.questions():
            for field in fields.values():
                field.validate(self)
        for question, fields in self.questions():
            if any(field.errors for field in fields.values()):
                continue
            for problem in question.problems(self.data_of(question)):
                self[problem.field_name].errors.append(problem.message)
        return not self.errors

    def data_of(self, question: Question) -> dict[str, object]:
        """Return the data of the fields of one question."""
        return {name: self[name].data for name in question.unbound}

    def answers(self) -> dict[str, object]:
        """Return the answers to keep, each name of every question asked. Validate first."""
        kept: dict[str, object] = {}
        for question in self.asked:
            kept |= question.store(self.data_of(question))
        return kept

    def errors_in_order(self) -> list[tuple[str, str]]:
        """Return the id of the field to go to and the message, in the order of the page."""
        return [(field.id, str(message)) for field in self for message in field.errors]


def section_form(
    section: Section,
    settled: Answers,
    formdata: object = None,
    saved: Answers | None = None,
) -> SectionForm:
    """Return the form of a section for a respondent with these settled answers.

    With `formdata` (anything with `getlist`) the fields hold what was posted and `saved` is not
    looked at, so that what was cleared stays cleared; without, they hold the saved answers.
    """
    form = SectionForm(section, section.asked(settled))
    data: dict[str, object] = {}
    if formdata is None and saved is not None:
        for question in form.asked:
            data |= question.restore(saved)
    form.process(formdata, data=data)
    return form
