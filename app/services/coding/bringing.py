"""Bringing in: what is noted of the answers before anybody reads them, copies put together."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.models import Consultation, Response
from app.models_coding import Coding, CodingFrame, CodingItem
from app.services import editions
from app.services.coding import frames
from app.services.coding.answers import Found, counting, found_in, newest
from app.services.results import coding_aid

BATCH = 500


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

    An answer that its respondent changed is another one: nobody has coded it. One that stayed as
    it was, while others of the same response were changed, keeps what was given to it.
    """
    frame = frames.locked(session, frame)
    of_frame = sa.select(CodingItem).where(CodingItem.frame_id == frame.id)
    known = {item.response_id: item for item in session.scalars(of_frame)}
    changed = 0
    for each in found:
        unit, item = stands_for.get(each.response_id), known.get(each.response_id)
        if item is None:
            item = CodingItem(frame_id=frame.id, response_id=each.response_id)
            session.add(item)
            changed += unit is not None
        elif item.revision > each.revision:
            continue
        elif item.revision < each.revision:
            if is_unchanged(session, frame, item, each):
                carry_over(session, item, each.revision)
            else:
                changed += 1
        item.revision, item.unit = each.revision, unit
    session.flush()
    frames.note(session, frame, "bring in", {"answers": changed}, actor=actor, now=now)
    return changed


def is_unchanged(session: Session, frame: CodingFrame, item: CodingItem, now: Found) -> bool:
    """Whether an answer is word for word what it was when it was last brought in."""
    response = session.get_one(Response, item.response_id)
    then = [each for each in response.revisions if each.number == item.revision]
    return any(found_in(response, frame.question, each).text == now.text for each in then)


def carry_over(session: Session, item: CodingItem, revision: int) -> None:
    """Let what was given to an answer stand for a later revision, where its words are the same."""
    of_answer = {"frame_id": item.frame_id, "response_id": item.response_id}
    for each in session.scalars(
        sa.select(Coding).filter_by(**of_answer, revision=item.revision)
    ).all():
        said = {"coder_id": each.coder_id, "part": each.part, "codes": each.codes}
        session.add(Coding(**of_answer, revision=revision, **said, made_at=each.made_at))


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
