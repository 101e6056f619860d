"""Publishing: words on each open question, results made once, looked at, and let out.

Nothing here is public until `publish`. What is public is a publication that never changes; the
next one replaces it, and the files of the one before are dropped but for what the next needs.
Longer than most modules: words, what is prepared and what is public are checked together.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_publishing import OrganiserWords, Publication, PublishedFile
from app.models_safeguarding import Redaction
from app.services import audit, editions, exporting, letters
from forms.questionnaire import Questionnaire

INTRODUCTION = "introduction"
LONGEST = 20_000
SILENT = timedelta(seconds=90)
QUIET = timedelta(seconds=30)
TABLES, MEMBERS = "_tables.json", "_members.json"
BUSY = "preparing"


class UnknownPart(LookupError):
    """The questionnaire has no such open question."""


class SavedMeanwhile(Exception):
    """A colleague saved these words since they were read; nothing was overwritten."""

    def __init__(self, theirs: OrganiserWords) -> None:
        super().__init__("A colleague has saved these words since you opened this page.")
        self.theirs = theirs


class TooLong(ValueError):
    """Words that are longer than anybody will read; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"Use {LONGEST:,} characters or fewer.")
        self.field = field


class AlreadyRunning(Exception):
    """Results of this consultation are being prepared already."""


class NothingPrepared(LookupError):
    """Nothing was prepared for publication yet."""


class NotReady(Exception):
    """What was prepared cannot be published; the message says why and what to do."""


@dataclass(frozen=True)
class Part:
    """Something that the organiser writes about: an open question, or the introduction."""

    key: str
    title: str
    asked: str = ""


def parts(questionnaire: Questionnaire) -> tuple[Part, ...]:
    """The introduction, then every open question with what was asked about it."""
    codebook = questionnaire.codebook()
    found = [Part(INTRODUCTION, "Introduction")]
    for each in codebook.open_questions:
        texts = [one.text for one in codebook.questions if one.serves[:1] == (each.key,)]
        asked = "\n".join((each.title, *(f"– {text}" for text in texts)))
        found.append(Part(each.key, each.title, asked))
    return tuple(found)


def part_of(questionnaire: Questionnaire, key: str) -> Part:
    """One of them.

    Raises
    ------
    UnknownPart
        If there is none of this name.
    """
    for each in parts(questionnaire):
        if each.key == key:
            return each
    raise UnknownPart(key)


def words_of(session: Session, consultation: Consultation) -> dict[str, OrganiserWords]:
    """What is written so far, by part."""
    statement = sa.select(OrganiserWords).where(OrganiserWords.consultation_id == consultation.id)
    return {each.part: each for each in session.scalars(statement)}


def save_words(
    session: Session,
    consultation: Consultation,
    part: str,
    given: Mapping[str, str],
    *,
    seen: int,
    actor: str,
    now: datetime,
) -> OrganiserWords:
    """Save words on one part. `seen` is the version that the writer had before them.

    Raises
    ------
    SavedMeanwhile
        If a colleague saved since.
    TooLong
        If a text is too long.
    """
    found = words_of(session, consultation).get(part)
    if (found.version if found else 0) != seen and found is not None:
        raise SavedMeanwhile(found)
    if found is None:
        found = OrganiserWords(
            consultation_id=consultation.id, part=part, version=0, saved_at=now, saved_by=actor
        )
        session.add(found)
    for field in ("asked", "said", "will"):
        text = given.get(field, "").replace("\r\n", "\n").strip()
        if len(text) > LONGEST:
            raise TooLong(field)
        setattr(found, field, text)
    found.version += 1
    found.saved_at, found.saved_by = now, actor
    audit.record(session, actor, "write results", consultation.key, {"part": part}, now=now)
    return found


def as_written(session: Session, consultation: Consultation) -> dict[str, dict[str, str]]:
    """The words as they go into a publication."""
    return {
        part: {"asked": each.asked, "said": each.said, "will": each.will}
        for part, each in sorted(words_of(session, consultation).items())
        if each.asked or each.said or each.will
    }


def digest_of(words: Mapping[str, Mapping[str, str]]) -> str:
    """The digest of the words, to see whether they changed since."""
    text = json.dumps(words, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
        words_digest=digest_of(as_written(session, consultation)),
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
        msg = "Other results were published since these were prepared. Prepare them again."
        raise NotReady(msg)
    if publication.words_digest != digest_of(as_written(session, consultation)):
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
) -> Publication:
    """Make prepared results public, and tell those who asked to be told.

    Raises
    ------
    NotReady
        If they may not be published as they are.
    """
    refuse_unless_ready(session, consultation, publication)
    earlier = history(session, consultation)
    for each in earlier:
        each.state = "replaced"
        session.execute(
            sa.delete(PublishedFile).where(
                PublishedFile.publication_id == each.id, PublishedFile.path != TABLES
            )
        )
        each.page = {}
    publication.number = len(earlier) + 1
    publication.state = "published"
    publication.published_at, publication.published_by = now, actor
    publication.told = letters.tell_of_results(session, consultation, link, now=now)
    details: dict[str, Any] = {"number": publication.number, "told": publication.told}
    audit.record(session, actor, "publish results", consultation.key, details, now=now)
    session.flush()
    return publication


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
