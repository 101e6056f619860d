"""What a respondent looks over: answers to check before sending, and to read after closing."""

from dataclasses import dataclass

from app.services.drafting import Progress
from forms.question import Question
from forms.questionnaire import Section

WITH_NAME = "with_name"


@dataclass(frozen=True)
class Line:
    """One answer: the question, the words, why it is confidential, whether it is asked still."""

    question: Question
    words: tuple[str, ...]
    confidential: str | None
    asked: bool = True


def lines(progress: Progress, section: Section) -> list[Line]:
    """What is to be checked of one section, with the questions that were left blank."""
    return [
        Line(each, each.display(progress.settled), progress.confidential.get(each.id))
        for each in progress.questions(section)
    ]


def written(progress: Progress, section: Section) -> list[Line]:
    """Every answer that was saved on one page, those of topics that were left out too."""
    return [
        Line(
            question=each,
            words=each.display(progress.raw),
            confidential=progress.confidential.get(each.id),
            asked=each.id in progress.asked,
        )
        for each in section.questions
        if not each.blank(progress.raw)
    ]


def name_left_blank(progress: Progress) -> tuple[Section, Question] | None:
    """Where a name is asked that is to be published and was not given; None where none is missed.

    Nothing is refused for it: a name is never demanded.
    """
    roles = progress.questionnaire.roles
    if roles.publication is None or progress.settled.get(roles.publication) != WITH_NAME:
        return None
    asked = [
        (section, question)
        for section in progress.route
        for question in progress.questions(section)
        if question.id in {roles.organisation, roles.name}
    ]
    if any(not question.blank(progress.settled) for _, question in asked):
        return None
    return asked[0] if asked else None
