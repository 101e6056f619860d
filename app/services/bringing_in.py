"""Bringing in goes on by itself: a thread takes step after step once the first is durable.

Each step is a transaction of its own with a pause behind it, so that respondents can save. A
process that stops loses nothing: what is in is in, the rest waits sealed, and “Go on” takes it up.
"""

import logging
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.database import Database
from app.models_importing import ImportBatch
from app.services import background, importing

PAUSE_SECONDS = 0.15  # longer than SQLite lets a writer sleep between two attempts
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
            background.start(go_on, self.database, found, name=f"import {found}")


def go_on(database: Database, batch_id: str) -> None:
    """Bring in the rows of a batch until none is left; a step that fails is tried again."""
    rows: deque[list[Any]] = deque()
    for _ in range(ATTEMPTS):
        try:
            with database.session(reads_only=True) as session:
                rows = importing.not_yet_in(session, session.get_one(ImportBatch, batch_id))
            while rows:
                time.sleep(PAUSE_SECONDS)
                background.go_on()
                with database.work() as session:
                    importing.bring_in(session, batch_id, rows, now=datetime.now(UTC))
        except Exception:
            logger.exception("bringing in rows")
            time.sleep(PAUSE_SECONDS)
        else:
            return
