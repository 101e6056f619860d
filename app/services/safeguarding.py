"""Safeguarding: what is held until somebody has looked, and what everybody else reads of it.

What was sent is never altered. A redaction is kept beside it, and `answers_for_analysis` is what
exports, results and readers use. A hold is for one revision; a response counts again when its last
revision is on no hold. Nothing here is linked, fetched or offered for download.
A little longer than other files: every way out of a hold stands here beside the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session, selectinload

from app.models import Consultation, Response, Revision
from app.models_safeguarding import Hold, HotlineReport, Redaction, Reveal
from app.services import audit, editions, screening
from app.services.screening import Finding
from forms.question import Question

SET_ASIDE = "[passage set aside]"
EXCLUDED = "set aside for safeguarding"
LONGEST_REASON = 500


class NotLookedAt(Exception):
    """A decision is wanted from somebody who has not looked at the words."""


class SamePerson(Exception):
    """A release must be agreed by somebody other than who proposed it."""


class NotProposed(Exception):
    """There is no proposal to agree to."""


class Refused(ValueError):
    """Something typed cannot be used; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Passages:
    """One answer with findings: the words as sent, and what was found in them."""

    question: Question
    field: str
    words: str
    found: tuple[Finding, ...]


def receive(
    session: Session, revision: Revision, found: tuple[Finding, ...], *, now: datetime
) -> bool:
    """Hold a new revision in which screening found something that nobody has looked at yet.

    What somebody already looked at and released, or redacted, does not hold it again.
    """
    response = revision.response
    known = _looked_at(session, response) if found else frozenset()
    fresh = any((each.question, each.passage) not in known for each in found)
    holds_on = fresh or _held_by_hand(session, response)
    if holds_on:
        session.add(Hold(response=response, revision=revision, held_at=now))
    response.held_at = now if holds_on or response.excluded_reason == EXCLUDED else None
    return holds_on


def _held_by_hand(session: Session, response: Response) -> bool:
    """Whether a reader's worry is still open: a new revision does not end it."""
    still_open = sa.select(Hold).where(Hold.response_id == response.id, Hold.state == "open")
    return any(not each.revision.findings for each in session.scalars(still_open))


def set_aside(session: Session, response: Response, *, actor: str, now: datetime) -> Hold:
    """Hold a response that a reader is worried about; screening found nothing."""
    response = _locked(session, response)
    hold = hold_of(session, response.revisions[-1])
    if hold is None:
        hold = Hold(response=response, revision=response.revisions[-1], held_at=now)
        session.add(hold)
    hold.state = "open"
    response.held_at = now
    audit.record(session, actor, "hold", response.reference, now=now)
    return hold


def hold_of(session: Session, revision: Revision) -> Hold | None:
    """The hold of a revision, open or decided."""
    return session.scalar(sa.select(Hold).where(Hold.revision_id == revision.id))


def holds(session: Session, consultation: Consultation, *states: str) -> list[Hold]:
    """The holds of a consultation in these states, the oldest first."""
    statement = (
        sa.select(Hold)
        .join(Response, Hold.response_id == Response.id)
        .where(Response.consultation_id == consultation.id, Hold.state.in_(states))
        .options(selectinload(Hold.response).selectinload(Response.revisions))
        .order_by(Hold.held_at, Hold.id)
    )
    return list(session.scalars(statement))


def closed_revisions(session: Session, response: Response) -> frozenset[str]:
    """The ids of the revisions that only the safeguarding role may read."""
    statement = sa.select(Hold.revision_id).where(
        Hold.response_id == response.id, Hold.state != "released"
    )
    return frozenset(session.scalars(statement))


def _looked_at(session: Session, response: Response) -> frozenset[tuple[str, str]]:
    released = session.scalars(
        sa.select(Hold).where(Hold.response_id == response.id, Hold.state == "released")
    )
    known = {
        (found.question, found.passage)
        for hold in released
        for answer in passages(hold.revision)
        for found in answer.found
    }
    return frozenset(known | {(each, words) for each, words in redactions(session, response)})


