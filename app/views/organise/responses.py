"""Responses: found by words and filters, and read as they were sent, with their revisions."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Response
from app.security import open_to
from app.services import consultations, leaving_out, reading, safeguarding
from app.services.roles import may, who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from forms.codebook import Category, Codebook

STATES = (
    ("counted", "Counted"),
    ("withdrawn", "Withdrawn"),
    ("excluded", "Left out"),
    ("any", "All but held ones"),
)
Choices = list[tuple[str, str]]


def sees_identities() -> bool:
    """Whether this person may see who answered."""
    return may(current_organiser().roles, "export_full")


def labels(categories: tuple[Category, ...]) -> Choices:
    """Categories as the options of a select."""
    return [(each.key, each.label) for each in categories]


def choices(codebook: Codebook) -> dict[str, Choices]:
    """What can be filtered by, with its options; only what the questionnaire asks."""
    roles = codebook.roles
    played = {
        "group": roles.group,
        "verified": roles.verified,
        "channel": roles.channel,
        "capacity": roles.capacity,
        "publication": roles.publication,
    }
    return {
        name: labels(codebook.by_name[variable].categories)
        for name, variable in played.items()
        if variable is not None
    }


@organise.get("/c/<key>/responses")
@open_to(*who("read"))
def responses(key: str) -> ResponseReturnValue:
    """Search and filters, and what they find."""
    consultation = find_consultation(key)
    session = current_session()
    filters = reading.Filters.from_given(request.args)
    page = max(1, request.args.get("page", 1, type=int))
    found = reading.search(session, consultation, filters, page=page, identities=sees_identities())
    codebook = consultations.questionnaire_of(session, consultation).codebook()
    return render_template(
        "organise/responses.html",
        found=found,
        filters=filters,
        options=choices(codebook),
        states=STATES,
    )


def find(key: str, reference: str) -> Response:
    """The response in the address; 404 where there is none that may be read."""
    consultation = find_consultation(key)
    found = reading.find(current_session(), consultation, reference)
    if found is None:
        abort(404)
    return found


@organise.get("/c/<key>/responses/<reference>")
@open_to(*who("read"))
def responses_one(key: str, reference: str) -> ResponseReturnValue:
    """One response as sent, and its earlier revisions where they may be read."""
    return show_response(find(key, reference))


def show_response(
    response: Response, errors: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    """The page of a response, with what is wrong first."""
    closed = safeguarding.closed_revisions(current_session(), response)
    number = request.args.get("version", len(response.revisions), type=int)
    revision = next((each for each in response.revisions if each.number == number), None)
    if revision is None or revision.id in closed:
        abort(404)
    codebook = consultations.questionnaire_of(current_session(), response.consultation).codebook()
    read = reading.read(revision, identities=sees_identities())
    open_before = [
        each for each in response.revisions if each.number < number and each.id not in closed
    ]
    before = open_before[-1] if open_before and revision.answers is not None else None
    page = render_template(
        "organise/response.html",
        errors=errors or (),
        reasons=leaving_out.REASONS,
        may_count_again=leaving_out.may_count_again(response),
        response=response,
        read=read,
        before=before,
        changes=reading.changes(reading.read(before, identities=sees_identities()), read)
        if before is not None
        else (),
        closed=closed,
        group=dict(choices(codebook)["group"]).get(response.group_key or "", "Group not known"),
        channel=dict(choices(codebook)["channel"]).get(response.channel, response.channel),
        set_aside=safeguarding.redaction_rows(response),
        emptied=revision.answers is None,
    )
    return page, 422 if errors else 200


@organise.post("/c/<key>/responses/<reference>/leave-out")
@open_to(*who("leave_out"))
def responses_leave_out(key: str, reference: str) -> ResponseReturnValue:
    """Leave a response out of the results."""
    response, actor = find(key, reference), current_organiser().id
    reason = request.form.get("reason", "")
    try:
        leaving_out.leave_out(current_session(), response, reason, actor=actor, now=now())
    except leaving_out.Refused as refused:
        return show_response(response, [("reason-1" if not reason else "", str(refused))])
    flash(f"{response.reference} is left out of the results.")
    return redirect(url_for("organise.responses_one", key=key, reference=reference), 303)


@organise.post("/c/<key>/responses/<reference>/count")
@open_to(*who("leave_out"))
def responses_count(key: str, reference: str) -> ResponseReturnValue:
    """Count a response again."""
    response, actor = find(key, reference), current_organiser().id
    try:
        leaving_out.count_again(current_session(), response, actor=actor, now=now())
    except leaving_out.Refused as refused:
        return show_response(response, [("", str(refused))])
    flash(f"{response.reference} counts again.")
    return redirect(url_for("organise.responses_one", key=key, reference=reference), 303)


@organise.post("/c/<key>/responses/<reference>/set-aside")
@open_to(*who("read"))
def responses_set_aside(key: str, reference: str) -> ResponseReturnValue:
    """Hold a response that worries a reader."""
    response = find(key, reference)
    actor = current_organiser().id
    safeguarding.set_aside(current_session(), response, actor=actor, now=now())
    flash(f"{response.reference} is held. Somebody with the safeguarding role looks at it.")
    return redirect(url_for("organise.responses", key=key), 303)
