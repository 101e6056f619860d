"""Commands: `flask --app app COMMAND`. Each says what it did; exit status 1 where it could not."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from flask import Flask, current_app
from flask.cli import with_appcontext
from rich.console import Console
from sqlalchemy.orm import Session

from app import posting
from app.database import current_database
from app.models import Consultation
from app.services import accounts, audit, editions, exporting, mail, membership, retention
from forms.loading import load_questionnaire
from forms.manifest import Contents

MIGRATIONS = Path(__file__).parent / "migrations"
OPEN_FOR = timedelta(days=90)
say = Console(highlight=False, soft_wrap=True)


def alembic_config(address: str) -> Config:
    """The migrations' settings for one database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["address"] = address
    return config


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest shape; safe to run at any time."""
    command.upgrade(alembic_config(current_app.config["SETTINGS"].database), "head")
    say.print("The database is up to date.")


def at_five(moment: datetime) -> datetime:
    """Five in the afternoon of that day."""
    return moment.replace(hour=17, minute=0, second=0, microsecond=0)


@click.command("open-default")
@with_appcontext
@click.option("--days", default=OPEN_FOR.days, show_default=True, help="How long it stays open.")
def open_default(days: int) -> None:
    """Open the consultation that this product ships with, unless it is open already."""
    now = datetime.now(UTC)
    questionnaire = load_questionnaire(editions.DEFAULT_FILE)
    with current_database().work() as session:
        if editions.find(session, questionnaire.key) is not None:
            say.print(f"“{questionnaire.title}” is open already.")
            return
        opening = editions.Opening(
            title=questionnaire.title,
            organiser="Your organisation (change this in the settings)",
            closes_at=at_five(now + timedelta(days=days)),
        )
        edition = editions.open_edition(session, questionnaire, opening, now=now)
        say.print(f"Opened “{questionnaire.title}” (questionnaire {edition.digest[:12]}…).")


def chosen(session: Session, key: str | None) -> Consultation:
    """The consultation named, or the newest; stops the command where there is none."""
    listed = editions.listed(session)
    found = editions.find(session, key) if key else (listed[0] if listed else None)
    if found is None:
        known = ", ".join(each.key for each in listed) or "none has opened"
        sys.exit(f"There is no consultation “{key or ''}”. Known: {known}.")
    return found


@click.command("export")
@with_appcontext
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--consultation", default=None, help="Its key; the newest where none is named.")
@click.option("--full", is_flag=True, help="With names, organisations and addresses.")
def export(folder: Path, consultation: str | None, full: bool) -> None:  # noqa: FBT001  # click passes a flag by name
    """Write responses.parquet, codebook.json and manifest.json to FOLDER."""
    now = datetime.now(UTC)
    with current_database().work() as session, say.status("Writing the export"):
        found = chosen(session, consultation)
        contents: Contents = "full" if full else "without_identities"
        done = exporting.write_export(session, found, folder, now=now, contents=contents)
        audit.record(session, "command", "export", found.key, {"contents": contents}, now=now)
    counted = done.accounting
    removed = ", ".join(f"{count} {reason}" for reason, count in counted.removed.items()) or "none"
    say.print(f"{counted.received} received: {counted.included} included; left out: {removed}.")
    say.print(f"{counted.drafts} drafts were never sent. Written to {folder}.")


@click.command("demo")
@with_appcontext
@click.option("--responses", default=200, show_default=True, help="How many to make up.")
@click.option("--seed", default=1, show_default=True)
def demo(responses: int, seed: int) -> None:
    """Open a consultation marked synthetic and send made-up responses through the real services."""
    from app.services import demonstration  # only this command needs it

    with say.status("Making up responses") as status:
        key = demonstration.run(
            current_database(),
            responses,
            seed=seed,
            now=datetime.now(UTC),
            progress=lambda done: status.update(f"Made up {done:,} of {responses:,} responses"),
        )
    say.print(f"{responses:,} synthetic responses are in the consultation “{key}”.")


def join_address(secret: str) -> str:
    """The address with which somebody joins the team."""
    base: str = current_app.config["SETTINGS"].base_url
    return f"{base.rstrip('/')}/account/join/{secret}"


@click.command("first-owner")
@with_appcontext
def first_owner() -> None:
    """Print the link with which the first owner joins, unless there is an owner."""
    with current_database().work() as session:
        secret = accounts.first_owner_link(session, now=datetime.now(UTC))
    if secret is None:
        say.print("There is an owner already: sign in at /account/sign-in")
    else:
        say.print(f"To run the consultation, join as its first owner: {join_address(secret)}")


@click.command("invite-organiser")
@click.argument("email")
@click.option("--role", "roles", multiple=True, default=("owner",), show_default=True)
@with_appcontext
def invite_organiser(email: str, roles: tuple[str, ...]) -> None:
    """Invite EMAIL to the team and print the link, which works once."""
    now = datetime.now(UTC)
    with current_database().work() as session:
        try:
            _, secret = accounts.invite(session, email, roles, actor="command", now=now)
        except accounts.Refused as refused:
            sys.exit(str(refused))
    say.print(f"The link for {email}: {join_address(secret)}")


@click.command("new-link")
@click.argument("email")
@with_appcontext
def new_link(email: str) -> None:
    """Print a link for EMAIL, who lost the password or the second factor: it sets new ones."""
    now = datetime.now(UTC)
    with current_database().work() as session:
        if (organiser := accounts.by_email(session, email)) is None:
            sys.exit(f"Nobody of the team has the address {email}.")
        try:
            secret = membership.begin_again(
                session, organiser, actor="command", now=now, last_owner=True
            )
        except accounts.Refused as refused:
            sys.exit(str(refused))
    say.print(f"The link for {organiser.email}: {join_address(secret)}")


@click.command("send-mail")
@with_appcontext
def send_mail() -> None:
    """Send the mail that is due, and forget old letters and links; run it every few minutes."""
    sent = posting.deliver(current_database(), current_app.config["SETTINGS"])
    with current_database().work() as session:
        retention.tidy(session, now=datetime.now(UTC))
    with current_database().session(reads_only=True) as session:
        left = len(mail.waiting(session))
    say.print(f"{sent} sent; {left} still waiting.")


@click.group("audit")
def audit_commands() -> None:
    """The audit trail."""


@audit_commands.command("verify")
@with_appcontext
def verify() -> None:
    """Check that no line of the audit trail was altered, removed or put in."""
    with current_database().work() as session:
        count, broken = audit.verify(session)
    if broken is not None:
        sys.exit(f"The audit trail does not hold: line {broken} does not fit the line before it.")
    say.print(f"The audit trail holds: {count:,} lines.")


COMMANDS = (
    migrate,
    open_default,
    first_owner,
    invite_organiser,
    new_link,
    export,
    demo,
    send_mail,
    audit_commands,
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for each in COMMANDS:
        app.cli.add_command(each)
