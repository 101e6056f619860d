"""Consultations: the list, a new one, its preview, opening, extending, closing, its settings."""

import io

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.pages import absolute
from app.security import open_to, takes_files
from app.services import consultations, editions, setting_up, uploading
from app.services.roles import may, who
from app.services.waiting import waiting
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from forms.manifest import LEAST_VIEWS
from forms.questionnaire import Questionnaire
from forms.section_form import section_form


@organise.get("/")
@open_to(*who("see"))
def home() -> ResponseReturnValue:
    """Every consultation, with what it is doing now."""
    session, person = current_session(), current_organiser().id
    found = [(each, waiting(session, each, person)) for each in editions.everything(session)]
    return render_template("organise/home.html", consultations=found, moment=now())


NEW = ("key", "title", "organiser", "like", "rehearsal")


@organise.route("/new", methods=["GET", "POST"])
@open_to(*who("prepare"))
@takes_files
def new() -> ResponseReturnValue:
    """A new consultation: from a file, or as a copy of one."""
    if request.method == "GET":
        return show_new({})
    given = {name: request.form.get(name, "") for name in NEW}
    session = current_session()
    like = editions.find(session, given["like"]) if given["like"] else None
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        if not may(current_organiser().roles, "upload"):
            return show_new(given, [("file", "Only an owner may upload a questionnaire.")])
        content = upload.read()
        questionnaire, mistakes = uploading.check_upload(content)
        if questionnaire is None:
            return show_new(given, marked=uploading.marked(content, mistakes))
    elif like is not None:
        questionnaire = consultations.questionnaire_of(session, like)
    else:
        names = given["key"], given["title"] or "the file’s own", given["organiser"]
        wrong = consultations.wrong_names(session, *names)
        return show_new(given, [("like", "Choose a consultation to copy, or a file."), *wrong])
    return create(questionnaire, given, like)


@organise.get("/new/example.yaml")
@open_to(*who("prepare"))
def new_example() -> ResponseReturnValue:
    """The questionnaire that this service came with, to begin from."""
    name = f"{editions.DEFAULT_FILE.parent.name}.yaml"
    content = io.BytesIO(editions.DEFAULT_FILE.read_bytes())
    return send_file(content, mimetype="text/yaml", as_attachment=True, download_name=name)


def create(
    questionnaire: Questionnaire, given: dict[str, str], like: Consultation | None
) -> ResponseReturnValue:
    """Make it, and go to its settings."""
    try:
        made = consultations.create(
            current_session(),
            questionnaire,
            key=given["key"],
            title=given["title"] or questionnaire.title,
            organiser=given["organiser"],
            actor=current_organiser().id,
            now=now(),
            like=like,
            rehearsal=given["rehearsal"] == "yes",
        )
    except consultations.Refused as refused:
        return show_new(given, list(refused.errors))
    flash("The consultation is made. Look at the preview and the settings, then open it.")
    return redirect(url_for("organise.steer", key=made.key), 303)


def show_new(
    given: dict[str, str],
    errors: list[tuple[str, str]] | None = None,
    marked: tuple[uploading.Marked, ...] = (),
) -> ResponseReturnValue:
    """The page for a new consultation, with what was given."""
    told = list(errors or ())
    if marked:
        told.append(
            ("file", "The file cannot be used yet. Put its mistakes right, and choose it again")
        )
    page = render_template(
        "organise/new.html",
        given=given,
        errors=told,
        marked=marked,
        consultations=editions.everything(current_session()),
        may_upload=may(current_organiser().roles, "upload"),
    )
    return page, 422 if told else 200


@organise.get("/c/<key>/preview")
@open_to(*who("prepare"))
def settings_preview(key: str) -> ResponseReturnValue:
    """Every page as one group meets it; nothing can be sent from here."""
    consultation = find_consultation(key)
    questionnaire = consultations.questionnaire_of(current_session(), consultation)
    groups = questionnaire.codebook().groups
    key = request.args.get("group", groups[0].key)
    group = next((each for each in groups if each.key == key), None) or abort(404)
    settled = {questionnaire.roles.group: group.key}
    pages = [(each, section_form(each, settled)) for each in questionnaire.route(settled)]
    return render_template("organise/preview.html", pages=pages, groups=groups, group=group)


@organise.route("/c/<key>/open-and-close", methods=["GET", "POST"])
@open_to(*who("prepare"))
def steer(key: str) -> ResponseReturnValue:
    """Open it, move its closing time, or close it now."""
    consultation = find_consultation(key)
    if request.method == "GET":
        return show_steer(consultation)
    try:
        ACTS[request.form.get("act", "")](consultation)
    except KeyError:
        return show_steer(consultation, [("act", "Choose what to do.")])
    except consultations.Refused as refused:
        return show_steer(consultation, list(refused.errors))
    if request.form.get("act") == "remove":
        return redirect(url_for("organise.home"), 303)
    return redirect(url_for("organise.steer", key=key), 303)


def show_steer(
    consultation: Consultation, errors: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    """The page to open and close, with what was typed."""
    page = render_template(
        "organise/steer.html",
        is_open=editions.is_open(current_session(), consultation, now=now()),
        questionnaire=consultations.questionnaire_of(current_session(), consultation),
        missing=() if consultation.synthetic else setting_up.missing(consultation),
        given=request.form,
        errors=errors or (),
        address=absolute(url_for("respond.first_page", consultation=consultation.key)),
        least=LEAST_VIEWS,
        moment=now(),
    )
    return page, 422 if errors else 200


def number(name: str) -> int:
    """A whole number as typed; 0 where it is none."""
    return request.form.get(name, 0, type=int)


def open_consultation(consultation: Consultation) -> None:
    """Open it with the thresholds given, where that is meant."""
    closes_at = consultations.read_time(
        request.form.get("closes_at", ""), consultation.zone, "closes_at", needed=False
    )
    consultations.open_it(
        current_session(),
        consultation,
        closes_at=closes_at,
        small_counts=number("small_counts"),
        consensus=number("consensus"),
        k_anonymity=number("k_anonymity"),
        meant=request.form.get("meant") == "yes",
        actor=current_organiser().id,
        now=now(),
    )
    if consultation.synthetic:
        flash("The rehearsal is open. Send made-up answers to it, or answer as a respondent would.")
    else:
        flash("The consultation is open.")


def extend_consultation(consultation: Consultation) -> None:
    """Move the closing time."""
    closes_at = consultations.read_time(
        request.form.get("closes_at", ""), consultation.zone, "closes_at"
    )
    assert closes_at is not None
    consultations.extend(
        current_session(),
        consultation,
        closes_at,
        request.form.get("reason", ""),
        actor=current_organiser().id,
        now=now(),
    )
    flash("The closing time is changed. Respondents see the change and its reason.")


def close_consultation(consultation: Consultation) -> None:
    """Close it now, where that is meant."""
    if request.form.get("sure") != "yes":
        raise consultations.Refused("sure", "Tick the box if you want to close it now.")
    consultations.close(current_session(), consultation, actor=current_organiser().id, now=now())
    flash("The consultation is closed.")


def remove_consultation(consultation: Consultation) -> None:
    """Remove it, where that is meant."""
    if request.form.get("surely") != "yes":
        raise consultations.Refused("surely", "Tick the box if you want to remove it.")
    consultations.remove(current_session(), consultation, actor=current_organiser().id, now=now())
    flash(f"“{consultation.title}” is removed.")


ACTS = {
    "open": open_consultation,
    "extend": extend_consultation,
    "close": close_consultation,
    "remove": remove_consultation,
}
