"""Every open question at a glance: what is coded, and what this person can do about it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_coding import CodingFrame
from app.models_team import Organiser
from app.services.coding import agreement, answers, assigning, frames, giving
from app.services.coding.agreement import Standing
from app.services.coding.frames import TextQuestion
from app.services.coding.giving import Queue


@dataclass(frozen=True)
class Line:
    """One question. What is None does not exist yet, or is not for this person."""

    question: TextQuestion
    frame: CodingFrame | None
    standing: Standing | None
    queue: Queue | None
    waiting: int


def lines(
    session: Session, consultation: Consultation, organiser: Organiser, *, all_of_them: bool
) -> tuple[Line, ...]:
    """The questions in order: all of them, or those that this person is asked to code."""
    known = frames.of_consultation(session, consultation)
    found = (
        line(session, consultation, question, known.get(question.key), organiser)
        for question in frames.text_questions(session, consultation)
    )
    return tuple(each for each in found if all_of_them or each.queue is not None)


def line(
    session: Session,
    consultation: Consultation,
    question: TextQuestion,
    frame: CodingFrame | None,
    organiser: Organiser,
) -> Line:
    """One question as it stands for this person."""
    if frame is None:
        return Line(question, None, None, None, 0)
    units = answers.units(session, consultation, frame)
    part = assigning.part_of(frame, organiser)
    return Line(
        question,
        frame,
        agreement.standing(units),
        giving.queue(units, organiser.id, part) if part else None,
        answers.waiting(session, consultation, frame),
    )
