"""Reading and coding, one answer at a time."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.models_coding import Code, CodingFrame
from app.security import open_to
from app.services.coding import answers, assigning, bringing, frames, giving
from app.services.coding.answers import Given, Unit
from app.services.coding.frames import Named
from app.services.coding.giving import Queue
from app.services.roles import may, who
from app.team import current_organiser, now
from app.views.organise.coding import find_frame, find_question
from app.views.organise.desk import find_consultation, organise

KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
NO_LONGER = "That answer needs no coding now. Here is the next one."


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
            waiting=bringing.waiting(current_session(), consultation, frame),
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
    if request.method == "GET":
        if unit is None:
            abort(404)
        return show_answer(consultation, frame, queue, unit)
    if unit is None:
        flash(NO_LONGER)
        return onwards(frame, item, consultation)
    try:
        save_codes(frame, queue, unit)
    except frames.Refused as refused:
        return show_answer(consultation, frame, queue, unit, [(refused.field, str(refused))])
    except (giving.CodedByAnother, giving.AlreadySettled):
        flash(NO_LONGER)
        return onwards(frame, item, consultation)
    return onwards(frame, item, consultation, anchor="reading")


def save_codes(frame: CodingFrame, queue: Queue, unit: Unit) -> None:
    """Keep what was ticked, and with it a code that was named while reading, if any."""
    session, ticked = current_session(), request.form.getlist("codes")
    doing: dict[str, Any] = {"coder_id": queue.coder_id, "part": queue.part, "now": now()}
    name = request.form.get("new-code", "").strip()
    if not name:
        giving.give(session, frame, unit, giving.chosen(frame, ticked), **doing)
        return
    if not may(current_organiser().roles, "frame"):
        abort(403)
    if giving.NONE_FITS in ticked:
        raise frames.Refused("new-code", "Make a new code, or say that none fits, but not both.")
    others = giving.chosen(frame, ticked) if ticked else []
    named = frames.checked(frame, Named(name), "new-code")
    code = frames.make_code(session, frame, named, actor=queue.coder_id, now=doing["now"])
    giving.give(session, frame, unit, [*others, code.id], **doing)
    flash(f"The code “{code.name}” is made, and given to the answer that you just read.")


def onwards(
    frame: CodingFrame, item: str, consultation: Consultation, anchor: str | None = None
) -> ResponseReturnValue:
    """On to what follows an answer: where all is well, past the top of the page."""
    address = url_for(
        "organise.coding_read",
        key=consultation.key,
        question=frame.question,
        after=item,
        _anchor=anchor,
    )
    return redirect(address, 303)


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
    split = giving.own_before(unit, queue.coder_id, queue.part)
    earlier = queue.earlier(unit.item_id)
    page = render_template(
        "organise/coding_read.html",
        question=find_question(consultation, frame.question),
        answer=giving.read(session, unit, frame.question),
        unit=unit,
        versions=giving.other_versions(session, unit, frame.question),
        queue=queue,
        codes=signed(frame),
        ticked=set(request.form.getlist("codes")) if errors else ticks(own, split),
        no_code=giving.NONE_FITS,
        earlier=earlier,
        gave=names_given(frame, queue, earlier),
        again=own is not None,
        split=split,
        errors=errors or (),
        given=request.form,
    )
    return page, 422 if errors else 200


def signed(frame: CodingFrame) -> list[tuple[Code, str]]:
    """The codes in use, each with the key that ticks it; the last ones of many have none."""
    return list(zip(frames.in_use(frame), KEYS.ljust(frames.MOST_CODES), strict=False))


def ticks(own: Given | None, split: Given | None) -> set[str]:
    """What a coder ticked before: none where they have not read it."""
    if own is None:
        return set(split.codes) if split else set()
    return set(own.codes) or {giving.NONE_FITS}


def names_given(frame: CodingFrame, queue: Queue, unit: Unit | None) -> list[str]:
    """What this coder gave to an answer of theirs, in words."""
    own = giving.own_coding(unit, queue.coder_id, queue.part) if unit else None
    return [code.name for code in frames.in_use(frame) if own and code.id in own.codes]
