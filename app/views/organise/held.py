"""Held responses: closed by default, looked at with a reason, decided on by two people.

Every page says where to find support. Nothing here links, fetches or downloads what was sent.
A little longer than other files: each act is a few lines that say what happens next.
"""

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models import Response
from app.models_safeguarding import Hold, Redaction
from app.models_team import Organiser
from app.security import open_to
from app.services import editions, exposure, safeguarding
from app.services.looked_for import KINDS
from app.services.roles import who
from app.services.wording import wording_of
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise

Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    """What may be known of a held response without looking."""

    hold: Hold
    findings: tuple[tuple[str, int, int], ...]
    newer: bool
    handed_over: bool


def line(hold: Hold) -> Line:
    """A hold as the list shows it: what kind, how many, how long; never a word of it."""
    counts: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    for each in hold.revision.findings:
        counts[each["kind"]] += 1
        lengths[each["kind"]] += each["length"]
    return Line(
        hold,
        tuple((KINDS[kind], counts[kind], lengths[kind]) for kind in KINDS if counts[kind]),
        newer=hold.revision.number < len(hold.response.revisions),
        handed_over=any(each["by"] == current_organiser().id for each in hold.handed_over),
    )


def find(key: str, reference: str, number: int) -> Hold:
    """The hold of one revision of a response of this consultation; 404 where there is none."""
    consultation = find_consultation(key)
    session = current_session()
    response = session.scalar(
        sa.select(Response).where(
            Response.consultation_id == consultation.id, Response.reference == reference
        )
    )
    revisions = response.revisions if response is not None else []
    hold = next(
        (safeguarding.hold_of(session, each) for each in revisions if each.number == number), None
    )
    if hold is None:
        abort(404)
    return hold


def support() -> dict[str, object]:
    """Where to turn to, for the foot of each page."""
    consultation = find_consultation((request.view_args or {})["key"])
    wording = wording_of(consultation)
    return {"places": wording.support, "hotlines": wording.hotlines}


@organise.get("/c/<key>/held")
@open_to(*who("safeguard"))
def held(key: str) -> ResponseReturnValue:
    """The list: references, groups, categories and lengths."""
    return show_list(key)


def show_list(key: str, errors: Errors = ()) -> ResponseReturnValue:
    """The list, with what is wrong with the limit."""
    consultation = find_consultation(key)
    session = current_session()
    page = render_template(
        "organise/held.html",
        waiting=[line(each) for each in safeguarding.holds(session, consultation, "open")],
        decided=[
            line(each) for each in safeguarding.holds(session, consultation, "released", "excluded")
        ],
        limit=exposure.limit_of(session, consultation),
        errors=errors,
        **support(),
    )
    return page, 422 if errors else 200


@organise.post("/c/<key>/held/limit")
@open_to(*who("safeguard"))
def held_limit(key: str) -> ResponseReturnValue:
    """Set how many reveals a sitting holds."""
    consultation = find_consultation(key)
    most = request.form.get("most", "")
    actor = current_organiser().id
    try:
        exposure.set_limit(current_session(), consultation, most, actor=actor, now=now())
    except safeguarding.Refused as refused:
        return show_list(key, ((refused.field, str(refused)),))
    flash("The limit is saved.")
    return redirect(url_for("organise.held", key=key), 303)


@organise.get("/c/<key>/held/<reference>/<int:number>")
@open_to(*who("safeguard"))
def held_one(key: str, reference: str, number: int) -> ResponseReturnValue:
    """One held response: closed, or open to who revealed it a moment ago."""
    return show_one(find(key, reference, number))


def show_one(hold: Hold, errors: Errors = ()) -> ResponseReturnValue:
    """The page of a held response, with what was typed where something is wrong."""
    session = current_session()
    organiser = current_organiser()
    reveal = exposure.open_reveal(session, hold, organiser.id, now=now())
    people = {each.id: each.name or each.email for each in session.scalars(sa.select(Organiser))}
    opened = (
        safeguarding.passages(
            hold.revision, everything=reveal.everything or not hold.revision.findings
        )
        if reveal
        else ()
    )
    page = render_template(
        "organise/held_one.html",
        line=line(hold),
        hold=hold,
        reveal=reveal,
        opened=opened,
        closes_at=reveal.at + exposure.STAYS_OPEN if reveal else None,
        redactions=safeguarding.redaction_rows(hold.response),
        reports=safeguarding.reports(session, hold.response),
        question_text=lambda question: _question_text(hold, question),
        people=people,
        errors=errors,
        given=request.form,
        kinds=KINDS,
        **support(),
    )
    return page, 422 if errors else 200


