"""Coding frames: the codes for an open question, and the history of every change to them.

Nothing that a coder gave is ever rewritten: a merged code counts as the one it went into, a retired
one no longer counts, and an answer with a code that was split is to be read again. Long because
every change to a frame stands here, each with what it refuses.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_coding import Code, CodingFrame, FrameEvent
from app.services import audit

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 500
MOST_CODES = 60


class Refused(ValueError):
    """What was asked for cannot be done: the message says why, `field` where to mend it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Named:
    """A code to be made."""

    name: str
    description: str = ""


def find(session: Session, consultation: Consultation, question: str) -> CodingFrame | None:
    """The frame of a question, where it has one."""
    of_question = sa.select(CodingFrame).where(
        CodingFrame.consultation_id == consultation.id, CodingFrame.question == question
    )
    return session.scalar(of_question)


def of_consultation(session: Session, consultation: Consultation) -> dict[str, CodingFrame]:
    """Every frame of a consultation, by question."""
    statement = sa.select(CodingFrame).where(CodingFrame.consultation_id == consultation.id)
    return {frame.question: frame for frame in session.scalars(statement)}


def locked(session: Session, frame: CodingFrame) -> CodingFrame:
    """The frame, nobody else changing it or its codings until this is over."""
    statement = sa.select(CodingFrame).where(CodingFrame.id == frame.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def start(
    session: Session, consultation: Consultation, question: str, *, actor: str, now: datetime
) -> CodingFrame:
    """Begin the frame of a question; one that is there already stays as it is."""
    if (known := find(session, consultation, question)) is not None:
        return known
    frame = CodingFrame(consultation_id=consultation.id, question=question, made_at=now)
    session.add(frame)
    session.flush()
    note(session, frame, "start", {}, actor=actor, now=now)
    return frame


def note(
    session: Session,
    frame: CodingFrame,
    act: str,
    details: dict[str, Any],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Add to the frame's history, and to the audit trail without the words."""
    count = sa.select(sa.func.count()).select_from(FrameEvent)
    number = (session.scalar(count.where(FrameEvent.frame_id == frame.id)) or 0) + 1
    event = FrameEvent(
        frame_id=frame.id, number=number, at=now, actor=actor, act=act, details=details
    )
    session.add(event)
    consultation = session.get_one(Consultation, frame.consultation_id)
    said = {"question": frame.question, "act": act}
    audit.record(session, actor, "change coding frame", consultation.key, said, now=now)


def history(session: Session, frame: CodingFrame) -> list[FrameEvent]:
    """What was done to a frame, the newest first."""
    statement = sa.select(FrameEvent).where(FrameEvent.frame_id == frame.id)
    return list(session.scalars(statement.order_by(FrameEvent.number.desc())))


def in_use(frame: CodingFrame) -> tuple[Code, ...]:
    """The codes that coders are offered, in the order in which they were made."""
    return tuple(code for code in frame.codes if code.state == "in_use")


def make_code(
    session: Session, frame: CodingFrame, named: Named, *, actor: str, now: datetime
) -> Code:
    """Make a code.

    Raises
    ------
    Refused
        If it has no name, a name that another has, or too long a one.
    """
    frame = locked(session, frame)
    code = _add(session, frame, checked(frame, named), now=now)
    note(session, frame, "make", {"code": code.number, "name": code.name}, actor=actor, now=now)
    return code


def rename_code(
    session: Session, frame: CodingFrame, code: Code, named: Named, *, actor: str, now: datetime
) -> None:
    """Give a code another name and description; what was coded with it stays.

    Raises
    ------
    Refused
        As in `make_code`, or where the code is no longer in use.
    """
    frame = locked(session, frame)
    _must_be_in_use(code)
    named = checked(frame, named, apart_from=code)
    was = Named(code.name, code.description)
    if was == named:
        return
    code.name, code.description = named.name, named.description
    details = {"code": code.number, "was": was.name, "name": code.name}
    if was.description != named.description:
        details["fits"] = named.description
    note(session, frame, "rename", details, actor=actor, now=now)


def merge_codes(
    session: Session, frame: CodingFrame, code: Code, into: Code, *, actor: str, now: datetime
) -> None:
    """Let one code count as another from now on.

    Raises
    ------
    Refused
        If either is not in use, or they are one and the same.
    """
    frame = locked(session, frame)
    _must_be_in_use(code)
    if into.id == code.id or into.state != "in_use":
        raise Refused("into", "Choose another code that is in use.")
    code.state, code.merged_into = "merged", into.id
    details = {"code": code.number, "name": code.name, "into": into.name}
    note(session, frame, "merge", details, actor=actor, now=now)


def split_code(
    session: Session,
    frame: CodingFrame,
    code: Code,
    parts: tuple[Named, ...],
    *,
    actor: str,
    now: datetime,
) -> tuple[Code, ...]:
    """Put several codes in the place of one. Answers that had it are to be read again.

    Raises
    ------
    Refused
        If there are fewer than two parts, or a part has no good name.
    """
    frame = locked(session, frame)
    _must_be_in_use(code)
    if len(parts) < 2:
        raise Refused("parts", "Name at least two codes, one on each line.")
    code.state = "split"
    made = tuple(_add(session, frame, checked(frame, part, "parts"), now=now) for part in parts)
    details = {"code": code.number, "name": code.name, "into": [each.name for each in made]}
    note(session, frame, "split", details, actor=actor, now=now)
    return made


def retire_code(
    session: Session, frame: CodingFrame, code: Code, *, actor: str, now: datetime
) -> None:
    """Take a code off the list; where it was given it no longer counts.

    Raises
    ------
    Refused
        If it is not in use.
    """
    frame = locked(session, frame)
    _must_be_in_use(code)
    code.state = "retired"
    note(session, frame, "retire", {"code": code.number, "name": code.name}, actor=actor, now=now)


def restore_code(
    session: Session, frame: CodingFrame, code: Code, *, actor: str, now: datetime
) -> None:
    """Bring a code back that was retired, merged or split: it counts again wherever it was given.

    The codes that took the place of one that was split stay.

    Raises
    ------
    Refused
        If it is in use, or its name has been given to another code since.
    """
    frame = locked(session, frame)
    if code.state == "in_use":
        raise Refused("restore", "This code is in use already.")
    checked(frame, Named(code.name), "restore", apart_from=code)
    code.state, code.merged_into = "in_use", None
    note(session, frame, "restore", {"code": code.number, "name": code.name}, actor=actor, now=now)


def checked(
    frame: CodingFrame,
    named: Named,
    field: str = "name",
    *,
    about: str = "description",
    apart_from: Code | None = None,
) -> Named:
    """A name and description fit to be used.

    Raises
    ------
    Refused
        If the name is missing, taken or too long, or there are too many codes.
    """
    name, description = " ".join(named.name.split()), " ".join(named.description.split())
    others = [code for code in in_use(frame) if apart_from is None or code.id != apart_from.id]
    if not name:
        raise Refused(field, "Give the code a name.")
    if len(name) > LONGEST_NAME:
        raise Refused(field, f"Shorten the name to {LONGEST_NAME} characters.")
    if len(description) > LONGEST_DESCRIPTION:
        raise Refused(about, f"Shorten the text to {LONGEST_DESCRIPTION} characters.")
    if name.casefold() in {code.name.casefold() for code in others}:
        raise Refused(field, f"There is a code called “{name}” already.")
    if len(others) >= MOST_CODES:
        raise Refused(field, f"There are {MOST_CODES} codes. Merge some before you add another.")
    return Named(name, description)


def _add(session: Session, frame: CodingFrame, named: Named, *, now: datetime) -> Code:
    code = Code(
        frame_id=frame.id,
        number=max((each.number for each in frame.codes), default=0) + 1,
        name=named.name,
        description=named.description,
        made_at=now,
    )
    frame.codes.append(code)
    session.flush()
    return code


def _must_be_in_use(code: Code) -> None:
    if code.state != "in_use":
        raise Refused("name", "This code is no longer in use.")
