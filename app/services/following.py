"""How a consultation is going: who was invited, began and sent; who is silent; where people stop.

Counts come from rows, never from a draft's content. Small ones are hidden (`hidden`); None means
hidden throughout.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, DraftSection, Edition, Response
from app.models_invitations import Invitation
from app.services import editions, reach
from app.services.hidden import Count, alone, line, parts
from forms.manifest import LEAST_VIEWS
from forms.questionnaire import Questionnaire

STEPS = (1, 7, 28)
MOST_BARS = 45
QUARTER = 900
LATEST = 2_000
NO_GROUP = "Group not said"
Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class GroupLine:
    """One group: how many were invited, and what became of all that was begun."""

    label: str
    invited: Count
    sent: Count
    verified: Count
    declared: Count
    unsent: Count
    withdrawn: Count
    begun: Count


@dataclass(frozen=True)
class Period:
    """A day, or a number of days that begin with it."""

    first: date
    days: int
    begun: Count
    sent: Count

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.first + timedelta(days=self.days - 1)


@dataclass(frozen=True)
class Heard:
    """How many of a group answered something about an open question. Hidden: fewer than shown."""

    count: Count
    share: float
    asked: bool

    @property
    def few(self) -> bool:
        """Whether so few answered that results could not judge the group, had all a view."""
        return self.asked and (self.count is None or 0 < self.count < LEAST_VIEWS)

    @property
    def silent(self) -> bool:
        """Whether nobody of a group that is asked has said anything yet."""
        return self.asked and self.count == 0


@dataclass(frozen=True)
class BalanceLine:
    """One open question, and how far each group is heard on it."""

    key: str
    title: str
    heard: tuple[Heard, ...]


@dataclass(frozen=True)
class PageLine:
    """One page of questions: minutes spent on it, and how many drafts stopped after it."""

    title: str
    minutes: float | None
    stopped: Count


@dataclass(frozen=True)
class Following:
    """The whole page."""

    threshold: int
    groups: tuple[GroupLine, ...]
    total: GroupLine
    held: Count
    periods: tuple[Period, ...]
    group_labels: tuple[str, ...]
    balance: tuple[BalanceLine, ...]
    pages: tuple[PageLine, ...]

    @property
    def silences(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each group that is silent on something, with the open questions."""
        found = (
            (label, tuple(each.key for each in self.balance if each.heard[place].silent))
            for place, label in enumerate(self.group_labels)
        )
        return tuple((label, keys) for label, keys in found if keys)


def thin(found: Following) -> int:
    """On how many open questions a group that is asked is silent or too small to be judged."""
    return sum(any(each.few or each.silent for each in line.heard) for line in found.balance)


class NotOpened(LookupError):
    """The consultation has not opened, so there is nothing to follow."""


def read(session: Session, consultation: Consultation) -> Following:
    """How a consultation is going.

    Raises
    ------
    NotOpened
        If it never opened.
    """
    edition = editions.current_edition(session, consultation)
    if edition is None or consultation.opens_at is None:
        raise NotOpened(consultation.key)
    questionnaire = editions.questionnaire_of(edition)
    threshold = consultation.small_counts
    labels = {each.key: each.label for each in questionnaire.codebook().groups}
    lines = by_group(session, consultation, labels)
    held = sa.select(sa.func.count()).where(
        Response.consultation_id == consultation.id,
        Response.held_at.is_not(None),
        Response.withdrawn_at.is_(None),
    )
    return Following(
        threshold=threshold,
        groups=lines[:-1],
        total=lines[-1],
        held=alone(session.scalar(held) or 0, threshold),
        periods=over_time(session, consultation),
        group_labels=tuple(labels.values()),
        balance=balance(session, consultation, questionnaire, tuple(labels)),
        pages=pages(session, consultation, questionnaire),
    )


def _of(consultation: Consultation) -> sa.Select[str]:
    return sa.select(Edition.id).where(Edition.consultation_id == consultation.id)


def _unsent(consultation: Consultation, *columns: Any) -> Rows:
    return (
        sa.select(*columns)
        .select_from(Draft)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .where(Draft.edition_id.in_(_of(consultation)), Response.id.is_(None))
    )


