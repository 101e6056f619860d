"""The settings of a consultation: names, wording, whom to turn to, who may answer."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.security import open_to
from app.services import consultations, setting_up
from app.services.roles import who
from app.services.wording import Place, wording_of
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise


def places(field: str) -> tuple[list[dict[str, str]], list[consultations.Wrong]]:
    """Places to turn to, one a line: name | address | about; and what cannot be read as one."""
    found, wrong = [], []
    for number, line in enumerate(request.form.get(field, "").splitlines(), 1):
        name, *rest = (part.strip() for part in line.split("|"))
        if not line.strip():
            continue
        if not name or not rest or not rest[0]:
            message = f"Line {number}: put | between the name and its address or number"
            wrong.append((field, message))
            continue
        found.append({"name": name, "address": rest[0], "about": " ".join(rest[1:])})
    return found, wrong[:1]


def as_lines(found: tuple[Place, ...]) -> str:
    """Places as they are typed."""
    return "\n".join(" | ".join(filter(None, (p.name, p.address, p.about))) for p in found)


TEXTS = (
    "purpose", "source_title", "source_address", "audience", "after",
    "contact_name", "contact_email", "quick_exit",
)  # fmt: skip


@organise.route("/c/<key>/settings", methods=["GET", "POST"])
@open_to(*who("prepare"))
def settings(key: str) -> ResponseReturnValue:
    """Names, contact, hotlines, support and privacy wording."""
    consultation = find_consultation(key)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            change_settings(consultation)
        except consultations.Refused as refused:
            errors = list(refused.errors)
        else:
            flash("The settings are saved.")
            return redirect(url_for("organise.settings", key=key), 303)
    page = render_template(
        "organise/settings.html",
        given=request.form if errors else as_given(consultation),
        zones=setting_up.zones(),
        errors=errors,
    )
    return page, 422 if errors else 200


def change_settings(consultation: Consultation) -> None:
    """Save what was typed."""
    form = request.form
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    values["hotlines"], no_hotlines = places("hotlines")
    values["support"], no_support = places("support")
    values["privacy"] = [
        part.strip() for part in form.get("privacy", "").split("\n") if part.strip()
    ]
    setting_up.set_up(
        current_session(),
        consultation,
        values,
        wrong=[*no_hotlines, *no_support],
        open_link=form.get("open_link") == "yes",
        zone=form.get("zone", "").strip(),
        title=form.get("title", ""),
        organiser=form.get("organiser", ""),
        actor=current_organiser().id,
        now=now(),
    )


def as_given(consultation: Consultation) -> dict[str, str]:
    """The settings as they are typed."""
    wording = wording_of(consultation)
    return {
        **{name: getattr(wording, name) for name in TEXTS},
        "hotlines": as_lines(wording.hotlines),
        "support": as_lines(wording.support),
        "privacy": "\n".join(wording.privacy),
        "open_link": "yes" if consultation.open_link else "",
        "zone": consultation.zone,
        "title": consultation.title,
        "organiser": consultation.organiser,
    }
