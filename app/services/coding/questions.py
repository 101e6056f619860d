"""The questions that are coded: those that are answered in words."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Consultation
from app.services import editions
from forms.codebook import Measure


@dataclass(frozen=True)
class TextQuestion:
    """A question that is answered in words, and what it belongs to. No groups means all."""

    key: str
    text: str
    topic: str
    serves: tuple[str, ...]
    groups: tuple[str, ...]
    language: str


def text_questions(session: Session, consultation: Consultation) -> tuple[TextQuestion, ...]:
    """The questions answered in words, in order; those that say who somebody is are not coded."""
    edition = editions.current_edition(session, consultation)
    if edition is None:
        return ()
    book = editions.questionnaire_of(edition).codebook()
    asked = {question.key: question for question in book.questions}
    topics = {section.key: section.title for section in book.sections}
    return tuple(
        TextQuestion(
            key=each.question,
            text=asked[each.question].text,
            topic=topics[each.section],
            serves=asked[each.question].serves,
            groups=tuple(
                group.label for group in book.groups if group.key in asked[each.question].groups
            ),
            language=book.language,
        )
        for each in book.variables
        if each.measure is Measure.TEXT and each.name == each.question and not each.identifying
    )
