"""Safeguarding: what is held until somebody has looked, and what everybody else reads of it.

What was sent is never altered. A redaction is kept beside it, and `answers_for_analysis` is what
exports, results and readers use. A hold is for one revision; a response counts again when its last
revision is on no hold. Nothing here is linked, fetched or offered for download.
Passages are set aside in `redacting`, `releasing` has every way out of a hold, and reports to a
hotline are kept in `hotline_reports`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session, selectinload

from app.models import Consultation, Response, Revision
from app.models_safeguarding import Hold, Redaction, Reveal
from app.services import audit, editions, letters, screening
from app.services.screening import Finding
from forms.question import Question

SET_ASIDE = "[passage set aside]"
EXCLUDED = "set aside for safeguarding"
LONGEST_REASON = 500


class NotLookedAt(Exception):
    """A decision is wanted from somebody who has not looked at the words."""


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
        _tell_of_the_first(session, response, now)
        session.add(Hold(response=response, revision=revision, held_at=now))
    response.held_at = now if holds_on or response.excluded_reason == EXCLUDED else None
    return holds_on


def _tell_of_the_first(session: Session, response: Response, now: datetime) -> None:
    """Tell the role when something begins to wait; while anything does, no more letters."""
    open_here = (
        sa.select(Hold.id)
        .join(Response)
        .where(Response.consultation_id == response.consultation_id, Hold.state == "open")
    )
    if session.scalar(open_here.limit(1)) is None:
        letters.tell_safeguarding(session, response.consultation, "held", now=now)


def _held_by_hand(session: Session, response: Response) -> bool:
    """Whether a reader's worry is still open: a new revision does not end it."""
    still_open = sa.select(Hold).where(Hold.response_id == response.id, Hold.state == "open")
    return any(not each.revision.findings for each in session.scalars(still_open))


def set_aside(session: Session, response: Response, *, actor: str, now: datetime) -> Hold:
    """Hold a response that a reader is worried about; screening found nothing."""
    response = locked(session, response)
    hold = hold_of(session, response.revisions[-1])
    if hold is None:
        hold = Hold(response=response, revision=response.revisions[-1], held_at=now)
        session.add(hold)
    _open_again(hold)
    response.held_at = now
    audit.record(session, actor, "hold", response.reference, now=now)
    return hold


def hold_again(session: Session, response: Response, *, actor: str, now: datetime) -> None:
    """Take back what two people agreed to, as what they agreed to has changed.

    A proposal that nobody agreed to yet goes too. What was left out stays left out.
    """
    response = locked(session, response)
    for each in session.scalars(sa.select(Hold).where(Hold.response_id == response.id)):
        if each.state != "excluded":
            _open_again(each)
    if response.held_at is None:
        set_aside(session, response, actor=actor, now=now)


def _open_again(hold: Hold) -> None:
    hold.state = "open"
    hold.proposed_by = hold.proposed_at = hold.reason = None
    hold.released_by = hold.decided_at = None


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
    questionnaire = editions.questionnaire_of(revision.response.edition)
    regions = screening.regions_of(questionnaire, answers)
    for question in questionnaire.questions:
        found = screening.screen_question(question, answers, regions)
        texts = question.text_values(answers)
        if question.id in marks:
            texts = {**texts, screening.REASON: marks[question.id]}
            found += screening.screen_reason(question, marks, regions)
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


def reason_given(given: str, field: str) -> str:
    """The reason that was typed, or word that there is none."""
    reason = given.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused(field, f"Give a reason, in up to {LONGEST_REASON} characters.")
    return reason


def has_looked(session: Session, hold: Hold, actor: str) -> bool:
    """Whether this person has looked at the words."""
    looked = sa.select(Reveal.id).where(Reveal.hold_id == hold.id, Reveal.organiser_id == actor)
    return session.scalar(looked.limit(1)) is not None


def must_have_looked(session: Session, hold: Hold, actor: str) -> None:
    """Stop who has not looked."""
    if not has_looked(session, hold, actor):
        raise NotLookedAt


def locked(session: Session, response: Response) -> Response:
    """The response as it is now, which nobody else changes until this work is done."""
    statement = sa.select(Response).where(Response.id == response.id).with_for_update(of=Response)
    return session.scalars(statement.execution_options(populate_existing=True)).one()
