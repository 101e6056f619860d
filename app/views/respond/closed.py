"""After closing: what was written is shown to read and to copy, and no form that cannot be sent."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.services import checking, drafting, editions
from app.services.drafting import Progress
from app.typed import typed
from app.views.respond import visit
from app.views.respond.visit import respond
from forms.section_form import section_form


def show(progress: Progress, only: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Everything that was written in a draft, or on one page of it; whether it counts is said."""
    sections = [
        (section, found)
        for section in progress.questionnaire.sections
        if only in {None, section.key} and (found := checking.written(progress, section))
    ]
    if only is not None and only not in {each.key for each in progress.questionnaire.sections}:
        abort(404)
    response = progress.draft.response
    page = render_template(
        "respond/closed.html",
        sections=sections,
        only=only and progress.questionnaire.section(only),
        response=response,
        unsent=drafting.has_unsent_changes(progress, response),
    )
    return page, status


@respond.errorhandler(editions.NotOpen)
def show_closed(error: editions.NotOpen) -> ResponseReturnValue:
    """The consultation closed while someone was writing: the text comes back for copying."""
    page = render_template(
        "respond/not_open.html",
        closed=not error.not_yet,
        of=error.consultation,
        typed=typed_here(),
        too_late=request.method == "POST",
    )
    return page, 403


def typed_here() -> tuple[tuple[str, str], ...]:
    """What was written on this page: under its questions where they are known, else as it came."""
    draft = visit.draft_here() if request.method == "POST" else None
    key = (request.view_args or {}).get("key")
    if draft is None or request.endpoint != "respond.section":
        return typed(request.form)
    progress = drafting.read(draft)
    pages = [each for each in progress.questionnaire.sections if each.key == key]
    form = section_form(pages[0], progress.settled, request.form) if pages else None
    if form is None or not form.validate():
        return typed(request.form)
    answers = form.answers()
    said = ((each.text, "\n".join(each.display(answers))) for each, _ in form.questions())
    return tuple((question, words) for question, words in said if words)
