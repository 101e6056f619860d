"""Results while they come in: every open question by group, filtered, compared, downloaded."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.database import current_database, current_session
from app.models import Consultation
from app.pages import when
from app.security import open_to
from app.services import results
from app.services.coding import answers, frames, tables
from app.services.results import Choice, Figures, Snapshot
from app.services.roles import who
from app.views.organise.desk import find_consultation, organise
from forms.codebook import AskedQuestion

WAIT_SECONDS = 2
SCARCE = ("hidden", "too few")
FILTERS = ("verified", "capacity", "jurisdiction", "campaigns")


def snapshot_of(consultation: Consultation) -> Snapshot:
    """The newest figures; a page that says how far where they are still being read."""
    found = results.current(current_database(), consultation)
    if isinstance(found, Snapshot):
        return found
    abort(waits(progress=found))


def choice() -> Choice:
    """Whose answers to count, from the address."""
    return Choice(**{name: request.args.get(name, "").strip() for name in FILTERS})


def waits(**values: Any) -> Response:
    """A page that says what is being worked out, and comes again by itself."""
    page = render_template("organise/results_wait.html", again=WAIT_SECONDS, **values)
    return current_app.make_response((page, 202))


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
    try:
        asked = results.questions_of(snapshot, open_question)
    except results.UnknownQuestion:
        abort(404)
    seen = looked_at(snapshot, asked)
    codebook = snapshot.responses.codebook
    page = render_template(
        "organise/results_question.html",
        open_question=next(each for each in codebook.open_questions if each.key == open_question),
        figures=seen.figures,
        compared=seen.compared,
        errors=seen.errors,
        waiting=seen.waiting,
        failed=snapshot.copies.failed,
        again=WAIT_SECONDS,
        written=[each for each in asked if each.kind == "open"],
        codebook=codebook,
        hides=any(
            cell.hidden
            for each in seen.figures
            for table in each.tables
            for row in table.rows
            for cell in row.cells
        ),
        themes=themes_of(consultation, snapshot, asked),
        kept=results.kept_of(current_database(), consultation),
        first=request.args.get("first", ""),
        second=request.args.get("second", ""),
        drawn=drawn,
        snapshot=snapshot,
        following=following(codebook, open_question),
        **filtered(snapshot, seen.choice),
    )
    return page, 422 if seen.errors else 200


@dataclass(frozen=True)
class Seen:
    """What there is to see of one open question, for the filters and groups in the address."""

    choice: Choice
    figures: tuple[Figures, ...] = ()
    compared: dict[str, tuple[tuple[str, Any], ...]] = field(default_factory=dict)
    errors: tuple[tuple[str, str], ...] = ()
    waiting: bool = False


def looked_at(snapshot: Snapshot, asked: tuple[AskedQuestion, ...]) -> Seen:
    """The figures of closed questions; without the campaigns' filter until campaigns are known."""
    chosen, waiting = choice(), False
    closed = [each.key for each in asked if each.kind == "closed"]
    try:
        try:
            made = tuple(results.figures(snapshot, each, chosen) for each in closed)
        except results.BeingWorkedOut:
            waiting, counted = True, replace(chosen, campaigns="")
            made = tuple(results.figures(snapshot, each, counted) for each in closed)
    except results.CannotFilter as error:
        return Seen(chosen, errors=((error.field, str(error)),))
    first, second = request.args.get("first", ""), request.args.get("second", "")
    groups = {each.key for each in snapshot.responses.codebook.groups}
    if not first and not second:
        return Seen(chosen, made, waiting=waiting)
    if first == second or not {first, second} <= groups:
        errors = (("second" if first in groups else "first", "Choose two groups to compare"),)
        return Seen(chosen, errors=errors)
    compared = {each.question.key: results.apart(each, first, second) for each in made}
    return Seen(chosen, made, compared, waiting=waiting)


def filtered(snapshot: Snapshot, chosen: Choice) -> dict[str, Any]:
    """What a page needs to offer filters, and to say which ones are set."""
    offered = results.options(snapshot)
    try:
        results.check(snapshot, chosen)
        words = offered.words(chosen)
    except results.CannotFilter:
        words = ()
    return {"choice": chosen, "offered": offered, "counted": words, "query": chosen.page}


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
    words: results.Behind | None = None
    errors: tuple[tuple[str, str], ...] = ()
    number = request.args.get("page", 1, type=int)
    try:
        words = results.behind(snapshot, choice(), question, group, number)
    except results.CannotFilter as error:
        errors = ((error.field, str(error)),)
    except (ValueError, LookupError):
        abort(404)
    except results.BeingWorkedOut:
        return waits(campaigns=True, failed=snapshot.copies.failed)
    page = render_template(
        "organise/results_words.html",
        words=words,
        errors=errors,
        group=group,
        groups=codebook.groups,
        question=found[0],
        snapshot=snapshot,
        served=[each for each in codebook.open_questions if each.key in found[0].serves],
        **filtered(snapshot, choice()),
    )
    return page, 422 if errors else 200


@organise.get("/c/<key>/results/<question>/<int:number>.<kind>")
@open_to(*who("results"))
def results_file(key: str, question: str, number: int, kind: str) -> ResponseReturnValue:
    """One table as CSV, or one picture as SVG; each says what it is and whose answers it counts."""
    consultation = find_consultation(key)
    snapshot = snapshot_of(consultation)
    chosen = choice()
    try:
        made = results.figures(snapshot, question, chosen)
    except results.UnknownQuestion:
        abort(404)
    except results.CannotFilter as error:
        page = render_template("organise/results_refused.html", message=str(error))
        return page, 422
    except results.BeingWorkedOut:
        return waits(campaigns=True, failed=snapshot.copies.failed)
    lines = results.about(snapshot, chosen, when(snapshot.made_at, consultation.zone))
    if kind == "csv" and number < len(made.tables):
        table = made.tables[number]
        name = results.file_name(table.key, chosen, kind)
        return saved(results.as_csv(table, lines), name, "text/csv")
    if kind == "svg" and number < len(made.charts):
        chart = made.charts[number]
        name = results.file_name(chart.key, chosen, kind)
        return saved(results.as_svg(chart, lines), name, "image/svg+xml")
    abort(404)


def saved(content: bytes, name: str, kind: str) -> Response:
    """A file to be kept under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)
