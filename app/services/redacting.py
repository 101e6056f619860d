"""Setting passages aside: what others do not read. What was sent stays, sealed, under the role."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Response, Revision
from app.models_safeguarding import Hold, Redaction
from app.services import audit
from app.services.safeguarding import (
    Refused,
    hold_again,
    must_have_looked,
    passages,
    reason_given,
)
from app.services.screening import Finding


@dataclass(frozen=True)
class Chosen:
    """What is to be set aside: findings by their numbers, a passage in an answer, or both; why."""

    ticked: tuple[str, ...] = ()
    question: str = ""
    passage: str = ""
    reason: str = ""


def redact(
    session: Session, hold: Hold, chosen: Chosen, *, actor: str, now: datetime
) -> list[Redaction]:
    """Take passages out of what others read. What was sent stays, sealed, under the role.

    Raises
    ------
    Refused
        If nothing is chosen, a passage does not stand in that answer, or there is no reason.
    NotLookedAt
        If this person has not looked.
    """
    wanted = _wanted(hold, chosen)
    reason = reason_given(chosen.reason, "redact-reason")
    must_have_looked(session, hold, actor)
    keyring, made = session.info["keyring"], []
    for question, passage in wanted:
        each = Redaction(
            response_id=hold.response_id, question=question, made_by=actor, made_at=now
        )
        each.seal(keyring, "passage", passage)
        each.seal(keyring, "reason", reason)
        session.add(each)
        session.flush()
        told = {"question": question, "length": len(passage)}
        audit.record(session, actor, "redact", hold.response.reference, told, now=now)
        made.append(each)
    session.info.pop("redacted", None)
    return made


def findings(revision: Revision) -> tuple[Finding, ...]:
    """What screening finds in a revision, in the order in which it is shown and numbered."""
    return tuple(found for answer in passages(revision) for found in answer.found)


def _wanted(hold: Hold, chosen: Chosen) -> dict[tuple[str, str], None]:
    """Questions and passages to set aside, each once."""
    found = findings(hold.revision)
    ticked = {number for number in range(len(found)) if str(number) in chosen.ticked}
    wanted = dict.fromkeys((found[each].question, found[each].passage) for each in sorted(ticked))
    passage = chosen.passage.replace("\r\n", "\n").strip()
    if passage:
        answers = passages(hold.revision, everything=True)
        words = [each.words for each in answers if each.question.id == chosen.question]
        if not any(passage in each for each in words):
            raise Refused("passage", "This does not stand in that answer. Copy it as it is there.")
        wanted[chosen.question, passage] = None
    if not wanted:
        raise Refused("passage", "Tick what to set aside, or copy another passage here.")
    return wanted


def undo_redaction(session: Session, redaction: Redaction, *, actor: str, now: datetime) -> None:
    """Let others read a passage again, once two people agree: until then the response is held."""
    response = session.get_one(Response, redaction.response_id)
    session.delete(redaction)
    session.flush()
    session.info.pop("redacted", None)
    told = {"question": redaction.question}
    audit.record(session, actor, "undo redaction", response.reference, told, now=now)
    hold_again(session, response, actor=actor, now=now)
