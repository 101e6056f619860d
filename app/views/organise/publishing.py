"""Publishing: words on each open question, preparing the results, looking at them, letting out.

Longer than most modules: the steps of one page and its preview, each a short view.
"""

import sqlalchemy as sa
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models import Consultation
from app.models_publishing import Publication
from app.models_team import Organiser
from app.security import open_to
from app.services import editions, exporting, own_words, publishing
from app.services.results import STEPS
from app.services.roles import who
from app.team import current_organiser, now
from app.views import published
from app.views.organise.desk import find_consultation, organise
from forms.questionnaire import Questionnaire

AGAIN_SECONDS = 3
FIELDS = ("asked", "said", "will")


def questionnaire_or_404(consultation: Consultation) -> Questionnaire:
    """The questionnaire that is answered; 404 before opening."""
    edition = editions.current_edition(current_session(), consultation)
    if edition is None:
        abort(404)
    return editions.questionnaire_of(edition)


@organise.get("/c/<key>/publication")
@open_to(*who("publish"))
def publication(key: str) -> ResponseReturnValue:
    """What is written, what is prepared, what is public."""
    return show_publication(find_consultation(key))


def show_publication(
    consultation: Consultation, errors: tuple[tuple[str, str], ...] = ()
) -> ResponseReturnValue:
    """The page of publishing, with what stands against it."""
    session = current_session()
    edition = editions.current_edition(session, consultation)
    prepared = publishing.latest(session, consultation)
    last = publishing.published(session, consultation)
    words = own_words.words_of(session, consultation)
    digest = own_words.digest(session, consultation)
    waiting = prepared is not None and prepared.state == "running"
    page = render_template(
        "organise/publication.html",
        parts=own_words.parts(editions.questionnaire_of(edition)) if edition else (),
        words=words,
        prepared=prepared,
        stopped=prepared is not None and publishing.stopped(prepared, now=now()),
        quiet=prepared is not None and publishing.quiet(prepared, now=now()),
        public=last,
        editions=publishing.history(session, consultation),
        people={each.id: each.name for each in session.scalars(sa.select(Organiser))},
        stale=prepared is not None and prepared.words_digest != digest,
        steps=(prepared.steps if prepared else 0) or len(STEPS),
        again=AGAIN_SECONDS if waiting else None,
        errors=errors,
    )
    return page, 422 if errors else 200


@organise.post("/c/<key>/publication/prepare")
@open_to(*who("publish"))
def publication_prepare(key: str) -> ResponseReturnValue:
    """Begin to make the results; the page of publishing says how far that is."""
    consultation = find_consultation(key)
    try:
        publishing.begin(current_session(), consultation, actor=current_organiser().id, now=now())
    except publishing.AlreadyRunning:
        flash("The results are being prepared already.")
    except exporting.NothingOpened as refusal:
        return show_publication(consultation, (("prepare", str(refusal)),))
    return redirect(url_for("organise.publication", key=key), 303)


@organise.post("/c/<key>/publication/publish")
@open_to(*who("publish"))
def publication_publish(key: str) -> ResponseReturnValue:
    """Let out what was prepared, after a fresh sign-in."""
    consultation = find_consultation(key)
    team.require_fresh()
    session = current_session()
    prepared = publishing.latest(session, consultation)
    if prepared is None or prepared.id != request.form.get("publication"):
        return show_publication(
            consultation, (("prepare", "Look at the newest preparation before you publish it."),)
        )
    link = current_app.config["SETTINGS"].base_url.rstrip("/") + url_for(
        "published.results", consultation=key
    )
    try:
        publishing.publish(
            session,
            consultation,
            prepared,
            actor=current_organiser().id,
            link=link,
            now=now(),
            tell_again=request.form.get("tell_again") == "yes",
        )
    except publishing.NotReady as refusal:
        return show_publication(consultation, (("prepare", str(refusal)),))
    flash("The results are published.")
    return redirect(url_for("organise.publication", key=key), 303)


@organise.route("/c/<key>/publication/take-down", methods=["GET", "POST"])
@open_to(*who("publish"))
def publication_take_down(key: str) -> ResponseReturnValue:
    """Take down what is public, with a reason; the fresh sign-in comes before anything is typed."""
    consultation = find_consultation(key)
    session = current_session()
    public = publishing.published(session, consultation)
    if public is None:
        abort(404)
    team.require_fresh()
    given = request.form.get("reason", "")
    errors: tuple[tuple[str, str], ...] = ()
    if "reason" in request.form:  # and not only a fresh sign-in
        try:
            publishing.take_down(
                session, consultation, reason=given, actor=current_organiser().id, now=now()
            )
        except publishing.NoReason as refusal:
            errors = (("reason", str(refusal)),)
        else:
            flash("The results are taken down. Their address says so, with your reason.")
            return redirect(url_for("organise.publication", key=key), 303)
    page = render_template(
        "organise/publication_take_down.html", public=public, given=given, errors=errors
    )
    return page, 422 if errors else 200


