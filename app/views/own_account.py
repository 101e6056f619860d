"""One's own account: sessions, password, another app, recovery codes, and what each role may do."""

from flask import Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.security import open_to
from app.services import accounts, audit, second_factor, signing_in
from app.services.roles import ACTS, ROLES
from app.team import current_organiser, current_sign_in, now
from app.views.account import account, half_signed_in, refuse, set_up


@account.get("/")
@open_to("signed_in")
def mine() -> ResponseReturnValue:
    """One's own account: roles, sessions, second factor."""
    return show_mine()


def show_mine(refused: accounts.Refused | None = None) -> ResponseReturnValue:
    """The page of one's own account."""
    organiser = current_organiser()
    more = {
        "sessions": [each for each in organiser.sign_ins if signing_in.is_open(each, now=now())],
        "here": current_sign_in(),
        "codes_left": len(organiser.recovery_hashes),
    }
    if refused is None:
        return render_template("account/mine.html", **more)
    return refuse("account/mine.html", refused, "password", **more)


@account.post("/password")
@open_to("signed_in")
def password() -> ResponseReturnValue:
    """Another password, for who knows the one in use."""
    here = current_sign_in()
    assert here is not None
    try:
        signing_in.change_password(
            current_session(),
            here,
            request.form.get("old", ""),
            request.form.get("password", ""),
            address=request.remote_addr or "",
            now=now(),
        )
    except accounts.Refused as refused:
        refused.field = refused.field or "old"
        return show_mine(refused)
    flash("Your new password is set. You are signed out everywhere else.")
    return redirect(url_for("account.mine"), 303)


@account.post("/sessions/<identifier>/end")
@open_to("signed_in")
def end_session(identifier: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    organiser = current_organiser()
    found = [each for each in organiser.sign_ins if each.id == identifier]
    if not found:
        abort(404)
    signing_in.end(current_session(), found[0], actor=organiser.id, now=now())
    flash("That session is ended. Whoever uses it has to sign in again.")
    return redirect(url_for("account.mine"), 303)


@account.post("/recovery-codes")
@open_to("signed_in")
def recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones work no more."""
    team.require_fresh()
    codes = second_factor.new_codes(current_session(), current_organiser())
    audit.record(
        current_session(),
        current_organiser().id,
        "make recovery codes",
        current_organiser().id,
        now=now(),
    )
    return render_template("account/codes.html", codes=codes)


@account.get("/roles")
@open_to("signed_in")
def roles() -> ResponseReturnValue:
    """What each role may do."""
    return render_template("account/roles.html", acts=ACTS, roles=ROLES)


@account.route("/new-app", methods=["GET", "POST"])
@open_to("signed_in")
def new_app() -> ResponseReturnValue:
    """Another authenticator app in place of the one in use, which counts until this one is set."""
    organiser, here = current_organiser(), current_sign_in()
    assert here is not None
    if request.method == "POST":
        team.require_fresh()
        here = half_signed_in()
        if "code" not in request.form or second_factor.key_to_set(organiser) is None:
            second_factor.begin(current_session(), organiser)
    if second_factor.key_to_set(organiser) is None:
        return redirect(url_for("account.mine"))
    return set_up("account.new_app", here)


def init_app(app: Flask) -> None:
    """Give the application every page of accounts."""
    app.register_blueprint(account)
