"""Deciding on a held response: redact, propose release, agree to it or not, leave out, report."""

from flask import abort, flash, request
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models_safeguarding import Hold, Redaction
from app.security import open_to
from app.services import hotline_reports, redacting, releasing, safeguarding
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.desk import organise
from app.views.organise.held import back_to, find, show_one


@organise.post("/c/<key>/held/<reference>/<int:number>/<act>")
@open_to(*who("safeguard"))
def held_decide(key: str, reference: str, number: int, act: str) -> ResponseReturnValue:
    """Redact, propose release, agree to it or not, exclude, or record a report."""
    hold = find(key, reference, number)
    if act not in DECISIONS:
        abort(404)
    try:
        said = DECISIONS[act](hold)
    except safeguarding.Refused as refused:
        return show_one(hold, ((refused.field, str(refused)),))
    except safeguarding.NotLookedAt:
        message = "Look at the passages first: a decision is made by somebody who has looked."
        return show_one(hold, (("reason", message),))
    except releasing.SamePerson:
        message = "You proposed this. Somebody else with the safeguarding role has to agree."
        return show_one(hold, (("release", message),))
    except releasing.NotProposed:
        flash("Nobody proposes to release this any more.")
        return back_to(hold)
    flash(said)
    return back_to(hold)


def redact(hold: Hold) -> str:
    """Take passages out of what others read: those that were ticked, and one that was copied."""
    form = request.form
    made = redacting.redact(
        current_session(),
        hold,
        redacting.Chosen(
            ticked=tuple(form.getlist("found")),
            question=form.get("question", ""),
            passage=form.get("passage", ""),
            reason=form.get("redact-reason", ""),
        ),
        actor=current_organiser().id,
        now=now(),
    )
    said = "The passage is" if len(made) == 1 else f"{len(made)} passages are"
    return f"{said} set aside. What was sent stays, sealed."


def put_back(hold: Hold) -> str:
    """Let others read a passage again, once two people agree."""
    session = current_session()
    redaction = session.get(Redaction, request.form.get("redaction", ""))
    if redaction is None or redaction.response_id != hold.response_id:
        abort(404)
    redacting.undo_redaction(session, redaction, actor=current_organiser().id, now=now())
    return "The passage is put back. Two people have to agree before others read it."


def propose(hold: Hold) -> str:
    """Propose to release."""
    reason, actor = request.form.get("release-reason", ""), current_organiser().id
    releasing.propose_release(current_session(), hold, reason, actor=actor, now=now())
    return "Proposed. Somebody else with the safeguarding role has to agree."


def agree(hold: Hold) -> str:
    """Agree to release."""
    releasing.release(current_session(), hold, actor=current_organiser().id, now=now())
    return "Released. The response counts and can be read."


def decline(hold: Hold) -> str:
    """Do not agree to release."""
    releasing.decline_release(current_session(), hold, actor=current_organiser().id, now=now())
    return "It stays held."


def exclude(hold: Hold) -> str:
    """Leave it out for good."""
    reason, actor = request.form.get("exclude-reason", ""), current_organiser().id
    releasing.exclude(current_session(), hold, reason, actor=actor, now=now())
    return "Left out. It is accounted for, and nobody reads or counts it."


def report(hold: Hold) -> str:
    """Record a report to a hotline."""
    actor = current_organiser().id
    hotline_reports.record_report(current_session(), hold, request.form, actor=actor, now=now())
    return "The report is recorded."


DECISIONS = {
    "redact": redact,
    "put-back": put_back,
    "propose": propose,
    "agree": agree,
    "decline": decline,
    "exclude": exclude,
    "report": report,
}
