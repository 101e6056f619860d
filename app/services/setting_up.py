"""A consultation's settings: its names, its wording, who may answer, and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.models import Consultation
from app.services import audit
from app.services.consultations import Refused, Wrong
from app.services.wording import PRIVACY, Wording, wording_of

UNUSABLE = {
    "quick_exit": "Enter an address that begins with https://, such as https://www.bbc.co.uk/weather",
    "source_address": "Enter an address that begins with https://, or leave it blank",
}


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of time zones that people look for: by continent and place."""
    named = (each for each in available_timezones() if "/" in each)
    return tuple(sorted(each for each in named if not each.startswith("Etc/")))


@dataclass(frozen=True)
class Missing:
    """Something that respondents would look for and that nobody has written yet."""

    field: str
    words: str


def missing(consultation: Consultation) -> tuple[Missing, ...]:
    """What should stand in the settings before anybody is asked."""
    wording = wording_of(consultation)
    wanted = (
        ("purpose", wording.purpose, "Why you ask: the first page says nothing of it."),
        ("contact_email", wording.contact_email, "An address that respondents can write to."),
        ("hotlines", wording.hotlines, "Where material is reported."),
        ("support", wording.support, "Where support is found."),
        ("privacy", wording.privacy, "What happens to what people write."),
    )
    found = [Missing(field, words) for field, there, words in wanted if not there]
    if wording.privacy == PRIVACY:
        found.append(Missing("privacy", "The privacy wording is ours still: have it checked."))
    return tuple(found)


def set_up(
    session: Session,
    consultation: Consultation,
    values: Mapping[str, Any],
    *,
    wrong: Sequence[Wrong] = (),
    open_link: bool,
    zone: str,
    title: str,
    organiser: str,
    actor: str,
    now: datetime,
) -> None:
    """Change names, wording and whether the open link works.

    `wrong` is what could not even be read as typed; it is told with the rest.

    Raises
    ------
    Refused
        If a value cannot be used: with all that cannot, so that one look is enough.
    """
    contact = str(values.get("contact_email") or "")
    named = (
        (not title.strip(), "title", "Enter a title"),
        (not organiser.strip(), "organiser", "Enter who runs the consultation"),
        (zone not in available_timezones(), "zone", "Enter a time zone such as Europe/London"),
    )
    mistakes = dict(wrong)
    if contact and not _is_address(contact):
        mistakes["contact_email"] = "Enter an e-mail address, such as team@example.org"
    try:
        wording = Wording.model_validate(values)
    except ValidationError as error:
        wording = wording_of(consultation)
        for field in dict.fromkeys(str(each["loc"][0]) for each in error.errors()):
            mistakes.setdefault(field, UNUSABLE.get(field, "Check this and try again"))
    if wording.source_address.startswith("http://"):  # older settings may hold one: shown as text
        mistakes.setdefault("source_address", UNUSABLE["source_address"])
    worded = ((field in mistakes, field, mistakes.get(field, "")) for field in Wording.model_fields)
    Refused.where(*named, *worded)
    after: dict[str, Any] = {
        "title": title.strip(),
        "organiser": organiser.strip(),
        "zone": zone,
        "open_link": open_link,
        "wording": wording.model_dump(mode="json"),
    }
    changed = _changed(consultation, after)
    for name, value in after.items():
        setattr(consultation, name, value)
    details = {"changed": changed, "open_link": open_link, "zone": zone}
    audit.record(session, actor, "change settings", consultation.key, details, now=now)


def _is_address(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _changed(consultation: Consultation, after: Mapping[str, Any]) -> list[str]:
    """The names of the settings that are other than before; wording counts each of its parts."""
    names = [each for each in after if each != "wording"]
    found = [name for name in names if getattr(consultation, name) != after[name]]
    before = wording_of(consultation).model_dump(mode="json")
    return found + [name for name, value in after["wording"].items() if before[name] != value]
