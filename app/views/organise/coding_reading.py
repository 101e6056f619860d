"""Reading and coding, one answer at a time; settling what two coders disagree on."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.models_coding import CodingFrame
from app.security import open_to
from app.services.coding import agreement, answers, assigning, frames, giving
from app.services.coding.answers import Given, Unit
from app.services.coding.giving import Queue
from app.services.roles import who
from app.team import current_organiser, now
from app.views.organise.coding import find_frame, find_question
from app.views.organise.desk import find_consultation, organise

KEYS = "123456789abcdefghijklmnopqrstuvwxyz"


def own_queue(consultation: Consultation, frame: CodingFrame) -> Queue:
    """What this person is to read; 403 where nobody asked them to."""
    part = assigning.part_of(frame, current_organiser())
    if not part:
        abort(403)
    units = answers.units(current_session(), consultation, frame)
    return giving.queue(units, current_organiser().id, part)


@organise.get("/c/<key>/coding/<question>/read")
@open_to(*who("code"))
def coding_read(key: str, question: str) -> ResponseReturnValue:
    """The next answer that nobody has coded."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    queue = own_queue(consultation, frame)
    unit = queue.next(request.args.get("after", ""))
    if unit is None:
        return render_template(
            "organise/coding_done.html",
            question=find_question(consultation, question),
            queue=queue,
            waiting=answers.waiting(current_session(), consultation, frame),
        )
    return show_answer(consultation, frame, queue, unit)


@organise.route("/c/<key>/coding/<question>/read/<item>", methods=["GET", "POST"])
@open_to(*who("code"))
def coding_read_one(key: str, question: str, item: str) -> ResponseReturnValue:
    """One answer: the next one, or one of one's own to change."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    queue = own_queue(consultation, frame)
    unit = queue.find(item)
    onwards = redirect(url_for("organise.coding_read", key=key, question=question), 303)
    if unit is None:
        if request.method == "GET":
            abort(404)
        flash("That answer needs no coding now. Here is the next one.")
        return onwards
    if request.method == "GET":
        return show_answer(consultation, frame, queue, unit)
    try:
        codes = giving.chosen(frame, request.form.getlist("codes"))
        giving.give(
            current_session(),
            frame,
            unit,
            codes,
            coder_id=queue.coder_id,
            part=queue.part,
            now=now(),
        )
    except frames.Refused as refused:
        return show_answer(consultation, frame, queue, unit, [("codes", str(refused))])
    except (giving.CodedByAnother, giving.AlreadySettled):
        flash("That answer needs no coding now. Here is the next one.")
    return onwards


def show_answer(
    consultation: Consultation,
    frame: CodingFrame,
    queue: Queue,
    unit: Unit,
    errors: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page with one answer and the codes: who wrote it stands nowhere on it."""
    session = current_session()
    own = giving.own_coding(unit, queue.coder_id, queue.part)
    ticked = set(request.form.getlist("codes")) if errors else own_ticks(own)
    earlier = [each for each in queue.own if each.item_id != unit.item_id]
    page = render_template(
        "organise/coding_read.html",
        question=find_question(consultation, frame.question),
        answer=giving.read(session, unit, frame.question),
        unit=unit,
        versions=giving.other_versions(session, unit, frame.question),
        queue=queue,
        codes=list(zip(frames.in_use(frame), KEYS.ljust(frames.MOST_CODES), strict=False)),
        ticked=ticked,
        no_code=giving.NONE_FITS,
        earlier=earlier[0].item_id if earlier else "",
        again=own is not None,
        errors=errors or (),
    )
    return page, 422 if errors else 200


def own_ticks(own: Given | None) -> set[str]:
    """What a coder ticked before: none where they have not read it."""
    if own is None:
        return set()
    return set(own.codes) or {giving.NONE_FITS}


def find_disagreement(consultation: Consultation, frame: CodingFrame, item: str) -> Unit:
    """The disagreement in the address; 404 where it is none, or not for this person."""
    units = answers.units(current_session(), consultation, frame)
    free, _ = agreement.to_settle(units, current_organiser().id)
    for unit in free:
        if unit.item_id == item:
            return unit
    abort(404)


@organise.get("/c/<key>/coding/<question>/disagreements")
@open_to(*who("frame"))
def coding_settle(key: str, question: str) -> ResponseReturnValue:
    """The next disagreement that this person may settle."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    units = answers.units(current_session(), consultation, frame)
    free, not_free = agreement.to_settle(units, current_organiser().id)
    if free:
        return show_disagreement(consultation, frame, free[0], left=len(free))
    return render_template(
        "organise/coding_settled.html",
        question=find_question(consultation, question),
        not_free=not_free,
        standing=agreement.standing(units),
    )


@organise.route("/c/<key>/coding/<question>/disagreements/<item>", methods=["GET", "POST"])
@open_to(*who("frame"))
def coding_settle_one(key: str, question: str, item: str) -> ResponseReturnValue:
    """One disagreement: what coder A and coder B gave, and what is to count."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    unit = find_disagreement(consultation, frame, item)
    if request.method == "GET":
        return show_disagreement(consultation, frame, unit)
    try:
        codes = giving.chosen(frame, request.form.getlist("codes"))
    except frames.Refused as refused:
        return show_disagreement(consultation, frame, unit, errors=[("codes", str(refused))])
    agreement.settle(current_session(), frame, unit, codes, actor=current_organiser().id, now=now())
    return redirect(url_for("organise.coding_settle", key=key, question=question), 303)


def show_disagreement(
    consultation: Consultation,
    frame: CodingFrame,
    unit: Unit,
    *,
    left: int = 0,
    errors: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page with both codings, without names; what both gave is ticked already."""
    session = current_session()
    a, b = agreement.sides(unit)
    page = render_template(
        "organise/coding_settle.html",
        question=find_question(consultation, frame.question),
        answer=giving.read(session, unit, frame.question),
        unit=unit,
        versions=giving.other_versions(session, unit, frame.question),
        codes=list(zip(frames.in_use(frame), KEYS.ljust(frames.MOST_CODES), strict=False)),
        a=a,
        b=b,
        ticked=set(request.form.getlist("codes")) if errors else a & b,
        no_code=giving.NONE_FITS,
        left=left,
        errors=errors or (),
    )
    return page, 422 if errors else 200