def _question_text(hold: Hold, key: str) -> str:
    return editions.questionnaire_of(hold.response.edition).question(key).text


def back_to(hold: Hold) -> ResponseReturnValue:
    """Back to the page of a held response."""
    consultation = hold.response.consultation
    return redirect(
        url_for(
            "organise.held_one",
            key=consultation.key,
            reference=hold.response.reference,
            number=hold.revision.number,
        ),
        303,
    )


@organise.post("/c/<key>/held/<reference>/<int:number>/reveal")
@open_to(*who("safeguard"))
def held_reveal(key: str, reference: str, number: int) -> ResponseReturnValue:
    """Look, for a reason, after a fresh sign-in; or a kind page where it is enough for now."""
    hold = find(key, reference, number)
    team.require_fresh()
    try:
        exposure.reveal(
            current_session(),
            hold,
            current_organiser(),
            request.form.get("reason", ""),
            everything=request.form.get("scope") == "everything",
            now=now(),
        )
    except safeguarding.Refused as refused:
        return show_one(hold, ((refused.field, str(refused)),))
    except exposure.Enough:
        return render_template("organise/held_enough.html", hold=hold, **support())
    return back_to(hold)


@organise.post("/c/<key>/held/<reference>/<int:number>/hand-over")
@open_to(*who("safeguard"))
def held_hand_over(key: str, reference: str, number: int) -> ResponseReturnValue:
    """Leave it to somebody else; no reason is asked."""
    hold = find(key, reference, number)
    address = url_for("organise.held", key=key, _external=True)
    told = exposure.hand_over(current_session(), hold, current_organiser(), address, now=now())
    if told:
        flash("Handed over. The others who may do this are told. Thank you for what you did.")
    else:
        flash("Handed over. Nobody else has the safeguarding role yet: ask an owner to add one.")
    return redirect(url_for("organise.held", key=key), 303)


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
    except safeguarding.SamePerson:
        message = "You proposed this. Somebody else with the safeguarding role has to agree."
        return show_one(hold, (("release", message),))
    except safeguarding.NotProposed:
        flash("Nobody proposes to release this any more.")
        return back_to(hold)
    flash(said)
    return back_to(hold)


def redact(hold: Hold) -> str:
    """Take a passage out of what others read."""
    form = request.form
    safeguarding.redact(
        current_session(),
        hold,
        form.get("question", ""),
        form.get("passage", ""),
        form.get("redact-reason", ""),
        actor=current_organiser().id,
        now=now(),
    )
    return "The passage is set aside. What was sent stays, sealed."


def put_back(hold: Hold) -> str:
    """Let others read a passage again."""
    session = current_session()
    redaction = session.get(Redaction, request.form.get("redaction", ""))
    if redaction is None or redaction.response_id != hold.response_id:
        abort(404)
    safeguarding.undo_redaction(session, redaction, actor=current_organiser().id, now=now())
    return "The passage is put back."


def propose(hold: Hold) -> str:
    """Propose to release."""
    reason, actor = request.form.get("release-reason", ""), current_organiser().id
    safeguarding.propose_release(current_session(), hold, reason, actor=actor, now=now())
    return "Proposed. Somebody else with the safeguarding role has to agree."


def agree(hold: Hold) -> str:
    """Agree to release."""
    safeguarding.release(current_session(), hold, actor=current_organiser().id, now=now())
    return "Released. The response counts and can be read."


def decline(hold: Hold) -> str:
    """Do not agree to release."""
    safeguarding.decline_release(current_session(), hold, actor=current_organiser().id, now=now())
    return "It stays held."


def exclude(hold: Hold) -> str:
    """Leave it out for good."""
    reason, actor = request.form.get("exclude-reason", ""), current_organiser().id
    safeguarding.exclude(current_session(), hold, reason, actor=actor, now=now())
    return "Left out. It is accounted for, and nobody reads or counts it."


def report(hold: Hold) -> str:
    """Record a report to a hotline."""
    actor = current_organiser().id
    safeguarding.record_report(current_session(), hold, request.form, actor=actor, now=now())
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
