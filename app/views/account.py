"""Joining, signing in and out, the second factor, passwords, and one's own sessions."""

import io

import segno
from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import team
from app.database import current_session
from app.models_team import Organiser, SignIn
from app.security import open_to
from app.services import accounts, letters
from app.services.roles import ACTS, ROLES
from app.team import current_organiser, current_sign_in, hold, now, safe_target

account = Blueprint("account", __name__, url_prefix="/account")
HOME = "/organise/"


def absolute(path: str) -> str:
    """An address for a letter, from the setting and never from the request."""
    base: str = current_app.config["SETTINGS"].base_url
    return base.rstrip("/") + path


def device() -> str:
    """What the browser calls itself, to tell sessions apart."""
    return request.user_agent.string


@account.route("/sign-in", methods=["GET", "POST"])
@open_to("anyone")
def sign_in() -> ResponseReturnValue:
    """The first factor."""
    target = safe_target(request.values.get("next", ""), HOME)
    if request.method == "GET":
        return render_template("account/sign_in.html", target=target, email="")
    email = request.form.get("email", "")
    try:
        key = accounts.sign_in(
            current_session(),
            email,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            device=device(),
            now=now(),
        )
    except accounts.Refused as refused:
        return refuse("account/sign_in.html", refused, "email", target=target, email=email)
    hold(key)
    return redirect(url_for("account.second", next=target), 303)


def refuse(
    template: str, refused: accounts.Refused, field: str, **more: object
) -> ResponseReturnValue:
    """The page again, with what to do."""
    status = 429 if isinstance(refused, accounts.TooOften) else 422
    return render_template(template, errors=[(field, str(refused))], **more), status


def half_signed_in() -> SignIn:
    """The session that has the first factor; leads to signing in where there is none."""
    if (here := current_sign_in()) is None:
        abort(team.to_signing_in())
    return here


@account.route("/second-factor", methods=["GET", "POST"])
@open_to("anyone")
def second() -> ResponseReturnValue:
    """The second factor; an account that has none yet is led to set one."""
    target = safe_target(request.values.get("next", ""), HOME)
    here = half_signed_in()
    if not accounts.has_second_factor(here.organiser):
        return redirect(url_for("account.setup"))
    if request.method == "GET":
        return render_template("account/second.html", target=target)
    return prove("account/second.html", here, target)


def prove(template: str, here: SignIn, target: str) -> ResponseReturnValue:
    """Check a code; a new session with a new key where it fits."""
    code = request.form.get("code", "")
    try:
        key = accounts.prove(current_session(), here, code, device=device(), now=now())
    except accounts.Refused as refused:
        return refuse(template, refused, "code", target=target)
    hold(key)
    return redirect(target, 303)


@account.route("/again", methods=["GET", "POST"])
@open_to("signed_in")
def again() -> ResponseReturnValue:
    """Both factors again, before exporting, revealing or publishing."""
    target = safe_target(request.values.get("next", ""), HOME)
    if request.method == "GET":
        return render_template("account/again.html", target=target)
    organiser = current_organiser()
    try:
        accounts.sign_in(
            current_session(),
            organiser.email,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            device=device(),
            now=now(),
        )
    except accounts.Refused as refused:
        return refuse("account/again.html", refused, "password", target=target)
    return prove("account/again.html", half_signed_in(), target)


@account.route("/join/<secret>", methods=["GET", "POST"])
@open_to("anyone")
def join(secret: str) -> ResponseReturnValue:
    """An invited colleague sets a name and a password; the second factor comes next."""
    token = accounts.find_token(current_session(), "join", secret, now=now())
    if token is None:
        return render_template("account/used_link.html"), 404
    given = {name: request.form.get(name, "") for name in ("email", "name")}
    if request.method == "GET":
        return render_template("account/join.html", token=token, given=given)
    try:
        organiser = accounts.join(
            current_session(), token, password=request.form.get("password", ""), now=now(), **given
        )
    except accounts.Refused as refused:
        field = "password" if "password" in str(refused) or "characters" in str(refused) else "name"
        return refuse("account/join.html", refused, field, token=token, given=given)
    hold(accounts.start_session(current_session(), organiser, device=device(), now=now()))
    return redirect(url_for("account.setup"), 303)


