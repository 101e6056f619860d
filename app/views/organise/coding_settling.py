"""Settling what two coders disagree on, one answer at a time."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.models_coding import CodingFrame
from app.security import open_to
from app.services.coding import agreement, answers, frames, giving, settling
from app.services.coding.answers import Unit
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.coding import find_frame, find_question
from app.views.organise.coding_reading import signed
from app.views.organise.desk import find_consultation, organise


@organise.get("/c/<key>/coding/<question>/disagreements")
@open_to(*who("frame"))
def coding_settle(key: str, question: str) -> ResponseReturnValue:
    """The next disagreement that this person may settle."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    units = answers.units(current_session(), consultation, frame)
    free, not_free = settling.to_settle(units, current_organiser().id)
    unit = settling.following(free, request.args.get("after", ""))
    if unit is not None:
        return show_disagreement(consultation, frame, units, unit)
    return render_template(
        "organise/coding_settled.html",
        question=find_question(consultation, question),
        not_free=not_free,
        standing=agreement.standing(units),
        earlier=earlier_of(units),
    )


@organise.route("/c/<key>/coding/<question>/disagreements/<item>", methods=["GET", "POST"])
@open_to(*who("frame"))
def coding_settle_one(key: str, question: str, item: str) -> ResponseReturnValue:
    """One disagreement: what coder A and coder B gave, and what is to count."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    units = answers.units(current_session(), consultation, frame)
    unit = find_disagreement(units, item)
    if unit is None and request.method == "GET":
        abort(404)
    if unit is None:
        return not_now(key, question, item)
    if request.method == "GET":
        return show_disagreement(consultation, frame, units, unit)
    try:
        codes = decided_codes(frame, unit)
        actor = current_organiser().id
        settling.settle(current_session(), frame, unit, codes, actor=actor, now=now())
    except frames.Refused as refused:
        return show_disagreement(consultation, frame, units, unit, [("codes", str(refused))])
    except giving.AlreadySettled:
        return not_now(key, question, item)
    onwards = url_for(
        "organise.coding_settle", key=key, question=question, after=item, _anchor="reading"
    )
    return redirect(onwards, 303)


def not_now(key: str, question: str, item: str) -> ResponseReturnValue:
    """Say that somebody else was quicker, and go on."""
    flash("That answer needs no settling now.")
    return redirect(url_for("organise.coding_settle", key=key, question=question, after=item), 303)


def decided_codes(frame: CodingFrame, unit: Unit) -> list[str]:
    """What is to count: all that A or B gave, where that was pressed, or else what was ticked."""
    a, b = settling.sides(unit)
    sides = {"a": sorted(a), "b": sorted(b)}
    taken = request.form.get("take", "")
    return sides[taken] if taken in sides else giving.chosen(frame, request.form.getlist("codes"))


def find_disagreement(units: tuple[Unit, ...], item: str) -> Unit | None:
    """The disagreement in the address, if this person may settle it or did."""
    me = current_organiser().id
    free, _ = settling.to_settle(units, me)
    of_mine = (*free, *settling.settled_by(units, me))
    return next((unit for unit in of_mine if unit.item_id == item), None)


def earlier_of(units: tuple[Unit, ...], unit: Unit | None = None) -> Unit | None:
    """What this person settled just before that one, or else last."""
    own = settling.settled_by(units, current_organiser().id)
    back = own.index(unit) + 1 if unit in own else 0
    return next(iter(own[back:]), None)


def show_disagreement(
    consultation: Consultation,
    frame: CodingFrame,
    units: tuple[Unit, ...],
    unit: Unit,
    errors: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page with both codings, without names; what both gave is ticked already."""
    session = current_session()
    a, b = settling.sides(unit)
    decided = unit.latest("decided")
    so_far = (decided.codes or {giving.NONE_FITS}) if decided else a & b
    page = render_template(
        "organise/coding_settle.html",
        question=find_question(consultation, frame.question),
        answer=giving.read(session, unit, frame.question),
        unit=unit,
        versions=giving.other_versions(session, unit, frame.question),
        codes=signed(frame),
        a=a,
        b=b,
        ticked=set(request.form.getlist("codes")) if errors else so_far,
        no_code=giving.NONE_FITS,
        left=len(settling.to_settle(units, current_organiser().id)[0]),
        earlier=earlier_of(units, unit),
        again=decided is not None,
        errors=errors or (),
    )
    return page, 422 if errors else 200
