"""Preparing and steering a consultation: create, copy, open, extend, close."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_safeguarding import ExposureLimit
from app.services import audit, editions
from forms.codebook import check_key
from forms.questionnaire import Questionnaire

SHORT_NAME = (
    "Enter a short name of up to 60 small letters, digits and _, beginning with a letter, such as "
    "child_protection_2027"
)
Wrong = tuple[str, str]  # a field, and what to do there


class Refused(Exception):
    """Something was asked that cannot be done: at each field, what to do, all told at once."""

    def __init__(self, field: str, message: str, *others: Wrong) -> None:
        super().__init__(message)
        self.field = field
        self.errors: tuple[Wrong, ...] = ((field, message), *others)

    @classmethod
    def where(cls, *found: tuple[bool, str, str]) -> None:
        """Refuse what is wrong of all that was looked at, if anything is.

        Raises
        ------
        Refused
            With every field that is wrong.
        """
        wrong = [(field, message) for is_wrong, field, message in found if is_wrong]
        if wrong:
            raise cls(*wrong[0], *wrong[1:])


def create(
    session: Session,
    questionnaire: Questionnaire,
    *,
    key: str,
    title: str,
    organiser: str,
    actor: str,
    now: datetime,
    like: Consultation | None = None,
    rehearsal: bool = False,
) -> Consultation:
    """A consultation that is not open yet, on this questionnaire.

    A rehearsal is marked as made up for good, on every page and in every file that comes of it.

    Raises
    ------
    Refused
        If the key is not one or is taken, or title or organiser are blank.
    """
    if wrong := wrong_names(session, key, title, organiser):
        raise Refused(*wrong[0], *wrong[1:])
    consultation = Consultation(
        key=key,
        title=title.strip(),
        organiser=organiser.strip(),
        created_at=now,
        draft_document=questionnaire.to_json(),
        wording=dict(like.wording) if like else {},
        zone=like.zone if like else "Europe/London",
        synthetic=rehearsal,
    )
    session.add(consultation)
    session.flush()
    details = {"questionnaire": questionnaire.digest, "rehearsal": rehearsal}
    audit.record(session, actor, "create consultation", key, details, now=now)
    return consultation


def wrong_names(session: Session, key: str, title: str, organiser: str) -> list[Wrong]:
    """What is wrong with the names of a new consultation, in the order of the page."""
    found = []
    if not title.strip():
        found.append(("title", "Enter a title"))
    if not organiser.strip():
        found.append(("organiser", "Enter who runs the consultation"))
    if editions.find(session, key) is not None:
        told = f"“{key}” is taken by another consultation. Choose another address."
        found.append(("key", told))
    try:
        check_key(key)
    except ValueError:
        found.append(("key", SHORT_NAME))
    return found


def questionnaire_of(session: Session, consultation: Consultation) -> Questionnaire:
    """What it asks: the edition that opened, or the draft of one that has not."""
    edition = editions.current_edition(session, consultation)
    if edition is not None:
        return editions.questionnaire_of(edition)
    assert consultation.draft_document is not None
    return Questionnaire.from_json(consultation.draft_document)


def read_time(text: str, zone: str, field: str, *, needed: bool = True) -> datetime | None:
    """A date and time as typed (2026-12-31T17:00), in the consultation's zone.

    Raises
    ------
    Refused
        If it is not a date and time.
    """
    from zoneinfo import ZoneInfo

    if not text.strip():
        if needed:
            raise Refused(field, "Enter a date and time, such as 2026-12-31T17:00")
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError as error:
        raise Refused(field, "Enter a date and time, such as 2026-12-31T17:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def open_it(
    session: Session,
    consultation: Consultation,
    *,
    closes_at: datetime | None,
    small_counts: int,
    consensus: int,
    k_anonymity: int,
    meant: bool = True,
    actor: str,
    now: datetime,
) -> None:
    """Open: freeze the questionnaire and fix the thresholds, for good.

    Raises
    ------
    Refused
        If it opened before, closes before now, a threshold is out of bounds, or it is not meant.
    """
    if consultation.opens_at is not None:
        raise Refused("closes_at", "This consultation has opened already.")
    past = closes_at is not None and closes_at <= now
    Refused.where(
        (past, "closes_at", "The closing time must lie in the future."),
        (not 2 <= small_counts <= 50, "small_counts", "Choose a number from 2 to 50."),
        (not 51 <= consensus <= 100, "consensus", "Choose a percentage from 51 to 100."),
        (not 2 <= k_anonymity <= 50, "k_anonymity", "Choose a number from 2 to 50."),
        (not meant, "meant", "Tick the box if everything is as it should be."),
    )
    questionnaire = questionnaire_of(session, consultation)
    consultation.opens_at, consultation.closes_at = now, closes_at
    consultation.small_counts, consultation.k_anonymity = small_counts, k_anonymity
    consultation.consensus_threshold = consensus / 100
    edition = editions.freeze(session, consultation, questionnaire, now=now)
    details = {
        "digest": edition.digest,
        "closes_at": closes_at.isoformat() if closes_at else None,
        "small_counts": small_counts,
        "consensus": consensus,
        "k_anonymity": k_anonymity,
    }
    audit.record(session, actor, "open", consultation.key, details, now=now)


def extend(
    session: Session,
    consultation: Consultation,
    closes_at: datetime,
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Move the closing time; the change and its reason are shown to respondents.

    Raises
    ------
    Refused
        If it is not open or closed, the time is past or earlier, or the reason is blank.
    """
    if consultation.opens_at is None:
        raise Refused("closes_at", "This consultation has not opened yet.")
    before = consultation.closes_at
    early = closes_at <= now or (before is not None and closes_at <= before)
    Refused.where(
        (early, "closes_at", "The new closing time must be later than the old one and now."),
        (not reason.strip(), "reason", "Say why: respondents will read it."),
    )
    change = {
        "at": now.isoformat(),
        "from": before.isoformat() if before else None,
        "to": closes_at.isoformat(),
        "reason": reason.strip()[:500],
    }
    consultation.extensions = [*consultation.extensions, change]
    consultation.closes_at = closes_at
    audit.record(session, actor, "extend", consultation.key, change, now=now)


