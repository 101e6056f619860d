"""Figures that follow the responses: fresh within a minute, quick however many there are.

A worker keeps the responses that count as columns in memory. What came since is read and added,
what was withdrawn or set aside is dropped; nothing is read twice. While that happens in the
background, pages are answered from what there is, and say so. Each worker looks for itself whether
anything changed, so several are as fresh as one.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app.database import Database
from app.models import Consultation, Edition
from app.services import background, editions
from app.services.results import reading
from app.services.results.reading import Known

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.responses import Responses

FRESH_SECONDS = 20.0
WAIT_SECONDS = 0.25
CAMPAIGNS_SECONDS = 600.0
MOST_HIDDEN = 2_000
MOST_PARTS = 400

logger = logging.getLogger(__name__)
Campaign = tuple[str, ...]


class BeingWorkedOut(Exception):
    """Which responses belong to campaigns is being found out; it takes a while where many came."""


class Memo:
    """What was worked out once; two who ask for the same wait for one answer.

    No more than `most` is kept: the oldest goes first.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.made: dict[Any, Any] = {}
        self.locks: dict[Any, threading.Lock] = {}
        self.guard = threading.Lock()

    def once(self, what: Any, make: Callable[[], Any]) -> Any:
        """Give what was worked out before, or work it out."""
        try:
            return self.made[what]
        except KeyError:
            pass
        with self.guard:
            lock = self.locks.setdefault(what, threading.Lock())
        with lock:
            if what in self.made:
                return self.made[what]
            made = make()
            with self.guard:
                self.made[what] = made
                while self.most is not None and len(self.made) > self.most:
                    oldest = next(iter(self.made))
                    del self.made[oldest]
                    self.locks.pop(oldest, None)
        return made


class Copies:
    """Which responses belong to campaigns, found out in the background when first asked for."""

    def __init__(self) -> None:
        self.found: tuple[Campaign, ...] | None = None
        self.made_at: datetime | None = None
        self.looked_at = 0.0
        self.failed = False
        self.lock = threading.Lock()

    def of(self, responses: "Responses") -> tuple[Campaign, ...]:
        """The campaigns as last found; they are looked for again from time to time.

        Raises
        ------
        BeingWorkedOut
            Where they have not been found yet.
        """
        old = time.monotonic() - self.looked_at > CAMPAIGNS_SECONDS
        if (self.found is None or old) and self.lock.acquire(blocking=False):
            background.start(self._look, responses, name="campaigns")
        if self.found is None:
            raise BeingWorkedOut
        return self.found

    def _look(self, responses: "Responses") -> None:
        from app.services.results.words import campaigns_of

        try:
            self.found = campaigns_of(responses)
            self.made_at, self.failed = datetime.now(UTC), False
            self.looked_at = time.monotonic()
        except Exception:
            self.failed = True
            logger.exception("campaigns could not be found out")
        finally:
            self.lock.release()


@dataclass(frozen=True)
class Snapshot:
    """The responses that counted at one moment, as the analysis takes them.

    `hidden` remembers tables by their figures, from one snapshot to the next: most questions are
    not touched by one more response. `parts` holds what filters let through, and not without end.
    """

    responses: "Responses"
    made_at: datetime
    threshold: int
    kept: Memo = field(default_factory=Memo, compare=False)
    parts: Memo = field(default_factory=lambda: Memo(MOST_PARTS), compare=False)
    hidden: Memo = field(default_factory=Memo, compare=False)
    copies: Copies = field(default_factory=Copies, compare=False)

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The ids of responses that belong to campaigns, a tuple a campaign.

        Raises
        ------
        BeingWorkedOut
            Where they have not been found yet.
        """
        return self.copies.of(self.responses)

    def once(self, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Work something out once for this snapshot."""
        return self.kept.once(what, make)


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
    worked_out: int = 0
    questions: int = 0
    failed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    copies: Copies = field(default_factory=Copies)

    @property
    def newer(self) -> bool:
        """Whether newer responses are being counted at the moment."""
        return self.snapshot is not None and self.lock.locked()

    @property
    def progress(self) -> "Progress":
        """How far the first reading is."""
        return Progress(self.done, self.total, self.worked_out, self.questions, self.failed)


