"""Results while they come in: every open question by group, filtered, compared, downloaded."""

import time
from dataclasses import replace
from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.database import current_database, current_session
from app.models import Consultation
from app.security import open_to
from app.services import results
from app.services.coding import answers, frames, tables
from app.services.results import Choice, Figures, Snapshot
from app.services.roles import who
from app.views.organise.desk import find_consultation, organise
from forms.codebook import AskedQuestion

WAIT_SECONDS = 2
SCARCE = ("hidden", "too few")


def snapshot_of(consultation: Consultation) -> Snapshot:
    """The newest figures; a page that says how far where they are still being read."""
    found = results.current(current_database(), consultation)
    if isinstance(found, Snapshot):
        return found
    page = render_template("organise/results_wait.html", progress=found, again=WAIT_SECONDS)
    abort(current_app.make_response((page, 202)))


def choice() -> Choice:
    """Whose answers to count, from the address."""
    return Choice(
        verified=request.args.get("verified", ""),
        capacity=request.args.get("capacity", ""),
        jurisdiction=request.args.get("jurisdiction", "").strip().upper(),
        campaigns=request.args.get("campaigns", ""),
    )


def figures_or_404(snapshot: Snapshot, question: str) -> Figures:
    """The figures of a question; 404 where there is none or the filter fits nothing."""
    try:
        return results.figures(snapshot, question, choice())
    except results.UnknownQuestion:
        abort(404)
    except results.BeingWorkedOut:
        abort(503)


def drawn(svg: str) -> Markup:
    """A picture of ours, to be put in a page."""
    return Markup(svg)  # noqa: S704 - drawn by analysis.charts, which escapes every word


@organise.get("/c/<key>/results", endpoint="results")
@open_to(*who("results"))
def results_page(key: str) -> ResponseReturnValue:
    """All open questions at a glance."""
    consultation = find_consultation(key)
    snapshot = snapshot_of(consultation)
    glance = results.overview(snapshot)
    return render_template(
        "organise/results.html",
        glance=glance,
        scarce=any(cell in SCARCE for line in glance.lines for cell in line.cells),
        drawn=drawn,
        snapshot=snapshot,
        kept=results.kept_of(current_database(), consultation),
        accounting=snapshot.responses.manifest.accounting,
    )


@organise.get("/c/<key>/results/<open_question>")
@open_to(*who("results"))
def results_question(key: str, open_question: str) -> ResponseReturnValue:
    """One open question: each closed question with its picture and table, and the open ones."""
    consultation = find_consultation(key)
    snapshot = snapshot_of(consultation)
    waiting, chosen = False, choice()
    try:
        asked = results.questions_of(snapshot, open_question)
        closed = [each.key for each in asked if each.kind == "closed"]
        try:
            made = [results.figures(snapshot, each, chosen) for each in closed]
        except results.BeingWorkedOut:
            waiting, chosen = True, replace(chosen, campaigns="")
            made = [results.figures(snapshot, each, chosen) for each in closed]
    except results.UnknownQuestion:
        abort(404)
    first, second = request.args.get("first", ""), request.args.get("second", "")
    codebook = snapshot.responses.codebook
    return render_template(
        "organise/results_question.html",
        open_question=next(each for each in codebook.open_questions if each.key == open_question),
        figures=made,
        compared={
            each.question.key: results.apart(each, first, second)
            for each in made
            if first != second
        },
        written=[each for each in asked if each.kind == "open"],
        codebook=codebook,
        choice=chosen,
        waiting=waiting,
        hides=any(
            cell.hidden
            for each in made
            for table in each.tables
            for row in table.rows
            for cell in row.cells
        ),
        themes=themes_of(consultation, snapshot, asked),
        kept=results.kept_of(current_database(), consultation),
        first=first,
        second=second,
        drawn=drawn,
        snapshot=snapshot,
        following=following(codebook, open_question),
    )


def themes_of(
    consultation: Consultation, snapshot: Snapshot, asked: tuple[AskedQuestion, ...]
) -> tuple[tuple[AskedQuestion, Any], ...]:
    """The themes by group of the open questions that were coded; looked up once a minute."""
    session = current_session()
    known = frames.of_consultation(session, consultation)
    found = []
    for each in asked:
        if each.kind != "open" or each.key not in known:
            continue
        frame = known[each.key]
        table = snapshot.once(
            ("themes", each.key, int(time.monotonic() // 60)),
            lambda frame=frame: tables.themes(  # type: ignore[misc]  # a default ties the frame
                current_database(),
                session,
                consultation,
                frame,
                answers.units(session, consultation, frame),
            ),
        )
        if table is not None:
            found.append((each, table))
    return tuple(found)


def following(codebook: object, open_question: str) -> tuple[str | None, str | None]:
    """The open questions before and after this one."""
    keys = [each.key for each in codebook.open_questions]  # type: ignore[attr-defined]  # a codebook
    place = keys.index(open_question)
    return (keys[place - 1] if place else None, (keys[place + 1 :] or [None])[0])


@organise.get("/c/<key>/results/words/<question>")
@open_to(*who("results"))
def results_words(key: str, question: str) -> ResponseReturnValue:
    """The words behind a figure, where consent allows."""
    snapshot = snapshot_of(find_consultation(key))
    codebook = snapshot.responses.codebook
    group = request.args.get("group", "")
    found = [each for each in codebook.questions if each.key == question and each.kind == "open"]
    if not found or (group and group not in {each.key for each in codebook.groups}):
        abort(404)
    try:
        responses = results.narrowed(snapshot, choice())
        words = results.behind(snapshot, responses, question, group)
    except (results.UnknownQuestion, ValueError, LookupError):
        abort(404)
    except results.BeingWorkedOut:
        abort(503)
    return render_template(
        "organise/results_words.html",
        words=words,
        group=group,
        groups=codebook.groups,
        question=found[0],
        choice=choice(),
    )


@organise.get("/c/<key>/results/<question>/<int:number>.<kind>")
@open_to(*who("results"))
def results_file(key: str, question: str, number: int, kind: str) -> ResponseReturnValue:
    """One table as CSV, or one picture as SVG."""
    snapshot = snapshot_of(find_consultation(key))
    made = figures_or_404(snapshot, question)
    name = f"{question}-{number}.{kind}"
    saved = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "csv" and number < len(made.tables):
        content = results.as_csv(made.tables[number])
        return Response(content, mimetype="text/csv", headers=saved)
    if kind == "svg" and number < len(made.charts):
        return Response(made.charts[number].svg, mimetype="image/svg+xml", headers=saved)
    abort(404)
