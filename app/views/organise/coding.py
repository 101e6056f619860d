"""Coding: the open questions, each one's frame, who codes, and how far two coders agree."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_database, current_session
from app.models import Consultation
from app.models_coding import CodingFrame
from app.security import open_to
from app.services.coding import (
    agreement,
    answers,
    assigning,
    bringing,
    frames,
    overview,
    questions,
    settling,
    tables,
)
from app.services.coding.frames import Refused
from app.services.coding.questions import TextQuestion
from app.services.roles import may, who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from app.views.organise.people import everybody


def find_question(consultation: Consultation, key: str) -> TextQuestion:
    """The open question in the address; 404 where there is none."""
    for each in questions.text_questions(current_session(), consultation):
        if each.key == key:
            return each
    abort(404)


def find_frame(consultation: Consultation, question: str) -> CodingFrame:
    """The frame of the question in the address; 404 where it has none yet."""
    find_question(consultation, question)
    found = frames.find(current_session(), consultation, question)
    if found is None:
        abort(404)
    return found


@organise.get("/c/<key>/coding")
@open_to(*who("code"))
def coding(key: str) -> ResponseReturnValue:
    """The open questions: all for those who keep the frames, one's own for other coders."""
    consultation = find_consultation(key)
    person = current_organiser()
    lines = overview.lines(
        current_session(), consultation, person, all_of_them=may(person.roles, "frame")
    )
    return render_template("organise/coding.html", lines=lines)


@organise.get("/c/<key>/coding/<question>")
@open_to(*who("frame"))
def coding_frame(key: str, question: str) -> ResponseReturnValue:
    """The frame of a question, or two ways to start one."""
    consultation = find_consultation(key)
    return show_frame(consultation, find_question(consultation, question))


def show_frame(
    consultation: Consultation,
    question: TextQuestion,
    errors: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page of a frame, with what was typed."""
    session = current_session()
    frame = frames.find(session, consultation, question.key)
    page = render_template(
        "organise/coding_frame.html",
        line=overview.line(session, consultation, question, frame, current_organiser()),
        question=question,
        frame=frame,
        codes=frames.in_use(frame) if frame else (),
        former=[code for code in frame.codes if code.state != "in_use"] if frame else (),
        names={code.id: code.name for code in frame.codes} if frame else {},
        candidates=assigning.candidates(session, frame) if frame else (),
        given=request.form,
        errors=errors or (),
        threshold=consultation.small_counts,
    )
    return page, 422 if errors else 200


def bring_in(consultation: Consultation, question: str) -> int:
    """Read what there is, and note it; the texts are compared while nobody else has to wait."""
    session, identifier, actor = current_session(), consultation.id, current_organiser().id
    session.rollback()
    with current_database().session(reads_only=True) as reading:
        found = bringing.look(reading, reading.get_one(Consultation, identifier), question)
        stands_for = bringing.units_of(found)
    frame = frames.start(session, consultation, question, actor=actor, now=now())
    return bringing.bring_in(session, frame, found, stands_for, actor=actor, now=now())


@organise.post("/c/<key>/coding/<question>/bring-in")
@open_to(*who("code"))
def coding_bring_in(key: str, question: str) -> ResponseReturnValue:
    """Bring in what came or was changed since; those who keep frames also begin one so."""
    consultation = find_consultation(key)
    find_question(consultation, question)
    keeps = may(current_organiser().roles, "frame")
    if frames.find(current_session(), consultation, question) is None and not keeps:
        abort(403)
    changed = bring_in(consultation, question)
    flash(f"Brought in: {changed:,} new or changed.")
    if keeps:
        return redirect(url_for("organise.coding_frame", key=key, question=question), 303)
    return redirect(url_for("organise.coding", key=key), 303)


@organise.post("/c/<key>/coding/<question>/people")
@open_to(*who("frame"))
def coding_people(key: str, question: str) -> ResponseReturnValue:
    """Who codes, and the share that is read twice."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    parts = {
        name.removeprefix("part-"): value
        for name, value in request.form.items()
        if name.startswith("part-")
    }
    try:
        assigning.assign(
            current_session(),
            frame,
            parts,
            request.form.get("share", ""),
            actor=current_organiser().id,
            now=now(),
        )
    except Refused as refused:
        asked = find_question(consultation, question)
        return show_frame(consultation, asked, [(refused.field, str(refused))])
    flash("Who codes this question is saved.")
    return redirect(url_for("organise.coding_frame", key=key, question=question), 303)


@organise.get("/c/<key>/coding/<question>/history")
@open_to(*who("frame"))
def coding_history(key: str, question: str) -> ResponseReturnValue:
    """What was done to a frame, by whom and when."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    return render_template(
        "organise/coding_history.html",
        question=find_question(consultation, question),
        events=frames.history(current_session(), frame),
        people={person.id: person.name or person.email for person in everybody()},
    )


@organise.get("/c/<key>/coding/<question>/reliability")
@open_to(*who("frame"))
def coding_reliability(key: str, question: str) -> ResponseReturnValue:
    """How far two coders agree on each code, and the themes by group as they stand."""
    consultation = find_consultation(key)
    frame = find_frame(consultation, question)
    session = current_session()
    units = answers.units(session, consultation, frame)
    free, not_free = settling.to_settle(units, current_organiser().id)
    return render_template(
        "organise/coding_reliability.html",
        question=find_question(consultation, question),
        frame=frame,
        standing=agreement.standing(units),
        found=agreement.reliability(frame, units),
        names={code.id: code.name for code in frame.codes},
        free=len(free),
        not_free=not_free,
        table=tables.themes(current_database(), session, consultation, frame, units),
        threshold=consultation.small_counts,
        least=agreement.LEAST,
    )
