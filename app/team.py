"""Who of the team is here: the session of this browser, and what its roles may do."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models_team import Organiser, SignIn
from app.security import who_may
from app.services import accounts
from app.services.roles import ROLES, may

KEY, SEEN = "team", "team_seen"


def now() -> datetime:
    """The time of this request: one instant for all that it does."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def current_sign_in() -> SignIn | None:
    """The session of this browser, with or without its second factor; None where there is none."""
    if "sign_in" not in g:
        key = session.get(KEY)
        found = accounts.find_session(current_session(), key, now=now()) if key else None
        seen = datetime.fromtimestamp(session.get(SEEN, 0), UTC)
        if found is not None and now() - seen > accounts.IDLE:
            found = None
        g.sign_in = found
    here: SignIn | None = g.sign_in
    return here


def current_organiser() -> Organiser:
    """Who is signed in with both factors; leads to signing in where nobody is."""
    here = current_sign_in()
    if here is None or here.proved_at is None:
        abort(to_signing_in())
    return here.organiser


def to_signing_in() -> Response:
    """Lead to signing in, and back here afterwards."""
    target = request.full_path if request.method == "GET" else "/organise/"
    response = redirect(url_for("account.sign_in", next=target))
    assert isinstance(response, Response)
    return response


def hold(key: str) -> None:
    """Let this browser hold a session: a fresh cookie, nothing of an earlier one in it."""
    session.clear()
    session.permanent = True
    session[KEY] = key
    session[SEEN] = int(now().timestamp())


def safe_target(target: str, otherwise: str) -> str:
    """A page of ours to go on to; never another site, whatever the address says."""
    parts = urlsplit(target.replace("\\", "/"))
    ours = not parts.scheme and not parts.netloc and target.startswith("/")
    return target if ours and not target.startswith(("//", "/\\")) else otherwise


def check_role() -> ResponseReturnValue | None:
    """Before each request: whether this person's roles may use this route."""
    if request.endpoint is None:
        return None
    wanted = who_may(current_app, request.endpoint)
    if {"anyone", "respondent"} & set(wanted):
        return None
    organiser = current_organiser()
    if "signed_in" not in wanted and not set(wanted) & set(organiser.roles):
        abort(403)
    session[SEEN] = int(now().timestamp())
    return None


def require_fresh() -> None:
    """Before exporting, revealing or publishing: both factors given in the last quarter hour."""
    here = current_sign_in()
    if here is None or not accounts.is_fresh(here, now=now()):
        target = request.full_path if request.method == "GET" else request.referrer or ""
        back = urlsplit(target)
        path = back.path + (f"?{back.query}" if back.query else "")
        abort(redirect(url_for("account.again", next=path or "/organise/")))


def known_to_templates() -> dict[str, object]:
    """What the organisers' templates always know."""
    if request.blueprint not in {"account", "organise"}:
        return {}
    here = current_sign_in() if not g.get("broken") else None
    signed_in = here is not None and here.proved_at is not None
    organiser = here.organiser if here is not None and signed_in else None
    return {
        "organiser": organiser,
        "signed_in_as": organiser.name if organiser else None,
        "sign_out_url": url_for("account.sign_out") if organiser else None,
        "organiser_home": "/organise/",
        "may": lambda act: organiser is not None and may(organiser.roles, act),
        "role_words": ROLES,
    }


def init_app(app: Flask) -> None:
    """Check every request, and tell the templates who is here."""
    app.before_request(check_role)
    app.context_processor(known_to_templates)
