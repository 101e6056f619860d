"""Invitations: the list, adding to it, reminding, and what can be done about a single one."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.models_invitations import Invitation
from app.security import open_to, takes_files
from app.services import consultations, editions, invitations, invited, invited_list
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise


def link_to(consultation: Consultation) -> invitations.MakeLink:
    """What makes the address of an invitation from its secret."""
    base: str = current_app.config["SETTINGS"].base_url

    def made(secret: str) -> str:
        path = url_for("respond.invited", consultation=consultation.key, secret=secret)
        return base.rstrip("/") + path

    return made


def find_invitation(consultation: Consultation, identifier: str) -> Invitation:
    """An invitation of this consultation; 404 where it has none such."""
    found = current_session().get(Invitation, identifier)
    if found is None or found.consultation_id != consultation.id:
        abort(404)
    return found


@organise.get("/c/<key>/invitations", endpoint="invitations")
@open_to(*who("invite"))
def invitations_page(key: str) -> ResponseReturnValue:
    """Everybody invited, how far each is, and the counts."""
    return show_list(find_consultation(key))


def show_list(
    consultation: Consultation, errors: tuple[tuple[str, str], ...] = ()
) -> ResponseReturnValue:
    """The list, filtered as the address says."""
    session = current_session()
    group, wanted = request.args.get("group", ""), request.args.get("status", "")
    words = request.args.get("words", "").strip()
    page = max(1, request.args.get("page", 1, type=int))
    shown = render_template(
        "organise/invitations.html",
        found=invited.listed(
            session, consultation, group=group, wanted=wanted, words=words, page=page
        ),
        counts=invited.counts(session, consultation),
        to_remind=len(invited.to_remind(session, consultation, now=now())),
        groups=invitations.groups_of(session, consultation),
        statuses=invited.STATUSES,
        chosen={"group": group, "status": wanted, "words": words},
        is_open=editions.is_open(session, consultation, now=now()),
        errors=errors,
    )
    return shown, 422 if errors else 200


@organise.route("/c/<key>/invitations/add", methods=["GET", "POST"])
@open_to(*who("invite"))
@takes_files
def invitations_add(key: str) -> ResponseReturnValue:
    """A list, pasted or from a file: checked line by line, then invited."""
    consultation = find_consultation(key)
    if request.method == "GET":
        return show_adding(consultation, "")
    try:
        text = given_list()
    except invited_list.Unreadable as unreadable:
        text = request.form.get("list", "")
        return show_adding(consultation, text, errors=[("file", str(unreadable))])
    session = current_session()
    checked = invited_list.check(text, invitations.groups_of(session, consultation))
    if checked.wrong:
        told = [("list", f"Line {each.line}: {each.message}") for each in checked.wrong]
        return show_adding(consultation, text, checked, told)
    if not checked.people:
        return show_adding(consultation, text, errors=[("list", "Paste a list, or choose a file.")])
    if request.form.get("act") != "invite":
        return show_adding(consultation, text, checked)
    return add(consultation, text, checked)


def given_list() -> str:
    """The list in the file, where there is one, or as pasted."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return invited_list.text_of(upload.read(), upload.filename)
    return request.form.get("list", "")


def add(
    consultation: Consultation, text: str, checked: invited_list.Checked
) -> ResponseReturnValue:
    """Invite everybody on a list that was checked."""
    try:
        made = invitations.add(
            current_session(),
            consultation,
            checked.people,
            link_to(consultation),
            actor=current_organiser().id,
            now=now(),
        )
    except invitations.Refused as refused:
        return show_adding(consultation, text, checked, [(refused.field, str(refused))])
    people = "1 person is" if len(made) == 1 else f"{len(made):,} people are"
    flash(f"{people} invited. The letters go out at a steady pace: see their status below.")
    return redirect(url_for("organise.invitations", key=consultation.key), 303)


