"""The team: who is in it, their roles, and inviting another.

Every change asks for a fresh sign-in: who holds a stolen session gives nobody a role.
"""

import sqlalchemy as sa
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models_team import Organiser
from app.security import open_to
from app.services import accounts, letters, membership
from app.services.roles import ROLES, who
from app.team import current_organiser, now
from app.views.organise.desk import organise


def everybody() -> list[Organiser]:
    """The team, by name."""
    return list(current_session().scalars(sa.select(Organiser).order_by(Organiser.email)))


def find(identifier: str) -> Organiser:
    """One of the team; 404 where there is none."""
    found = current_session().get(Organiser, identifier)
    if found is None:
        abort(404)
    return found


def join_link(secret: str) -> str:
    """The address with which somebody joins."""
    base: str = current_app.config["SETTINGS"].base_url
    return base.rstrip("/") + url_for("account.join", secret=secret)


def page(status: int = 200, **more: object) -> ResponseReturnValue:
    """The team's page."""
    return render_template("organise/people.html", people=everybody(), roles=ROLES, **more), status


@organise.route("/team", methods=["GET", "POST"])
@open_to(*who("team"))
def people() -> ResponseReturnValue:
    """The team; an invitation by mail, with its link shown too."""
    if request.method == "GET":
        return page()
    team.require_fresh()
    email, roles = request.form.get("email", ""), tuple(request.form.getlist("roles"))
    try:
        organiser, secret = accounts.invite(
            current_session(), email, roles, actor=current_organiser().id, now=now()
        )
    except accounts.Refused as refused:
        errors = [(refused.field or "email", str(refused))]
        return page(422, errors=errors, email=email, chosen=roles)
    return show_link(organiser, secret)


def show_link(organiser: Organiser, secret: str) -> ResponseReturnValue:
    """Mail a link to join, and show it once, to be handed over where mail does not come through."""
    link = join_link(secret)
    letters.send_joining(
        current_session(), organiser.email, link, by=current_organiser().name, now=now()
    )
    return page(link=link, invited=organiser)


@organise.post("/team/<identifier>/roles")
@open_to(*who("team"))
def people_roles(identifier: str) -> ResponseReturnValue:
    """Other roles for somebody."""
    organiser, roles = find(identifier), tuple(request.form.getlist("roles"))
    team.require_fresh()
    try:
        membership.change_roles(
            current_session(), organiser, roles, actor=current_organiser().id, now=now()
        )
    except accounts.Refused as refused:
        return page(422, errors=[(f"roles-{identifier}", str(refused))])
    flash(f"The roles of {organiser.name or organiser.email} are changed.")
    return redirect(url_for("organise.people"), 303)


@organise.post("/team/<identifier>/disable")
@open_to(*who("team"))
def people_disable(identifier: str) -> ResponseReturnValue:
    """Close an account."""
    organiser = find(identifier)
    team.require_fresh()
    try:
        membership.disable(current_session(), organiser, actor=current_organiser().id, now=now())
    except accounts.Refused as refused:
        return page(422, errors=[(f"roles-{identifier}", str(refused))])
    flash(f"The account of {organiser.name or organiser.email} is closed.")
    return redirect(url_for("organise.people"), 303)


@organise.post("/team/<identifier>/new-link")
@open_to(*who("team"))
def people_new_link(identifier: str) -> ResponseReturnValue:
    """A new link for somebody who lost the password, the second factor, or the first link."""
    organiser = find(identifier)
    team.require_fresh()
    try:
        secret = membership.begin_again(
            current_session(), organiser, actor=current_organiser().id, now=now()
        )
    except accounts.Refused as refused:
        return page(422, errors=[(f"roles-{identifier}", str(refused))])
    return show_link(organiser, secret)
