"""Pages about the service itself: where it begins, and whether it is well."""

import logging
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.database import current_database, current_session
from app.models import Message
from app.security import open_to
from app.services import editions, publishing

pages = Blueprint("service", __name__)
logger = logging.getLogger(__name__)
TRIAL = "well? " * 10_000  # about what a long page of answers takes


@pages.get("/")
@open_to("anyone")
def home() -> ResponseReturnValue:
    """The consultations that have opened; straight to it where there is one.

    A rehearsal is listed only where nothing else is: nobody should answer it by mistake.
    """
    session = current_session()
    opened = editions.listed(session)
    shown = [each for each in opened if not each.synthetic] or opened
    if len(shown) == 1:
        return redirect(url_for("respond.first_page", consultation=shown[0].key))
    return render_template(
        "service/home.html",
        consultations=[(each, publishing.published(session, each)) for each in shown],
        moment=datetime.now(UTC),
    )


@pages.get("/health")
@open_to("anyone")
def health() -> ResponseReturnValue:
    """Whether the database answers and takes what is written: a trial that is taken back."""
    try:
        with current_database().session() as session:
            session.execute(sa.text("SELECT 1 FROM consultation LIMIT 1")).all()
            session.add(Message(made_at=datetime.now(UTC), purpose="trial", content=TRIAL))
            session.flush()
            session.rollback()
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        logger.warning("the database cannot be read or written: %s", type(error).__name__)
        return {"status": "ill", "database": "cannot be read or written"}, 503
    return {"status": "well", "database": "answers"}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(pages)
