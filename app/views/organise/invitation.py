"""One invitation: how far it is, its letters, and what can be done about it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models import Consultation
from app.models_invitations import Invitation
from app.security import open_to
from app.services import consultations, editions, invitation_mail, invitations, invited, inviting
from app.services.invited_list import Person
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from app.views.organise.invitations import find_invitation, link_to


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
    link: str = "",
) -> ResponseReturnValue:
    """The page of one invitation, with what was typed."""
    session = current_session()
    groups = {each.key: each.label for each in invitations.groups_of(session, consultation)}
    page = render_template(
        "organise/invitation.html",
        line=invited.one(session, invitation),
        link=link,
        can_mend=invitations.can_mend(session, invitation),
        groups=invitations.groups_of(session, consultation),
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
    """Send it again, mend it, show its link, revoke it, or give more time."""
    consultation = find_consultation(key)
    invitation = find_invitation(consultation, identifier)
    if act not in {*ACTS, "link", "mend"}:
        abort(404)
    try:
        if act == "link":
            team.require_fresh()
            return show_one(consultation, invitation, link=link_of(invitation, consultation))
        if act == "mend":
            return mend(consultation, invitation)
        flash(ACTS[act](consultation, invitation))
    except (invitation_mail.Refused, consultations.Refused) as refused:
        return show_one(consultation, invitation, ((refused.field, str(refused)),))
    return redirect(url_for("organise.invitations_one", key=key, identifier=identifier), 303)


def send_again(consultation: Consultation, invitation: Invitation) -> str:
    """Queue the letter once more."""
    inviting.send_again(
        current_session(),
        invitation,
        link_to(consultation),
        actor=current_organiser().id,
        now=now(),
    )
    return "The letter is on its way again, with the same link."


def link_of(invitation: Invitation, consultation: Consultation) -> str:
    """The link, to be handed over."""
    return inviting.show_link(
        current_session(),
        invitation,
        link_to(consultation),
        actor=current_organiser().id,
        now=now(),
    )


def mend(consultation: Consultation, invitation: Invitation) -> ResponseReturnValue:
    """Put right who is invited; another address or group gets its letter."""
    typed = [" ".join(request.form.get(name, "").split()) for name in Person.__annotations__]
    person = Person(*typed)
    before = invitation.group_key, invitations.person_of(invitation)["address"]
    mended = inviting.mend(
        current_session(),
        invitation,
        person,
        link_to(consultation),
        actor=current_organiser().id,
        now=now(),
    )
    sent = before != (mended.group_key, invitations.person_of(mended)["address"])
    flash("Put right. A new letter is on its way." if sent else "Put right. Nothing was sent.")
    return redirect(
        url_for("organise.invitations_one", key=consultation.key, identifier=mended.id), 303
    )


def revoke(_: Consultation, invitation: Invitation) -> str:
    """Take it back, where that is meant: it is for good."""
    if request.form.get("sure") != "yes":
        raise invitation_mail.Refused("sure", "Tick the box if you want to take it back for good.")
    inviting.revoke(current_session(), invitation, actor=current_organiser().id, now=now())
    return "The invitation is revoked. Its link opens nothing any more."


def extend(consultation: Consultation, invitation: Invitation) -> str:
    """Give this person more time."""
    closes_at = consultations.read_time(
        request.form.get("closes_at", ""), consultation.zone, "closes_at"
    )
    assert closes_at is not None
    inviting.extend(
        current_session(),
        invitation,
        closes_at,
        link_to(consultation),
        actor=current_organiser().id,
        now=now(),
    )
    return "This person has more time, and is told by mail."


ACTS = {"send-again": send_again, "revoke": revoke, "extend": extend}
