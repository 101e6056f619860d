"""Settling: what is decided where two coders disagree, by somebody who is neither of them."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_coding import CodingFrame
from app.services import audit
from app.services.coding import frames, giving
from app.services.coding.answers import Unit


def to_settle(units: Iterable[Unit], organiser_id: str) -> tuple[tuple[Unit, ...], int]:
    """The disagreements for this person to settle, and how many are not for them.

    Who coded a text is still blind to what the other coder gave it.
    """
    disagreed = [unit for unit in units if unit.state == "disagreed"]
    free = [unit for unit in disagreed if coded_nothing(unit, organiser_id)]
    return tuple(free), len(disagreed) - len(free)


def settled_by(units: Iterable[Unit], organiser_id: str) -> tuple[Unit, ...]:
    """What this person decided, the latest first: they may still change their mind."""
    own = [
        (decided.made_at, unit)
        for unit in units
        if (decided := unit.latest("decided")) is not None
        and decided.coder_id == organiser_id
        and unit.latest("first") is not None
        and unit.latest("second") is not None
        and coded_nothing(unit, organiser_id)
    ]
    return tuple(unit for _, unit in sorted(own, key=lambda pair: pair[0], reverse=True))


def coded_nothing(unit: Unit, organiser_id: str) -> bool:
    """Whether this person is neither coder of a text."""
    return all(
        each.coder_id != organiser_id or each.part == "decided"
        for each in (*unit.given, *unit.before)
    )


def following(free: tuple[Unit, ...], after: str) -> Unit | None:
    """The disagreement that comes after that one; the first of those left where none does."""
    return next((unit for unit in free if unit.item_id > after), next(iter(free), None))


def sides(unit: Unit) -> tuple[frozenset[str], frozenset[str]]:
    """What coder A and coder B gave: who is A differs from text to text, and is not told."""
    first, second = unit.latest("first"), unit.latest("second")
    assert first is not None
    assert second is not None
    swapped = hashlib.sha256(f"sides:{unit.item_id}".encode()).digest()[0] % 2
    return (second.codes, first.codes) if swapped else (first.codes, second.codes)


def settle(
    session: Session,
    frame: CodingFrame,
    unit: Unit,
    codes: list[str],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Decide which codes count. The two codings stay as they are, for the reliability.

    Raises
    ------
    giving.AlreadySettled
        If somebody else decided meanwhile, or there is nothing to decide any more.
    """
    frame = frames.locked(session, frame)
    consultation = session.get_one(Consultation, frame.consultation_id)
    current = giving.as_it_stands(session, consultation, frame, unit)
    decided = current.latest("decided")
    if current.state != "disagreed" and (decided is None or decided.coder_id != actor):
        raise giving.AlreadySettled
    giving.keep(session, frame, unit, codes, coder_id=actor, part="decided", now=now)
    said = {"question": frame.question}
    audit.record(session, actor, "settle a disagreement", consultation.key, said, now=now)
