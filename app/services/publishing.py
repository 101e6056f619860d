"""Publishing: results made once, looked at, let out, and taken down where they were wrong.

Nothing here is public until `publish`. What is public is a publication that never changes; the
next one replaces it, and the files of the one before are dropped but for what the next needs.
Longer than most modules: what is prepared and what is public are checked together.
"""

import json
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_publishing import Publication, PublishedFile
from app.models_safeguarding import Redaction
from app.services import audit, editions, exporting, letters, own_words

SILENT = timedelta(seconds=90)
QUIET = timedelta(seconds=30)
TABLES, MEMBERS = "_tables.json", "_members.json"
BUSY = "preparing"
TAKEN_DOWN = "taken down"
LONGEST_REASON = 1_000


class AlreadyRunning(Exception):
    """Results of this consultation are being prepared already."""


class NotPublic(LookupError):
    """No results are public, so there is nothing to take down."""


class NoReason(ValueError):
    """Results are taken down for a reason, which the public page then gives."""


class NothingPrepared(LookupError):
    """Nothing was prepared for publication yet."""


class NotReady(Exception):
    """What was prepared cannot be published; the message says why and what to do."""


def published(session: Session, consultation: Consultation) -> Publication | None:
    """What is public now."""
    return session.scalar(
        sa.select(Publication).where(
            Publication.consultation_id == consultation.id, Publication.state == "published"
        )
    )


def history(session: Session, consultation: Consultation) -> list[Publication]:
    """Everything that was ever published, the oldest first."""
    statement = sa.select(Publication).where(
        Publication.consultation_id == consultation.id, Publication.number.is_not(None)
    )
    return list(session.scalars(statement.order_by(Publication.number)))


def taken_down(session: Session, consultation: Consultation) -> Publication | None:
    """The last publication, where it was taken down and nothing has replaced it."""
    numbered = history(session, consultation)
    return numbered[-1] if numbered and numbered[-1].state == TAKEN_DOWN else None


def latest(session: Session, consultation: Consultation) -> Publication | None:
    """What is being prepared, or was prepared last and is not public."""
    return session.scalar(
        sa.select(Publication)
        .where(Publication.consultation_id == consultation.id, Publication.number.is_(None))
        .order_by(Publication.started_at.desc())
        .limit(1)
    )


def stopped(publication: Publication, *, now: datetime) -> bool:
    """Whether a preparation has said nothing for so long that it must have been interrupted."""
    return publication.state == "running" and now - publication.beat_at > SILENT


def quiet(publication: Publication, *, now: datetime) -> bool:
    """Whether nothing was heard of a preparation for longer than is usual."""
    return publication.state == "running" and now - publication.beat_at > QUIET


def begin(
    session: Session, consultation: Consultation, *, actor: str, now: datetime
) -> Publication:
    """Begin to prepare results; what was prepared before and not published is dropped.

    Raises
    ------
    AlreadyRunning
        If they are being prepared.
    exporting.NothingOpened
        If the consultation never opened.
    """
    if editions.current_edition(session, consultation) is None:
        msg = f"“{consultation.title}” has not opened: there is nothing to publish."
        raise exporting.NothingOpened(msg)
    before = latest(session, consultation)
    if before is not None and before.state == "running" and not stopped(before, now=now):
        raise AlreadyRunning
    if before is not None:
        drop(session, before)
    last = published(session, consultation)
    publication = Publication(
        consultation_id=consultation.id,
        running_for=consultation.id,
        previous_id=last.id if last else None,
        started_at=now,
        started_by=actor,
        beat_at=now,
        words_digest=own_words.digest(session, consultation),
    )
    session.add(publication)
    audit.record(session, actor, "prepare results", consultation.key, now=now)
    session.info[BUSY] = publication.id
    return publication


def drop(session: Session, publication: Publication) -> None:
    """Remove what was never public."""
    session.execute(sa.delete(PublishedFile).where(PublishedFile.publication_id == publication.id))
    session.flush()
    session.expire(publication, ["files"])
    session.delete(publication)
    session.flush()


def file_of(session: Session, publication: Publication, path: str) -> PublishedFile | None:
    """One file with its content."""
    statement = sa.select(PublishedFile).where(
        PublishedFile.publication_id == publication.id, PublishedFile.path == path
    )
    return session.scalar(statement.options(sa.orm.undefer(PublishedFile.content)))


def public_file(session: Session, publication: Publication, path: str) -> PublishedFile | None:
    """One file that may be served."""
    if any(step.startswith("_") for step in PurePosixPath(path).parts):
        return None
    return file_of(session, publication, path)


