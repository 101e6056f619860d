"""Leaving and coming back: the resume link, shown, mailed, opened and renewed."""

import re

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.security import open_to
from app.services import drafting, letters
from app.views.respond import visit
from app.views.respond.visit import current_draft, now, respond

links = Blueprint("links", __name__, url_prefix="/r")
SECRET = re.compile(r"[a-z2-7]{32}")


@links.get("/<secret>")
@open_to("anyone")
def open(secret: str) -> ResponseReturnValue:  # noqa: A001 - the address is links.open
    """A resume link becomes a cookie and a clean address."""
    draft = drafting.find(current_session(), secret)
    if draft is None:
        return render_template("respond/unknown_link.html"), 404
    g.consultation_key = draft.edition.consultation.key
    target = url_for("respond.tasks", consultation=g.consultation_key)
    return visit.keep_draft(redirect(target, 303), draft)  # type: ignore[no-any-return]  # the response that it was given


@respond.route("/resume", methods=["GET", "POST"])
@open_to("anyone")
def resume() -> ResponseReturnValue:
    """Where a resume link is pasted by someone who has it but cannot click it."""
    pasted = request.form.get("link", "").strip()
    if request.method == "POST":
        match = SECRET.search(pasted.lower())
        draft = drafting.find(current_session(), match.group()) if match else None
        if draft is not None and draft.edition.consultation.key == g.consultation_key:
            return visit.keep_draft(redirect(url_for("respond.tasks"), 303), draft)  # type: ignore[no-any-return]  # the response that it was given
        return render_template("respond/resume.html", pasted=pasted, problem=True), 422
    visit.current_consultation()
    return render_template("respond/resume.html", pasted="", problem=False)


@respond.route("/saved", methods=["GET", "POST"])
@open_to("respondent")
def saved() -> ResponseReturnValue:
    """The resume link, plainly; mailed where an address is given."""
    draft = current_draft()
    link = visit.resume_link(draft)
    address = request.form.get("email", "").strip()
    problem = ""
    if request.method == "POST":
        try:
            checked = validate_email(address, check_deliverability=False).normalized
        except EmailNotValidError:
            problem = "Enter an e-mail address such as name@example.org"
        else:
            tell_me = request.form.get("tell_me") == "yes"
            letters.send_resume_link(
                current_session(), draft, checked, link, tell_me=tell_me, now=now()
            )
            return redirect(url_for("respond.saved", mailed=1))
    progress = drafting.read(draft)
    page = render_template(
        "respond/saved.html",
        link=link,
        address=address,
        problem=problem,
        draft=draft,
        next_key=next(
            (each.key for each in progress.route if not progress.versions.get(each.key)), None
        ),
    )
    return page, 422 if problem else 200


@respond.post("/new-link")
@open_to("respondent")
def new_link() -> ResponseReturnValue:
    """A new resume link, for when the old one was seen by somebody else."""
    draft = current_draft()
    drafting.new_link(current_session(), draft, now=now())
    return visit.keep_draft(redirect(url_for("respond.saved", renewed=1)), draft)  # type: ignore[no-any-return]  # the response that it was given


@respond.post("/leave")
@open_to("respondent")
def leave() -> ResponseReturnValue:
    """Take the draft away from this browser; the resume link still opens it."""
    response = redirect(url_for("respond.left"))
    response.delete_cookie(visit.COOKIE, path=f"/c/{g.consultation_key}")
    return response


@respond.get("/left")
@open_to("anyone")
def left() -> ResponseReturnValue:
    """What to do to come back."""
    if visit.draft_here() is not None:
        abort(404)
    visit.current_consultation()
    return render_template("respond/left.html")
