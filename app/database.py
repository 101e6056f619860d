"""The database: SQLite or PostgreSQL, one session a request, one place that commits."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from app.sealing import Keyring

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BUSY_MILLISECONDS = 15_000

logger = logging.getLogger(__name__)
Act = Callable[[Session], None]


def make_engine(address: str) -> sa.Engine:
    """An engine that loses nothing: WAL and full synchronisation, or PostgreSQL with pre-ping.

    Its errors name no values: they end in logs.
    """
    url = sa.make_url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "options": "-c synchronous_commit=on"},
    )


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    import pysqlite3.dbapi2

    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=pysqlite3.dbapi2,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000},
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={BUSY_MILLISECONDS}",
            "foreign_keys=ON",
        ):
            connection.cursor().execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


class Database:
    """The engine of one application, and the sessions made from it."""

    def __init__(self, address: str, keyring: Keyring) -> None:
        self.engine = make_engine(address)
        self.reading = self.engine.execution_options(reads_only=True)
        self.keyring = keyring
        self.after_commit: list[Act] = []

    def session(self, *, reads_only: bool = False) -> Session:
        """A session that knows the keys; nothing is committed unless it is asked to."""
        return Session(
            self.reading if reads_only else self.engine,
            expire_on_commit=False,
            info={"keyring": self.keyring},
        )

    @contextmanager
    def work(self) -> Iterator[Session]:
        """A session outside a request: committed at the end, rolled back by an exception."""
        with self.session() as session, session.begin():
            yield session


def current_database() -> Database:
    """The database of the running application."""
    database = current_app.extensions["database"]
    assert isinstance(database, Database)
    return database


def current_session() -> Session:
    """The session of this request; one that only reads where the method is safe."""
    if "session" not in g:
        reads_only = has_request_context() and request.method in SAFE_METHODS
        g.session = current_database().session(reads_only=reads_only)
    session = g.session
    assert isinstance(session, Session)
    return session


def commit_before_answering(response: Response) -> ResponseReturnValue:
    """The one place that commits: what is acknowledged is durable."""
    if (session := g.get("session")) is not None:
        if request.method in SAFE_METHODS or response.status_code >= 500:
            session.rollback()
        else:
            session.commit()
            follow_up(session)
    return response


def follow_up(session: Session) -> None:
    """Do what waits for the work to be durable; whatever fails there, the work stays done."""
    for act in current_database().after_commit:
        try:
            act(session)
        except Exception:
            logger.exception("after a commit")


def close_session(_: BaseException | None = None) -> None:
    """Give the connection back at the end of a request."""
    if (session := g.pop("session", None)) is not None:
        session.close()


def init_app(app: Flask) -> None:
    """Give the application its database."""
    settings = app.config["SETTINGS"]
    keyring = Keyring.from_settings(
        settings.encryption_keys.get_secret_value(), settings.secret_key.get_secret_value()
    )
    app.extensions["database"] = Database(settings.database, keyring)
    app.after_request(commit_before_answering)
    app.teardown_appcontext(close_session)