def by_group(
    session: Session, consultation: Consultation, labels: dict[str, str]
) -> tuple[GroupLine, ...]:
    """What became of all that was begun, by group; the total last."""
    states: dict[str | None, Counter[str]] = {key: Counter() for key in labels}
    gone = Response.withdrawn_at.is_not(None)
    sent = (
        sa.select(Response.group_key, Response.verified, gone, sa.func.count())
        .where(Response.consultation_id == consultation.id)
        .group_by(Response.group_key, Response.verified, gone)
    )
    for group, verified, withdrawn, count in session.execute(sent):
        state = "withdrawn" if withdrawn else "verified" if verified else "declared"
        states.setdefault(group if group in labels else None, Counter())[state] += count
    unsent = _unsent(consultation, Draft.group_key, sa.func.count()).group_by(Draft.group_key)
    for group, count in session.execute(unsent):
        states.setdefault(group if group in labels else None, Counter())["unsent"] += count
    invited = Counter(
        dict(
            session.execute(
                sa.select(Invitation.group_key, sa.func.count())
                .where(
                    Invitation.consultation_id == consultation.id, Invitation.revoked_at.is_(None)
                )
                .group_by(Invitation.group_key)
            ).all()
        )
    )
    return _lines(states, invited, labels, consultation.small_counts)


def _lines(
    states: dict[str | None, Counter[str]],
    invited: Counter[str],
    labels: dict[str, str],
    threshold: int,
) -> tuple[GroupLine, ...]:
    asked = [invited[key] if key else 0 for key in states]
    columns = zip(
        (*(labels.get(key or "", NO_GROUP) for key in states), "All"),
        (*line(asked, threshold), alone(sum(asked), threshold)),
        _counted(list(states.values()), threshold),
        strict=True,
    )
    return tuple(GroupLine(label, count, *row) for label, count, row in columns)


STATES = ("sent", "verified", "declared", "unsent", "withdrawn", "begun")
WANTED = {"sent": 2, "begun": 1}  # what the team looks for first is hidden last


def _counted(states: list[Counter[str]], threshold: int) -> list[tuple[Count, ...]]:
    """Sent, verified, declared, unsent, withdrawn and begun, a row a group, the total last."""
    rows = [*states, sum(states, Counter())]
    counts = {(row, name): _count(each, name) for row, each in enumerate(rows) for name in STATES}
    last = len(states)
    within = [
        names
        for row in range(len(rows))
        for names in (
            ((row, "sent"), (row, "verified"), (row, "declared")),
            ((row, "begun"), (row, "sent"), (row, "unsent"), (row, "withdrawn")),
        )
    ]
    across = [((last, name), *((row, name) for row in range(last))) for name in STATES]
    wanted = {(row, name): WANTED.get(name, 0) + 3 * (row == last) for row, name in counts}
    shown = parts(counts, [*within, *across], threshold, wanted=wanted)
    return [tuple(shown[row, name] for name in STATES) for row in range(len(rows))]


def _count(state: Counter[str], name: str) -> int:
    sent = state["verified"] + state["declared"]
    whole = {"sent": sent, "begun": sent + state["unsent"] + state["withdrawn"]}
    return whole[name] if name in whole else state[name]


def over_time(session: Session, consultation: Consultation) -> tuple[Period, ...]:
    """How many began and sent in each day, week or four weeks, as finely as may be shown."""
    zone = ZoneInfo(consultation.zone)
    begun = _days(session, Draft.created_at, zone, Draft.edition_id.in_(_of(consultation)))
    stands = (Response.consultation_id == consultation.id, Response.withdrawn_at.is_(None))
    sent = _days(session, Response.sent_at, zone, *stands)
    known = begun.keys() | sent.keys()
    if not known:
        return ()
    first, last = min(known), max(known)
    step = _step(sent, first, last, consultation.small_counts)
    starts = [first + timedelta(days=each) for each in range(0, (last - first).days + 1, step)]
    counts = [
        line(_binned(each, first, step, len(starts)), consultation.small_counts)
        for each in (begun, sent)
    ]
    return tuple(
        Period(start, step, one, other) for start, one, other in zip(starts, *counts, strict=True)
    )


def _days(
    session: Session,
    moment: sa.orm.InstrumentedAttribute[datetime],
    zone: ZoneInfo,
    *where: sa.ColumnElement[bool],
) -> Counter[date]:
    """Count rows by day. In the database by quarters of an hour: all zones begin days on one."""
    epoch = sa.extract("epoch", moment)
    quarter = (epoch - epoch % QUARTER).label("quarter")
    counts: Counter[date] = Counter()
    statement = sa.select(quarter, sa.func.count()).where(*where).group_by(quarter)
    for start, count in session.execute(statement):
        counts[datetime.fromtimestamp(int(start), zone).date()] += count
    return counts


