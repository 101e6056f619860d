"""Commands for whoever looks after the server: backup, counting receipts, changing keys."""

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from rich.console import Console

from app.database import current_database
from app.services import upkeep as care

say = Console(highlight=False, soft_wrap=True)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup(file: Path) -> None:
    """Write a copy of the database to FILE while the service runs.

    SQLite: a database file, ready to use. PostgreSQL: what pg_restore reads. The keys of
    CONSULT_ENCRYPTION_KEYS are not in it; without them it cannot be read.
    """
    try:
        care.back_up(current_database().engine, file)
    except care.CannotBackUp as error:
        sys.exit(str(error))
    say.print(f"Written to {file}. Keep the encryption keys apart from it.")


@click.command("receipts")
@click.option("--references", is_flag=True, help="Print every reference, one a line.")
@with_appcontext
def receipts(*, references: bool) -> None:
    """Count the receipts in the database, and check that each still fits what was received."""
    with current_database().session(reads_only=True) as session:
        found = care.count_receipts(session)
    if references:
        for reference in found.references:
            say.print(reference)
    say.print(
        f"{len(found.references):,} responses in {found.revisions:,} versions; "
        f"{found.cleared:,} versions emptied by retention."
    )
    if found.broken:
        sys.exit(f"Not as they were received: {', '.join(found.broken)}")


@click.command("rotate-keys")
@with_appcontext
def rotate_keys() -> None:
    """Seal everything again with the first key of CONSULT_ENCRYPTION_KEYS.

    Put the new key first and keep the old one behind it; restart; run this; then the old key may
    go. Answers stay readable throughout.
    """
    database = current_database()
    resealed = 0
    for table in care.sealed_tables():
        last: str | None = ""
        while last is not None:
            with database.work() as session:
                done, last = care.reseal(session, table, after=last)
            resealed += done
    name = next(iter(database.keyring.keys))
    say.print(f"{resealed:,} rows were sealed again; all are under the key “{name}” now.")


COMMANDS = (backup, receipts, rotate_keys)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for each in COMMANDS:
        app.cli.add_command(each)
