"""Answering: the start, the task list, and the pages of questions."""

import secrets
import time
from typing import Any

from flask import (
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.database import current_session
from app.models import Draft, Edition
from app.security import open_to
from app.services import drafting, editions, screening
from app.typed import typed
from app.views.respond import closed, invited, sending, visit
from app.views.respond.visit import current_draft, now, respond
from forms.questionnaire import Section
from forms.section_form import SectionForm, section_form

START = "start"  # where the session keeps which draft a first page begins
MOST_STARTS = 300  # from one address in a quarter of an hour: a whole agency may share one


@respond.route("/start", methods=["GET", "POST"])
@open_to("anyone")
def start() -> ResponseReturnValue:
    """The first page of questions: its answers begin the draft."""
    if visit.draft_here() is not None:
        first = drafting.read(current_draft()).questionnaire.sections[0]
        return section(first.key)
    edition = visit.current_edition()
    page = editions.questionnaire_of(edition).sections[0]
    editions.refuse_unless_open(current_session(), edition.consultation, now=now())
    if not edition.consultation.open_link:
        return invited.by_invitation_only()
    form = section_form(page, {}, request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        visit.slow_down("start", most=MOST_STARTS)
        return begin(edition, page, form)
    session.setdefault(START, secrets.token_urlsafe(24))
    return show(page, form, version=0, status=422 if form.errors_in_order() else 200)


def begin(edition: Edition, page: Section, form: SectionForm) -> ResponseReturnValue:
    """Begin the draft, once: a double click or a retry comes back to the one that was begun."""
    try:
        draft = drafting.begin(
            current_session(),
            edition,
            page.key,
            form.answers(),
            now=now(),
            token=session.get(START),
        )
    except drafting.Conflict as conflict:
        g.draft = draft = current_session().get_one(Draft, conflict.saved.draft_id)
        return visit.keep_draft(make_response(show_conflict(page, form, conflict)), draft)  # type: ignore[no-any-return]  # the response that it was given
    session.pop(START, None)
    return visit.keep_draft(redirect(url_for("respond.saved", new=1)), draft)  # type: ignore[no-any-return]  # the response that it was given


@respond.route("/s/<key>", methods=["GET", "POST"])
@open_to("respondent")
def section(key: str) -> ResponseReturnValue:
    """One page of questions."""
    draft = current_draft()
    progress = drafting.read(draft)
    posted = request.form if request.method == "POST" else None
    if posted is not None:
        consultation = draft.edition.consultation
        editions.refuse_unless_open(current_session(), consultation, now=now(), draft=draft)
    elif not visit.is_open():
        return closed.show(progress, key)
    page = find_section(progress, key)
    form = section_form(page, progress.settled, posted, saved=progress.raw)
    if posted is not None and form.validate():
        return save(draft, page, form)
    status = 422 if form.errors_in_order() else 200
    return show(page, form, version=progress.versions.get(key, 0), status=status)


def find_section(progress: drafting.Progress, key: str) -> Section:
    """The section with this key, where it has something to ask this respondent; else 404."""
    found = [each for each in progress.route if each.key == key]
    if not found:
        abort(404)
    return found[0]


def save(draft: Draft, page: Section, form: SectionForm) -> ResponseReturnValue:
    """Keep the answers of a page, and say what happens next."""
    before = {each.id for each in drafting.read(draft).no_longer_counting}
    invitation = invited.Before.of(draft)
    try:
        drafting.save_section(
            current_session(),
            draft,
            page.key,
            form.answers(),
            seen=request.form.get("version", 0, type=int),
            now=now(),
            seconds=seconds_here(),
        )
    except drafting.Conflict as conflict:
        return show_conflict(page, form, conflict)
    if invitation.is_first_page_after(draft):
        return redirect(url_for("respond.saved", new=1))
    progress = drafting.read(draft)
    if {each.id for each in progress.no_longer_counting} - before:
        flash("Some answers no longer count. They are kept: see below.", "kept")
        return redirect(url_for("respond.tasks") + "#kept")
    questions = progress.questions(page)
    regions = screening.regions_of(progress.questionnaire, progress.settled)
    if any(screening.screen_question(each, progress.settled, regions) for each in questions):
        return redirect(url_for("respond.found", key=page.key, next=where_next()))
    return redirect(after(progress, page.key, where_next()))


def seconds_here() -> int:
    """How long the page was open, as far as the page can tell; 0 where it cannot."""
    shown = request.form.get("shown_at", 0, type=int)
    return max(0, int(time.time()) - shown) if shown else 0


def where_next() -> str:
    """Whether the respondent asked for the task list or for the next page."""
    return "tasks" if request.values.get("next") == "tasks" else "on"


def after(progress: drafting.Progress, key: str, wish: str) -> str:
    """The page after a section: the next one on the route, or the task list."""
    keys = [each.key for each in progress.route]
    if wish == "tasks" or key not in keys or progress.questionnaire.section(key).kind == "topics":
        return url_for("respond.tasks")
    rest = keys[keys.index(key) + 1 :]
    return url_for("respond.section", key=rest[0]) if rest else url_for("respond.check")


def show(
    page: Section, form: SectionForm, *, version: int, status: int = 200, **more: Any
) -> ResponseReturnValue:
    """A page of questions, with what is wrong with it first."""
    progress = drafting.read(draft) if (draft := visit.draft_here()) else None
    return (
        render_template(
            "respond/section.html",
            section=page,
            form=form,
            problems=form.errors_in_order(),
            version=version,
            shown_at=int(time.time()),
            progress=progress,
            invited_for=invited.group_asked_on(page, progress),
            **more,
        ),
        status,
    )


def show_conflict(
    page: Section, form: SectionForm, conflict: drafting.Conflict
) -> ResponseReturnValue:
    """Both texts, nothing overwritten: the page as typed, and beside it what was saved."""
    theirs = conflict.saved.unseal("answers") or {}
    mine = form.answers()
    differing = [
        (question, question.display(theirs), question.display(mine))
        for question, _ in form.questions()
        if question.display(theirs) != question.display(mine)
    ]
    version = conflict.saved.version
    saved_at = conflict.saved.saved_at
    return show(page, form, version=version, status=409, differing=differing, saved_at=saved_at)


@respond.get("/s/<key>/found")
@open_to("respondent")
def found(key: str) -> ResponseReturnValue:
    """What looks like something that must not be sent, before it is sent."""
    if not visit.is_open():
        return redirect(url_for("respond.tasks"))
    progress = drafting.read(current_draft())
    page = find_section(progress, key)
    regions = screening.regions_of(progress.questionnaire, progress.settled)
    findings = [
        (question, screening.screen_question(question, progress.settled, regions))
        for question in progress.questions(page)
    ]
    return render_template(
        "respond/found.html",
        section=page,
        findings=[(question, each) for question, each in findings if each],
        onward=after(progress, key, where_next()),
    )


@respond.get("/tasks")
@open_to("respondent")
def tasks() -> ResponseReturnValue:
    """What there is to do, in any order, and how far each page is; after closing, what was done."""
    progress = drafting.read(current_draft())
    if not visit.is_open():
        return closed.show(progress)
    return render_template(
        "respond/tasks.html",
        progress=progress,
        before=[progress.state(each) for each in progress.route if each.kind in BEFORE],
        after=[progress.state(each) for each in progress.route if each.kind == "closing"],
        needed={section.key for section, _ in progress.unanswered},
        response=current_draft().response,
        unsent=drafting.has_unsent_changes(progress, current_draft().response),
    )


BEFORE = frozenset({"start", "about", "topics"})


@respond.post("/tasks/<key>/<way>")
@open_to("respondent")
def opt(key: str, way: str) -> ResponseReturnValue:
    """Leave a topic out, or take it in again."""
    draft = current_draft()
    if way not in {"out", "in"} or key not in {
        each.section.key for each in drafting.read(draft).topics
    }:
        abort(404)
    drafting.opt_out(current_session(), draft, key, out=way == "out", now=now())
    return redirect(url_for("respond.tasks") + f"#topic-{key}")


@respond.errorhandler(CSRFError)
def show_again(_: CSRFError) -> ResponseReturnValue:
    """A page whose token is stale comes back with what was typed and a fresh token."""
    key = (request.view_args or {}).get("key")
    draft = visit.draft_here()
    if draft is not None and not visit.is_open():
        return closed.show_closed(editions.NotOpen(draft.edition.consultation, now()))
    if request.endpoint == "respond.section" and draft is not None:
        progress = drafting.read(draft)
        page = find_section(progress, str(key))
        version = request.form.get("version", 0, type=int)
    elif request.endpoint == "respond.start" and draft is None:
        page, version = editions.questionnaire_of(visit.current_edition()).sections[0], 0
    elif request.endpoint == "respond.send" and draft is not None:
        return sending.show_check(400, stale=True)
    else:
        return render_template("respond/come_back.html", typed=typed(request.form)), 400
    settled = drafting.read(draft).settled if draft else {}
    form = section_form(page, settled, request.form)
    form.validate()
    return show(page, form, version=version, status=400, stale=True)
