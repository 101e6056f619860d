"""Checking, sending, and what is kept of it: the receipt, a new revision, a withdrawal."""

import io

from flask import abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Response, Revision
from app.security import open_to
from app.services import checking, drafting, receipts, screening, submitting
from app.views.respond import closed, visit
from app.views.respond.reading import WORD
from app.views.respond.visit import current_draft, now, respond
from forms.wording import has_unwritable

LONGEST_REASON = 500


@respond.get("/check")
@open_to("respondent")
def check() -> ResponseReturnValue:
    """Everything that will be sent, with a way to change each answer."""
    return show_check()


def show_check(
    status: int = 200, *, changed: bool = False, missing: bool = False, stale: bool = False
) -> ResponseReturnValue:
    """The page to check, with what stands in the way first."""
    session, draft = current_session(), current_draft()
    progress = drafting.read(draft)
    if not visit.is_open():
        return closed.show(progress, status=status)
    sections = [(each, checking.lines(progress, each)) for each in progress.route]
    needed = {section.key for section, _ in progress.unanswered}
    page = render_template(
        "respond/check.html",
        progress=progress,
        sections=sections,
        blank={
            section.key
            for section, answers in sections
            if section.key not in needed and not any(answer.words for answer in answers)
        },
        token=submitting.next_token(session.info["keyring"], draft),
        findings=screening.screen_answers(progress),
        changed=changed,
        stale=stale,
        missing=progress.unanswered if missing else (),
        response=draft.response,
        nameless=checking.name_left_blank(progress),
    )
    return page, status


@respond.post("/send")
@open_to("respondent")
def send() -> ResponseReturnValue:
    """Send; the same form posted again leads to the same receipt."""
    token, stamp = request.form.get("token", ""), request.form.get("stamp", "")
    try:
        submitting.submit(current_session(), current_draft(), token=token, stamp=stamp, now=now())
    except submitting.Unanswered:
        return show_check(422, missing=True)
    except submitting.ChangedMeanwhile:
        return show_check(409, changed=True)
    return redirect(url_for("respond.receipt"), 303)


def sent() -> tuple[Response, Revision]:
    """What this browser's draft has sent; 404 where nothing was."""
    response = current_draft().response
    if response is None or not response.revisions:
        abort(404)
    return response, response.revisions[-1]


@respond.get("/receipt")
@open_to("respondent")
def receipt() -> ResponseReturnValue:
    """What was received, when, and how to change or withdraw it."""
    response, revision = sent()
    return render_template(
        "respond/receipt.html",
        receipt=receipts.read(response, revision),
        response=response,
        unsent=drafting.has_unsent_changes(drafting.read(current_draft()), response),
    )


@respond.get("/receipt.docx")
@open_to("respondent")
def receipt_as_word() -> ResponseReturnValue:
    """The receipt and the copy of what was received, as a Word file."""
    response, revision = sent()
    document = receipts.to_docx(receipts.read(response, revision))
    name = f"receipt-{response.reference}.docx"
    return send_file(io.BytesIO(document), mimetype=WORD, as_attachment=True, download_name=name)


@respond.route("/withdraw", methods=["GET", "POST"])
@open_to("respondent")
def withdraw() -> ResponseReturnValue:
    """Take the response out of every count and export, after asking once."""
    response, _ = sent()
    if request.method == "POST":
        submitting.withdraw(current_session(), current_draft(), now=now())
        return redirect(url_for("respond.receipt"))
    if not visit.is_open():
        return redirect(url_for("respond.tasks"))
    return render_template("respond/withdraw.html", response=response)


@respond.route("/confidential/<question>", methods=["GET", "POST"])
@open_to("respondent")
def confidential(question: str) -> ResponseReturnValue:
    """Mark one answer as confidential, with a reason, or take the mark away."""
    if request.method == "GET" and not visit.is_open():
        return redirect(url_for("respond.tasks"))
    progress = drafting.read(current_draft())
    asked = {each.id: each for section in progress.route for each in progress.questions(section)}
    if question not in asked:
        abort(404)
    reason = request.form.get("reason", "").strip()
    keep = request.form.get("keep", "yes") == "yes"
    fits = 0 < len(reason) <= LONGEST_REASON and not has_unwritable(reason)
    problem = request.method == "POST" and keep and not fits
    if request.method == "POST" and not problem:
        drafting.keep_confidential(
            current_session(), current_draft(), question, reason if keep else None, now=now()
        )
        return redirect(url_for("respond.check") + f"#check-{question}")
    page = render_template(
        "respond/confidential.html",
        question=asked[question],
        reason=reason or progress.confidential.get(question, ""),
        marked=question in progress.confidential,
        problem=problem,
    )
    return page, 422 if problem else 200