def passages(revision: Revision, *, everything: bool = False) -> tuple[Passages, ...]:
    """The answers in which screening finds something, as sent; or all that was written freely."""
    answers: dict[str, Any] = revision.unseal("answers") or {}
    marks: dict[str, str] = revision.unseal("confidential") or {}
    shown = []
    for question in editions.questionnaire_of(revision.response.edition).questions:
        found = screening.screen_question(question, answers)
        texts = question.text_values(answers)
        if question.id in marks:
            texts = {**texts, screening.REASON: marks[question.id]}
            found += screening.screen_reason(question, marks)
        for field, words in texts.items():
            here = tuple(each for each in found if each.field == field)
            if here or everything:
                shown.append(Passages(question, field, words, here))
    return tuple(shown)


def redacted(session: Session) -> frozenset[str]:
    """The ids of the responses in which something was redacted; asked once a session."""
    if "redacted" not in session.info:
        session.info["redacted"] = frozenset(session.scalars(sa.select(Redaction.response_id)))
    known: frozenset[str] = session.info["redacted"]
    return known


def redactions(session: Session, response: Response) -> tuple[tuple[str, str], ...]:
    """What was redacted in a response: question and passage, in order. Most have nothing."""
    if response.id not in redacted(session):
        return ()
    rows = redaction_rows(response)
    return tuple((each.question, each.unseal("passage")) for each in rows if each.passage)


def redaction_rows(response: Response) -> tuple[Redaction, ...]:
    """The redactions of a response, in the order in which they were made."""
    statement = sa.select(Redaction).where(Redaction.response_id == response.id)
    session = object_session(response)
    assert session is not None
    return tuple(session.scalars(statement.order_by(Redaction.made_at, Redaction.id)))


def answers_for_analysis(revision: Revision) -> dict[str, Any]:
    """The answers of a revision as everybody but the safeguarding role reads and counts them."""
    answers: dict[str, Any] = revision.unseal("answers") or {}
    session = object_session(revision)
    assert session is not None
    for key, passage in redactions(session, revision.response):
        question = editions.questionnaire_of(revision.response.edition).question(key)
        answers = {**answers, **_without(question, answers, passage)}
    return answers


def reasons_for_reading(revision: Revision) -> dict[str, str]:
    """The reasons for confidentiality of a revision, without what was redacted in them."""
    marks: dict[str, str] = dict(revision.unseal("confidential") or {})
    session = object_session(revision)
    assert session is not None
    for key, passage in redactions(session, revision.response):
        if key in marks:
            marks[key] = marks[key].replace(passage, SET_ASIDE)
    return marks


def _without(question: Question, answers: Mapping[str, Any], passage: str) -> dict[str, Any]:
    """The answers of a question without a passage: only in what was written freely."""
    written = question.text_values(answers)
    clean: dict[str, Any] = {}
    for name in question.answer_names:
        kept = answers.get(name)
        if isinstance(kept, str) and name in written:
            clean[name] = kept.replace(passage, SET_ASIDE)
        elif isinstance(kept, list) and kept and isinstance(kept[0], dict):
            clean[name] = [
                {part: words.replace(passage, SET_ASIDE) for part, words in each.items()}
                for each in kept
            ]
    return clean


