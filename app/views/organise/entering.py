"""Entering: responses that came on paper or by mail, one by one. Spreadsheets are in `importing`.

The forms are those that respondents meet, without the page that asks them to look again: what
screening finds is held when the response is saved.
"""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation, Draft, Edition, Response
from app.security import open_to
from app.services import (
    audit,
    drafting,
    editions,
    importing,
    screening,
    sheet_check,
    submitting,
)
from app.services.drafting import Progress
from app.services.roles import who
from app.services.sheet_check import Mistake
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from forms.questionnaire import Section
from forms.section_form import SectionForm, section_form

CHANNELS = (("paper", "On paper"), ("email", "By e-mail"))
MOST_SHOWN = 100


def opened(key: str) -> tuple[Consultation, Edition]:
    """The consultation in the address and what it asks; 404 before it opens."""
    consultation = find_consultation(key)
    edition = editions.current_edition(current_session(), consultation)
    if edition is None or consultation.opens_at is None or consultation.opens_at > now():
        abort(404)
    return consultation, edition


@organise.get("/c/<key>/enter")
@open_to(*who("enter"))
def entering(key: str) -> ResponseReturnValue:
    """By hand or by spreadsheet, and what was begun and not sent."""
    return show_hub(key)


def show_hub(
    key: str, errors: tuple[tuple[str, str], ...] = (), mistakes: tuple[Mistake, ...] = ()
) -> ResponseReturnValue:
    """The page to begin on, with what is wrong with an uploaded sheet."""
    consultation = find_consultation(key)
    session = current_session()
    begun = sa.select(Draft).join(Edition).outerjoin(Response, Response.draft_id == Draft.id)
    begun = begun.where(
        Edition.consultation_id == consultation.id,
        Draft.channel.in_([channel for channel, _ in CHANNELS]),
        Response.id.is_(None),
    ).order_by(Draft.created_at)
    together = sheet_check.once_each(mistakes)
    page = render_template(
        "organise/entering.html",
        channels=CHANNELS,
        begun=list(session.scalars(begun)),
        batches=importing.waiting(session, consultation),
        ready=editions.current_edition(session, consultation) is not None,
        errors=errors,
        mistakes=together[:MOST_SHOWN],
        more=max(0, len(together) - MOST_SHOWN),
    )
    return page, 422 if errors else 200


@organise.route("/c/<key>/enter/new", methods=["GET", "POST"])
@open_to(*who("enter"))
def entering_new(key: str) -> ResponseReturnValue:
    """The first page, which begins a response that came on paper or by mail."""
    _, edition = opened(key)
    channel = request.values.get("channel", "")
    if channel not in dict(CHANNELS):
        abort(404)
    page = editions.questionnaire_of(edition).sections[0]
    form = section_form(page, {}, request.form if request.method == "POST" else None)
    if request.method == "GET" or not form.validate():
        return show_section(page, form, channel=channel)
    draft = drafting.begin(
        current_session(), edition, page.key, form.answers(), now=now(), channel=channel
    )
    return redirect(after(key, draft, drafting.read(draft), page.key), 303)


def find_draft(key: str, identifier: str) -> Draft:
    """A response being entered in this consultation; 404 where there is none, or it was sent."""
    consultation = find_consultation(key)
    draft = current_session().get(Draft, identifier)
    if draft is None or draft.edition.consultation_id != consultation.id:
        abort(404)
    if draft.channel not in dict(CHANNELS) or draft.response is not None:
        abort(404)
    return draft


@organise.route("/c/<key>/enter/<identifier>/s/<section>", methods=["GET", "POST"])
@open_to(*who("enter"))
def entering_section(key: str, identifier: str, section: str) -> ResponseReturnValue:
    """One page of questions."""
    draft = find_draft(key, identifier)
    progress = drafting.read(draft)
    page = next((each for each in progress.route if each.key == section), None)
    if page is None:
        abort(404)
    posted = request.form if request.method == "POST" else None
    form = section_form(page, progress.settled, posted, saved=progress.raw)
    version = progress.versions.get(section, 0)
    if posted is None or not form.validate():
        return show_section(page, form, draft=draft, progress=progress, version=version)
    seen = request.form.get("version", 0, type=int)
    try:
        drafting.save_section(
            current_session(), draft, section, form.answers(), seen=seen, now=now()
        )
    except drafting.Conflict as conflict:
        flash("This page was saved in another window meanwhile. Compare, and save again.")
        version = conflict.saved.version
        return show_section(page, form, draft=draft, progress=progress, version=version, status=409)
    return redirect(after(key, draft, drafting.read(draft), section), 303)


def after(key: str, draft: Draft, progress: Progress, section: str) -> str:
    """The page after this one, or the one to check."""
    keys = [each.key for each in progress.route]
    rest = keys[keys.index(section) + 1 :] if section in keys else []
    if rest and request.form.get("next") != "check":
        return url_for("organise.entering_section", key=key, identifier=draft.id, section=rest[0])
    return url_for("organise.entering_check", key=key, identifier=draft.id)


def show_section(
    page: Section, form: SectionForm, *, version: int = 0, status: int = 200, **more: Any
) -> ResponseReturnValue:
    """A page of questions, with what is wrong first."""
    problems = form.errors_in_order()
    shown = render_template(
        "organise/entering_section.html",
        section=page,
        form=form,
        errors=problems,
        version=version,
        channels=dict(CHANNELS),
        **more,
    )
    return shown, 422 if problems else status


@organise.get("/c/<key>/enter/<identifier>/check")
@open_to(*who("enter"))
def entering_check(key: str, identifier: str) -> ResponseReturnValue:
    """What was entered, page by page, before it is sent."""
    return show_check(find_draft(key, identifier))


def show_check(draft: Draft, *, missing: bool = False) -> ResponseReturnValue:
    """The page to check, with what is missing."""
    progress = drafting.read(draft)
    errors = tuple(
        (f"check-{section.key}", f"Give an answer: {question.text}")
        for section, question in (progress.unanswered if missing else ())
    )
    found = screening.screen_answers(progress)
    held = dict.fromkeys(
        (progress.questionnaire.question(each.question).text, each.label) for each in found
    )
    page = render_template(
        "organise/entering_check.html",
        held=list(held),
        draft=draft,
        states=[progress.state(each) for each in progress.route],
        channels=dict(CHANNELS),
        errors=errors,
    )
    return page, 422 if errors else 200


@organise.post("/c/<key>/enter/<identifier>/send")
@open_to(*who("enter"))
def entering_send(key: str, identifier: str) -> ResponseReturnValue:
    """Send it: from here on it is a response like any other."""
    draft = find_draft(key, identifier)
    session = current_session()
    try:
        response = importing.send_draft(session, draft, now=now())
    except submitting.Unanswered:
        return show_check(draft, missing=True)
    told = {"channel": draft.channel}
    audit.record(session, current_organiser().id, "enter", response.reference, told, now=now())
    held = " Something in it is held until safeguarding has looked." if response.held_at else ""
    flash(f"Entered. Write this reference on the paper: {response.reference}.{held}")
    return redirect(url_for("organise.entering", key=key), 303)
