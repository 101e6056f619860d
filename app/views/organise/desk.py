"""What the team's pages share: the consultation in the address, and the way around."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, g, request, url_for

from app.database import current_session
from app.models import Consultation
from app.services import editions
from app.services.roles import may
from app.team import current_organiser, current_sign_in

organise = Blueprint("organise", __name__, url_prefix="/organise")

AROUND = (
    ("organise.home", "Consultations", "see"),
    ("organise.people", "Team", "team"),
    ("organise.audit_trail", "Audit trail", "audit"),
    ("organise.retention", "Retention", "retain"),
    ("account.mine", "Your account", "see"),
)
IN_A_CONSULTATION = (
    ("organise.settings", "Settings", "prepare"),
    ("organise.steer", "Open and close", "prepare"),
    ("organise.rehearsal", "Made-up answers", "prepare"),
    ("organise.invitations", "Invitations", "invite"),
    ("organise.follow", "Follow", "see"),
    ("organise.responses", "Responses", "read"),
    ("organise.entering", "Enter responses", "enter"),
    ("organise.held", "Held", "safeguard"),
    ("organise.coding", "Coding", "code"),
    ("organise.results", "Results", "results"),
    ("organise.publication", "Publish", "publish"),
    ("organise.exports", "Exports", "export_public"),
)


@dataclass(frozen=True)
class Link:
    """A line of the navigation."""

    href: str
    text: str
    current: bool


def find_consultation(key: str) -> Consultation:
    """The consultation in the address; 404 where there is none."""
    found = editions.find(current_session(), key)
    if found is None:
        abort(404)
    g.desk_consultation = found
    return found


def pages_of(consultation: Consultation) -> tuple[tuple[str, str, str], ...]:
    """The pages of a consultation; only a rehearsal has one for made-up answers."""
    if consultation.synthetic:
        return IN_A_CONSULTATION
    return tuple(each for each in IN_A_CONSULTATION if each[0] != "organise.rehearsal")


def _links(pages: tuple[tuple[str, str, str], ...], **values: Any) -> list[Link]:
    roles = current_organiser().roles
    return [
        Link(url_for(endpoint, **values), text, _is_here(endpoint))
        for endpoint, text, act in pages
        if endpoint in current_app.view_functions and may(roles, act)
    ]


def _is_here(endpoint: str) -> bool:
    here = request.endpoint or ""
    return here == endpoint or here.startswith(f"{endpoint}_")


def known_to_templates() -> dict[str, object]:
    """The way around, for whoever is signed in."""
    here = current_sign_in() if request.blueprint in {"organise", "account"} else None
    if here is None or here.proved_at is None or g.get("broken"):
        return {}
    consultation: Consultation | None = g.get("desk_consultation")
    inside = _links(pages_of(consultation), key=consultation.key) if consultation else []
    return {
        "organiser_links": _links(AROUND),
        "consultation_links": inside,
        "desk_consultation": consultation,
    }
