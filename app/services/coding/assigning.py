"""Who codes which question: first coders share the answers, second ones read a share again."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models_coding import CodingFrame, FrameCoder
from app.models_team import Organiser
from app.services.coding import frames
from app.services.roles import may

PARTS = ("first", "second")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may code, and as what they do: first, second, or "" for not at all.

    Who `reads` whole responses by another role can find out there who wrote an answer.
    """

    organiser: Organiser
    part: str
    reads: bool


def candidates(session: Session, frame: CodingFrame) -> tuple[Candidate, ...]:
    """Everybody whose roles let them code, with their part in this question."""
    parts = {coder.organiser_id: coder.part for coder in frame.coders}
    people = session.scalars(
        sa.select(Organiser).where(Organiser.disabled_at.is_(None)).order_by(Organiser.email)
    )
    return tuple(
        Candidate(person, parts.get(person.id, ""), may(person.roles, "read"))
        for person in people
        if may(person.roles, "code")
    )


def part_of(frame: CodingFrame, organiser: Organiser) -> str:
    """What somebody codes of a question: first, second, or "" for nothing."""
    return next((each.part for each in frame.coders if each.organiser_id == organiser.id), "")


def assign(
    session: Session,
    frame: CodingFrame,
    parts: dict[str, str],
    share: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Set who codes, and the share that a second coder reads too. What was coded stays.

    Raises
    ------
    frames.Refused
        If the share is not a whole number from 0 to 100.
    """
    if not share.strip().isdecimal() or not 0 <= int(share) <= 100:
        raise frames.Refused("share", "Enter a whole number from 0 to 100.")
    frame = frames.locked(session, frame)
    changed = set_coders(session, frame, parts, now=now)
    if changed:
        frames.note(session, frame, "assign", changed, actor=actor, now=now)
    if frame.second_share != int(share):
        details = {"was": frame.second_share, "share": int(share)}
        frame.second_share = int(share)
        frames.note(session, frame, "share", details, actor=actor, now=now)


def set_coders(
    session: Session, frame: CodingFrame, parts: dict[str, str], *, now: datetime
) -> dict[str, str]:
    """Give each candidate the part that was chosen; what changed, by person."""
    known = {each.organiser_id: each for each in frame.coders}
    changed = {}
    for candidate in candidates(session, frame):
        person, part = candidate.organiser.id, parts.get(candidate.organiser.id, "")
        if part not in {"", *PARTS} or part == candidate.part:
            continue
        changed[person] = part
        if not part:
            frame.coders.remove(known[person])
        elif candidate.part:
            known[person].part = part
        else:
            frame.coders.append(FrameCoder(organiser_id=person, part=part, since=now))
    session.flush()
    return changed