def members(session: Session, consultation: Consultation) -> dict[str, str]:
    """The responses that count now, each with the revision that counts and how often redacted."""
    edition = editions.current_edition(session, consultation)
    if edition is None:
        return {}
    counted = sa.select(Redaction.response_id, sa.func.count()).group_by(Redaction.response_id)
    redacted = {row[0]: row[1] for row in session.execute(counted)}
    return {
        each.public_id: f"{each.revisions[-1].id} {redacted.get(each.id, 0)}"
        for each in exporting.included(session, consultation, edition)
    }


def gone_since(session: Session, consultation: Consultation, publication: Publication) -> int:
    """How many responses in a publication were withdrawn, changed or set aside since."""
    kept = file_of(session, publication, MEMBERS)
    before: dict[str, str] = json.loads(kept.content) if kept is not None else {}
    current = members(session, consultation)
    return sum(current.get(public_id) != said for public_id, said in before.items())


def refuse_unless_ready(
    session: Session, consultation: Consultation, publication: Publication
) -> None:
    """Stop where what was prepared is not what should be let out.

    Raises
    ------
    NotReady
        If it is not ready, or no longer what the words, the responses and the last publication are.
    """
    if publication.state != "ready":
        msg = "The results are not prepared. Prepare them first."
        raise NotReady(msg)
    last = published(session, consultation)
    if publication.previous_id != (last.id if last else None):
        msg = "What is public has changed since these were prepared. Prepare them again."
        raise NotReady(msg)
    if publication.words_digest != own_words.digest(session, consultation):
        msg = "Your words have changed since these results were prepared. Prepare them again."
        raise NotReady(msg)
    if gone_since(session, consultation, publication):
        msg = (
            "Since these results were prepared, responses were withdrawn, changed or set aside. "
            "Prepare them again, so that they are left out."
        )
        raise NotReady(msg)


def publish(
    session: Session,
    consultation: Consultation,
    publication: Publication,
    *,
    actor: str,
    link: str,
    now: datetime,
    tell_again: bool = False,
) -> Publication:
    """Make prepared results public, and tell those who asked to be told.

    They are told of the first results. Of an edition that replaces them, only if `tell_again`.

    Raises
    ------
    NotReady
        If they may not be published as they are.
    """
    refuse_unless_ready(session, consultation, publication)
    earlier = history(session, consultation)
    for each in earlier:
        each.state = "replaced" if each.state == "published" else each.state
        _clear(session, each)
        each.page = {}
    publication.number = len(earlier) + 1
    publication.state = "published"
    publication.published_at, publication.published_by = now, actor
    if not earlier or tell_again:
        publication.told = letters.tell_of_results(
            session, consultation, link, again=bool(earlier), now=now
        )
    details: dict[str, Any] = {"number": publication.number, "told": publication.told}
    audit.record(session, actor, "publish results", consultation.key, details, now=now)
    session.flush()
    return publication


def _clear(session: Session, publication: Publication) -> None:
    """Drop the files of what is no longer public, but for the tables that the next must respect."""
    session.execute(
        sa.delete(PublishedFile).where(
            PublishedFile.publication_id == publication.id, PublishedFile.path != TABLES
        )
    )
    session.expire(publication, ["files"])


def take_down(
    session: Session, consultation: Consultation, *, reason: str, actor: str, now: datetime
) -> Publication:
    """Take down what is public; its address then says that it was, and why.

    Its tables are kept, unseen: whoever copied them could compare them with the next.

    Raises
    ------
    NotPublic
        If nothing is public.
    NoReason
        If no reason is given, or one too long to be read.
    """
    found = published(session, consultation)
    if found is None:
        raise NotPublic
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        msg = f"Say why in {LONGEST_REASON} characters or fewer." if reason else "Say why."
        raise NoReason(msg)
    _clear(session, found)
    found.state = TAKEN_DOWN
    found.page = {"reason": reason, "at": now.isoformat()}
    details = {"number": found.number, "reason": reason}
    audit.record(session, actor, "take results down", consultation.key, details, now=now)
    session.flush()
    return found


def data_for_publication(session: Session, consultation: Consultation) -> bytes:
    """The data of the edition that is published, or of the one prepared last.

    Raises
    ------
    NothingPrepared
        If results were never prepared.
    """
    for each in (published(session, consultation), latest(session, consultation)):
        found = file_of(session, each, "data.zip") if each is not None else None
        if found is not None:
            return found.content
    msg = (
        "Prepare the results first, on the page “Publish”: the data for publication are made there."
    )
    raise NothingPrepared(msg)