@organise.route("/c/<key>/publication/words/<part>", methods=["GET", "POST"])
@open_to(*who("publish"))
def publication_words(key: str, part: str) -> ResponseReturnValue:
    """What we asked, what you said, what we will do: for one open question."""
    consultation = find_consultation(key)
    questionnaire = questionnaire_or_404(consultation)
    try:
        about = own_words.part_of(questionnaire, part)
    except own_words.UnknownPart:
        abort(404)
    if request.method == "GET":
        return show_words(consultation, questionnaire, about)
    given = {field: request.form.get(field, "") for field in FIELDS}
    seen = request.form.get("seen", 0, type=int)
    try:
        own_words.save_words(
            current_session(),
            consultation,
            part,
            given,
            seen=seen,
            actor=current_organiser().id,
            now=now(),
        )
    except own_words.TooLong as problem:
        errors = ((problem.field, str(problem)),)
        return show_words(consultation, questionnaire, about, given, seen, errors)
    except own_words.SavedMeanwhile as conflict:
        errors = ((FIELDS[-1] if part == own_words.INTRODUCTION else "asked", str(conflict)),)
        theirs = conflict.theirs
        return show_words(
            consultation, questionnaire, about, given, theirs.version, errors, theirs=True
        )
    flash(f"Saved: {about.title}")
    following = after(questionnaire, part) if request.form.get("next") else None
    if following is not None:
        return redirect(url_for("organise.publication_words", key=key, part=following), 303)
    return redirect(url_for("organise.publication", key=key), 303)


def show_words(
    consultation: Consultation,
    questionnaire: Questionnaire,
    about: own_words.Part,
    given: dict[str, str] | None = None,
    seen: int | None = None,
    errors: tuple[tuple[str, str], ...] = (),
    *,
    theirs: bool = False,
) -> ResponseReturnValue:
    """The form of one part: what was typed, else what is saved, else what we suggest."""
    session = current_session()
    saved = own_words.words_of(session, consultation).get(about.key)
    prepared = publishing.latest(session, consultation)
    figures = (
        prepared if prepared and prepared.page else publishing.published(session, consultation)
    )
    chapter = chapter_in(figures, about.key)
    suggested = "\n\n".join((*chapter["agree"], *chapter["split"])) if chapter else ""
    kept = {field: getattr(saved, field) for field in FIELDS} if saved else {}
    start = {"asked": about.asked, "said": suggested, "will": ""}
    page = render_template(
        "organise/publication_words.html",
        about=about,
        given=given or kept or start,
        seen=seen if seen is not None else saved.version if saved else 0,
        saved=saved,
        by=session.get(Organiser, saved.saved_by) if saved else None,
        theirs=kept if theirs else None,
        chapter=chapter,
        suggested=suggested,
        figures=figures,
        following=after(questionnaire, about.key),
        errors=errors,
    )
    return page, 422 if errors else 200


def chapter_in(publication: Publication | None, key: str) -> dict[str, list[str]] | None:
    """What prepared results say on one open question."""
    chapters = publication.page.get("chapters", []) if publication is not None else []
    return next((each for each in chapters if each["key"] == key), None)


def after(questionnaire: Questionnaire, part: str) -> str | None:
    """The part that follows one."""
    keys = [each.key for each in own_words.parts(questionnaire)]
    return next(iter(keys[keys.index(part) + 1 :]), None)


def prepared_or_404(key: str) -> tuple[Consultation, Publication]:
    """What was prepared and is not public yet."""
    consultation = find_consultation(key)
    found = publishing.latest(current_session(), consultation)
    if found is None or found.state != "ready":
        abort(404)
    return consultation, found


@organise.get("/c/<key>/publication/preview/")
@open_to(*who("publish"))
def publication_preview(key: str) -> ResponseReturnValue:
    """The public page as it would be."""
    return published.show_front(*prepared_or_404(key), preview=True)


@organise.get("/c/<key>/publication/preview/<open_question>")
@open_to(*who("publish"))
def publication_preview_question(key: str, open_question: str) -> ResponseReturnValue:
    """The public page of one open question as it would be."""
    return published.show_question(*prepared_or_404(key), open_question, preview=True)


@organise.get("/c/<key>/publication/preview/files/<path:path>")
@open_to(*who("publish"))
def publication_preview_file(key: str, path: str) -> ResponseReturnValue:
    """A file as it would be."""
    consultation, found = prepared_or_404(key)
    kept = publishing.public_file(current_session(), found, path)
    if kept is None:
        abort(404)
    return published.send(consultation, kept)
