"""Mail: queued with the work that causes it, delivered after that is durable."""

import smtplib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.config import Settings
from app.models import Message
from app.services import outlet, undelivered
from app.services.undelivered import Failure

Letter = outlet.Letter
MOST_TRIES = 24
LONGEST_PAUSE = timedelta(hours=6)
AFTER_OUTAGE = 2
WAITING = "letters waiting"
BEING_SENT = "being sent"
BULK = ("invitation", "reminder", "more time", "results")
MINUTE = timedelta(minutes=1)


def queue(session: Session, letter: Letter, *, purpose: str, now: datetime) -> Message:
    """Keep a letter, sealed, to be sent once this work is durable.

    Raises
    ------
    ValueError
        If an address holds a line break or another control character.
    """
    if not (letter.recipient + letter.reply_to).isprintable():
        msg = "An address cannot hold control characters."
        raise ValueError(msg)
    message = Message(made_at=now, purpose=purpose)
    keyring = session.info["keyring"]
    subject = " ".join(letter.subject.split())
    content = {"subject": subject, "body": letter.body, "reply_to": letter.reply_to}
    message.seal(keyring, "recipient", letter.recipient)
    message.seal(keyring, "content", content)
    session.add(message)
    session.info[WAITING] = True
    session.flush()
    return message


@dataclass(frozen=True)
class Claimed:
    """A letter taken out to be sent, by the id of its message."""

    message_id: str
    letter: Letter


@dataclass(frozen=True)
class Outcome:
    """What became of one letter; `failure` is None where it went out.

    `counts`: whether this was a try of the letter, or the server was away for all of them.
    """

    message_id: str
    failure: Failure | None = None
    counts: bool = True


def waiting(session: Session) -> list[tuple[str, datetime | None]]:
    """The messages still to be sent, with when each is due (None: at once).

    The oldest first, but a letter that somebody is waiting for goes before those to many.
    """
    rows = session.execute(
        sa.select(Message.id, Message.tries, Message.failed_at)
        .where(Message.sent_at.is_(None), Message.tries < MOST_TRIES)
        .order_by(Message.purpose.in_(BULK), Message.made_at, Message.id)
    )
    return [(key, failed_at and failed_at + pause(tries)) for key, tries, failed_at in rows]


def pause(tries: int) -> timedelta:
    """How long a letter rests after it was tried: longer each time, at most six hours."""
    return min(timedelta(minutes=2**tries), LONGEST_PAUSE)


def room(session: Session, settings: Settings, *, now: datetime) -> int:
    """How many more letters may go out now, counting what all workers sent in the last minute."""
    lately = now - MINUTE
    sent = sa.select(sa.func.count()).where(
        sa.or_(
            Message.sent_at > lately,
            sa.and_(Message.failure == BEING_SENT, Message.failed_at > lately),
        )
    )
    return max(0, settings.mail_per_minute - (session.scalar(sent) or 0))


def claim(session: Session, *, now: datetime, most: int) -> list[Claimed]:
    """Take out letters that are due, so that nobody else sends them meanwhile.

    The try is counted here. If the process dies before `note`, the letter is tried again after
    its pause: it may come twice, and it is never lost.
    """
    due = [key for key, at in waiting(session) if at is None or at <= now][:most]
    statement = (
        sa.select(Message)
        .where(Message.id.in_(due), Message.sent_at.is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    claimed = []
    for message in sorted(session.scalars(statement), key=lambda each: due.index(each.id)):
        if message.failed_at is not None and message.failed_at + pause(message.tries) > now:
            continue
        claimed.append(
            Claimed(message.id, Letter(message.unseal("recipient"), **message.unseal("content")))
        )
        message.tries += 1
        message.failed_at = now
        message.failure = BEING_SENT
    session.flush()
    return claimed


def send(settings: Settings, claimed: list[Claimed], *, now: datetime) -> Iterator[Outcome]:
    """Hand the letters over, outside any transaction: a slow server holds nobody up.

    Each outcome is told as soon as it is known, to be noted before the next letter goes out.
    """
    left = list(claimed)
    try:
        server = outlet.open_outlet(settings)
    except (OSError, smtplib.SMTPException) as error:
        failure = undelivered.of_connecting(error)
        yield from (Outcome(each.message_id, failure, counts=False) for each in left)
        return
    with suppress(smtplib.SMTPException), server:  # what it says to our goodbye changes nothing
        while left:
            outcome = _send(server, settings, left.pop(0), now)
            yield outcome
            if outcome.failure is not None and outcome.failure.reason.outage:
                rest = (Outcome(each.message_id, outcome.failure, counts=False) for each in left)
                yield from rest
                return


def _send(server: outlet.Outlet, settings: Settings, claimed: Claimed, now: datetime) -> Outcome:
    try:
        server.send_message(outlet.compose(settings, claimed.letter, claimed.message_id, now=now))
    except (ValueError, OSError, smtplib.SMTPException) as error:
        failure = undelivered.of_sending(error)
        return Outcome(claimed.message_id, failure, counts=failure.key == "broken off")
    return Outcome(claimed.message_id)


def note(session: Session, outcomes: Iterable[Outcome], *, now: datetime) -> int:
    """Write down what became of each letter; returns how many went out.

    Address and words are dropped once a letter went out. One that did not stays, with the reason.
    An outage is nothing against the letter: it goes out soon after the server is back.
    """
    sent = 0
    for each in outcomes:
        message = session.get_one(Message, each.message_id, with_for_update=True)
        if each.failure is None:
            message.sent_at = now
            message.failed_at = message.failure = None
            message.recipient = message.content = None
            sent += 1
            continue
        if message.recipient is None:
            continue  # it was taken back meanwhile
        message.failure = str(each.failure)
        message.failed_at = now
        if each.failure.reason.final:
            message.tries = MOST_TRIES
        elif each.failure.reason.outage and not each.counts:
            message.tries = min(message.tries, AFTER_OUTAGE)
    session.flush()
    return sent


def take_back(message: Message, failure: str, *, now: datetime) -> None:
    """Let a letter that waits never go out; address and words are dropped."""
    message.tries, message.failed_at, message.failure = MOST_TRIES, now, failure
    message.recipient = message.content = None


def hurry(session: Session, message: Message) -> None:
    """Let a letter that waits, or was given up, go out as soon as there is room."""
    message.tries, message.failed_at, message.failure = 0, None, None
    session.info[WAITING] = True
