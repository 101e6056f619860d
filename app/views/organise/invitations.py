"""Invitations: the list with how far everybody is, reminding, and the open link."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.models_invitations import Invitation
from app.security import open_to
from app.services import editions, invitation_mail, invitations, invited, inviting
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise


def link_to(consultation: Consultation) -> invitation_mail.MakeLink:
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
        per_minute=current_app.config["SETTINGS"].mail_per_minute,
        errors=errors,
    )
    return shown, 422 if errors else 200


@organise.post("/c/<key>/invitations/remind")
@open_to(*who("invite"))
def invitations_remind(key: str) -> ResponseReturnValue:
    """A reminder to everybody who has not answered."""
    consultation, session = find_consultation(key), current_session()
    inviting.one_at_a_time(session, consultation)
    try:
        count = inviting.remind(
            session,
            consultation,
            invited.to_remind(session, consultation, now=now()),
            link_to(consultation),
            actor=current_organiser().id,
            now=now(),
        )
    except invitation_mail.Refused as refused:
        return show_list(consultation, ((refused.field, str(refused)),))
    flash(
        f"Reminders on their way: {count:,}. Nobody who has answered gets one."
        if count
        else "Nobody was left to remind: who has not answered was written to within a day."
    )
    return redirect(url_for("organise.invitations", key=key), 303)


@organise.post("/c/<key>/invitations/open-link")
@open_to(*who("invite"))
def invitations_open_link(key: str) -> ResponseReturnValue:
    """Whether everybody may answer who has the address, or only who is invited."""
    consultation = find_consultation(key)
    works = request.form.get("open_link") == "on"
    inviting.set_open_link(
        current_session(), consultation, works=works, actor=current_organiser().id, now=now()
    )
    flash("The open link is on." if works else "The open link is off: by invitation only.")
    return redirect(url_for("organise.invitations", key=key), 303)
