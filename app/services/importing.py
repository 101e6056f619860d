"""Importing: rows of a spreadsheet become responses through the services that respondents meet.

A row is checked by the same forms as a page. Its key is kept as a digest, so the same sheet can be
brought in again without doubles. What screening finds is held, as at entry.
"""

import hashlib
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Edition, Response
from app.models_importing import ImportBatch, ImportedRow
from app.sealing import Keyring
from app.services import audit, drafting, editions, submitting

MARKED = "Marked as confidential on what was imported."
SECONDS_AT_FIRST = 1.0  # a small sheet is in at once
SECONDS_AT_ONCE = 0.3  # on SQLite nobody else can save meanwhile
QUIET = timedelta(seconds=20)  # after that, nobody is bringing rows in any more
BEGUN = "import begun"
Page = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Ready:
    """A row that can become a response: its key, its pages in order, its confidential answers."""

    line: int
    key: str
    pages: tuple[Page, ...]
    confidential: tuple[str, ...]


def digest_of(key: str) -> str:
    """What is kept of a row's key: enough to know it again."""
    return hashlib.sha256(key.encode()).hexdigest()


def brought_in(session: Session, consultation: Consultation) -> frozenset[str]:
    """The digests of the keys of all rows that were brought in before."""
    statement = sa.select(ImportedRow.key_digest).where(
        ImportedRow.consultation_id == consultation.id
    )
    return frozenset(session.scalars(statement))


def keep(
    session: Session,
    consultation: Consultation,
    ready: tuple[Ready, ...],
    *,
    known: int,
    actor: str,
    now: datetime,
) -> ImportBatch:
    """Keep checked rows, sealed, until they are responses.

    A sheet that this person checked before and of which nothing is in yet is forgotten.
    """
    for each in waiting(session, consultation):
        if each.made_by == actor and not each.done:
            each.rows = None
    batch = ImportBatch(
        consultation_id=consultation.id, made_by=actor, made_at=now, total=len(ready), known=known
    )
    rows = [[each.line, each.key, each.pages, each.confidential] for each in ready]
    batch.seal(session.info["keyring"], "rows", rows)
    session.add(batch)
    session.flush()
    told = {"rows": len(ready)}
    audit.record(session, actor, "check sheet", consultation.key, told, now=now)
    return batch


def waiting(session: Session, consultation: Consultation) -> list[ImportBatch]:
    """The batches that are not finished."""
    statement = sa.select(ImportBatch).where(
        ImportBatch.consultation_id == consultation.id, ImportBatch.rows.is_not(None)
    )
    return list(session.scalars(statement.order_by(ImportBatch.made_at)))


def discard(session: Session, batch: ImportBatch, *, actor: str, now: datetime) -> None:
    """Throw away the rows of a batch that are not responses yet."""
    batch = _locked(session, batch.id)
    if batch.rows is not None:
        batch.rows = None
        told = {"brought in": batch.done, "held": batch.held, "of": batch.total}
        key = session.get_one(Consultation, batch.consultation_id).key
        audit.record(session, actor, "import stopped", key, told, now=now)


def begin(
    session: Session,
    batch: ImportBatch,
    *,
    actor: str,
    now: datetime,
    seconds: float = SECONDS_AT_FIRST,
) -> None:
    """Bring in the first rows, or go on; the rest follows once this is durable (`following`)."""
    key = session.get_one(Consultation, batch.consultation_id).key
    audit.record(session, actor, BEGUN, key, {"of": batch.total, "in": batch.done}, now=now)
    if bring_in(session, batch.id, not_yet_in(session, batch), now=now, seconds=seconds):
        session.info[BEGUN] = batch.id


def going(session: Session, batch: ImportBatch, *, now: datetime) -> bool:
    """Whether rows of this batch are being brought in at this moment."""
    last = sa.select(sa.func.max(ImportedRow.imported_at)).where(
        ImportedRow.consultation_id == batch.consultation_id
    )
    at = session.scalar(last)
    return bool(batch.rows and batch.done and at and now - at < QUIET)


def not_yet_in(session: Session, batch: ImportBatch) -> deque[list[Any]]:
    """The rows of a batch that are no responses yet, opened: line, key, pages, confidential."""
    rows: list[Any] = batch.unseal("rows") or []
    consultation = session.get_one(Consultation, batch.consultation_id)
    before = brought_in(session, consultation)
    return deque(each for each in rows if digest_of(each[1]) not in before)


def bring_in(
    session: Session,
    batch_id: str,
    rows: deque[list[Any]],
    *,
    now: datetime,
    seconds: float = SECONDS_AT_ONCE,
) -> int:
    """Make responses of the first of these rows, for as long as one step may take.

    Rows are taken out of `rows`; how many are left is returned. The batch stays sealed as it was
    kept until nothing is left. Whoever does this at the same time waits, and no row comes in twice.
    """
    batch = _locked(session, batch_id)
    consultation = session.get_one(Consultation, batch.consultation_id)
    edition = editions.current_edition(session, consultation)
    if batch.rows is None or edition is None:
        rows.clear()
        return 0
    until = time.monotonic() + seconds
    while rows:
        _bring_in_one(session, batch, edition, rows.popleft(), now)
        if time.monotonic() >= until:
            break
    if not rows:
        batch.rows = None
        batch.known += batch.total - batch.done
        told = {"brought in": batch.done, "held": batch.held, "of": batch.total}
        audit.record(session, batch.made_by, "import", consultation.key, told, now=now)
    return len(rows)


def _bring_in_one(
    session: Session, batch: ImportBatch, edition: Edition, row: list[Any], now: datetime
) -> None:
    _, key, pages, confidential = row
    imported = ImportedRow(
        consultation_id=batch.consultation_id, key_digest=digest_of(key), imported_at=now
    )
    known = sa.select(ImportedRow.id).where(
        ImportedRow.consultation_id == imported.consultation_id,
        ImportedRow.key_digest == imported.key_digest,
    )
    if session.scalar(known) is not None:
        return
    response = send(session, edition, pages, confidential, channel="import", now=now)
    imported.response_id = response.id
    session.add(imported)
    batch.done += 1
    batch.held += response.held_at is not None
    session.flush()


def _locked(session: Session, batch_id: str) -> ImportBatch:
    statement = sa.select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def send(
    session: Session,
    edition: Edition,
    pages: list[Page],
    confidential: tuple[str, ...],
    *,
    channel: str,
    now: datetime,
) -> Response:
    """Send one response through the services that every respondent meets."""
    (first, answers), *rest = pages
    draft = drafting.begin(session, edition, first, answers, now=now, channel=channel)
    for section, page in rest:
        drafting.save_section(session, draft, section, page, seen=0, now=now)
    for question in confidential:
        drafting.keep_confidential(session, draft, question, MARKED, now=now)
    return send_draft(session, draft, now=now)


def send_draft(session: Session, draft: Draft, *, now: datetime) -> Response:
    """Send a draft as it stands.

    Raises
    ------
    submitting.Unanswered
        If a required question is blank.
    """
    keyring: Keyring = session.info["keyring"]
    token, stamp = submitting.next_token(keyring, draft), drafting.read(draft).stamp
    return submitting.submit(session, draft, token=token, stamp=stamp, now=now).response
