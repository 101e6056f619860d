"""Which open questions a response has an answer to: noted when it is sent, never which answer."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.models import Consultation, Response
from app.models_invitations import ResponseReach
from app.services import editions
from forms.questionnaire import Questionnaire

MOST_REMEMBERED = 50_000
Reached = Counter[tuple[str | None, str]]
_remembered: dict[str, str] = {}


def served(
    questionnaire: Questionnaire, answers: dict[str, Any], opted_out: Collection[str]
) -> str:
    """The keys of the open questions with an answer, in order, with spaces between them."""
    asked = set(questionnaire.asked(answers, opted_out))
    found = {
        key
        for question in questionnaire.questions
        if question.serves and question.id in asked and not question.blank(answers)
        for key in question.serves
    }
    return " ".join(each.key for each in questionnaire.open_questions if each.key in found)


def note(
    session: Session, response: Response, answers: dict[str, Any], opted_out: Collection[str]
) -> None:
    """Keep what a response that was just sent reaches, in place of what it reached before."""
    told = served(editions.questionnaire_of(response.edition), answers, opted_out)
    known = session.get(ResponseReach, response.id)
    if known is None:
        session.add(ResponseReach(response_id=response.id, open_questions=told))
    else:
        known.open_questions = told


def by_group(
    session: Session, consultation: Consultation, open_questions: Sequence[str]
) -> Reached:
    """How many responses that count reach each open question, by group: `(group, key)`.

    Responses that were sent before this was noted are opened, once in the life of a process.
    """
    counts: Reached = Counter()
    told = sa.literal(" ") + ResponseReach.open_questions + " "
    reaching = (
        sa.func.sum(sa.case((told.contains(f" {key} ", autoescape=True), 1), else_=0))
        for key in open_questions
    )
    statement = (
        sa.select(Response.group_key, *reaching)
        .join(ResponseReach, ResponseReach.response_id == Response.id)
        .where(*that_count(consultation))
        .group_by(Response.group_key)
    )
    for group, *numbers in session.execute(statement):
        for key, number in zip(open_questions, numbers, strict=True):
            counts[group, key] = number
    unnoted = (
        sa.select(Response)
        .outerjoin(ResponseReach, ResponseReach.response_id == Response.id)
        .where(*that_count(consultation), ResponseReach.response_id.is_(None))
        .options(selectinload(Response.revisions))
    )
    for response in session.scalars(unnoted):
        for key in _opened(response).split():
            counts[response.group_key, key] += 1
    return counts


def that_count(consultation: Consultation) -> tuple[sa.ColumnElement[bool], ...]:
    """What holds of a response that counts: neither withdrawn nor held nor left out."""
    return (
        Response.consultation_id == consultation.id,
        Response.withdrawn_at.is_(None),
        Response.held_at.is_(None),
        Response.excluded_reason.is_(None),
    )


def _opened(response: Response) -> str:
    if not response.revisions:
        return ""
    last = response.revisions[-1]
    if last.id not in _remembered:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        answers = last.unseal("answers") or {}
        questionnaire = editions.questionnaire_of(response.edition)
        _remembered[last.id] = served(questionnaire, answers, last.opted_out)
    return _remembered[last.id]