def redact(
    session: Session,
    hold: Hold,
    question: str,
    passage: str,
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> Redaction:
    """Take a passage out of what others read. What was sent stays, sealed, under the role.

    Raises
    ------
    Refused
        If the passage does not stand in that answer, or there is no reason.
    NotLookedAt
        If this person has not looked.
    """
    passage, reason = passage.replace("\r\n", "\n").strip(), _reason(reason, "redact-reason")
    _must_have_looked(session, hold, actor)
    answers = passages(hold.revision, everything=True)
    words = [each.words for each in answers if each.question.id == question]
    if not passage or not any(passage in each for each in words):
        raise Refused("passage", "Copy the passage exactly as it stands in that answer.")
    made = Redaction(response_id=hold.response_id, question=question, made_by=actor, made_at=now)
    made.seal(session.info["keyring"], "passage", passage)
    made.seal(session.info["keyring"], "reason", reason)
    session.add(made)
    session.flush()
    session.info.pop("redacted", None)
    told = {"question": question, "length": len(passage)}
    audit.record(session, actor, "redact", hold.response.reference, told, now=now)
    return made


def undo_redaction(session: Session, redaction: Redaction, *, actor: str, now: datetime) -> None:
    """Let others read a passage again."""
    response = session.get_one(Response, redaction.response_id)
    session.delete(redaction)
    session.flush()
    session.info.pop("redacted", None)
    told = {"question": redaction.question}
    audit.record(session, actor, "undo redaction", response.reference, told, now=now)


def propose_release(
    session: Session, hold: Hold, reason: str, *, actor: str, now: datetime
) -> None:
    """Say that a response may be counted and read; a second person agrees to it.

    Raises
    ------
    Refused
        If there is no reason.
    NotLookedAt
        If this person has not looked.
    """
    reason = _reason(reason, "release-reason")
    _must_have_looked(session, hold, actor)
    hold.seal(session.info["keyring"], "reason", reason)
    hold.proposed_by, hold.proposed_at = actor, now
    audit.record(session, actor, "propose release", hold.response.reference, now=now)


def decline_release(session: Session, hold: Hold, *, actor: str, now: datetime) -> None:
    """Keep it held: the proposal is taken away, and can be made again by anybody."""
    hold.proposed_by = hold.proposed_at = hold.reason = None
    audit.record(session, actor, "decline release", hold.response.reference, now=now)


def release(session: Session, hold: Hold, *, actor: str, now: datetime) -> None:
    """Let a response count and be read again.

    Raises
    ------
    NotProposed
        If nobody proposed it.
    SamePerson
        If this is who proposed it.
    """
    response = _locked(session, hold.response)
    session.refresh(hold)
    if hold.proposed_by is None:
        raise NotProposed
    if hold.proposed_by == actor:
        raise SamePerson
    hold.state, hold.released_by, hold.decided_at = "released", actor, now
    if hold.revision_id == response.revisions[-1].id:
        response.held_at = None
        if response.excluded_reason == EXCLUDED:
            response.excluded_reason = None
    audit.record(session, actor, "release", response.reference, now=now)


def exclude(session: Session, hold: Hold, reason: str, *, actor: str, now: datetime) -> None:
    """Leave a response out for good: accounted for, never counted, read only under the role.

    Raises
    ------
    Refused
        If there is no reason.
    NotLookedAt
        If this person has not looked.
    """
    reason = _reason(reason, "exclude-reason")
    _must_have_looked(session, hold, actor)
    response = _locked(session, hold.response)
    hold.seal(session.info["keyring"], "reason", reason)
    hold.state, hold.decided_at, hold.released_by = "excluded", now, None
    hold.proposed_by = hold.proposed_at = None
    response.excluded_reason = EXCLUDED
    response.held_at = response.held_at or now
    audit.record(session, actor, "exclude", response.reference, now=now)


def record_report(
    session: Session,
    hold: Hold,
    given: Mapping[str, str],
    *,
    actor: str,
    now: datetime,
) -> HotlineReport:
    """Keep that something was reported: when, to whom, and the reference it has there.

    Raises
    ------
    Refused
        If the day is none, lies ahead, or it is not said to whom.
    """
    try:
        day = datetime.strptime(given.get("reported_on", ""), "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise Refused("reported_on", "Enter the day of the report.") from None
    if day > now.date():
        raise Refused("reported_on", "Enter a day that is not in the future.")
    hotline = given.get("hotline", "").strip()
    if not 0 < len(hotline) <= LONGEST_REASON:
        raise Refused("hotline", "Say to whom it was reported.")
    made = HotlineReport(
        response_id=hold.response_id, reported_on=day.isoformat(), made_by=actor, made_at=now
    )
    made.seal(session.info["keyring"], "hotline", hotline)
    made.seal(
        session.info["keyring"], "reference", given.get("reference", "").strip()[:LONGEST_REASON]
    )
    session.add(made)
    audit.record(session, actor, "report to hotline", hold.response.reference, now=now)
    return made


def reports(session: Session, response: Response) -> list[HotlineReport]:
    """The reports that were made about a response."""
    statement = sa.select(HotlineReport).where(HotlineReport.response_id == response.id)
    return list(session.scalars(statement.order_by(HotlineReport.made_at)))


def _reason(given: str, field: str) -> str:
    reason = given.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused(field, f"Give a reason, in up to {LONGEST_REASON} characters.")
    return reason


def _must_have_looked(session: Session, hold: Hold, actor: str) -> None:
    looked = sa.select(Reveal.id).where(Reveal.hold_id == hold.id, Reveal.organiser_id == actor)
    if session.scalar(looked.limit(1)) is None:
        raise NotLookedAt


def _locked(session: Session, response: Response) -> Response:
    statement = sa.select(Response).where(Response.id == response.id).with_for_update(of=Response)
    return session.scalars(statement.execution_options(populate_existing=True)).one()
