"""Made-up answers for a rehearsal: asked for, and how far they are."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.security import open_to
from app.services import editions, rehearsing
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise

AGAIN_SECONDS = 2


@organise.route("/c/<key>/rehearsal", methods=["GET", "POST"])
@open_to(*who("prepare"))
def rehearsal(key: str) -> ResponseReturnValue:
    """Send made-up answers, and see how far they are."""
    consultation = find_consultation(key)
    if not consultation.synthetic:
        abort(404)
    if request.method == "GET":
        return show_rehearsal(consultation)
    wanted = request.form.get("wanted", 0, type=int)
    try:
        rehearsing.begin(
            current_session(), consultation, wanted, actor=current_organiser().id, now=now()
        )
    except rehearsing.Refused as refused:
        return show_rehearsal(consultation, [(refused.field, str(refused))])
    flash("Made-up answers are on their way.")
    return redirect(url_for("organise.rehearsal", key=key), 303)


def show_rehearsal(
    consultation: Consultation, errors: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    """The page, with what was typed."""
    session = current_session()
    batch = rehearsing.latest(session, consultation)
    page = render_template(
        "organise/rehearsal.html",
        is_open=editions.is_open(session, consultation, now=now()),
        batch=batch,
        stopped=batch is not None and rehearsing.stopped(batch, now=now()),
        wanted=request.form.get("wanted", "100"),
        most=rehearsing.MOST,
        again=AGAIN_SECONDS,
        errors=errors or (),
    )
    return page, 422 if errors else 200
