"""The letters to respondents, in plain words."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Draft, Response
from app.services import accounts, audit, mail


def send_resume_link(
    session: Session, draft: Draft, address: str, link: str, *, tell_me: bool, now: datetime
) -> None:
    """Mail the resume link, and keep the address only if the respondent wants to be told more."""
    consultation = draft.edition.consultation
    body = (
        f"You began to answer “{consultation.title}”.\n\n"
        f"This link opens your answers on any device:\n\n{link}\n\n"
        "Anyone who has the link can read and change your answers, so keep it to yourself and the "
        "colleagues who answer with you.\n\n"
        "If you did not ask for this, you can ignore it.\n"
    )
    letter = mail.Letter(address, f"Your link to “{consultation.title}”", body)
    mail.queue(session, letter, purpose="resume link", now=now)
    draft.tell_me = tell_me
    if tell_me:
        draft.seal(session.info["keyring"], "contact", address)
    else:
        draft.contact = None
    audit.record(session, "respondent", "mail resume link", consultation.key, now=now)


def send_receipt(
    session: Session, response: Response, address: str, text: str, *, now: datetime
) -> None:
    """Mail what the receipt says, without any answer."""
    letter = mail.Letter(address, f"Received: {response.reference}", text)
    mail.queue(session, letter, purpose="receipt", now=now)


def send_reset(session: Session, email: str, link: str, *, now: datetime) -> None:
    """Mail a link to set a new password, if the address is an organiser's; tell nobody whether."""
    organiser = accounts.by_email(session, email)
    if organiser is None or not organiser.ready:
        return
    secret = accounts.make_token(
        session, "reset", organiser=organiser, within=accounts.RESET_WITHIN, now=now
    )
    body = (
        "Somebody, perhaps you, asked to set a new password for your Open Questions account.\n\n"
        f"This link works once, for an hour:\n\n{link.format(secret=secret)}\n\n"
        "You will also need your authenticator app. If you did not ask for this, do nothing.\n"
    )
    mail.queue(
        session, mail.Letter(organiser.email, "Set a new password", body), purpose="reset", now=now
    )


def send_joining(session: Session, email: str, link: str, *, now: datetime) -> None:
    """Mail a colleague the link with which they join the team."""
    body = (
        "You are invited to join the team that runs a consultation in Open Questions.\n\n"
        f"This link works once, for seven days:\n\n{link}\n\n"
        "You will set a password and a second factor (an authenticator app).\n"
    )
    mail.queue(session, mail.Letter(email, "Join the team", body), purpose="join", now=now)
