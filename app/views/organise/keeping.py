"""Exports, retention and the audit trail: what leaves, what is deleted, what was done."""

import io
import tempfile
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models import Certificate, Consultation
from app.models_team import Organiser
from app.security import open_to
from app.services import audit, editions, export_sheet, exporting, publishing, retention
from app.services.retention_kinds import KINDS
from app.services.roles import may, who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from forms.manifest import Contents

EXPORTS = {
    "without_identities": (
        "Without identities",
        "export",
        (
            "Every answer that counts, without names, organisations and addresses: a workbook to "
            "read, and files for programmes."
        ),
    ),
    "full": (
        "Full, with identities",
        "export_full",
        "The same, with names, organisations and addresses. Guard it well.",
    ),
    "publishable": (
        "Publishable",
        "export_public",
        (
            "Only what consent and the small-count rules let out: tables, and single records that "
            "are alike in groups. As prepared last on the page “Publish”."
        ),
    ),
}
LINES = 100


@organise.get("/c/<key>/exports")
@open_to(*who("export_public"))
def exports(key: str) -> ResponseReturnValue:
    """The kinds of export, those that this person may have."""
    find_consultation(key)
    roles = current_organiser().roles
    allowed = {kind: told for kind, told in EXPORTS.items() if may(roles, told[1])}
    return render_template("organise/exports.html", kinds=allowed)


@organise.post("/c/<key>/exports/<kind>")
@open_to(*who("export_public"))
def exports_make(key: str, kind: str) -> ResponseReturnValue:
    """Make an export: fresh sign-in, its own line in the audit trail, a name that says what."""
    consultation = find_consultation(key)
    if kind not in EXPORTS:
        abort(404)
    if not may(current_organiser().roles, EXPORTS[kind][1]):
        abort(403)
    team.require_fresh(then=url_for("organise.exports", key=key))
    try:
        content = archive(consultation, kind)
    except (exporting.NothingOpened, publishing.NothingPrepared) as error:
        return render_template("organise/no_export.html", reason=str(error)), 422
    audit.record(
        current_session(), current_organiser().id, "export", key, {"kind": kind}, now=now()
    )
    stamp = f"{now():%Y-%m-%dT%H%MZ}"
    name = f"{key}_{kind.replace('_', '-')}_{stamp}.zip"
    return send_file(
        io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name
    )


def archive(consultation: Consultation, kind: str) -> bytes:
    """The export as one file.

    What may be published is hidden and attacked once, when results are prepared: two sets of
    figures that are hidden differently could give away together what neither says alone.
    """
    if kind == "publishable":
        return publishing.data_for_publication(current_session(), consultation)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "export"
        contents: Contents = "full" if kind == "full" else "without_identities"
        exporting.write_export(
            current_session(), consultation, folder, now=now(), contents=contents
        )
        export_sheet.add_to(folder)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archived:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archived.write(path, path.relative_to(folder))
        return packed.getvalue()


@organise.get("/retention", endpoint="retention")
@open_to(*who("retain"))
def retention_page() -> ResponseReturnValue:
    """Every consultation with what is due."""
    return show_retention()


def show_retention(
    errors: tuple[tuple[str, str], ...] = (), given: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The page of retention, with what was typed."""
    session, on = current_session(), request.args.get("on", "").strip()
    wrong = day_of(on) is None
    if wrong:
        errors = (("on", "Enter a day, such as 2027-12-31"),)
    found = [
        (
            each,
            retention.due(session, each, now=day_of(on, each.zone) or now()),
            retention.certificates(session, each),
        )
        for each in editions.everything(session)
    ]
    page = render_template(
        "organise/retention.html",
        found=found,
        errors=errors,
        given=given or {},
        on=on,
        ahead=None if wrong or not on else day_of(on),
        day_wrong=wrong,
    )
    return page, 422 if errors else 200


def day_of(text: str, zone: str = "UTC") -> datetime | None:
    """The end of a day as typed, there; now where none is, and None where it is no day."""
    if not text:
        return now()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time.max, ZoneInfo(zone))


@organise.get("/c/<key>/retention/certificates/<identifier>")
@open_to(*who("retain"))
def retention_certificate(key: str, identifier: str) -> ResponseReturnValue:
    """A certificate to keep: what was deleted, by whom, when, and its digest."""
    consultation = find_consultation(key)
    found = current_session().get(Certificate, identifier)
    if found is None or found.consultation_id != consultation.id:
        abort(404)
    person = current_session().get(Organiser, found.actor)
    by = (person.name or person.email) if person else found.actor
    text = retention.as_text(consultation, found, by)
    name = f"{key}_deletion_{found.made_at:%Y-%m-%dT%H%MZ}.txt"
    return send_file(
        io.BytesIO(text.encode()), mimetype="text/plain", as_attachment=True, download_name=name
    )


@organise.post("/c/<key>/retention")
@open_to(*who("retain"))
def retention_set(key: str) -> ResponseReturnValue:
    """Set the periods of one consultation."""
    consultation = find_consultation(key)
    days = {kind: request.form.get(kind, "") for kind in KINDS}
    try:
        retention.set_periods(
            current_session(), consultation, days, actor=current_organiser().id, now=now()
        )
    except retention.BadPeriod as bad:
        return show_retention(((f"{key}-{bad.kind}", str(bad)),), days)
    flash("The periods are saved.")
    return redirect(url_for("organise.retention"), 303)


@organise.post("/c/<key>/retention/run")
@open_to(*who("retain"))
def retention_run(key: str) -> ResponseReturnValue:
    """Delete what is due, where that is meant, after a fresh sign-in."""
    consultation = find_consultation(key)
    if request.form.get("sure") != "yes":
        return show_retention(((f"{key}-sure", "Tick the box if you want to delete these."),))
    team.require_fresh()
    try:
        made = retention.run(
            current_session(), consultation, actor=current_organiser().id, now=now()
        )
    except retention.NotDue:
        flash("Nothing is due, so nothing was deleted.")
    else:
        flash(f"Deleted. The certificate begins with {made.digest[:12]}.")
    return redirect(url_for("organise.retention"), 303)


@organise.get("/audit")
@open_to(*who("audit"))
def audit_trail() -> ResponseReturnValue:
    """The audit trail, the newest first, filtered by who did what, to what, and when."""
    session = current_session()
    wanted = {name: request.args.get(name, "").strip() for name in FILTERS}
    errors = [
        (name, "Enter a day, such as 2027-12-31")
        for name in ("since", "until")
        if wanted[name] and day_of(wanted[name]) is None
    ]
    page = max(1, request.args.get("page", 1, type=int))
    found = audit.Filter(
        **{name: wanted[name] for name in ("act", "subject", "actor")},
        since=None if errors or not wanted["since"] else day_of(wanted["since"]),
        until=None if errors or not wanted["until"] else day_of(wanted["until"]),
    )
    shown = audit.lines(session, found, page=page, most=LINES)
    people = {each.id: each.name or each.email for each in session.scalars(sa.select(Organiser))}
    answer = render_template(
        "organise/audit.html",
        lines=shown[:LINES],
        more=len(shown) > LINES,
        page=page,
        people=people,
        acts=audit.acts(session),
        wanted=wanted,
        errors=errors,
        verified=audit.verify(session),
    )
    return answer, 422 if errors else 200


FILTERS = ("act", "subject", "actor", "since", "until")
