"""Two coders side by side: how far they agree, and what is decided where they do not."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_coding import CodingFrame
from app.services import audit
from app.services.coding import frames, giving
from app.services.coding.answers import Unit
from app.services.results import coding_aid


@dataclass(frozen=True)
class Standing:
    """How far the coding of a question is, counted in texts: copies of one count once."""

    total: int
    coded: int
    double: int
    twice: int
    disagreed: int
    settled: int
    responses: int


def standing(units: Iterable[Unit]) -> Standing:
    """Count what is done and what is left."""
    found = tuple(units)
    states = Counter(unit.state for unit in found)
    return Standing(
        total=len(found),
        coded=len(found) - states["to_code"],
        double=sum(unit.double for unit in found),
        twice=len(both(found)),
        disagreed=states["disagreed"],
        settled=states["settled"],
        responses=sum(len(unit.responses) for unit in found),
    )


def both(units: Iterable[Unit]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """What the first and the second coder gave, for each text that both coded."""
    pairs = [(unit.latest("first"), unit.latest("second")) for unit in units]
    return [
        (first.codes, second.codes)
        for first, second in pairs
        if first is not None and second is not None
    ]


def reliability(frame: CodingFrame, units: Iterable[Unit]) -> tuple[coding_aid.CodeAgreement, ...]:
    """How far the coders agreed on each code in use, before anything was settled."""
    pairs = both(units)
    codes = [code.id for code in frames.in_use(frame)]
    return coding_aid.agreement([a for a, _ in pairs], [b for _, b in pairs], codes)


def to_settle(units: Iterable[Unit], organiser_id: str) -> tuple[tuple[Unit, ...], int]:
    """The disagreements for this person to settle, and how many are not for them.

    Who coded a text is still blind to what the other coder gave it.
    """
    disagreed = [unit for unit in units if unit.state == "disagreed"]
    free = [unit for unit in disagreed if all(each.coder_id != organiser_id for each in unit.given)]
    return tuple(free), len(disagreed) - len(free)


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
    """Decide which codes count. The two codings stay as they are, for the reliability."""
    frame = frames.locked(session, frame)
    consultation = session.get_one(Consultation, frame.consultation_id)
    giving.keep(session, frame, unit, codes, coder_id=actor, part="decided", now=now)
    said = {"question": frame.question}
    audit.record(session, actor, "settle a disagreement", consultation.key, said, now=now)
