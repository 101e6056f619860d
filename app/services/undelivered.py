"""Why a letter did not go out, in words of what happened and what to do.

A reason is kept as its key and the number that the mail server answered, never with the server's
own words: those may repeat the address.
"""

import smtplib
import ssl
from dataclasses import dataclass

ADDRESS_UNKNOWN = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.1", "5.4.4")
TOO_LARGE = 552
SERVER_RUNS = "whoever runs the server"


@dataclass(frozen=True)
class Reason:
    """What happened, and what to do about it.

    `final`: trying again is pointless. `outage`: nothing is wrong with the letter, so that the try
    does not count and no other letter is tried meanwhile.
    """

    happened: str
    do: str
    final: bool = False
    outage: bool = False

    @property
    def words(self) -> str:
        """Both, as one text."""
        return f"{self.happened} {self.do}"


REASONS = {
    "unreachable": Reason(
        "The mail server cannot be reached.",
        f"We try again every few minutes. If this lasts, ask {SERVER_RUNS}.",
        outage=True,
    ),
    "sign-in": Reason(
        "The mail server does not let us sign in.",
        f"Ask {SERVER_RUNS} to check the name and the password in CONSULT_MAIL_URL. The letter "
        "waits and goes out then.",
        outage=True,
    ),
    "encryption": Reason(
        "No safe connection to the mail server could be made.",
        f"Ask {SERVER_RUNS} to check its certificate and CONSULT_MAIL_URL. The letter waits and "
        "goes out then.",
        outage=True,
    ),
    "sender": Reason(
        "The mail server takes no letters from our own address.",
        f"Ask {SERVER_RUNS} to check CONSULT_MAIL_FROM. The letter waits and goes out then.",
        outage=True,
    ),
    "broken off": Reason(
        "The mail server broke off the connection.", "We try again by ourselves.", outage=True
    ),
    "no such address": Reason(
        "The mail server says that this address does not exist.",
        "Check the address, mend it and send it again.",
        final=True,
    ),
    "refused": Reason(
        "The mail server takes no letters for this address.",
        "Check the address, mend it and send it again. If it is right, reach this person in "
        "another way.",
        final=True,
    ),
    "international": Reason(
        "The mail server cannot send to an address with these letters.",
        "Ask this person for an address with the letters a to z.",
        final=True,
    ),
    "too large": Reason(
        "The mail server says that the letter is too large or the mailbox is full.",
        "Send it again later, or reach this person in another way.",
        final=True,
    ),
    "words": Reason(
        "The mail server does not take this letter, perhaps as unwanted mail.",
        f"Ask {SERVER_RUNS} why; the server's log says more. Then send it again.",
        final=True,
    ),
    "later": Reason("The mail server says: try again later.", "We do so by ourselves."),
    "letter": Reason(
        "The letter cannot be written to this address.",
        "Check the address, mend it and send it again.",
        final=True,
    ),
    "revoked": Reason("It was taken back before it went out.", "", final=True),
    "changed": Reason("It was taken back: the address was mended.", "", final=True),
    "replaced": Reason("A newer letter was sent in its place.", "", final=True),
    "": Reason("It did not go out.", "We try again by ourselves."),
}


@dataclass(frozen=True)
class Failure:
    """Why one letter did not go out, and what the server answered."""

    key: str
    code: int = 0

    def __str__(self) -> str:
        """As it is kept."""
        return f"{self.key}:{self.code}" if self.code else self.key

    @property
    def reason(self) -> Reason:
        """What happened and what to do."""
        return REASONS[self.key]


def kept(text: str | None) -> Failure:
    """A failure as it was kept."""
    key, _, code = (text or "").partition(":")
    return Failure(key if key in REASONS else "", int(code) if code.isdigit() else 0)


def in_words(text: str | None) -> str:
    """A failure that was kept, as an organiser reads it."""
    failure = kept(text)
    answered = f" (The server answered {failure.code}.)" if failure.code else ""
    return failure.reason.words.strip() + answered


def of_connecting(error: Exception) -> Failure:
    """What kept us from reaching the server at all, or from signing in."""
    if isinstance(error, ssl.SSLError):
        return Failure("encryption")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Failure("sign-in", error.smtp_code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Failure("encryption" if "STARTTLS" in str(error) else "sign-in")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Failure("broken off")
    if isinstance(error, smtplib.SMTPResponseException):
        return Failure("unreachable", error.smtp_code)
    return Failure("unreachable")


def of_sending(error: Exception) -> Failure:
    """What kept one letter from going out over a connection that stands."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _of_recipient(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _of_sender(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Failure("international")
    if isinstance(error, smtplib.SMTPResponseException):
        return _of_words(error)
    if isinstance(error, ValueError):
        return Failure("letter")
    return Failure("broken off")


def _of_recipient(code: int, said: bytes | str) -> Failure:
    words = _text(said)
    if code < 500:
        return Failure("later", code)
    if code == TOO_LARGE or words.startswith(("5.2.2", "5.2.3", "5.3.4")):
        return Failure("too large", code)
    unknown = code in {550, 553} and not words.startswith("5.7")
    return Failure(
        "no such address" if unknown or words.startswith(ADDRESS_UNKNOWN) else "refused", code
    )


def _of_sender(error: smtplib.SMTPSenderRefused) -> Failure:
    if error.smtp_code < 500:
        return Failure("later", error.smtp_code)
    if error.smtp_code == TOO_LARGE or _text(error.smtp_error).startswith("5.3.4"):
        return Failure("too large", error.smtp_code)
    if error.smtp_code == 530:  # it wants a sign-in, and CONSULT_MAIL_URL has none
        return Failure("sign-in", error.smtp_code)
    return Failure("sender", error.smtp_code)


def _of_words(error: smtplib.SMTPResponseException) -> Failure:
    if error.smtp_code < 500:
        return Failure("later", error.smtp_code)
    if error.smtp_code == TOO_LARGE or _text(error.smtp_error).startswith(
        ("5.2.2", "5.2.3", "5.3.4")
    ):
        return Failure("too large", error.smtp_code)
    if _text(error.smtp_error).startswith(ADDRESS_UNKNOWN):
        return Failure("no such address", error.smtp_code)
    return Failure("words", error.smtp_code)


def _text(said: bytes | str) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else said
