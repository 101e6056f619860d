"""The postman: sends queued letters once the work that caused them is durable.

Letters of the local run are files, written at once. An SMTP server is talked to in a thread of its
own, which stays while letters wait to be tried again. The first request after a start looks for
letters that a stopped process left behind; `flask --app app send-mail` does so without a request.
"""

import logging
import threading
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from app.config import Settings
from app.database import Database
from app.services import mail

BATCH = 10
MOST_FILES = 10_000
ROUND_SECONDS = 5.0
logger = logging.getLogger(__name__)


def deliver(database: Database, settings: Settings) -> int:
    """Send what is due, at most as many letters as may go in a minute; returns how many went.

    Each letter is noted before the next one goes out, so that a process that is stopped leaves at
    most one in doubt. A server that is away ends the round.
    """
    if not settings.mail_url:
        return write_files(database, settings)
    sent = 0
    while claimed := claim(database, settings):
        away = False
        for outcome in mail.send(settings, claimed, now=datetime.now(UTC)):
            away = away or (outcome.failure is not None and outcome.failure.reason.outage)
            with database.work() as session:
                sent += mail.note(session, [outcome], now=datetime.now(UTC))
        if away:
            break
    return sent


def claim(database: Database, settings: Settings) -> list[mail.Claimed]:
    """The next letters, as far as there is room in this minute."""
    now = datetime.now(UTC)
    with database.work() as session:
        most = min(BATCH, mail.room(session, settings, now=now))
        return mail.claim(session, now=now, most=most) if most else []


def write_files(database: Database, settings: Settings) -> int:
    """Write every letter that waits to its file. Files need no rate, and can be written twice."""
    now = datetime.now(UTC)
    with database.work() as session:
        claimed = mail.claim(session, now=now, most=MOST_FILES)
    outcomes = list(mail.send(settings, claimed, now=now))
    with database.work() as session:
        return mail.note(session, outcomes, now=now)


class Postman:
    """Looks after each commit whether there is a letter to send."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.stopping = self.looked = False
        self.bell = threading.Event()
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def look(self, session: Session) -> None:
        """Set out if this work queued a letter."""
        if session.info.pop(mail.WAITING, False):
            session.close()
            self.set_out()

    def look_once(self) -> None:
        """Before the first request: set out if letters were left behind."""
        if self.looked:
            return
        self.looked = True
        try:
            with self.database.session(reads_only=True) as session:
                left_behind = bool(mail.waiting(session))
            if left_behind:
                self.set_out()
        except Exception:
            logger.exception("looking for letters that were left behind")

    def set_out(self) -> None:
        """Deliver: at once to a folder, in a thread to a server."""
        if not self.settings.mail_url:
            deliver(self.database, self.settings)
            return
        self.bell.set()
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.go_round, name="postman", daemon=True)
                self.thread.start()

    def go_round(self) -> None:
        """Deliver until nothing waits any more."""
        while not self.stopping:
            self.bell.clear()
            try:
                deliver(self.database, self.settings)
                with self.lock, self.database.session(reads_only=True) as session:
                    if not mail.waiting(session):
                        self.thread = None
                        return
            except Exception:
                logger.exception("delivering mail")
            self.bell.wait(ROUND_SECONDS)

    def stop(self, within: float = 30) -> None:
        """Come home; what is not sent stays queued."""
        self.stopping = True
        self.bell.set()
        if (thread := self.thread) is not None:
            thread.join(within)


def init_app(app: Flask) -> None:
    """Let the postman look after each commit of a request."""
    database: Database = app.extensions["database"]
    postman = Postman(database, app.config["SETTINGS"])
    app.extensions["postman"] = postman
    database.after_commit.append(postman.look)
    app.before_request(postman.look_once)
