"""Importing: many responses from a spreadsheet, checked first, then brought in by themselves."""

import io
from collections.abc import Iterator

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models_importing import ImportBatch
from app.security import open_to, takes_files
from app.services import editions, importing, sheet_check, sheet_template, spreadsheets
from app.services.roles import who
from app.services.sheet_check import Checked
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from app.views.organise.entering import opened, show_hub

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PREVIEWED = 20


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
