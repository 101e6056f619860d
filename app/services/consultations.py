"""Preparing and steering a consultation: create, copy, open, extend, close."""

import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_safeguarding import ExposureLimit
from app.services import audit, editions
from forms.codebook import check_key
from forms.loading import Mistake, check
from forms.questionnaire import Questionnaire

LARGEST_FILE, MOST_LINES = 400_000, 200
TOO_LARGE = "this is larger than 400 kB, and no questionnaire that somebody could answer is"
QUOTED = re.compile(r"`([^`]*)`")


class Refused(Exception):
    """Something was asked that cannot be done; `field` says where, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Marked:
    """A line of an uploaded file, and what has to be put right there."""

    line: int
    text: str
    messages: tuple[str, ...]


def marked(content: bytes, mistakes: tuple[Mistake, ...]) -> tuple[Marked, ...]:
    """The first lines that hold mistakes, in order, each with all that is wrong with it."""
    lines = content.decode("utf-8", "replace").splitlines()
    found: dict[int, list[str]] = {}
    for each in mistakes:
        found.setdefault(each.line, []).append(QUOTED.sub(r"“\1”", each.message))
    return tuple(
        Marked(line, lines[line - 1][:200] if 0 < line <= len(lines) else "", tuple(messages))
        for line, messages in sorted(found.items())[:MOST_LINES]
    )


def check_upload(content: bytes) -> tuple[Questionnaire | None, tuple[Mistake, ...]]:
    """Read an uploaded questionnaire file: the questionnaire, or every mistake with its line."""
    if len(content) > LARGEST_FILE:
        return None, (Mistake("", 1, TOO_LARGE),)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questionnaire.yaml"
        path.write_bytes(content)
        questionnaire, mistakes = check(path)
    return (None if mistakes else questionnaire), mistakes


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
    _check_names(session, key, title, organiser)
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


def _check_names(session: Session, key: str, title: str, organiser: str) -> None:
    try:
        check_key(key)
    except ValueError as error:
        raise Refused("key", str(error)) from error
    if editions.find(session, key) is not None:
        raise Refused("key", f"“{key}” is taken by another consultation. Choose another address.")
    if not title.strip():
        raise Refused("title", "Enter a title")
    if not organiser.strip():
        raise Refused("organiser", "Enter who runs the consultation")


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
    actor: str,
    now: datetime,
) -> None:
    """Open: freeze the questionnaire and fix the thresholds, for good.

    Raises
    ------
    Refused
        If it opened before, closes before now, or a threshold is out of bounds.
    """
    if consultation.opens_at is not None:
        raise Refused("closes_at", "This consultation has opened already.")
    if closes_at is not None and closes_at <= now:
        raise Refused("closes_at", "The closing time must lie in the future.")
    if not 2 <= small_counts <= 50:
        raise Refused("small_counts", "Choose a number from 2 to 50.")
    if not 51 <= consensus <= 100:
        raise Refused("consensus", "Choose a percentage from 51 to 100.")
    if not 2 <= k_anonymity <= 50:
        raise Refused("k_anonymity", "Choose a number from 2 to 50.")
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
    if closes_at <= now or (consultation.closes_at and closes_at <= consultation.closes_at):
        raise Refused("closes_at", "The new closing time must be later than the old one and now.")
    if not reason.strip():
        raise Refused("reason", "Say why: respondents will read it.")
    before = consultation.closes_at
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
