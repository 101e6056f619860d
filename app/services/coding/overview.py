"""Every open question at a glance: what is coded, and what this person can do about it."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_coding import CodingFrame
from app.models_team import Organiser
from app.services.coding import agreement, answers, assigning, bringing, frames, giving, questions
from app.services.coding.agreement import Standing
from app.services.coding.giving import Queue
from app.services.coding.questions import TextQuestion


@dataclass(frozen=True)
class Line:
    """One question. What is None does not exist yet, or is not for this person."""

    question: TextQuestion
    frame: CodingFrame | None
    standing: Standing | None
    queue: Queue | None
    waiting: int
    uses: Counter[str] = field(default_factory=Counter)


def lines(
    session: Session, consultation: Consultation, organiser: Organiser, *, all_of_them: bool
) -> tuple[Line, ...]:
    """The questions in order: all of them, or those that this person is asked to code."""
    known = frames.of_consultation(session, consultation)
    found = (
        line(session, consultation, question, known.get(question.key), organiser)
        for question in questions.text_questions(session, consultation)
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
        bringing.waiting(session, consultation, frame),
        agreement.uses(units),
    )
