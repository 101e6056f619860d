"""The page behind the link of an invitation: nothing is written until somebody presses Start."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Draft
from app.models_invitations import Invitation
from app.security import open_to
from app.services import drafting, editions, invitation_mail, invitations
from app.views.respond import visit
from app.views.respond.visit import current_consultation, now, respond
from forms.questionnaire import Section


@respond.route("/i/<secret>", methods=["GET", "POST"])
@open_to("anyone")
def invited(secret: str) -> ResponseReturnValue:
    """Who is asked to answer, and for which group; the button begins the answers, once."""
    session = current_session()
    invitation = invitations.find(session, current_consultation(), secret)
    if invitation is None or invitation.revoked_at is not None:
        return unknown()
    if request.method == "GET":
        return show(invitation, secret)
    try:
        draft = invitations.start(session, invitation, now=now())
    except invitations.Revoked:
        return unknown()
    except invitations.Used:
        return show(invitation, secret)
    first = drafting.read(draft).route[0]
    return visit.keep_draft(redirect(url_for("respond.section", key=first.key), 303), draft)  # type: ignore[no-any-return]  # the response that it was given


def unknown() -> ResponseReturnValue:
    """The page of a link that opens nothing: mistyped, or revoked."""
    return render_template("respond/unknown_invitation.html"), 404


def show(invitation: Invitation, secret: str, *, mailed: bool = False) -> ResponseReturnValue:
    """The invitation, or the way back to the answers that were begun with it."""
    session, consultation = current_session(), current_consultation()
    draft = invitations.draft_of(session, invitation)
    groups = {each.key: each.label for each in invitations.groups_of(session, consultation)}
    closes_at = editions.closing_time_with(consultation, invitation)
    begun = draft is not None and invitations.is_written(draft)
    return render_template(
        "respond/invited.html",
        secret=secret,
        person=invitations.person_of(invitation),
        group=groups.get(invitation.group_key, invitation.group_key),
        used=begun or (draft is None and invitation.answered_at is not None),
        held_here=draft is not None and draft == visit.draft_here(),
        other_here=visit.draft_here() is not None,
        can_mail=draft is not None,
        mailed=mailed,
        closes_at=closes_at,
        is_open=closes_at is None or now() < closes_at,
    )


@respond.post("/i/<secret>/link")
@open_to("anyone")
def invited_link(secret: str) -> ResponseReturnValue:
    """Mail the resume link to the address that was invited, and to no other."""
    session = current_session()
    invitation = invitations.find(session, current_consultation(), secret)
    if invitation is None or invitation.revoked_at is not None:
        return unknown()
    draft = invitations.draft_of(session, invitation)
    if draft is not None:
        invitation_mail.mail_resume_link(session, invitation, visit.resume_link(draft), now=now())
    return show(invitation, secret, mailed=draft is not None)


def by_invitation_only() -> ResponseReturnValue:
    """Where the first page would be, when the open link is off."""
    return render_template("respond/by_invitation.html"), 403


def group_asked_on(page: Section, progress: drafting.Progress | None) -> str:
    """The group that the invitation is for, where this page asks for the group; else nothing."""
    if progress is None or progress.draft.invitation_id is None:
        return ""
    if all(each.id != progress.questionnaire.roles.group for each in page.questions):
        return ""
    session = current_session()
    invitation = invitations.of_draft(session, progress.draft)
    if invitation is None or invitation.revoked_at is not None:
        return ""
    groups = {
        each.key: each.label for each in invitations.groups_of(session, current_consultation())
    }
    return groups.get(invitation.group_key, invitation.group_key)


@dataclass(frozen=True)
class Before:
    """What held of a draft before a page of it was saved."""

    invited: bool
    written: bool
    vouched: bool

    @classmethod
    def of(cls, draft: Draft) -> "Before":
        """Look at a draft that is about to be saved."""
        if draft.invitation_id is None:
            return cls(invited=False, written=True, vouched=False)
        vouched = invitations.vouches(current_session(), draft)
        return cls(invited=True, written=invitations.is_written(draft), vouched=vouched)

    def is_first_page_after(self, draft: Draft) -> bool:
        """Whether an invited draft now holds its first own answers; says if the group changed."""
        if self.invited and self.vouched != invitations.vouches(current_session(), draft):
            flash(
                "You answer for another group than you were invited for. Your response will "
                "count as declared, not as verified."
                if self.vouched
                else "You answer for the group that you were invited for. Your response will "
                "count as verified."
            )
        return not self.written
