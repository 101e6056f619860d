"""The demonstration: a consultation marked synthetic, and responses sent as respondents send them.

Each response is one transaction through the services that real respondents meet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import Database
from app.models import Consultation, Draft, Edition
from app.services import drafting, editions, submitting
from app.services.demonstration.answering import answer
from app.services.demonstration.bank import one_of, words
from app.services.demonstration.pages import Filled, fill, with_planted
from app.services.demonstration.people import make_person
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire

KEY = "demonstration"
ORGANISER = "Demonstration – all answers are made up"
OPEN_SINCE = timedelta(days=60)
CLOSES_IN = timedelta(days=30)
LONGEST = timedelta(hours=4)  # no made-up sitting takes longer
SHARES = {"draft": 0.14, "campaign": 0.02, "withdrawn": 0.02, "revised": 0.05, "confidential": 0.04}
LEAST_CAMPAIGN = 3
EVERY = 10


@dataclass(frozen=True)
class Plan:
    """What one made-up respondent will do, and when."""

    number: int
    begins: datetime
    sends: bool
    campaigner: bool = False
    withdraws: bool = False
    revises: bool = False
    marks: bool = False
    planted: str | None = None


def run(
    database: Database,
    responses: int,
    *,
    seed: int,
    now: datetime,
    progress: Callable[[int], None],
) -> str:
    """Open a consultation marked synthetic, send made-up responses to it, and return its key.

    The answers are the same for the same seed and number; ids, references and digests are not.
    Another run opens a consultation of its own.
    """
    questionnaire = load_questionnaire(editions.DEFAULT_FILE)
    with database.work() as session:
        edition = open_demonstration(session, questionnaire, now=now)
        edition_id, key = edition.id, edition.consultation.key
    sent = 0
    for plan in make_plans(responses, seed=seed, since=now - OPEN_SINCE, now=now):
        with database.work() as session:
            follow(session, session.get_one(Edition, edition_id), plan, seed=seed, now=now)
        sent += plan.sends
        if plan.sends and (sent % EVERY == 0 or sent == responses):
            progress(sent)
    return key


def follow(session: Session, edition: Edition, plan: Plan, *, seed: int, now: datetime) -> None:
    """Do what one made-up respondent does: the same for the same seed and plan."""
    rng = np.random.default_rng([seed, plan.number])
    person = make_person(rng, plan.number, campaigner=plan.campaigner)
    filled = fill(rng, person, editions.questionnaire_of(edition))
    if plan.planted:
        filled = with_planted(filled, plan.planted)
    act(session, edition, filled, plan, rng, now)


def open_demonstration(session: Session, questionnaire: Questionnaire, *, now: datetime) -> Edition:
    """Open a consultation of its own that says everywhere that it is made up."""
    known = session.scalars(sa.select(Consultation.key).where(Consultation.key.startswith(KEY)))
    taken = set(known)
    numbered = (KEY, *(f"{KEY}_{number}" for number in range(2, len(taken) + 2)))
    opening = editions.Opening(
        key=next(key for key in numbered if key not in taken),
        title=f"Demonstration (made-up answers) – {questionnaire.title}",
        organiser=ORGANISER,
        closes_at=now + CLOSES_IN,
        synthetic=True,
    )
    return editions.open_edition(session, questionnaire, opening, now=now - OPEN_SINCE)


def make_plans(responses: int, *, seed: int, since: datetime, now: datetime) -> tuple[Plan, ...]:
    """Return what everyone will do, in order of time; `responses` of them send."""
    rng = np.random.default_rng(seed)
    total = responses + round(responses * SHARES["draft"])
    senders = np.sort(rng.permutation(total)[:responses])
    campaign = min(responses // 4, max(LEAST_CAMPAIGN, round(responses * SHARES["campaign"])))
    order = iter(rng.permutation(senders).tolist())
    campaigners = {next(order) for _ in range(campaign)}
    planted = {next(order): text for text in words().planted[: responses // 10]}
    sends = set(senders.tolist())
    plans = []
    for place, begins in enumerate(moments(rng, total, since, now)):
        does = place in sends and place not in campaigners and place not in planted
        plans.append(
            Plan(
                number=place + 1,
                begins=begins,
                sends=place in sends,
                campaigner=place in campaigners,
                withdraws=does and rng.random() < SHARES["withdrawn"],
                revises=does and rng.random() < SHARES["revised"],
                marks=does and rng.random() < SHARES["confidential"],
                planted=planted.get(place),
            )
        )
    return tuple(plans)


def moments(rng: np.random.Generator, count: int, since: datetime, now: datetime) -> list[datetime]:
    """Return when each begins: many in the first quarter, then fewer.

    They end a day before now where there is a day to spare, so that nobody sends in the future.
    """
    length = now - since
    days = (length - min(timedelta(days=1), length / 2)) / timedelta(days=1)
    early = rng.random(count) < 0.35
    drawn = np.where(early, rng.beta(1.2, 6, count), rng.random(count)) * days
    return [since + timedelta(days=float(each)) for each in np.sort(drawn)]


def act(
    session: Session,
    edition: Edition,
    filled: Filled,
    plan: Plan,
    rng: np.random.Generator,
    now: datetime,
) -> None:
    """Do what the plan says, through the services."""
    draft, at = write_draft(session, edition, filled, plan, rng, now)
    if not plan.sends:
        return
    if plan.marks and filled.answered:
        question = one_of(rng, filled.answered)
        reason = one_of(rng, words().reasons_confidential)
        drafting.keep_confidential(session, draft, question.id, reason, now=at)
    send(session, draft, now=at)
    later = min(at + timedelta(hours=float(rng.uniform(2, 100))), now)
    if plan.revises:
        change_a_page(session, draft, filled, rng, now=later)
        send(session, draft, now=later)
    if plan.withdraws:
        submitting.withdraw(session, draft, now=later)


def write_draft(
    session: Session,
    edition: Edition,
    filled: Filled,
    plan: Plan,
    rng: np.random.Generator,
    now: datetime,
) -> tuple[Draft, datetime]:
    """Save the pages one after the other; who does not send stops on the way."""
    (first, answers), *rest = filled.pages
    at = plan.begins
    draft = drafting.begin(session, edition, first.key, answers, now=at)
    for topic in filled.opted_out:
        drafting.opt_out(session, draft, topic, out=True, now=at)
    pages = rest if plan.sends else rest[: int(rng.integers(0, len(rest)))]
    for section, page in pages:
        seconds = int((section.minutes or 1) * 60 * rng.lognormal(-0.1, 0.5))
        at = min(at + timedelta(seconds=seconds), plan.begins + LONGEST, now)
        drafting.save_section(session, draft, section.key, page, seen=0, now=at, seconds=seconds)
    return draft, at


def send(session: Session, draft: Draft, *, now: datetime) -> None:
    """Check the answers as they stand, and send them."""
    stamp = drafting.read(draft).stamp
    token = submitting.next_token(session.info["keyring"], draft)
    submitting.submit(session, draft, token=token, stamp=stamp, now=now)


def change_a_page(
    session: Session, draft: Draft, filled: Filled, rng: np.random.Generator, *, now: datetime
) -> None:
    """Answer one page of a topic afresh."""
    topics = tuple(page for page in filled.pages if page[0].kind == "topic")
    if not topics:
        return
    section, before = one_of(rng, topics)
    afresh = dict(before)
    for question in section.asked(filled.given):
        afresh |= answer(rng, filled.person, question)
    drafting.save_section(session, draft, section.key, afresh, seen=1, now=now)