@account.route("/set-up", methods=["GET", "POST"])
@open_to("anyone")
def setup() -> ResponseReturnValue:
    """The second factor: a square code for an authenticator app, and the first code from it."""
    here = half_signed_in()
    organiser = here.organiser
    if accounts.has_second_factor(organiser):
        abort(403)
    if request.method == "POST" and organiser.totp is None:
        accounts.new_totp(current_session(), organiser)
    if organiser.totp is None:
        return render_template("account/begin_setup.html")
    more = {"secret": organiser.unseal("totp")["secret"], "square": square(organiser)}
    if request.method == "GET" or "code" not in request.form:
        return render_template("account/setup.html", **more)
    try:
        codes = accounts.prove_totp(current_session(), organiser, request.form["code"], now=now())
    except accounts.Refused as refused:
        return refuse("account/setup.html", refused, "code", **more)
    here.ended_at = now()
    key = accounts.start_session(
        current_session(), organiser, device=device(), now=now(), proved=True
    )
    hold(key)
    return render_template("account/codes.html", codes=codes)


def square(organiser: Organiser) -> Markup:
    """The square code as SVG, without styles."""
    drawn = io.BytesIO()
    code = segno.make(accounts.totp_address(organiser), micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, scale=5, omitsize=False, nl=False)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno, no text of anybody's


@account.post("/sign-out")
@open_to("anyone")
def sign_out() -> ResponseReturnValue:
    """End this session; a copy of its cookie opens nothing any more."""
    if (here := current_sign_in()) is not None:
        accounts.end(current_session(), here, actor=here.organiser_id, now=now())
    session.clear()
    return redirect(url_for("account.sign_in"), 303)


@account.route("/forgotten", methods=["GET", "POST"])
@open_to("anyone")
def forgotten() -> ResponseReturnValue:
    """A link to set a new password; the same answer for a known and an unknown address."""
    if request.method == "GET":
        return render_template("account/forgotten.html", sent=False)
    email = request.form.get("email", "")
    try:
        accounts.slow_down(
            current_session(), "forgotten", request.remote_addr or "", most=10, now=now()
        )
    except accounts.TooOften as refused:
        return refuse("account/forgotten.html", refused, "email", sent=False)
    letters.send_reset(current_session(), email, absolute("/account/reset/{secret}"), now=now())
    return render_template("account/forgotten.html", sent=True)


@account.route("/reset/<secret>", methods=["GET", "POST"])
@open_to("anyone")
def reset(secret: str) -> ResponseReturnValue:
    """A new password; every session ends."""
    token = accounts.find_token(current_session(), "reset", secret, now=now())
    if token is None or token.organiser is None:
        return render_template("account/used_link.html"), 404
    if request.method == "GET":
        return render_template("account/reset.html", token=token)
    try:
        accounts.set_password(current_session(), token, request.form.get("password", ""), now=now())
    except accounts.Refused as refused:
        return refuse("account/reset.html", refused, "password", token=token)
    flash("Your new password is set. Sign in with it.")
    return redirect(url_for("account.sign_in"), 303)


@account.get("/")
@open_to("signed_in")
def mine() -> ResponseReturnValue:
    """One's own account: roles, sessions, second factor."""
    organiser = current_organiser()
    sessions = [
        each
        for each in organiser.sign_ins
        if each.ended_at is None and now() - each.started_at <= accounts.LONGEST and each.proved_at
    ]
    return render_template(
        "account/mine.html", sessions=sessions, here=current_sign_in(), acts=ACTS, roles=ROLES
    )


@account.post("/sessions/<identifier>/end")
@open_to("signed_in")
def end_session(identifier: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    organiser = current_organiser()
    found = [each for each in organiser.sign_ins if each.id == identifier]
    if not found:
        abort(404)
    accounts.end(current_session(), found[0], actor=organiser.id, now=now())
    return redirect(url_for("account.mine"), 303)


@account.post("/recovery-codes")
@open_to("signed_in")
def recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones work no more."""
    team.require_fresh()
    codes = accounts.new_recovery_codes(current_session(), current_organiser())
    return render_template("account/codes.html", codes=codes)


@account.get("/roles")
@open_to("signed_in")
def roles() -> ResponseReturnValue:
    """What each role may do."""
    return render_template("account/roles.html", acts=ACTS, roles=ROLES)