def _binned(days: Counter[date], first: date, step: int, count: int) -> list[int]:
    bins = [0] * count
    for day, number in days.items():
        bins[(day - first).days // step] += number
    return bins


def _step(days: Counter[date], first: date, last: date, threshold: int) -> int:
    length = (last - first).days + 1
    for step in STEPS:
        bins = _binned(days, first, step, -(-length // step))
        large = sum(each >= threshold for each in bins)
        if len(bins) <= MOST_BARS and large >= sum(each > 0 for each in bins) / 2:
            return step
    return STEPS[-1]


def balance(
    session: Session,
    consultation: Consultation,
    questionnaire: Questionnaire,
    groups: Sequence[str],
) -> tuple[BalanceLine, ...]:
    """For each open question, how many responses of each group say something about it.

    Only responses that count: none that is held or withdrawn. A response says something about
    several open questions, so these counts are parts of no total.
    """
    keys = [each.key for each in questionnaire.open_questions]
    said = reach.by_group(session, consultation, keys)
    asked = {
        (group, key)
        for question in questionnaire.questions
        for key in question.serves
        for group in questionnaire.groups_asked(question)
    }
    most = max(said.values(), default=0) or 1

    def heard(group: str, key: str) -> Heard:
        count = alone(said[group, key], consultation.small_counts)
        return Heard(count, (count or 0) / most, (group, key) in asked)

    return tuple(
        BalanceLine(each.key, each.title, tuple(heard(group, each.key) for group in groups))
        for each in questionnaire.open_questions
    )


def pages(
    session: Session, consultation: Consultation, questionnaire: Questionnaire
) -> tuple[PageLine, ...]:
    """For each page, the median minutes spent on it, and how many unsent drafts end with it.

    The minutes are those of the latest 2,000 drafts: more would cost time and say the same.
    """
    latest = (
        sa.select(Draft.id)
        .where(Draft.edition_id.in_(_of(consultation)))
        .order_by(Draft.created_at.desc())
        .limit(LATEST)
    )
    of_here = (
        sa.select(DraftSection.section, DraftSection.seconds, sa.func.count())
        .where(DraftSection.draft_id.in_(latest.scalar_subquery()), DraftSection.seconds > 0)
        .group_by(DraftSection.section, DraftSection.seconds)
        .order_by(DraftSection.section, DraftSection.seconds)
    )
    seconds: dict[str, list[tuple[int, int]]] = {}
    for section, length, count in session.execute(of_here):
        seconds.setdefault(section, []).append((length, count))
    stopped = line(_stops(session, consultation, questionnaire), consultation.small_counts)
    return tuple(
        PageLine(section.title, _median(seconds.get(section.key, []), consultation), stop)
        for section, stop in zip(questionnaire.sections, stopped, strict=True)
    )


def _stops(session: Session, consultation: Consultation, questionnaire: Questionnaire) -> list[int]:
    order = sa.func.row_number().over(
        partition_by=DraftSection.draft_id,
        order_by=(DraftSection.saved_at.desc(), DraftSection.section),
    )
    saved = (
        _unsent(consultation, DraftSection.section.label("section"), order.label("place"))
        .join(DraftSection, DraftSection.draft_id == Draft.id)
        .subquery()
    )
    counted = (
        sa.select(saved.c.section, sa.func.count())
        .where(saved.c.place == 1)
        .group_by(saved.c.section)
    )
    counts: Counter[str] = Counter()
    for section, count in session.execute(counted):
        counts[section] = count
    return [counts[each.key] for each in questionnaire.sections]


def _median(seconds: list[tuple[int, int]], consultation: Consultation) -> float | None:
    total = sum(count for _, count in seconds)
    if total < consultation.small_counts:
        return None
    middle = [_at(seconds, place) for place in ((total - 1) // 2, total // 2)]
    return sum(middle) / 2 / 60


def _at(seconds: list[tuple[int, int]], place: int) -> int:
    for length, count in seconds:
        if place < count:
            return length
        place -= count
    raise IndexError(place)
