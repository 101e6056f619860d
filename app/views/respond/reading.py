"""Pages to read before answering: what this is, all questions, privacy, where to turn."""

import io
from functools import lru_cache

from flask import render_template, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.database import current_session
from app.security import open_to
from app.services import consultations, editions, publishing, retention
from app.views.respond.visit import current_consultation, current_edition, now, respond
from forms.duration import time_needed
from forms.printing import printed_body, printed_docx
from forms.questionnaire import Questionnaire

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@respond.get("/")
@open_to("anyone")
def first_page() -> ResponseReturnValue:
    """What is asked, by whom, until when, and what becomes of the answers."""
    session, consultation = current_session(), current_consultation()
    questionnaire = consultations.questionnaire_of(session, consultation)
    return render_template(
        "respond/first_page.html",
        questionnaire=questionnaire,
        time_needed=time_needed(questionnaire),
        moves=consultations.moves(consultation),
        closed_early=consultations.closed_early(consultation, now=now()),
        published=publishing.published(session, consultation),
    )


@respond.get("/questions")
@open_to("anyone")
def questions() -> ResponseReturnValue:
    """All questions on one page, without starting."""
    questionnaire = editions.questionnaire_of(current_edition())
    document = _as_html(questionnaire)
    return render_template("respond/questions.html", document=document)


@lru_cache(maxsize=8)
def _as_html(questionnaire: Questionnaire) -> Markup:
    return printed_body(questionnaire)


@lru_cache(maxsize=8)
def _as_word(questionnaire: Questionnaire) -> bytes:
    return printed_docx(questionnaire)


@respond.get("/questions.docx")
@open_to("anyone")
def questions_as_word() -> ResponseReturnValue:
    """All questions as a Word file, to be talked over with colleagues."""
    questionnaire = editions.questionnaire_of(current_edition())
    name = f"questions-{current_consultation().key}.docx"
    return send_file(
        io.BytesIO(_as_word(questionnaire)), mimetype=WORD, as_attachment=True, download_name=name
    )


@respond.get("/privacy")
@open_to("anyone")
def privacy() -> ResponseReturnValue:
    """What becomes of the answers, who can read them, and how long they are kept."""
    kept = retention.promises(current_consultation())
    return render_template("respond/privacy.html", kept=kept)


@respond.get("/accessibility")
@open_to("anyone")
def accessibility() -> ResponseReturnValue:
    """How this works with assistive technology, and whom to tell where it does not."""
    current_consultation()
    return render_template("respond/accessibility.html")


@respond.get("/support")
@open_to("anyone")
def support() -> ResponseReturnValue:
    """Where to report material, and where to find support."""
    current_consultation()
    return render_template("respond/support.html")
