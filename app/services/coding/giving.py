"""Giving codes: what somebody reads next, and what they decide about it.

A coder meets one answer at a time and never what others gave it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.models import Consultation, Response
from app.models_coding import Coding, CodingFrame
from app.services import audit
from app.services.coding import answers, frames
from app.services.coding.answers import Found, Given, Unit

NONE_FITS = "none"
MOST_VERSIONS = 5
MOST_COPIES_READ = 50


class CodedByAnother(Exception):
    """Somebody else coded this answer in the meantime, so it needs no second time."""


class AlreadySettled(Exception):
    """A decision was made on this answer, or it is gone, so that it can no longer be coded."""


@dataclass(frozen=True)
class Queue:
    """What one coder has done and has still to do, as first or second coder of a question."""

    part: str
    coder_id: str
    done: tuple[Unit, ...]
    left: tuple[Unit, ...]

    @property
    def total(self) -> int:
        """How many there are to read for this part."""
        return len(self.done) + len(self.left)

    @property
    def own(self) -> tuple[Unit, ...]:
        """Those that this coder coded, the latest first."""
        mine = [(own_coding(unit, self.coder_id, self.part), unit) for unit in self.done]
        dated = [(given.made_at, unit) for given, unit in mine if given is not None]
        return tuple(unit for _, unit in sorted(dated, key=lambda pair: pair[0], reverse=True))

    def next(self, after: str = "") -> Unit | None:
        """What to read next: what follows that answer, and at the end what was left for later."""
        here = place(self.coder_id, after)
        following = [unit for unit in self.left if place(self.coder_id, unit.item_id) > here]
        return next(iter((following if after else ()) or self.left), None)

    def earlier(self, item_id: str = "") -> Unit | None:
        """What this coder coded just before that answer; before a new one, what they coded last."""
        own = [unit.item_id for unit in self.own]
        back = own.index(item_id) + 1 if item_id in own else 0
        return next(iter(self.own[back:]), None)

    def find(self, item_id: str) -> Unit | None:
        """The answer in this queue with that id; what another has coded is not in it."""
        return next((unit for unit in (*self.left, *self.own) if unit.item_id == item_id), None)


def place(coder_id: str, item_id: str) -> bytes:
    """Where an answer stands in the order of a coder, which says nothing of when it came."""
    return hashlib.sha256(f"{coder_id}:{item_id}".encode()).digest()


def own_coding(unit: Unit, coder_id: str, part: str) -> Given | None:
    """What this coder gave, where theirs is the coding that stands."""
    latest = unit.latest(part)
    return latest if latest is not None and latest.coder_id == coder_id else None


def own_before(unit: Unit, coder_id: str, part: str) -> Given | None:
    """What this coder gave before one of its codes was split, where that is to be done again."""
    own = [each for each in unit.before if (each.coder_id, each.part) == (coder_id, part)]
    return None if unit.latest(part) else max(own, key=lambda each: each.made_at, default=None)


def queue(units: Iterable[Unit], coder_id: str, part: str) -> Queue:
    """The queue of a coder: in an order of their own, so that two seldom read the same at once."""
    other = "second" if part == "first" else "first"
    for_part = [unit for unit in units if part == "first" or unit.double]
    mine = [
        unit
        for unit in for_part
        if not any(
            each.coder_id == coder_id and each.part == other for each in (*unit.given, *unit.before)
        )
    ]
    done = [unit for unit in mine if unit.latest(part) is not None or unit.latest("decided")]
    left = [unit for unit in mine if unit.latest(part) is None and not unit.latest("decided")]
    left.sort(key=lambda unit: place(coder_id, unit.item_id))
    return Queue(part, coder_id, tuple(done), tuple(left))


def read(session: Session, unit: Unit, question: str) -> Found:
    """The words of an answer."""
    return answers.found_in(session.get_one(Response, unit.response_id), question)


def other_versions(session: Session, unit: Unit, question: str) -> list[Found]:
    """Other wordings among the copies, where they are not word for word the same."""
    if len(unit.responses) == 1:
        return []
    shown = read(session, unit, question).text
    others = session.scalars(
        sa.select(Response)
        .where(Response.id.in_(unit.responses))
        .options(selectinload(Response.revisions))
        .order_by(Response.id)
        .limit(MOST_COPIES_READ)
    )
    texts: dict[str, Found] = {}
    for each in others:
        found = answers.found_in(each, question)
        if found.text != shown and (found.confidential or found.text not in texts):
            texts[found.text] = found
    return list(texts.values())[:MOST_VERSIONS]


def chosen(frame: CodingFrame, given: list[str]) -> list[str]:
    """The codes that were ticked.

    Raises
    ------
    frames.Refused
        If nothing was ticked, "none fits" together with a code, or a code that is not in use.
    """
    codes = [code.id for code in frames.in_use(frame) if code.id in given]
    if set(given) - {NONE_FITS} - set(codes):
        raise frames.Refused("codes", "The list of codes has changed. Look at it again.")
    if not given:
        raise frames.Refused("codes", "Choose the codes that fit, or say that none fits.")
    if codes and NONE_FITS in given:
        raise frames.Refused("codes", "Choose codes, or say that none fits, but not both.")
    return codes


def as_it_stands(
    session: Session, consultation: Consultation, frame: CodingFrame, unit: Unit
) -> Unit:
    """The same answer read afresh, once nobody else can change it.

    Raises
    ------
    AlreadySettled
        If it is no longer there to be read: withdrawn, held or changed meanwhile.
    """
    for each in answers.units(session, consultation, frame, key=unit.key):
        if each.revision == unit.revision and each.response_id == unit.response_id:
            return each
    raise AlreadySettled


def give(
    session: Session,
    frame: CodingFrame,
    unit: Unit,
    codes: list[str],
    *,
    coder_id: str,
    part: str,
    now: datetime,
) -> None:
    """Keep what a coder gives to an answer, and so to all copies of it.

    Raises
    ------
    CodedByAnother
        If another coder of the same part has coded it meanwhile.
    AlreadySettled
        If a decision was made on it.
    """
    frame = frames.locked(session, frame)
    consultation = session.get_one(Consultation, frame.consultation_id)
    current = as_it_stands(session, consultation, frame, unit)
    if current.latest("decided") is not None and part != "decided":
        raise AlreadySettled
    latest = current.latest(part)
    if latest is not None and latest.coder_id != coder_id:
        raise CodedByAnother
    keep(session, frame, unit, codes, coder_id=coder_id, part=part, now=now)
    said = {"question": frame.question, "part": part}
    audit.record(session, coder_id, "code", consultation.key, said, now=now)


def keep(
    session: Session,
    frame: CodingFrame,
    unit: Unit,
    codes: list[str],
    *,
    coder_id: str,
    part: str,
    now: datetime,
) -> None:
    """Write a coding, or put another in the place of one's own."""
    place = {
        "frame_id": frame.id,
        "response_id": unit.response_id,
        "revision": unit.revision,
        "coder_id": coder_id,
        "part": part,
    }
    coding = session.scalar(sa.select(Coding).filter_by(**place))
    if coding is None:
        coding = Coding(**place)
        session.add(coding)
    coding.codes, coding.made_at = codes, now
    session.flush()
