"""What there is to read: the answers that count, with all copies of a text taken as one.

Held, withdrawn and excluded responses are never among them, whatever was brought in before.
Longer than most files: what is brought in and what is read of it must be defined in one place.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.models import Consultation, Edition, Response, Revision
from app.models_coding import Code, Coding, CodingFrame, CodingItem
from app.services import editions, safeguarding
from app.services.coding import frames
from app.services.results import coding_aid

BATCH = 500

Noted = sa.Row[str, str, int, str | None]


@dataclass(frozen=True)
class Found:
    """An answer as it stands now: in which revision, its words, and whether never to quote it."""

    response_id: str
    revision: int
    sent_at: datetime
    text: str
    confidential: bool


@dataclass(frozen=True)
class Given:
    """The codes that somebody gave, as the frame stands now."""

    coder_id: str
    part: str
    codes: frozenset[str]
    made_at: datetime


@dataclass(frozen=True)
class Unit:
    """One thing to read: an answer, or all the copies of one."""

    item_id: str
    response_id: str
    revision: int
    responses: tuple[str, ...]
    double: bool
    given: tuple[Given, ...] = ()

    def latest(self, part: str) -> Given | None:
        """The newest coding of a part."""
        of_part = [each for each in self.given if each.part == part]
        return max(of_part, key=lambda each: each.made_at, default=None)

    @property
    def state(self) -> str:
        """`to_code`, `to_second`, `disagreed` or `settled`."""
        first, second = self.latest("first"), self.latest("second")
        if self.latest("decided") is not None:
            return "settled"
        if first is None:
            return "to_code"
        if second is None:
            return "to_second" if self.double else "settled"
        return "settled" if first.codes == second.codes else "disagreed"

    @property
    def final(self) -> frozenset[str] | None:
        """The codes that count; None until that is settled."""
        if self.state != "settled":
            return None
        decided = self.latest("decided") or self.latest("first")
        assert decided is not None
        return decided.codes


def counting(consultation: Consultation, edition: Edition) -> tuple[sa.ColumnElement[bool], ...]:
    """What a response must be for its answers to be read."""
    return (
        Response.consultation_id == consultation.id,
        Response.edition_id == edition.id,
        Response.withdrawn_at.is_(None),
        Response.held_at.is_(None),
        Response.excluded_reason.is_(None),
    )


def found_in(response: Response, question: str) -> Found:
    """What a response answers to a question."""
    revision = response.revisions[-1]
    asked = editions.questionnaire_of(response.edition).question(question)
    marks: dict[str, str] = revision.unseal("confidential") or {}
    text = asked.text_values(safeguarding.answers_for_analysis(revision)).get(question, "")
    return Found(response.id, revision.number, response.sent_at, text.strip(), question in marks)


def look(session: Session, consultation: Consultation, question: str) -> tuple[Found, ...]:
    """Every answer that counts, the blank ones too, in the order in which they first came."""
    edition = editions.current_edition(session, consultation)
    if edition is None:
        return ()
    statement = (
        sa.select(Response)
        .where(*counting(consultation, edition))
        .options(selectinload(Response.revisions))
        .order_by(Response.sent_at, Response.id)
        .execution_options(yield_per=BATCH)
    )
    return tuple(found_in(response, question) for response in session.scalars(statement))


def units_of(found: Iterable[Found]) -> dict[str, str]:
    """Which response stands for each answer: the first that came of all copies of a text."""
    written = [each for each in found if each.text]
    stands_for = {each.response_id: each.response_id for each in written}
    groups = coding_aid.copies([(each.response_id, each.text) for each in written])
    order = {each.response_id: place for place, each in enumerate(written)}
    for group in groups:
        first = min(group, key=order.__getitem__)
        stands_for |= dict.fromkeys(group, first)
    return stands_for


def bring_in(
    session: Session,
    frame: CodingFrame,
    found: tuple[Found, ...],
    stands_for: dict[str, str],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Note what there is to read; how many answers are new or changed.

    An answer that its respondent changed is another one: nobody has coded it.
    """
    frame = frames.locked(session, frame)
    of_frame = sa.select(CodingItem).where(CodingItem.frame_id == frame.id)
    known = {item.response_id: item for item in session.scalars(of_frame)}
    changed = 0
    for each in found:
        unit, item = stands_for.get(each.response_id), known.get(each.response_id)
        if item is None or item.revision != each.revision:
            changed += 1
        if item is None:
            item = CodingItem(frame_id=frame.id, response_id=each.response_id)
            session.add(item)
        item.revision, item.unit = each.revision, unit
    session.flush()
    frames.note(session, frame, "bring in", {"answers": changed}, actor=actor, now=now)
    return changed


