"""Entering: responses that came on paper or by mail, one by one, and many from a spreadsheet.

The forms are those that respondents meet, without the page that asks them to look again: what
screening finds is held when the response is saved.
"""

import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation, Draft, Edition, Response
from app.models_importing import ImportBatch
from app.security import open_to, takes_files
from app.services import (
    audit,
    drafting,
    editions,
    importing,
    screening,
    sheet_check,
    sheet_template,
    spreadsheets,
    submitting,
)
from app.services.drafting import Progress
from app.services.roles import who
from app.services.sheet_check import Checked, Mistake
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from forms.questionnaire import Section
from forms.section_form import SectionForm, section_form

CHANNELS = (("paper", "On paper"), ("email", "By e-mail"))
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 100
PREVIEWED = 20


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
    page = render_template(
        "organise/entering.html",
        channels=CHANNELS,
        begun=list(session.scalars(begun)),
        batches=importing.waiting(session, consultation),
        ready=editions.current_edition(session, consultation) is not None,
        errors=errors,
        mistakes=mistakes[:MOST_SHOWN],
        more=max(0, len(mistakes) - MOST_SHOWN),
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


@organise.get("/c/<key>/enter/template.xlsx")
@open_to(*who("enter"))
def entering_template(key: str) -> ResponseReturnValue:
    """The spreadsheet to fill in."""
    consultation, edition = opened(key)
    questionnaire = editions.questionnaire_of(edition)
    content = sheet_template.template(questionnaire, key, consultation.title)
    name = f"{key}_import-template.xlsx"
    return send_file(io.BytesIO(content), mimetype=EXCEL, as_attachment=True, download_name=name)


@organise.post("/c/<key>/enter/upload")
@open_to(*who("enter"))
@takes_files
def entering_upload(key: str) -> ResponseReturnValue:
    """Check a filled-in spreadsheet; only one without mistakes goes on."""
    consultation, edition = opened(key)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return show_hub(key, (("file", "Choose the spreadsheet that you filled in."),))
    session = current_session()
    questionnaire = editions.questionnaire_of(edition)
    before = importing.brought_in(session, consultation)
    session.rollback()  # nothing was written: while rows are checked, others can save
    mark = spreadsheets.mark_of(key, questionnaire)
    try:
        checked = sheet_check.check(questionnaire, upload.read(), before, mark)
    except spreadsheets.NotASpreadsheet as wrong:
        return show_hub(key, (("file", str(wrong)),))
    if checked.mistakes:
        rows = len({each.line for each in checked.mistakes})
        said = f"Nothing was brought in. Correct {rows} row{'s' if rows > 1 else ''}: see below."
        return show_hub(key, (("file", said),), checked.mistakes)
    if not checked.ready:
        known = "Every row was brought in before." if checked.known else "There is no row in it."
        return show_hub(key, (("file", known),))
    batch = importing.keep(
        session,
        consultation,
        checked.ready,
        known=checked.known,
        actor=current_organiser().id,
        now=now(),
    )
    for said in noted(checked):
        flash(said)
    return redirect(url_for("organise.entering_batch", key=key, identifier=batch.id), 303)


def noted(checked: Checked) -> Iterator[str]:
    """What else to know of a sheet without mistakes before it is brought in."""
    if checked.lacks:
        some = ", ".join(checked.lacks[:5])
        more = f" and {len(checked.lacks) - 5} more" if len(checked.lacks) > 5 else ""
        yield f"The sheet lacks columns of the template, which count as blank: {some}{more}."


def find_batch(key: str, identifier: str) -> ImportBatch:
    """A batch of this consultation; 404 where there is none."""
    consultation = find_consultation(key)
    batch = current_session().get(ImportBatch, identifier)
    if batch is None or batch.consultation_id != consultation.id:
        abort(404)
    return batch


@organise.get("/c/<key>/enter/import/<identifier>")
@open_to(*who("enter"))
def entering_batch(key: str, identifier: str) -> ResponseReturnValue:
    """What a checked sheet will bring in; and how far it is, which the page looks at by itself."""
    batch = find_batch(key, identifier)
    _, edition = opened(key)
    questionnaire = editions.questionnaire_of(edition)
    going = importing.going(current_session(), batch, now=now())
    rows = [] if going else list(importing.not_yet_in(current_session(), batch))
    groups = {each.key: each.label for each in questionnaire.codebook().groups}
    shown = []
    for line, row_key, pages, marks in rows[:PREVIEWED]:
        answers = {name: value for _, page in pages for name, value in page.items()}
        given = sum(value is not None for value in answers.values())
        group = groups.get(str(answers.get(questionnaire.roles.group)), "Group not known")
        found = sheet_check.held_by_screening(questionnaire, pages)
        shown.append((line, row_key, group, given, len(marks), found))
    return render_template(
        "organise/entering_batch.html", batch=batch, left=len(rows), shown=shown, going=going
    )


@organise.post("/c/<key>/enter/import/<identifier>")
@open_to(*who("enter"))
def entering_bring_in(key: str, identifier: str) -> ResponseReturnValue:
    """Bring in the first rows; the others follow by themselves."""
    batch = find_batch(key, identifier)
    importing.begin(current_session(), batch, actor=current_organiser().id, now=now())
    return redirect(url_for("organise.entering_batch", key=key, identifier=batch.id), 303)


@organise.post("/c/<key>/enter/import/<identifier>/discard")
@open_to(*who("enter"))
def entering_discard(key: str, identifier: str) -> ResponseReturnValue:
    """Throw away what is not brought in yet."""
    batch = find_batch(key, identifier)
    importing.discard(current_session(), batch, actor=current_organiser().id, now=now())
    flash("The rows that were not in yet are thrown away. You can upload the sheet again.")
    return redirect(url_for("organise.entering", key=key), 303)