@dataclass(frozen=True)
class Progress:
    """How far the first reading is: responses read, then questions worked out."""

    done: int
    total: int
    worked_out: int = 0
    questions: int = 0
    failed: bool = False


kept_by_worker: dict[tuple[str, str], Kept] = {}
guard = threading.Lock()


def kept_of(database: Database, consultation: Consultation) -> Kept:
    """What this worker holds of a consultation, perhaps nothing yet."""
    place = (str(database.engine.url), consultation.id)
    with guard:
        return kept_by_worker.setdefault(place, Kept())


def current(database: Database, consultation: Consultation) -> Snapshot | Progress:
    """The newest snapshot; how far it is where there is none yet.

    Reading happens in the background. The first time somebody waits a moment for it, which is
    enough for a small consultation.
    """
    kept = kept_of(database, consultation)
    if kept.snapshot is not None and time.monotonic() - kept.looked_at < FRESH_SECONDS:
        return kept.snapshot
    if kept.snapshot is not None and not _changed(database, consultation.id, kept):
        kept.looked_at, kept.failed = time.monotonic(), False
    elif kept.lock.acquire(blocking=False):
        background.start(_refresh_and_release, database, consultation.id, kept, name="figures")
    if kept.snapshot is None and kept.lock.acquire(timeout=WAIT_SECONDS):
        kept.lock.release()
    if kept.snapshot is not None:
        return kept.snapshot
    return kept.progress


def forget(consultation_id: str) -> None:
    """Read everything again, after answers were redacted."""
    with guard:
        for place in [each for each in kept_by_worker if each[1] == consultation_id]:
            del kept_by_worker[place]


def _changed(database: Database, consultation_id: str, kept: Kept) -> bool:
    """Whether responses came, went or were changed since the snapshot was made."""
    with database.session(reads_only=True) as session:
        consultation = session.get_one(Consultation, consultation_id)
        edition = editions.current_edition(session, consultation)
        return edition is None or reading.signature(session, consultation, edition) != (
            kept.signature
        )


def _refresh_and_release(database: Database, consultation_id: str, kept: Kept) -> None:
    """Refresh in the background; what fails is logged and shown, and tried again at the next look.

    A snapshot that replaces another is shown when its pages are ready, so that none is slow.
    """
    try:
        refresh(database, consultation_id, kept)
    except Exception:
        kept.failed = True
        logger.exception("figures could not be brought up to date")
    finally:
        kept.lock.release()


def refresh(database: Database, consultation_id: str, kept: Kept) -> None:
    """Bring the columns up to date where anything changed. Whoever calls holds the lock."""
    from app.services.results.preparing import prepare

    with database.session(reads_only=True) as session:
        consultation = session.get_one(Consultation, consultation_id)
        edition = editions.current_edition(session, consultation)
        if edition is None:
            return
        signature = reading.signature(session, consultation, edition)
        made = kept.snapshot
        if made is None or signature != kept.signature:
            made = _read(session, consultation, edition, kept)
    if made is not kept.snapshot:
        prepare(made, kept)
    kept.snapshot, kept.signature = made, signature
    kept.looked_at, kept.failed = time.monotonic(), False


def _read(session: Session, consultation: Consultation, edition: Edition, kept: Kept) -> Snapshot:
    """The responses that count now; only what came or was changed is read."""
    newest = reading.newest(session, consultation, edition)
    kept.done = kept.worked_out = kept.questions = 0
    kept.total = sum(kept.known.get(public) != mark for public, mark in newest.items())

    def rows(public_ids: list[str]) -> "pa.Table":
        background.go_on()
        part = reading.columns(session, edition, public_ids)
        kept.done += len(public_ids)
        return part

    kept.table = reading.bring_up_to_date(
        kept.table, kept.known, newest, rows, lambda: reading.columns(session, edition, [])
    )
    kept.known = newest
    before = kept.snapshot
    return Snapshot(
        reading.responses(session, consultation, edition, kept.table),
        datetime.now(UTC),
        consultation.small_counts,
        hidden=Memo() if before is None else recent(before),
        copies=kept.copies,
    )


def recent(before: Snapshot) -> Memo:
    """What the snapshot before had worked out; nothing where that has grown large."""
    return before.hidden if len(before.hidden.made) < MOST_HIDDEN else Memo()
