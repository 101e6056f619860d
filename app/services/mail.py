"""Mail: queued with the work that causes it, delivered after that is durable."""

import smtplib
import ssl
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.config import Settings
from app.models import Message

MOST_TRIES = 24
LONGEST_PAUSE = timedelta(hours=6)
SECONDS = 15
WAITING = "letters waiting"
BEING_SENT = "being sent"


@dataclass(frozen=True)
class Letter:
    """A message as its reader sees it. Plain text: nothing to load, nothing to track."""

    recipient: str
    subject: str
    body: str


def queue(session: Session, letter: Letter, *, purpose: str, now: datetime) -> Message:
    """Keep a letter, sealed, to be sent once this work is durable.

    Raises
    ------
    ValueError
        If the address holds a line break or another control character.
    """
    if not letter.recipient.isprintable():
        msg = "An address cannot hold control characters."
        raise ValueError(msg)
    message = Message(made_at=now, purpose=purpose)
    keyring = session.info["keyring"]
    subject = " ".join(letter.subject.split())
    message.seal(keyring, "recipient", letter.recipient)
    message.seal(keyring, "content", {"subject": subject, "body": letter.body})
    session.add(message)
    session.info[WAITING] = True
    session.flush()
    return message


def compose(settings: Settings, letter: Letter, *, now: datetime) -> EmailMessage:
    """The letter as a message; a line break in a header is refused by the library."""
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _connect(address: str) -> smtplib.SMTP:
    parts = urlsplit(address)
    context = ssl.create_default_context()
    host, port = parts.hostname or "localhost", parts.port
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=SECONDS)
        if parts.scheme == "smtp+tls":
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


class Folder:
    """Where the local run puts letters: files that any mail program opens."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send_message(self, message: EmailMessage) -> None:
        """Write one letter to a file, its words as they are: whoever opens it can copy a link."""
        message.set_content(message.get_content(), cte="8bit")
        self.path.mkdir(parents=True, exist_ok=True)
        stamp = str(message["Message-ID"]).strip("<>").split("@")[0].replace(".", "-")
        (self.path / f"{stamp}.eml").write_bytes(message.as_bytes())


def outlet(settings: Settings) -> AbstractContextManager[smtplib.SMTP | Folder]:
    """Where letters go: an SMTP server, or a folder where none is set."""
    if settings.mail_url:
        return _connect(settings.mail_url)
    return nullcontext(Folder(settings.folder / "mail"))


@dataclass(frozen=True)
class Claimed:
    """A letter taken out to be sent, by the id of its message."""

    message_id: str
    letter: Letter


@dataclass(frozen=True)
class Outcome:
    """What became of one letter; `failure` is empty where it went out."""

    message_id: str
    failure: str = ""
    final: bool = False


def waiting(session: Session) -> list[tuple[str, datetime | None]]:
    """The messages still to be sent, the oldest first, with when each is due (None: at once)."""
    rows = session.execute(
        sa.select(Message.id, Message.tries, Message.failed_at)
        .where(Message.sent_at.is_(None), Message.tries < MOST_TRIES)
        .order_by(Message.made_at, Message.id)
    )
    return [(key, failed_at and failed_at + pause(tries)) for key, tries, failed_at in rows]


def pause(tries: int) -> timedelta:
    """How long a letter rests after it was tried: longer each time, at most six hours."""
    return min(timedelta(minutes=2**tries), LONGEST_PAUSE)


def claim(session: Session, *, now: datetime, most: int) -> list[Claimed]:
    """Take out letters that are due, so that nobody else sends them meanwhile.

    The try is counted here. If the process dies before `note`, the letter is tried again after
    its pause: it may come twice, and it is never lost.
    """
    due = [key for key, at in waiting(session) if at is None or at <= now][:most]
    statement = (
        sa.select(Message)
        .where(Message.id.in_(due), Message.sent_at.is_(None))
        .order_by(Message.made_at, Message.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    claimed = []
    for message in session.scalars(statement):
        if message.failed_at is not None and message.failed_at + pause(message.tries) > now:
            continue
        content = message.unseal("content")
        letter = Letter(message.unseal("recipient"), content["subject"], content["body"])
        claimed.append(Claimed(message.id, letter))
        message.tries += 1
        message.failed_at = now
        message.failure = BEING_SENT
    session.flush()
    return claimed


def send(settings: Settings, claimed: list[Claimed], *, now: datetime) -> list[Outcome]:
    """Hand the letters over, outside any transaction: a slow server holds nobody up."""
    outcomes: list[Outcome] = []
    try:
        with outlet(settings) as server:
            for each in claimed:
                outcomes += [_send(server, settings, each, now)]  # kept if a later one breaks off
    except (OSError, smtplib.SMTPException) as error:
        known = {each.message_id for each in outcomes}
        rest = (each.message_id for each in claimed if each.message_id not in known)
        outcomes += (Outcome(key, type(error).__name__) for key in rest)
    return outcomes


def _send(
    server: smtplib.SMTP | Folder, settings: Settings, claimed: Claimed, now: datetime
) -> Outcome:
    try:
        server.send_message(compose(settings, claimed.letter, now=now))
    except smtplib.SMTPServerDisconnected:
        raise
    except (ValueError, smtplib.SMTPException) as error:
        return Outcome(claimed.message_id, type(error).__name__, final=_is_final(error))
    return Outcome(claimed.message_id)


def _is_final(error: Exception) -> bool:
    """Whether trying again is pointless: the letter itself or its address was refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, ValueError)


def note(session: Session, outcomes: list[Outcome], *, now: datetime) -> int:
    """Write down what became of each letter; returns how many went out.

    Address and words are dropped once a letter went out. One that did not stays, with the reason.
    """
    for each in outcomes:
        message = session.get_one(Message, each.message_id, with_for_update=True)
        if not each.failure:
            message.sent_at = now
            message.failed_at = message.failure = None
            message.recipient = message.content = None
            continue
        message.failure = each.failure
        message.failed_at = now
        if each.final:
            message.tries = MOST_TRIES
    session.flush()
    return sum(not each.failure for each in outcomes)
