"""Sending: a draft becomes a response, once; sending again makes a revision."""

import hashlib
import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Draft, Response, Revision
from app.sealing import Keyring
from app.services import audit, drafting, editions, invitations, reach, safeguarding, screening
from forms.question import Question
from forms.questionnaire import Section

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN = re.compile(r"[a-z2-7]{32}")


class Unanswered(Exception):
    """Questions that must be answered before sending are still blank."""

    def __init__(self, questions: tuple[tuple[Section, Question], ...]) -> None:
        super().__init__(", ".join(question.id for _, question in questions))
        self.questions = questions


class ChangedMeanwhile(Exception):
    """The draft is no longer what the respondent checked before sending."""


def new_reference() -> str:
    """A reference that can be read out: OQ and twelve letters and digits, 58 bits."""
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(12))
    return f"OQ-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def next_token(keyring: Keyring, draft: Draft) -> str:
    """The token of the next sending of a draft: the same however often it is asked for."""
    sent = len(draft.response.revisions) if draft.response else 0
    return keyring.derive("send", draft.id, sent + 1)


def digest_of(edition_digest: str, answers: dict[str, Any], sent_at: datetime) -> str:
    """The digest of what was received: questionnaire, answers and time, as canonical JSON."""
    said = {
        "answers": answers,
        "questionnaire": edition_digest,
        "sent_at": sent_at.astimezone(UTC).isoformat(),
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def find_by_token(session: Session, token: str) -> Revision | None:
    """The revision that an earlier post of the same form made."""
    if not TOKEN.fullmatch(token):
        return None
    statement = sa.select(Revision).where(Revision.token == token)
    return session.scalar(statement.execution_options(populate_existing=True))


def submit(session: Session, draft: Draft, *, token: str, stamp: str, now: datetime) -> Revision:
    """Send a draft. The same token gives the same revision, before and after closing.

    Raises
    ------
    editions.NotOpen
        If the consultation takes no answers at that time.
    Unanswered
        If a required question is blank.
    ChangedMeanwhile
        If the draft was changed since the respondent checked it (`stamp`), or the token is old.
    """
    if (sent := find_by_token(session, token)) is not None and sent.response.draft_id == draft.id:
        return sent
    draft = drafting.locked(session, draft)
    session.expire(draft)
    if (sent := find_by_token(session, token)) is not None and sent.response.draft_id == draft.id:
        return sent
    editions.refuse_unless_open(session, draft.edition.consultation, now=now, draft=draft)
    progress = drafting.read(draft)
    if progress.unanswered:
        raise Unanswered(progress.unanswered)
    if progress.stamp != stamp or token != next_token(session.info["keyring"], draft):
        raise ChangedMeanwhile
    return _revise(session, draft, progress, token, now)


def _revise(
    session: Session, draft: Draft, progress: drafting.Progress, token: str, now: datetime
) -> Revision:
    response = draft.response or _first(session, draft, now)
    found = screening.screen_answers(progress)
    revision = Revision(
        response=response,
        number=len(response.revisions) + 1,
        token=token,
        opted_out=sorted(progress.opted_out),
        findings=[each.without_words() for each in found],
        digest=digest_of(draft.edition.digest, progress.settled, now),
        sent_at=now,
    )
    revision.seal(session.info["keyring"], "answers", progress.settled)
    revision.seal(session.info["keyring"], "confidential", progress.confidential)
    response.group_key = draft.group_key
    response.withdrawn_at = None
    session.add(revision)
    session.flush()
    held = safeguarding.receive(session, revision, found, now=now)
    invitations.note_sending(session, draft, response, now=now)
    reach.note(session, response, progress.settled, progress.opted_out)
    details = {"revision": revision.number, "held": held}
    audit.record(session, "respondent", "send", response.reference, details, now=now)
    return revision


def _first(session: Session, draft: Draft, now: datetime) -> Response:
    response = Response(
        consultation_id=draft.edition.consultation_id,
        edition=draft.edition,
        draft=draft,
        reference=new_reference(),
        group_key=draft.group_key,
        channel=draft.channel,
        synthetic=draft.synthetic,
        sent_at=now,
    )
    session.add(response)
    session.flush()
    return response


def withdraw(session: Session, draft: Draft, *, now: datetime) -> Response:
    """Take a response out of every count and export. Its draft can still be sent again.

    Raises
    ------
    editions.NotOpen
        If the consultation has closed: the organiser can still be asked.
    LookupError
        If nothing was sent.
    """
    draft = drafting.locked(session, draft)
    editions.refuse_unless_open(session, draft.edition.consultation, now=now, draft=draft)
    if (response := draft.response) is None:
        msg = "Nothing was sent from this draft."
        raise LookupError(msg)
    if response.withdrawn_at is None:
        response.withdrawn_at = now
        audit.record(session, "respondent", "withdraw", response.reference, now=now)
    return response
