"""Pages about the service itself: where it begins, and whether it is well."""

from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.security import open_to
from app.services import editions

pages = Blueprint("service", __name__)


@pages.get("/")
@open_to("anyone")
def home() -> ResponseReturnValue:
    """The consultations that have opened; straight to it where there is one."""
    consultations = editions.listed(current_session())
    if len(consultations) == 1:
        return redirect(url_for("respond.first_page", consultation=consultations[0].key))
    now = datetime.now(UTC)
    return render_template("service/home.html", consultations=consultations, moment=now)


@pages.get("/health")
@open_to("anyone")
def health() -> ResponseReturnValue:
    """Whether the database answers; an error here becomes a 503."""
    current_session().execute(sa.text("SELECT 1 FROM consultation LIMIT 1")).all()
    return {"status": "well", "database": "answers"}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(pages)
