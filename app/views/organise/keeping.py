"""Exports, retention and the audit trail: what leaves, what is deleted, what was done."""

import io
import tempfile
import zipfile
from pathlib import Path

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import team
from app.database import current_session
from app.models import AuditEvent, Consultation
from app.models_team import Organiser
from app.security import open_to
from app.services import audit, editions, exporting, publishing, retention
from app.services.roles import may, who
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from forms.manifest import Contents

EXPORTS = {
    "without_identities": (
        "Without identities",
        "export",
        "Every answer that counts, without names, organisations and addresses. For analysis.",
    ),
    "full": (
        "Full, with identities",
        "export_full",
        "Every answer that counts, with names, organisations and addresses. Guard it well.",
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
    session = current_session()
    found = [
        (each, retention.due(session, each, now=now()), retention.certificates(session, each))
        for each in editions.everything(session)
    ]
    page = render_template("organise/retention.html", found=found, errors=errors, given=given or {})
    return page, 422 if errors else 200


@organise.post("/c/<key>/retention")
@open_to(*who("retain"))
def retention_set(key: str) -> ResponseReturnValue:
    """Set the periods of one consultation."""
    consultation = find_consultation(key)
    days = {kind: request.form.get(kind, "") for kind in retention.KINDS}
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
    """Delete what is due, after a fresh sign-in."""
    consultation = find_consultation(key)
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
    """The audit trail, the newest first, filtered by what was done and to what."""
    session = current_session()
    act, subject = request.args.get("act", ""), request.args.get("subject", "").strip()
    page = max(1, request.args.get("page", 1, type=int))
    lines = sa.select(AuditEvent).order_by(AuditEvent.number.desc())
    if act:
        lines = lines.where(AuditEvent.act == act)
    if subject:
        lines = lines.where(AuditEvent.subject == subject)
    shown = list(session.scalars(lines.offset((page - 1) * LINES).limit(LINES + 1)))
    people = {each.id: each.name or each.email for each in session.scalars(sa.select(Organiser))}
    acts = session.scalars(sa.select(AuditEvent.act).distinct().order_by(AuditEvent.act))
    return render_template(
        "organise/audit.html",
        lines=shown[:LINES],
        more=len(shown) > LINES,
        page=page,
        people=people,
        acts=list(acts),
        act=act,
        subject=subject,
        verified=audit.verify(session),
    )
