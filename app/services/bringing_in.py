"""Bringing in goes on by itself: a thread takes step after step once the first is durable.

Each step is a transaction of its own with a pause behind it, so that respondents can save. A
process that stops loses nothing: what is in is in, the rest waits sealed, and “Go on” takes it up.
"""

import logging
import threading
import time
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.database import Database
from app.services import importing

PAUSE_SECONDS = 0.3
ATTEMPTS = 5
logger = logging.getLogger(__name__)


class Importer:
    """Looks after each commit whether an import was begun."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def look(self, session: Session) -> None:
        """Set out if this work began an import that is not finished."""
        found = session.info.pop(importing.BEGUN, None)
        if found is not None:
            name = f"import {found}"
            threading.Thread(
                target=go_on, args=(self.database, found), name=name, daemon=True
            ).start()


def go_on(database: Database, batch_id: str) -> None:
    """Bring in the rows of a batch until none is left; a step that fails is tried again."""
    attempts = ATTEMPTS
    while attempts:
        time.sleep(PAUSE_SECONDS)
        try:
            with database.work() as session:
                left = importing.bring_in(session, batch_id, now=datetime.now(UTC))
        except Exception:
            logger.exception("bringing in rows")
            attempts -= 1
            continue
        attempts = ATTEMPTS
        if not left:
            return