def show_adding(
    consultation: Consultation,
    text: str,
    checked: invited_list.Checked | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page to add a list, with the list as it was given and what is wrong in it."""
    session = current_session()
    people = checked.people if checked else ()
    page = render_template(
        "organise/invitations_add.html",
        text=text,
        checked=checked,
        already=invitations.known(session, consultation, people),
        groups=invitations.groups_of(session, consultation),
        is_open=editions.is_open(session, consultation, now=now()),
        per_minute=current_app.config["SETTINGS"].mail_per_minute,
        errors=errors or (),
    )
    return page, 422 if errors else 200


@organise.post("/c/<key>/invitations/remind")
@open_to(*who("invite"))
def invitations_remind(key: str) -> ResponseReturnValue:
    """A reminder to everybody who has not answered."""
    consultation, session = find_consultation(key), current_session()
    try:
        count = invitations.remind(
            session,
            consultation,
            invited.to_remind(session, consultation, now=now()),
            link_to(consultation),
            actor=current_organiser().id,
            now=now(),
        )
    except invitations.Refused as refused:
        return show_list(consultation, ((refused.field, str(refused)),))
    flash(f"Reminders on their way: {count:,}. Nobody who has answered gets one.")
    return redirect(url_for("organise.invitations", key=key), 303)


@organise.post("/c/<key>/invitations/open-link")
@open_to(*who("invite"))
def invitations_open_link(key: str) -> ResponseReturnValue:
    """Whether everybody may answer who has the address, or only who is invited."""
    consultation = find_consultation(key)
    works = request.form.get("open_link") == "on"
    invitations.set_open_link(
        current_session(), consultation, works=works, actor=current_organiser().id, now=now()
    )
    flash("The open link is on." if works else "The open link is off: by invitation only.")
    return redirect(url_for("organise.invitations", key=key), 303)


@organise.get("/c/<key>/invitations/<identifier>")
@open_to(*who("invite"))
def invitations_one(key: str, identifier: str) -> ResponseReturnValue:
    """One invitation: who, how far, its letters, and what can be done."""
    consultation = find_consultation(key)
    return show_one(consultation, find_invitation(consultation, identifier))


def show_one(
    consultation: Consultation,
    invitation: Invitation,
    errors: tuple[tuple[str, str], ...] = (),
) -> ResponseReturnValue:
    """The page of one invitation, with what was typed."""
    session = current_session()
    groups = {each.key: each.label for each in invitations.groups_of(session, consultation)}
    page = render_template(
        "organise/invitation.html",
        line=invited.one(session, invitation),
        letters=invited.letters_of(session, invitation),
        group=groups.get(invitation.group_key, invitation.group_key),
        closes_at=editions.closing_time_with(consultation, invitation),
        given=request.form,
        errors=errors,
    )
    return page, 422 if errors else 200


@organise.post("/c/<key>/invitations/<identifier>/<act>")
@open_to(*who("invite"))
def invitations_act(key: str, identifier: str, act: str) -> ResponseReturnValue:
    """Send it again, revoke it, or give more time."""
    consultation = find_consultation(key)
    invitation = find_invitation(consultation, identifier)
    if act not in ACTS:
        abort(404)
    try:
        flash(ACTS[act](consultation, invitation))
    except (invitations.Refused, consultations.Refused) as refused:
        return show_one(consultation, invitation, ((refused.field, str(refused)),))
    return redirect(url_for("organise.invitations_one", key=key, identifier=identifier), 303)


def send_again(consultation: Consultation, invitation: Invitation) -> str:
    """Queue the letter once more."""
    invitations.send_again(
        current_session(),
        invitation,
        link_to(consultation),
        actor=current_organiser().id,
        now=now(),
    )
    return "The letter is on its way again, with the same link."


def revoke(_: Consultation, invitation: Invitation) -> str:
    """Take it back."""
    invitations.revoke(current_session(), invitation, actor=current_organiser().id, now=now())
    return "The invitation is revoked. Its link opens nothing any more."


def extend(consultation: Consultation, invitation: Invitation) -> str:
    """Give this person more time."""
    closes_at = consultations.read_time(
        request.form.get("closes_at", ""), consultation.zone, "closes_at"
    )
    assert closes_at is not None
    invitations.extend(
        current_session(),
        invitation,
        closes_at,
        link_to(consultation),
        actor=current_organiser().id,
        now=now(),
    )
    return "This person has more time, and is told by mail."


ACTS = {"send-again": send_again, "revoke": revoke, "extend": extend}
