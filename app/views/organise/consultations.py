"""The list of consultations: where the team begins."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.security import open_to
from app.services import editions
from app.services.roles import who
from app.team import now
from app.views.organise.desk import organise


@organise.get("/")
@open_to(*who("see"))
def home() -> ResponseReturnValue:
    """Every consultation, with what it is doing now."""
    return render_template(
        "organise/home.html", consultations=editions.everything(current_session()), moment=now()
    )
