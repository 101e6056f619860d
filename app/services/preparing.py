"""Preparing results in the background: it takes a minute or more, and pages say how far it is."""

import json
import logging
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import Database
from app.models import Consultation
from app.models_publishing import Publication, PublishedFile
from app.services import background, exporting, own_words, publishing, results

BEAT_SECONDS = 10.0
WAIT_FOR_MORE = (
    "The figures that are not hidden would give away what some respondents said. Nothing was "
    "written. Wait for more responses, and prepare the results again."
)
BROKEN = (
    "Something went wrong on our side while the results were being prepared. Nothing was written. "
    "Try again; if it fails again, tell whoever runs this service."
)
STOPPED = (
    "The server stopped the work before it was done, most likely because its memory ran out. "
    "Nothing was written. Tell whoever runs this service: preparing needs up to two gigabytes. "
    "Then prepare the results again."
)
logger = logging.getLogger(__name__)


class Preparer:
    """Looks after each commit whether results are to be prepared."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def look(self, session: Session) -> None:
        """Set out if this work began a publication."""
        found = session.info.pop(publishing.BUSY, None)
        if found is not None:
            background.start(prepare, self.database, found, name=f"preparing {found}")


def prepare(database: Database, publication_id: str) -> None:
    """Make the results of a publication that was begun, and say plainly where that fails."""
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(database, publication_id, ended), daemon=True)
    beating.start()
    failure = ""
    try:
        with tempfile.TemporaryDirectory() as temporary:
            _make(database, publication_id, Path(temporary))
    except (results.CannotPublish, exporting.NothingOpened) as refusal:
        logger.warning("results cannot be published: %s", refusal)
        failure = f"{WAIT_FOR_MORE} (The first table concerned: {_first_table(refusal)}.)"
    except results.StoppedByTheServer:
        logger.warning("the process that prepares results was killed")
        failure = STOPPED
    except Exception:
        logger.exception("preparing results")
        failure = BROKEN
    finally:
        ended.set()
        beating.join()
    if failure:
        _note(database, publication_id, state="failed", running_for=None, failure=failure)


def _first_table(refusal: Exception) -> str:
    return str(refusal).rsplit(": ", 1)[0][-200:]


def _beat(database: Database, publication_id: str, ended: threading.Event) -> None:
    while not ended.wait(BEAT_SECONDS):
        try:
            _note(database, publication_id)
        except Exception:
            logger.exception("noting that results are being prepared")


def _note(database: Database, publication_id: str, **values: object) -> None:
    with database.work() as session:
        session.execute(
            sa.update(Publication)
            .where(Publication.id == publication_id, Publication.state == "running")
            .values(beat_at=datetime.now(UTC), **values)
        )


def _make(database: Database, publication_id: str, folder: Path) -> None:
    """Export, analyse, write, store."""
    now = datetime.now(UTC)
    with database.session(reads_only=True) as session:
        publication = session.get_one(Publication, publication_id)
        consultation = session.get_one(Consultation, publication.consultation_id)
        words = own_words.as_written(session, consultation)
        members = publishing.members(session, consultation)
        exporting.write_export(session, consultation, folder / "export", now=now, contents="full")
        earlier = _earlier(session, consultation, folder)
    made = results.write_files_apart(
        folder,
        earlier=earlier,
        next_steps=next_steps(words),
        tell=_teller(database, publication_id),
    )
    with database.work() as session:
        publication = session.get_one(Publication, publication_id)
        if publication.state != "running":
            return
        publication.page = {**made.page, "words": words}
        publication.words_digest = own_words.digest_of(words)
        (made.folder / publishing.MEMBERS).write_text(json.dumps(members))
        for path in sorted(each for each in made.folder.rglob("*") if each.is_file()):
            content = path.read_bytes()
            name = path.relative_to(made.folder).as_posix()
            session.add(
                PublishedFile(
                    publication_id=publication.id, path=name, size=len(content), content=content
                )
            )
        publication.state, publication.running_for = "ready", None
        publication.beat_at = datetime.now(UTC)


def _earlier(session: Session, consultation: Consultation, folder: Path) -> list[str]:
    """The tables of every publication before, each in a folder of its own, by its name."""
    found = []
    for each in publishing.history(session, consultation):
        kept = publishing.file_of(session, each, publishing.TABLES)
        if kept is not None:
            place = folder / f"earlier-{each.number}"
            place.mkdir()
            (place / "tables.json").write_bytes(kept.content)
            found.append(place.name)
    return found


def _teller(database: Database, publication_id: str) -> Callable[[int], None]:
    steps = results.STEPS

    def tell(step: int) -> None:
        _note(database, publication_id, doing=steps[step], done=step, steps=len(steps))

    return tell


def next_steps(words: dict[str, dict[str, str]]) -> list[str]:
    """What the organiser will do, as paragraphs of the report."""
    first = words.get(own_words.INTRODUCTION, {}).get("will", "")
    found = [part for part in first.split("\n\n") if part.strip()]
    for key, said in words.items():
        if key != own_words.INTRODUCTION and said["will"]:
            found.append(f"{key}: {' '.join(said['will'].split())}")
    return found
