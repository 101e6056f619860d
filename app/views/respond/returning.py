"""Leaving and coming back: the resume link, shown, mailed, opened and renewed."""

import re

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_database, current_session
from app.models import Draft
from app.security import open_to
from app.services import accounts, drafting, letters
from app.views.respond import visit
from app.views.respond.visit import current_draft, now, respond

links = Blueprint("links", __name__, url_prefix="/r")
SECRET = re.compile(r"(?<![a-z2-7])[a-z2-7]{32}(?![a-z2-7])")
MOST_WRONG_LINKS = 30
MOST_LETTERS_TO_ONE = 3
MOST_LETTERS_FROM_ONE_PLACE = 60


@links.get("/<secret>")
@open_to("anyone")
def open(secret: str) -> ResponseReturnValue:  # noqa: A001 - the address is links.open
    """A resume link becomes a cookie and a clean address."""
    draft = drafting.find(current_session(), secret)
    if draft is None:
        return wrong_link()
    g.consultation_key = draft.edition.consultation.key
    target = url_for("respond.tasks", consultation=g.consultation_key)
    return visit.keep_draft(redirect(target, 303), draft)  # type: ignore[no-any-return]  # the response that it was given


def wrong_link() -> ResponseReturnValue:
    """The page for a link that opens nothing. Wrong links are counted, to make guessing slow.

    The count is the one thing that reading a page may write. It is work of its own, and it is not
    written any more once it is full.
    """
    where = ("wrong link", request.remote_addr or "")
    if current_app.config["SETTINGS"].limits:
        if accounts.was_too_often(current_session(), *where, most=MOST_WRONG_LINKS, now=now()):
            abort(429)
        current_session().rollback()
        with current_database().work() as session:
            accounts.slow_down(session, *where, most=MOST_WRONG_LINKS, now=now())
    return render_template("respond/unknown_link.html"), 404


@respond.route("/resume", methods=["GET", "POST"])
@open_to("anyone")
def resume() -> ResponseReturnValue:
    """Where a resume link is pasted by someone who has it but cannot click it."""
    pasted = request.form.get("link", "").strip()
    if request.method == "POST":
        draft = find_pasted(pasted)
        if draft is not None and draft.edition.consultation.key == g.consultation_key:
            return visit.keep_draft(redirect(url_for("respond.tasks"), 303), draft)  # type: ignore[no-any-return]  # the response that it was given
        visit.slow_down("wrong link", most=MOST_WRONG_LINKS)
        return render_template("respond/resume.html", pasted=pasted, problem=True), 422
    visit.current_consultation()
    return render_template("respond/resume.html", pasted="", problem=False)


def find_pasted(pasted: str) -> Draft | None:
    """The draft of a link, however it was broken into lines on the way."""
    secrets = SECRET.findall("".join(pasted.lower().split()))
    found = (drafting.find(current_session(), each) for each in reversed(secrets))
    return next((draft for draft in found if draft is not None), None)


@respond.route("/saved", methods=["GET", "POST"])
@open_to("respondent")
def saved() -> ResponseReturnValue:
    """The resume link, plainly; mailed where an address is given."""
    draft = current_draft()
    link = visit.resume_link(draft)
    address = request.form.get("email", "").strip()
    problem, status = "", 200
    if request.method == "POST":
        try:
            checked = validate_email(address, check_deliverability=False).normalized
        except EmailNotValidError:
            problem, status = "Enter an e-mail address such as name@example.org", 422
        else:
            try:
                mail_link(draft, checked, link)
            except accounts.TooOften as refused:
                problem, status = str(refused), 429
            else:
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
    return page, status


def mail_link(draft: Draft, address: str, link: str) -> None:
    """Queue the letter with the link.

    Raises
    ------
    accounts.TooOften
        If many letters went to this address, for this draft or from this place lately.
    """
    visit.slow_down("letters to", address.casefold(), most=MOST_LETTERS_TO_ONE)
    visit.slow_down("letters of", draft.id, most=MOST_LETTERS_TO_ONE)
    visit.slow_down("letters from", most=MOST_LETTERS_FROM_ONE_PLACE)
    tell_me = request.form.get("tell_me") == "yes"
    letters.send_resume_link(current_session(), draft, address, link, tell_me=tell_me, now=now())


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