@dataclass(frozen=True)
class Move:
    """A change of the closing time, as respondents are told of it."""

    at: datetime
    before: datetime | None
    reason: str

    @property
    def opened_again(self) -> bool:
        """Whether the consultation had closed by then."""
        return self.before is not None and self.before <= self.at


def moves(consultation: Consultation) -> tuple[Move, ...]:
    """How the closing time came to be what it is, the oldest change first."""
    return tuple(
        Move(
            datetime.fromisoformat(each["at"]),
            datetime.fromisoformat(each["from"]) if each["from"] else None,
            each["reason"],
        )
        for each in consultation.extensions
    )


def closed_early(consultation: Consultation, *, now: datetime) -> datetime | None:
    """The later closing time that had been announced, where it was closed before it."""
    if (
        not consultation.extensions
        or consultation.closes_at is None
        or now < consultation.closes_at
    ):
        return None
    announced = datetime.fromisoformat(consultation.extensions[-1]["to"])
    return announced if consultation.closes_at < announced else None


def close(session: Session, consultation: Consultation, *, actor: str, now: datetime) -> None:
    """Close now.

    Raises
    ------
    Refused
        If it is not open.
    """
    if not editions.is_open(session, consultation, now=now):
        raise Refused("", "This consultation is not open.")
    consultation.closes_at = now
    audit.record(session, actor, "close", consultation.key, now=now)


def remove(session: Session, consultation: Consultation, *, actor: str, now: datetime) -> None:
    """Remove a consultation that never opened: nobody was asked anything, so nothing is lost.

    Raises
    ------
    Refused
        If it has opened.
    """
    if consultation.opens_at is not None or consultation.editions:
        raise Refused("", "This consultation has opened: it can be closed, not removed.")
    limits = sa.delete(ExposureLimit).where(ExposureLimit.consultation_id == consultation.id)
    session.execute(limits)
    session.delete(consultation)
    audit.record(session, actor, "remove consultation", consultation.key, now=now)
