"""Consultations and the questionnaires that they opened with."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Edition
from app.models_invitations import Invitation
from app.services import audit
from forms.questionnaire import Questionnaire

DEFAULT_FILE = Path(__file__).parents[2] / "forms/questionnaires/ai_and_child_protection/v1.yaml"


class NotOpen(Exception):
    """The consultation takes no answers: it has not opened yet, or it has closed."""

    def __init__(self, consultation: Consultation, at: datetime) -> None:
        super().__init__(f"{consultation.key} takes no answers at {at.isoformat()}")
        self.consultation = consultation
        self.not_yet = consultation.opens_at is None or at < consultation.opens_at


@dataclass(frozen=True)
class Opening:
    """What an organiser decides when a consultation opens."""

    title: str
    organiser: str
    closes_at: datetime | None
    zone: str = "Europe/London"
    wording: dict[str, Any] | None = None
    synthetic: bool = False
    small_counts: int = 5
    consensus_threshold: float = 0.75
    key: str | None = None


@lru_cache(maxsize=64)
def _read(document: str) -> Questionnaire:
    return Questionnaire.from_json(document)


def questionnaire_of(edition: Edition) -> Questionnaire:
    """The frozen questionnaire of an edition."""
    return _read(edition.document)


def freeze(
    session: Session, consultation: Consultation, questionnaire: Questionnaire, *, now: datetime
) -> Edition:
    """Keep the questionnaire as it is now; the same document is one edition, however often."""
    known = session.scalar(
        sa.select(Edition).where(
            Edition.consultation_id == consultation.id, Edition.digest == questionnaire.digest
        )
    )
    if known is not None:
        return known
    edition = Edition(
        consultation=consultation,
        digest=questionnaire.digest,
        document=questionnaire.to_json(),
        opened_at=now,
    )
    session.add(edition)
    return edition


def open_edition(
    session: Session,
    questionnaire: Questionnaire,
    opening: Opening,
    *,
    now: datetime,
    actor: str = "command",
) -> Edition:
    """Open a consultation on this questionnaire; opening it twice changes nothing."""
    key = opening.key or questionnaire.key
    consultation = session.scalar(sa.select(Consultation).where(Consultation.key == key))
    if consultation is None:
        consultation = Consultation(
            key=key,
            title=opening.title,
            organiser=opening.organiser,
            zone=opening.zone,
            created_at=now,
            opens_at=now,
            closes_at=opening.closes_at,
            synthetic=opening.synthetic,
            small_counts=opening.small_counts,
            consensus_threshold=opening.consensus_threshold,
            wording=opening.wording or {},
        )
        session.add(consultation)
    if consultation.opens_at is None:
        consultation.opens_at = now
    edition = freeze(session, consultation, questionnaire, now=now)
    audit.record(session, actor, "open", consultation.key, {"digest": edition.digest}, now=now)
    session.flush()
    return edition


def find(session: Session, key: str) -> Consultation | None:
    """The consultation with this key."""
    return session.scalar(sa.select(Consultation).where(Consultation.key == key))


def current_edition(session: Session, consultation: Consultation) -> Edition | None:
    """The edition that new respondents answer: the one opened last."""
    return session.scalar(
        sa.select(Edition)
        .where(Edition.consultation_id == consultation.id)
        .order_by(Edition.opened_at.desc(), Edition.id)
        .limit(1)
    )


def listed(session: Session) -> list[Consultation]:
    """Consultations that have opened, the newest first."""
    opened = sa.select(Consultation).where(Consultation.opens_at.is_not(None))
    return list(session.scalars(opened.order_by(Consultation.opens_at.desc(), Consultation.key)))


def everything(session: Session) -> list[Consultation]:
    """Every consultation, those not opened yet first, then the newest."""
    newest = Consultation.created_at.desc()
    return list(session.scalars(sa.select(Consultation).order_by(newest, Consultation.key)))


def closing_time(
    session: Session, consultation: Consultation, draft: Draft | None
) -> datetime | None:
    """When this respondent's time is up; None where no closing time is set.

    What the team types in came on paper, by mail or in a spreadsheet: they vouch for its time.
    """
    if draft is not None and draft.channel != "online":
        return None
    invited = draft.invitation_id if draft is not None else None
    invitation = session.get(Invitation, invited) if invited else None
    return closing_time_with(consultation, invitation)


def closing_time_with(consultation: Consultation, invitation: Invitation | None) -> datetime | None:
    """The closing time, or the later one that a standing invitation was given."""
    general = consultation.closes_at
    own = invitation.closes_at if invitation and invitation.revoked_at is None else None
    return max(general, own) if general and own else general


def is_open(
    session: Session, consultation: Consultation, *, now: datetime, draft: Draft | None = None
) -> bool:
    """Whether an answer that arrives now counts."""
    if consultation.opens_at is None or now < consultation.opens_at:
        return False
    closes_at = closing_time(session, consultation, draft)
    return closes_at is None or now < closes_at


def refuse_unless_open(
    session: Session, consultation: Consultation, *, now: datetime, draft: Draft | None = None
) -> None:
    """Stop where answers no longer count.

    Raises
    ------
    NotOpen
        Before opening, and from the closing instant on.
    """
    if not is_open(session, consultation, now=now, draft=draft):
        raise NotOpen(consultation, now)
