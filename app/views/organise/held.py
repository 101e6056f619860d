"""Held responses: closed by default, looked at with a reason, decided on by two people.

Every page says where to find support. Nothing here links, fetches or downloads what was sent.
What is decided stands in `deciding`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models import Response
from app.models_safeguarding import Hold
from app.models_team import Organiser
from app.security import open_to
from app.services import editions, exposure, hotline_reports, safeguarding
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
    set_aside = set(safeguarding.redactions(session, hold.response))
    limit = exposure.limit_of(session, hold.response.consultation)
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
        is_set_aside=lambda found: (found.question, found.passage) in set_aside,
        looked=safeguarding.has_looked(session, hold, organiser.id),
        left=max(0, limit - exposure.in_this_sitting(session, organiser.id, now=now())),
        closes_at=reveal.at + exposure.STAYS_OPEN if reveal else None,
        redactions=safeguarding.redaction_rows(hold.response),
        day_of=lambda report: datetime.fromisoformat(report.reported_on).replace(tzinfo=UTC),
        reports=hotline_reports.reports(session, hold.response),
        question_text=lambda question: _question_text(hold, question),
        people=people,
        errors=errors,
        given=request.form,
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
