"""Who is here: the consultation in the address, and the draft that this browser holds."""

from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from app import team
from app.database import current_database, current_session
from app.models import Consultation, Draft, Edition
from app.services import accounts, drafting, editions
from app.services.roles import may
from app.services.wording import Wording, wording_of
from app.typed import typed

COOKIE = "oq_draft"
PREVIEWED = frozenset(
    f"respond.{page}" for page in ("first_page", "privacy", "accessibility", "support")
)
COOKIE_DAYS = 60
respond = Blueprint("respond", __name__, url_prefix="/c/<consultation>")


def now() -> datetime:
    """The time of this request: one instant for all that it does.

    A view that writes asks for the draft first. The draft is locked then, so the instant lies
    inside the transaction and nothing is waited for between it and the closing check.
    """
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def current_consultation() -> Consultation:
    """The consultation in the address; 404 where there is none that has opened.

    Whoever prepares it may look at the pages that are read before answering, before it opens.
    """
    if "consultation" not in g:
        found = editions.find(current_session(), g.get("consultation_key", ""))
        if found is None or (found.opens_at is None and not may_preview()):
            abort(404)
        g.consultation = found
    consultation: Consultation = g.consultation
    return consultation


def may_preview() -> bool:
    """Whether this page may be seen before opening by who is here: signed in, and preparing it."""
    if request.endpoint not in PREVIEWED:
        return False
    here = team.current_sign_in()
    return here is not None and here.proved_at is not None and may(here.organiser.roles, "prepare")


def current_edition() -> Edition:
    """The edition that a new respondent would answer."""
    edition = editions.current_edition(current_session(), current_consultation())
    if edition is None:
        abort(404)
    return edition


def draft_here() -> Draft | None:
    """The draft that this browser holds for this consultation."""
    if "draft" not in g:
        secret = request.cookies.get(COOKIE, "")
        draft = drafting.find(current_session(), secret) if secret else None
        if draft is not None and request.method == "POST":
            draft = drafting.locked(current_session(), draft)  # before the clock is read: see now()
        if draft is not None and draft.edition.consultation_id != current_consultation().id:
            draft = None
        g.draft = draft
    found: Draft | None = g.draft
    return found


def is_open() -> bool:
    """Whether what this browser sends now counts; an invitation may give it more time."""
    session, consultation = current_session(), current_consultation()
    return editions.is_open(session, consultation, now=now(), draft=draft_here())


def current_draft() -> Draft:
    """The draft of this browser; the page to return to it where there is none."""
    if (draft := draft_here()) is None:
        abort(to_returning())
    return draft


def to_returning() -> Response:
    """Lead to the page where a resume link is pasted.

    What was typed is shown back: a form may be sent by a browser that has given its draft away.
    """
    if request.method == "POST":
        current_consultation()
        page = render_template("respond/come_back.html", typed=typed(request.form), gone=True)
        return make_response(page, 400)
    response = redirect(url_for("respond.resume", consultation=current_consultation().key))
    assert isinstance(response, Response)
    return response


def current_progress() -> drafting.Progress:
    """How far the draft of this browser is; read again after it was written."""
    return drafting.read(current_draft())


def slow_down(what: str, *more: str, most: int) -> None:
    """Count a try from this address, or of what is named.

    Raises
    ------
    accounts.TooOften
        If it was tried too often in the last quarter of an hour.
    """
    if current_app.config["SETTINGS"].limits:
        where = more or (request.remote_addr or "",)
        accounts.slow_down(current_session(), what, *where, most=most, now=now())


def keep_draft(response: Any, draft: Draft) -> Any:
    """Let this browser hold the draft: a cookie that no script and no other site can read."""
    secret = drafting.resume_secret(current_database().keyring, draft)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_DAYS * 86_400,
        httponly=True,
        secure=current_app.config["SETTINGS"].secure,
        samesite="Lax",
        path=f"/c/{draft.edition.consultation.key}",
    )
    return response


def resume_link(draft: Draft) -> str:
    """The address that opens this draft on any device."""
    settings = current_app.config["SETTINGS"]
    secret = drafting.resume_secret(current_database().keyring, draft)
    base: str = settings.base_url
    return base.rstrip("/") + url_for("links.open", secret=secret)


def known_to_templates() -> dict[str, Any]:
    """What the respondents' templates always know."""
    if request.blueprint != "respond" or g.get("broken"):
        return {}
    try:
        consultation = current_consultation()
    except Exception:  # noqa: BLE001 - an error page must not fail for want of a consultation
        return {}
    wording: Wording = wording_of(consultation)
    return {
        "consultation": consultation,
        "wording": wording,
        "here": draft_here(),
        "is_open": is_open(),
        "closes_at": editions.closing_time(current_session(), consultation, draft_here()),
    }


@respond.url_value_preprocessor
def take_consultation(_: str | None, values: dict[str, Any] | None) -> None:
    """The consultation's key is read once, here, and no view has to take it."""
    g.consultation_key = (values or {}).pop("consultation", "")


@respond.url_defaults
def give_consultation(_: str, values: dict[str, Any]) -> None:
    """Addresses lead to the consultation that this page belongs to."""
    if "consultation" not in values and (key := g.get("consultation_key")):
        values["consultation"] = key
