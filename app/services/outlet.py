"""Where letters go: an SMTP server, or a folder of files where none is set."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from app.config import Settings

SECONDS = 15


@dataclass(frozen=True)
class Letter:
    """A message as its reader sees it. Plain text: nothing to load, nothing to track."""

    recipient: str
    subject: str
    body: str
    reply_to: str = ""


class Outlet(Protocol):
    """What takes a message."""

    def send_message(self, msg: EmailMessage) -> Any:
        """Take one message."""


def compose(settings: Settings, letter: Letter, identifier: str, *, now: datetime) -> EmailMessage:
    """The letter as a message; a line break in a header is refused by the library.

    A letter that is tried twice has the same Message-ID, so that a mailbox can tell.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = plain_domain(letter.recipient)
    if letter.reply_to:
        message["Reply-To"] = plain_domain(letter.reply_to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{identifier}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def plain_domain(address: str) -> str:
    """An address with its domain in the letters a to z (IDNA), which every server takes."""
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError:
        return address


class Folder:
    """Where the local run puts letters: files that any mail program opens."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open."""

    def send_message(self, msg: EmailMessage) -> None:
        """Write one letter to a file, its words as they are: whoever opens it can copy a link."""
        msg.set_content(msg.get_content(), cte="8bit")
        self.path.mkdir(parents=True, exist_ok=True)
        stamp = str(msg["Message-ID"]).strip("<>").split("@")[0]
        (self.path / f"{stamp}.eml").write_bytes(msg.as_bytes())


def open_outlet(settings: Settings) -> "smtplib.SMTP | Folder":
    """Where letters go now."""
    if settings.mail_url:
        return _connect(settings.mail_url)
    return Folder(settings.folder / "mail")


def _connect(address: str) -> smtplib.SMTP:
    parts = urlsplit(address)
    context = ssl.create_default_context()
    host, port = parts.hostname or "localhost", parts.port
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=SECONDS)
    try:
        if parts.scheme == "smtp+tls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server