def newest() -> sa.Subquery:
    """The number of the last revision of each response."""
    number = sa.func.max(Revision.number).label("number")
    return sa.select(Revision.response_id, number).group_by(Revision.response_id).subquery()


def waiting(session: Session, consultation: Consultation, frame: CodingFrame) -> int:
    """How many responses came or were changed since answers were last brought in."""
    edition = editions.current_edition(session, consultation)
    if edition is None:
        return 0
    last = newest()
    known = sa.and_(
        CodingItem.response_id == Response.id,
        CodingItem.frame_id == frame.id,
        CodingItem.revision == last.c.number,
    )
    statement = (
        sa.select(sa.func.count())
        .select_from(Response)
        .join(last, last.c.response_id == Response.id)
        .outerjoin(CodingItem, known)
        .where(*counting(consultation, edition), CodingItem.id.is_(None))
    )
    return session.scalar(statement) or 0


def units(session: Session, consultation: Consultation, frame: CodingFrame) -> tuple[Unit, ...]:
    """Everything there is to read, with the codes given to it, in an order that says nothing."""
    edition = editions.current_edition(session, consultation)
    if edition is None:
        return ()
    last = newest()
    statement = (
        sa.select(CodingItem.id, CodingItem.response_id, CodingItem.revision, CodingItem.unit)
        .join(Response, Response.id == CodingItem.response_id)
        .join(last, last.c.response_id == Response.id)
        .where(
            CodingItem.frame_id == frame.id,
            CodingItem.unit.is_not(None),
            CodingItem.revision == last.c.number,
            *counting(consultation, edition),
        )
        .order_by(CodingItem.id)
    )
    members: defaultdict[str, list[Noted]] = defaultdict(list)
    for row in session.execute(statement).all():
        members[str(row.unit)].append(row)
    given = codings(session, frame)
    made = [_unit(frame, unit, rows, given) for unit, rows in members.items()]
    return tuple(sorted(made, key=lambda each: each.item_id))


def _unit(
    frame: CodingFrame,
    unit: str,
    rows: list[Noted],
    given: dict[tuple[str, int], list[Given]],
) -> Unit:
    shown = next((row for row in rows if row.response_id == unit), rows[0])
    return Unit(
        item_id=shown.id,
        response_id=shown.response_id,
        revision=shown.revision,
        responses=tuple(sorted(row.response_id for row in rows)),
        double=is_double(frame, unit),
        given=tuple(
            each for row in rows for each in given.get((row.response_id, row.revision), ())
        ),
    )


def codings(session: Session, frame: CodingFrame) -> dict[tuple[str, int], list[Given]]:
    """The codes given to each revision of a response, without those that must be given again."""
    codes: dict[str, Code] = {code.id: code for code in frame.codes}
    found: defaultdict[tuple[str, int], list[Given]] = defaultdict(list)
    statement = sa.select(
        Coding.response_id,
        Coding.revision,
        Coding.coder_id,
        Coding.part,
        Coding.codes,
        Coding.made_at,
    ).where(Coding.frame_id == frame.id)
    for row in session.execute(statement):
        stand = frames.standing(codes, row.codes)
        if stand is not None:
            one = Given(row.coder_id, row.part, stand, row.made_at)
            found[row.response_id, row.revision].append(one)
    return found


def is_double(frame: CodingFrame, unit: str) -> bool:
    """Whether a second coder reads it too: settled by its id alone, so a larger share adds only."""
    drawn = hashlib.sha256(f"{frame.id}:{unit}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % 10_000 < frame.second_share * 100
