"""Mail: queued with the work that causes it, delivered after that is durable."""

import smtplib
import ssl
from collections.abc import Callable
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

MOST_TRIES = 5
SECONDS = 15
Send = Callable[[EmailMessage], None]


@dataclass(frozen=True)
class Letter:
    """A message as its reader sees it. Plain text: nothing to load, nothing to track."""

    recipient: str
    subject: str
    body: str


def queue(session: Session, letter: Letter, *, purpose: str, now: datetime) -> Message:
    """Keep a letter, sealed, to be sent once this work is durable."""
    message = Message(made_at=now, purpose=purpose)
    keyring = session.info["keyring"]
    message.seal(keyring, "recipient", letter.recipient)
    message.seal(keyring, "content", {"subject": letter.subject, "body": letter.body})
    session.add(message)
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
        """Write one letter to a file named for its time and message id."""
        self.path.mkdir(parents=True, exist_ok=True)
        stamp = str(message["Message-ID"]).strip("<>").split("@")[0].replace(".", "-")
        (self.path / f"{stamp}.eml").write_bytes(message.as_bytes())


def outlet(settings: Settings) -> AbstractContextManager[smtplib.SMTP | Folder]:
    """Where letters go: an SMTP server, or a folder where none is set."""
    if settings.mail_url:
        return _connect(settings.mail_url)
    return nullcontext(Folder(settings.folder / "mail"))


def deliver(session: Session, settings: Settings, *, now: datetime, most: int = 20) -> int:
    """Send what is queued, the oldest first; returns how many went out.

    A letter that cannot be sent is tried again later, longer each time, up to five times; the
    reason is kept with it. Addresses and words are dropped from the database once sent.
    """
    waiting = (
        sa.select(Message)
        .where(Message.sent_at.is_(None), Message.tries < MOST_TRIES)
        .order_by(Message.made_at, Message.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    due = [each for each in session.scalars(waiting) if _is_due(each, now)]
    if not due:
        return 0
    try:
        with outlet(settings) as server:
            return sum(_send(server, settings, message, now) for message in due)
    except (OSError, smtplib.SMTPException) as error:
        for message in due:
            if message.sent_at is None:
                _note_failure(message, error, now)
        return sum(message.sent_at is not None for message in due)


def _is_due(message: Message, now: datetime) -> bool:
    if message.failed_at is None:
        return True
    return bool(now >= message.failed_at + timedelta(minutes=2**message.tries))


def _send(
    server: smtplib.SMTP | Folder, settings: Settings, message: Message, now: datetime
) -> bool:
    content = message.unseal("content")
    letter = Letter(message.unseal("recipient"), content["subject"], content["body"])
    try:
        server.send_message(compose(settings, letter, now=now))
    except (ValueError, smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        _note_failure(message, error, now)
        return False
    message.sent_at = now
    message.recipient = message.content = None
    return True


def _note_failure(message: Message, error: Exception, now: datetime) -> None:
    message.tries += 1
    message.failed_at = now
    message.failure = type(error).__name__
