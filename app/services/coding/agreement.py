"""Two coders side by side: how far the coding is, and how far they agree."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.models_coding import CodingFrame
from app.services.coding import lineage
from app.services.coding.answers import Given, Unit
from app.services.results import coding_aid

LEAST = coding_aid.LEAST_DOUBLE_CODED


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


def uses(units: Iterable[Unit]) -> Counter[str]:
    """On how many texts each code stands: as it was decided, or as the first coder gave it."""
    found: Counter[str] = Counter()
    for unit in units:
        given = unit.latest("decided") or unit.latest("first")
        found.update(given.codes if given else ())
    return found


def both(units: Iterable[Unit]) -> list[tuple[Given, Given]]:
    """What the first and the second coder gave, for each text that both coded."""
    pairs = [(unit.latest("first"), unit.latest("second")) for unit in units]
    return [(one, two) for one, two in pairs if one is not None and two is not None]


def reliability(frame: CodingFrame, units: Iterable[Unit]) -> tuple[coding_aid.CodeAgreement, ...]:
    """How far the coders agreed on each code in use, before anything was settled.

    A code is judged on the texts that both read when they could give it: before it was made,
    neither giving it is no agreement.
    """
    pairs = both(units)
    found: list[coding_aid.CodeAgreement] = []
    for code, since in lineage.offered_since(frame).items():
        could = [pair for pair in pairs if min(each.made_at for each in pair) >= since]
        one, two = [pair[0].codes for pair in could], [pair[1].codes for pair in could]
        found.extend(coding_aid.agreement(one, two, [code]))
    return tuple(found)
