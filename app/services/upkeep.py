"""Keeping the database safe: copies made while it is written to, receipts counted, keys changed."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Identified, Model, Response, Revision
from app.sealing import CannotOpen, Keyring
from app.services import submitting

BATCH = 200
SEALED = re.compile(r"[A-Za-z0-9+/]{38,}={0,2}")


class CannotBackUp(RuntimeError):
    """The copy could not be made; the message says why and what to do."""


@dataclass(frozen=True)
class Receipts:
    """What a database can show for every response that it acknowledged."""

    references: tuple[str, ...]
    revisions: int
    cleared: int
    broken: tuple[str, ...]


def back_up(engine: sa.Engine, file: Path) -> None:
    """Write a whole and consistent copy of the database while others write to it.

    Raises
    ------
    CannotBackUp
        If the file exists, cannot be written, or the tool of the database is missing.
    """
    if file.exists():
        msg = f"{file} exists already. Choose another name: a backup is never overwritten."
        raise CannotBackUp(msg)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    try:
        if engine.dialect.name == "sqlite":
            _vacuum_into(engine, file)
        else:
            _dump(engine.url, file)
    except CannotBackUp:
        file.unlink(missing_ok=True)
        raise


def _vacuum_into(engine: sa.Engine, file: Path) -> None:
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(file),))
    except connection.dbapi_connection.Error as error:  # type: ignore[union-attr]  # there is one while it is checked out
        msg = f"The copy could not be written: {error}"
        raise CannotBackUp(msg) from error
    finally:
        connection.close()


def _dump(url: sa.URL, file: Path) -> None:
    tool = shutil.which("pg_dump")
    if tool is None:
        msg = "pg_dump was not found. On Debian or Ubuntu: sudo apt-get install postgresql-client"
        raise CannotBackUp(msg)
    address = url.set(drivername="postgresql", password=None)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 - the tool found on the path, with arguments of our own
        [tool, "--format=custom", f"--file={file}", address.render_as_string(hide_password=False)],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"pg_dump said: {done.stderr.strip()}"
        raise CannotBackUp(msg)


def count_receipts(session: Session) -> Receipts:
    """Count responses and versions, and recompute the digest of each version.

    A response without a version, or whose words no longer give its digest, is named as broken.
    """
    references = tuple(session.scalars(sa.select(Response.reference).order_by(Response.reference)))
    seen: set[str] = set()
    broken: list[str] = []
    revisions = cleared = 0
    statement = sa.select(Revision).order_by(Revision.id).execution_options(yield_per=BATCH)
    for revision in session.scalars(statement):
        revisions += 1
        seen.add(revision.response_id)
        if revision.answers is None:
            cleared += 1
        elif not _fits(revision):
            broken.append(f"{revision.response.reference} (version {revision.number})")
    missing = sa.select(Response.id, Response.reference)
    broken += [
        f"{reference} (no version)"
        for key, reference in session.execute(missing)
        if key not in seen
    ]
    return Receipts(references, revisions, cleared, tuple(sorted(broken)))


def _fits(revision: Revision) -> bool:
    try:
        answers = revision.unseal("answers")
    except CannotOpen:
        return False
    edition = revision.response.edition.digest
    return submitting.digest_of(edition, answers, revision.sent_at) == revision.digest


def sealed_tables() -> tuple[type[Identified], ...]:
    """Every table with rows that may hold sealed columns."""
    classes = (mapper.class_ for mapper in Model.registry.mappers)
    found = [each for each in classes if issubclass(each, Identified)]
    return tuple(sorted(found, key=lambda each: each.__tablename__))


def reseal(session: Session, table: type[Identified], *, after: str) -> tuple[int, str | None]:
    """Seal a batch of rows, those behind the id `after`, with the first key of the ring.

    Returns how many were sealed again, and the id to go on from; None when nothing is left.

    Raises
    ------
    CannotOpen
        If a value was altered, or its key is not in the ring any more.
    """
    keyring: Keyring = session.info["keyring"]
    columns = tuple(_text_columns(table))
    old = [name for name in keyring.keys if name != next(iter(keyring.keys))]
    conditions = [
        column.startswith(f"{name}.", autoescape=True) for column in columns for name in old
    ]
    if not conditions:
        return 0, None
    behind = sa.select(table).where(sa.or_(*conditions), table.id > after)
    rows = session.scalars(behind.order_by(table.id).limit(BATCH).with_for_update()).all()
    done = sum(_reseal_row(row, columns, keyring, old) for row in rows)
    session.flush()
    return done, rows[-1].id if rows else None


def _reseal_row(
    row: Identified, columns: tuple[sa.Column[str], ...], keyring: Keyring, old: list[str]
) -> bool:
    changed = False
    for column in columns:
        value = getattr(row, column.key)
        name, _, rest = (value or "").partition(".")
        if name in old and SEALED.fullmatch(rest):
            row.seal(keyring, column.key, row.unseal(column.key))
            changed = True
    return changed


def _text_columns(table: type[Identified]) -> Iterator[sa.Column[str]]:
    for column in sa.inspect(table).columns:
        if isinstance(column.type, sa.Text) and not column.unique:
            yield column
