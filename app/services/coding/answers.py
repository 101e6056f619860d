"""What there is to read: the answers that count, with all copies of a text taken as one.

Held, withdrawn and excluded responses are never among them, whatever was brought in before.
What somebody coded is kept apart from what of it still stands: it does not where a code was split.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Edition, Response, Revision
from app.models_coding import Code, Coding, CodingFrame, CodingItem
from app.services import editions, safeguarding
from app.services.coding import lineage

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
    """The codes that somebody gave, as the frame stands now; `split` where one of them was."""

    coder_id: str
    part: str
    codes: frozenset[str]
    made_at: datetime
    split: bool = False


@dataclass(frozen=True)
class Unit:
    """One thing to read: an answer, or all the copies of one, known by the `key` they share.

    `before` holds what no longer stands, because a code in it was split.
    """

    item_id: str
    key: str
    response_id: str
    revision: int
    responses: tuple[str, ...]
    double: bool
    given: tuple[Given, ...] = ()
    before: tuple[Given, ...] = ()

    def latest(self, part: str) -> Given | None:
        """The newest coding of a part."""
        return self._newest.get(part)

    @cached_property
    def _newest(self) -> dict[str, Given]:
        return {each.part: each for each in sorted(self.given, key=lambda each: each.made_at)}

    @cached_property
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


def found_in(response: Response, question: str, revision: Revision | None = None) -> Found:
    """What a response answers to a question: now, or in an earlier revision."""
    revision = revision or response.revisions[-1]
    asked = editions.questionnaire_of(response.edition).question(question)
    marks: dict[str, str] = revision.unseal("confidential") or {}
    text = asked.text_values(safeguarding.answers_for_analysis(revision)).get(question, "")
    return Found(response.id, revision.number, response.sent_at, text.strip(), question in marks)


def newest() -> sa.Subquery:
    """The number of the last revision of each response."""
    number = sa.func.max(Revision.number).label("number")
    return sa.select(Revision.response_id, number).group_by(Revision.response_id).subquery()


def units(
    session: Session, consultation: Consultation, frame: CodingFrame, *, key: str = ""
) -> tuple[Unit, ...]:
    """Everything there is to read, with the codes given to it, in an order that says nothing.

    With a `key`, only what is known by it: saving one coding need not read all of them.
    """
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
    if key:
        statement = statement.where(CodingItem.unit == key)
    members: defaultdict[str, list[Noted]] = defaultdict(list)
    for row in session.execute(statement).all():
        members[str(row.unit)].append(row)
    of_these = [row.response_id for rows in members.values() for row in rows] if key else None
    given = codings(session, frame, of_these)
    made = [_unit(frame, unit, rows, given) for unit, rows in members.items()]
    return tuple(sorted(made, key=lambda each: each.item_id))


def _unit(
    frame: CodingFrame,
    unit: str,
    rows: list[Noted],
    given: dict[tuple[str, int], list[Given]],
) -> Unit:
    shown = next((row for row in rows if row.response_id == unit), rows[0])
    codings = [each for row in rows for each in given.get((row.response_id, row.revision), ())]
    return Unit(
        item_id=shown.id,
        key=unit,
        response_id=shown.response_id,
        revision=shown.revision,
        responses=tuple(sorted(row.response_id for row in rows)),
        double=is_double(frame, unit),
        given=tuple(each for each in codings if not each.split),
        before=tuple(each for each in codings if each.split),
    )


def codings(
    session: Session, frame: CodingFrame, responses: list[str] | None = None
) -> dict[tuple[str, int], list[Given]]:
    """The codes given to each revision of a response: of all of them, or of these."""
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
    if responses is not None:
        statement = statement.where(Coding.response_id.in_(responses))
    for row in session.execute(statement):
        stand = lineage.standing(codes, row.codes)
        left = lineage.remaining(codes, row.codes) if stand is None else stand
        one = Given(row.coder_id, row.part, left, row.made_at, split=stand is None)
        found[row.response_id, row.revision].append(one)
    return found


def is_double(frame: CodingFrame, unit: str) -> bool:
    """Whether a second coder reads it too: settled by its id alone, so a larger share adds only."""
    drawn = hashlib.sha256(f"{frame.id}:{unit}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % 10_000 < frame.second_share * 100
