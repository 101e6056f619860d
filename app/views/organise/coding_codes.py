"""The codes of a frame: made, suggested, renamed, merged, split, retired, brought back."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models_coding import Code, CodingFrame
from app.security import open_to
from app.services.coding import frames, suggesting
from app.services.coding.frames import Named, Refused
from app.services.coding.suggesting import Offers
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.coding import bring_in, find_frame, find_question, show_frame
from app.views.organise.desk import find_consultation, organise


def find_code(frame: CodingFrame, number: int) -> Code:
    """The code in the address; 404 where the frame has none of that number."""
    for code in frame.codes:
        if code.number == number:
            return code
    abort(404)


@organise.post("/c/<key>/coding/<question>/codes")
@open_to(*who("frame"))
def coding_make(key: str, question: str) -> ResponseReturnValue:
    """A new code."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    named = Named(request.form.get("name", ""), request.form.get("description", ""))
    try:
        code = frames.make_code(
            current_session(), frame, named, actor=current_organiser().id, now=now()
        )
    except Refused as refused:
        asked = find_question(consultation, question)
        return show_frame(consultation, asked, [(refused.field, str(refused))])
    flash(f"The code “{code.name}” is made.")
    return redirect(url_for("organise.coding_frame", key=key, question=question), 303)


@organise.route("/c/<key>/coding/<question>/suggestions", methods=["GET", "POST"])
@open_to(*who("frame"))
def coding_suggestions(key: str, question: str) -> ResponseReturnValue:
    """Themes that a computer suggests, to be judged, named and taken or left."""
    consultation = find_consultation(key)
    asked = find_question(consultation, question)
    if request.method == "GET":
        found = suggesting.suggestions(current_session(), consultation, asked)
        known = frames.find(current_session(), consultation, question)
        return render_template(
            "organise/coding_suggestions.html", question=asked, found=found, frame=known
        )
    picked = {
        place: Named(request.form.get(f"name-{place}", ""), request.form.get(f"about-{place}", ""))
        for place in request.form.getlist("pick")
    }
    session, actor = current_session(), current_organiser().id
    try:
        suggesting.check(frames.find(session, consultation, question), picked)
    except Refused as refused:
        found = suggesting.suggestions(session, consultation, asked)
        field = refused.field if offered(found, refused.field) else "suggested"
        page = render_template(
            "organise/coding_suggestions.html",
            question=asked,
            found=found,
            errors=[(field, str(refused))],
            given=request.form,
            frame=frames.find(session, consultation, question),
        )
        return page, 422
    if frames.find(session, consultation, question) is None:
        bring_in(consultation, question)
    frame = find_frame(consultation, question)
    for each in picked.values():
        frames.make_code(session, frame, each, actor=actor, now=now())
    flash("The codes are made. Change their names and descriptions as you read.")
    return redirect(url_for("organise.coding_frame", key=key, question=question), 303)


def offered(found: Offers, field: str) -> bool:
    """Whether a field is of a theme that is still offered, now that more may have come in."""
    return field.rpartition("-")[2] in {str(place) for place in range(len(found.themes))}


@organise.route("/c/<key>/coding/<question>/codes/<int:number>", methods=["GET", "POST"])
@open_to(*who("frame"))
def coding_code(key: str, question: str, number: int) -> ResponseReturnValue:
    """One code: rename, merge, split, retire, bring back."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    code = find_code(frame, number)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            said = change_code(frame, code)
        except Refused as refused:
            errors = [(refused.field, str(refused))]
        else:
            flash(said)
            return redirect(url_for("organise.coding_frame", key=key, question=question), 303)
    page = render_template(
        "organise/coding_code.html",
        question=find_question(consultation, question),
        code=code,
        into=next((each.name for each in frame.codes if each.id == code.merged_into), ""),
        others=[each for each in frames.in_use(frame) if each.id != code.id],
        errors=errors,
        given=request.form,
    )
    return page, 422 if errors else 200


def change_code(frame: CodingFrame, code: Code) -> str:
    """Do what was chosen with a code; what to say about it."""
    session, form = current_session(), request.form
    doing: dict[str, Any] = {"actor": current_organiser().id, "now": now()}
    act = form.get("act", "")
    if act == "rename":
        named = Named(form.get("name", ""), form.get("description", ""))
        frames.rename_code(session, frame, code, named, **doing)
        return "The code is changed."
    if act == "merge":
        into = next((each for each in frame.codes if each.id == form.get("into")), code)
        frames.merge_codes(session, frame, code, into, **doing)
        return f"“{code.name}” now counts as “{into.name}”."
    if act == "split":
        parts = tuple(Named(line) for line in form.get("parts", "").splitlines() if line.strip())
        frames.split_code(session, frame, code, parts, **doing)
        return f"“{code.name}” is split. Answers that had it are to be read again."
    if act == "retire":
        frames.retire_code(session, frame, code, **doing)
        return f"“{code.name}” is retired."
    if act == "restore":
        frames.restore_code(session, frame, code, **doing)
        return f"“{code.name}” is in use again."
    abort(400)
