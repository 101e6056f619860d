"""Figures that follow the responses: fresh within a minute, quick however many there are.

A worker keeps the responses that count as columns in memory. What came since is read and added,
what was withdrawn or set aside is dropped; nothing is read twice. While that happens in the
background, pages are answered from what there is.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.database import Database
from app.models import Consultation, Edition, Response, Revision
from app.services import editions, exporting
from forms.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.responses import Responses

FRESH_SECONDS = 30.0
AT_ONCE = 500
BUILD_IN_REQUEST = 400

Known = dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """The responses that counted at one moment, as the analysis takes them."""

    responses: "Responses"
    made_at: datetime
    threshold: int
    kept: dict[Any, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def campaigns(self) -> tuple[tuple[str, ...], ...]:
        """The ids of responses that belong to campaigns, a tuple a campaign."""
        from app.services.results.words import campaigns_of

        return campaigns_of(self.responses)

    def once(self, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Work something out once for this snapshot."""
        if what not in self.kept:
            self.kept[what] = make()
        return self.kept[what]


@dataclass
class Kept:
    """What this worker holds of one consultation."""

    known: Known = field(default_factory=dict)
    table: "pa.Table | None" = None
    snapshot: Snapshot | None = None
    signature: tuple[Any, ...] = ()
    looked_at: float = 0.0
    done: int = 0
    total: int = 0
    failed: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Progress:
    """How far the first reading is."""

    done: int
    total: int


kept_by_worker: dict[tuple[str, str], Kept] = {}
guard = threading.Lock()


def current(database: Database, consultation: Consultation) -> Snapshot | Progress:
    """The newest snapshot; how far it is where there is none yet.

    A small consultation is read at once. A large one is read in the background the first time.
    """
    place = (str(database.engine.url), consultation.id)
    with guard:
        kept = kept_by_worker.setdefault(place, Kept())
    if kept.snapshot is not None and time.monotonic() - kept.looked_at < FRESH_SECONDS:
        return kept.snapshot
    if kept.snapshot is None and _how_many(database, consultation.id) <= BUILD_IN_REQUEST:
        with kept.lock:
            _refresh(database, consultation.id, kept)
    elif kept.lock.acquire(blocking=False):
        threading.Thread(
            target=_refresh_and_release, args=(database, consultation.id, kept), daemon=True
        ).start()
    if kept.snapshot is not None:
        return kept.snapshot
    return Progress(kept.done, kept.total)


def forget(consultation_id: str) -> None:
    """Read everything again, after answers were redacted."""
    with guard:
        for place in [each for each in kept_by_worker if each[1] == consultation_id]:
            del kept_by_worker[place]


def _how_many(database: Database, consultation_id: str) -> int:
    with database.session(reads_only=True) as session:
        statement = sa.select(sa.func.count()).select_from(Response)
        return session.scalar(statement.where(Response.consultation_id == consultation_id)) or 0


def _refresh_and_release(database: Database, consultation_id: str, kept: Kept) -> None:
    try:
        _refresh(database, consultation_id, kept)
    finally:
        kept.lock.release()


def _refresh(database: Database, consultation_id: str, kept: Kept) -> None:
    with database.session(reads_only=True) as session:
        consultation = session.get_one(Consultation, consultation_id)
        edition = editions.current_edition(session, consultation)
        if edition is None:
            return
        signature = _signature(session, consultation, edition)
        if kept.snapshot is None or signature != kept.signature:
            _read(session, consultation, edition, kept)
            kept.signature = signature
        kept.looked_at = time.monotonic()


def _signature(session: Session, consultation: Consultation, edition: Edition) -> tuple[Any, ...]:
    """Changes whenever a response that counts comes, goes or is changed."""
    of_consultation = Response.consultation_id == consultation.id
    revisions = sa.select(sa.func.count(), sa.func.max(Revision.sent_at)).join(Response)
    states = sa.select(
        sa.func.count(Response.withdrawn_at),
        sa.func.count(Response.held_at),
        sa.func.count(Response.excluded_reason),
        sa.func.max(Response.withdrawn_at),
        sa.func.max(Response.held_at),
    )
    return (
        edition.id,
        *session.execute(revisions.where(of_consultation)).one(),
        *session.execute(states.where(of_consultation)).one(),
        consultation.small_counts,
    )


def _read(session: Session, consultation: Consultation, edition: Edition, kept: Kept) -> None:
    """Bring the columns up to date: drop what no longer counts, add what is new."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from forms.folder import as_table, identifying_columns

    newest = _newest(session, consultation, edition)
    new = [public for public, revision in newest.items() if kept.known.get(public) != revision]
    stays = [public for public in kept.known if newest.get(public) == kept.known[public]]
    codebook = editions.questionnaire_of(edition).codebook()
    kept.done, kept.total = 0, len(new)
    parts = []
    if kept.table is not None and stays:
        mask = pc.is_in(kept.table.column("response_id"), value_set=pa.array(stays))
        parts.append(kept.table.filter(mask))
    for start in range(0, len(new), AT_ONCE):
        rows = _rows(session, new[start : start + AT_ONCE])
        parts.append(as_table(rows, codebook).drop_columns(identifying_columns(codebook)))
        kept.done += len(rows)
    if not parts:
        parts = [as_table([], codebook).drop_columns(identifying_columns(codebook))]
    kept.table = pa.concat_tables(parts).combine_chunks().sort_by("response_id")
    kept.known = newest
    kept.snapshot = Snapshot(
        _responses(session, consultation, edition, kept.table),
        datetime.now(UTC),
        consultation.small_counts,
    )


def _newest(session: Session, consultation: Consultation, edition: Edition) -> Known:
    """The last revision of each response that counts, by the response's public id."""
    statement = (
        sa.select(Response.public_id, Revision.id)
        .join(Revision, Revision.response_id == Response.id)
        .where(
            Response.consultation_id == consultation.id,
            Response.edition_id == edition.id,
            Response.withdrawn_at.is_(None),
            Response.held_at.is_(None),
            Response.excluded_reason.is_(None),
        )
        .order_by(Response.public_id, Revision.number)
    )
    return {public: revision for public, revision in session.execute(statement)}  # noqa: C416  # a row is no pair to the type checker


def _rows(session: Session, public_ids: list[str]) -> list[dict[str, Any]]:
    statement = (
        sa.select(Response)
        .where(Response.public_id.in_(public_ids))
        .options(selectinload(Response.revisions))
    )
    rows = [exporting.row(each) for each in session.scalars(statement)]
    session.expunge_all()
    return rows


def _responses(
    session: Session, consultation: Consultation, edition: Edition, table: "pa.Table"
) -> "Responses":
    from analysis.export import as_asked, as_frame
    from analysis.responses import Responses

    consultation = session.merge(consultation)
    codebook = editions.questionnaire_of(edition).codebook()
    accounting = exporting.account(session, consultation, edition)
    manifest: Manifest = exporting.manifest(
        consultation, accounting, "without_identities", datetime.now(UTC)
    )
    return Responses(
        frame=as_frame(table, codebook),
        asked=as_asked(table, codebook),
        codebook=codebook,
        manifest=manifest,
    )
