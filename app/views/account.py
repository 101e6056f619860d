"""Joining, signing in and out, the second factor, and a password that was forgotten."""

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
from app.services import accounts, letters, second_factor, signing_in
from app.team import current_sign_in, device, hold, hold_on, now, safe_target

account = Blueprint("account", __name__, url_prefix="/account")
HOME = "/organise/"
NO_SUCH_CODE = "This is none of your recovery codes, or it was used. Enter another one."


def absolute(path: str) -> str:
    """An address for a letter, from the setting and never from the request."""
    base: str = current_app.config["SETTINGS"].base_url
    return base.rstrip("/") + path


@account.route("/sign-in", methods=["GET", "POST"])
@open_to("anyone")
def sign_in() -> ResponseReturnValue:
    """The first factor."""
    target = safe_target(request.values.get("next", ""), HOME)
    if request.method == "GET":
        return render_template("account/sign_in.html", target=target, email="")
    email = request.form.get("email", "")
    try:
        key = signing_in.sign_in(
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
    return render_template(
        template, errors=[(refused.field or field, str(refused))], **more
    ), status


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
    if not second_factor.is_set(here.organiser):
        return redirect(url_for("account.setup"))
    if request.method == "GET":
        return render_template("account/second.html", target=target)
    recovery = request.form.get("recovery", "").strip()
    code = recovery or request.form.get("code", "")
    try:
        key = signing_in.prove(current_session(), here, code, device=device(), now=now())
    except accounts.Refused as refused:
        if recovery and not isinstance(refused, accounts.TooOften):
            refused = accounts.Refused(NO_SUCH_CODE, "recovery")
        return refuse("account/second.html", refused, "code", target=target, recovery=recovery)
    hold(key)
    if recovery:
        left = len(here.organiser.recovery_hashes)
        flash(
            f"You signed in with a recovery code. {left} are left. If your app is lost, set up "
            "another one under “Your account”."
        )
    return redirect(target, 303)


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
        return refuse("account/join.html", refused, "name", token=token, given=given)
    hold(signing_in.start_session(current_session(), organiser, device=device(), now=now()))
    return redirect(url_for("account.setup"), 303)


@account.route("/set-up", methods=["GET", "POST"])
@open_to("anyone")
def setup() -> ResponseReturnValue:
    """The second factor: a square code for an authenticator app, and the first code from it."""
    here = half_signed_in()
    organiser = here.organiser
    if second_factor.is_set(organiser):
        return redirect(url_for("account.new_app"))
    if request.method == "POST" and second_factor.key_to_set(organiser) is None:
        second_factor.begin(current_session(), organiser)
    if second_factor.key_to_set(organiser) is None:
        return render_template("account/begin_setup.html")
    return set_up("account.setup", here)


def set_up(endpoint: str, here: SignIn) -> ResponseReturnValue:
    """The square code of the app that is being set up; the recovery codes once it is."""
    organiser = here.organiser
    more = {
        "secret": second_factor.key_to_set(organiser),
        "square": square(organiser),
        "here": url_for(endpoint),
    }
    if request.method == "GET" or "code" not in request.form:
        return render_template("account/setup.html", **more)
    try:
        codes = second_factor.accept(current_session(), organiser, request.form["code"], now=now())
    except accounts.Refused as refused:
        return refuse("account/setup.html", refused, "code", **more)
    accounts.end_all(organiser, now=now())
    hold_on(
        signing_in.start_session(
            current_session(), organiser, device=device(), now=now(), proved=True
        )
    )
    return render_template("account/codes.html", codes=codes)


def square(organiser: Organiser) -> Markup:
    """The square code as SVG, without styles."""
    drawn = io.BytesIO()
    code = segno.make(second_factor.address_of(organiser), micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, scale=5, omitsize=False, nl=False)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno, no text of anybody's


@account.post("/sign-out")
@open_to("anyone")
def sign_out() -> ResponseReturnValue:
    """End this session; a copy of its cookie opens nothing any more."""
    if (here := current_sign_in()) is not None:
        signing_in.end(current_session(), here, actor=here.organiser_id, now=now())
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
    try:
        accounts.read_email(email)
    except accounts.Refused as refused:
        return refuse("account/forgotten.html", refused, "email", sent=False, email=email)
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
