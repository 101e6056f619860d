"""Who of the team is here: the session of this browser, and what its roles may do."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.database import current_session
from app.models_team import Organiser, SignIn
from app.security import who_may
from app.services import accounts, signing_in
from app.services.roles import ROLES, may
from app.typed import typed

KEY, SEEN, TOKEN = "team", "team_seen", "csrf_token"
PASSWORD, CODE = "again_password", "again_code"


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
        found = signing_in.find_session(current_session(), key, now=now()) if key else None
        seen = datetime.fromtimestamp(session.get(SEEN, 0), UTC)
        if found is not None and now() - seen > signing_in.IDLE:
            found = None
        g.sign_in = found
    here: SignIn | None = g.sign_in
    return here


def current_organiser() -> Organiser:
    """Who is signed in with both factors; leads to signing in where nobody is."""
    here = current_sign_in()
    if here is None or here.proved_at is None:
        abort(shown_back() or to_signing_in())
    return here.organiser


def shown_back() -> Response | None:
    """For whose session ended while they typed: their words, to copy; None where there are none.

    It is what this browser has just sent, and nothing else.
    """
    if request.method != "POST" or request.blueprint != "organise" or KEY not in session:
        return None
    prose = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {PASSWORD, CODE, TOKEN} and len(value.split()) > 1
    ]
    words = typed(MultiDict(prose))
    page = "account/signed_out.html"
    return make_response(render_template(page, typed=words), 403) if words else None


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
    g.pop("sign_in", None)


def hold_on(key: str) -> None:
    """Hold the session that replaces one's own; forms in other tabs still work."""
    token = session.get(TOKEN)
    hold(key)
    if token:
        session[TOKEN] = token


def device() -> str:
    """What the browser calls itself, to tell sessions apart."""
    return request.user_agent.string


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


def require_fresh(then: str = "") -> None:
    """Before exporting, revealing or publishing: both factors given in the last quarter hour.

    Where they are not, they are asked for at this same address, and what was typed goes along: the
    act follows at once. With `then`, it leads to that page instead, for an act whose answer is a
    file and leaves the browser where it was.
    """
    here = current_sign_in()
    if here is not None and signing_in.is_fresh(here, now=now()):
        return
    if here is None or PASSWORD not in request.form:
        abort(ask_again(here))
    try:
        key = signing_in.prove_again(
            current_session(),
            here,
            request.form.get(PASSWORD, ""),
            request.form.get(CODE, ""),
            address=request.remote_addr or "",
            device=device(),
            now=now(),
        )
    except accounts.Refused as refused:
        abort(ask_again(here, refused))
    hold_on(key)
    if then:
        flash("You have signed in afresh, for 15 minutes. Press the button once more.")
        abort(redirect(then, 303))


def ask_again(here: SignIn | None, refused: accounts.Refused | None = None) -> Response:
    """The page that asks for both factors, with what was typed before."""
    if here is None:
        return to_signing_in()
    errors = []
    if refused is not None:
        errors = [({"code": CODE}.get(refused.field, PASSWORD), str(refused))]
    carried = [
        pair for pair in request.form.items(multi=True) if pair[0] not in {PASSWORD, CODE, TOKEN}
    ]
    page = render_template("account/again.html", carried=carried, errors=errors)
    refusal = 429 if isinstance(refused, accounts.TooOften) else 422
    return make_response(page, refusal if refused else 200)


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
        "mail_works": bool(current_app.config["SETTINGS"].mail_url),
    }


def init_app(app: Flask) -> None:
    """Check every request, and tell the templates who is here."""
    app.before_request(check_role)
    app.context_processor(known_to_templates)
