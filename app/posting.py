"""The postman: sends queued letters once the work that caused them is durable.

Letters of the local run are files, written at once. An SMTP server is talked to in a thread of its
own, which stays while letters wait to be tried again. `flask --app app send-mail` does one round,
for letters that a stopped process left behind: run it every few minutes.
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
ROUND_SECONDS = 60.0
logger = logging.getLogger(__name__)


def deliver(database: Database, settings: Settings) -> int:
    """Send what is due, at most as many letters as may go in a minute; returns how many went."""
    sent = tried = 0
    while tried < settings.mail_per_minute:
        now = datetime.now(UTC)
        with database.work() as session:
            claimed = mail.claim(
                session, now=now, most=min(BATCH, settings.mail_per_minute - tried)
            )
        if not claimed:
            break
        outcomes = mail.send(settings, claimed, now=now)
        with database.work() as session:
            sent += mail.note(session, outcomes, now=datetime.now(UTC))
        tried += len(claimed)
    return sent


class Postman:
    """Looks after each commit whether there is a letter to send."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.stopping = False
        self.bell = threading.Event()
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def look(self, session: Session) -> None:
        """Set out if this work queued a letter."""
        if not session.info.pop(mail.WAITING, False):
            return
        session.close()
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
