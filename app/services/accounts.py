"""Accounts of the team: inviting, joining, passwords, and how often something may be tried.

Passwords are kept as argon2id (argon2-cffi). Secrets that open something are stored hashed, work
once, and end when a newer one is made. Signing in is in `signing_in`, the app's codes are in
`second_factor`, roles and closing in `membership`. The file is over 200 lines because each act says
when it is refused.
"""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from app.models_team import AccountToken, Attempt, Organiser, SignIn
from app.sealing import Keyring, hashed
from app.services import audit
from app.services.roles import ROLES

JOIN_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=1)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 512
LONGEST_NAME = 100
WINDOW = timedelta(minutes=15)
GUESSABLE_BELOW = 3
TAKEN = "There is an account with this address already."

hasher = PasswordHasher()


class Refused(Exception):
    """Signing in, joining or changing something was refused.

    The message says what to do; `field` says where, if it is not where the page expects it.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TooOften(Refused):
    """It was tried too often from this address lately."""


def check_password(password: str, *about: str) -> str:
    """Give the password back if it may be used.

    Raises
    ------
    Refused
        If it is short, or easy to guess (zxcvbn: bundled lists, and the organiser's own name).
    """
    if len(password) < SHORTEST_PASSWORD:
        msg = f"Use at least {SHORTEST_PASSWORD} characters; 15 or more is better. Any will do."
        raise Refused(msg, "password")
    if len(password) > LONGEST_PASSWORD:
        msg = f"Use at most {LONGEST_PASSWORD} characters."
        raise Refused(msg, "password")
    if zxcvbn(password[:72], user_inputs=list(about))["score"] < GUESSABLE_BELOW:
        msg = "This password is easy to guess. Use a few words that do not belong together."
        raise Refused(msg, "password")
    return password


def slow_down(session: Session, *what: str, most: int, now: datetime) -> None:
    """Count a try, in the database that all workers share.

    Raises
    ------
    TooOften
        From the try after `most` in a quarter of an hour.
    """
    keyring: Keyring = session.info["keyring"]
    key = keyring.derive("attempt", *what)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Attempt).values(key=key, count=0, since=now)
    session.execute(first.on_conflict_do_nothing())  # two first tries at once are no error
    attempt = session.get_one(Attempt, key, with_for_update=True, populate_existing=True)
    if now - attempt.since > WINDOW:
        attempt.count, attempt.since = 0, now
    attempt.count += 1
    session.flush()
    if attempt.count > most:
        msg = "That was tried too often from here. Wait a quarter of an hour, then try again."
        raise TooOften(msg)


def forget_tries(session: Session, *what: str) -> None:
    """Start the count again: what was tried went well."""
    keyring: Keyring = session.info["keyring"]
    session.execute(sa.delete(Attempt).where(Attempt.key == keyring.derive("attempt", *what)))


def was_too_often(session: Session, *what: str, most: int, now: datetime) -> bool:
    """Whether `slow_down` would refuse another try; counts nothing."""
    keyring: Keyring = session.info["keyring"]
    attempt = session.get(Attempt, keyring.derive("attempt", *what))
    return attempt is not None and now - attempt.since <= WINDOW and attempt.count >= most


def make_token(
    session: Session,
    purpose: str,
    *,
    now: datetime,
    organiser: Organiser | None = None,
    roles: tuple[str, ...] = (),
    within: timedelta = JOIN_WITHIN,
) -> str:
    """A secret for a link, kept hashed. An earlier link for the same purpose ends."""
    secret = secrets.token_urlsafe(32)
    if organiser is not None:
        end_links(session, organiser, purpose, now=now)
    token = AccountToken(
        purpose=purpose,
        token_hash=hashed(secret),
        organiser_id=organiser.id if organiser else None,
        roles=list(roles),
        made_at=now,
        expires_at=now + within,
    )
    session.add(token)
    session.flush()
    return secret


def find_token(
    session: Session, purpose: str, secret: str, *, now: datetime
) -> AccountToken | None:
    """The token of a link, if it has this purpose, was not used and is not late."""
    statement = sa.select(AccountToken).where(
        AccountToken.token_hash == hashed(secret),
        AccountToken.purpose == purpose,
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > now,
    )
    return session.scalar(statement.with_for_update())


def end_links(session: Session, organiser: Organiser, *purposes: str, now: datetime) -> None:
    """End the links of an organiser that were not used: those for these purposes, else all."""
    statement = sa.update(AccountToken).where(
        AccountToken.organiser_id == organiser.id, AccountToken.used_at.is_(None)
    )
    if purposes:
        statement = statement.where(AccountToken.purpose.in_(purposes))
    session.execute(statement.values(used_at=now))


def by_email(session: Session, email: str) -> Organiser | None:
    """The organiser with this address, however it is capitalised."""
    return session.scalar(sa.select(Organiser).where(Organiser.email == email.strip().casefold()))


def read_email(text: str) -> str:
    """An address as it is stored.

    Raises
    ------
    Refused
        If it is not an address.
    """
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError as error:
        msg = "Enter an e-mail address such as name@example.org"
        raise Refused(msg, "email") from error


def invite(
    session: Session, email: str, roles: tuple[str, ...], *, actor: str, now: datetime
) -> tuple[Organiser, str]:
    """Make an account that waits to be joined, and the secret of its link.

    An account that was closed is opened again, with nothing of its old password or second factor.

    Raises
    ------
    Refused
        If the address is not one or belongs to somebody already, or a role is unknown.
    """
    address = read_email(email)
    check_roles(roles)
    organiser = by_email(session, address)
    if organiser is not None and organiser.ready:
        raise Refused(TAKEN, "email")
    if organiser is None:
        organiser = Organiser(email=address, name="", created_at=now)
        session.add(organiser)
    organiser.disabled_at = None
    organiser.roles = list(roles)
    empty(organiser)
    end_links(session, organiser, now=now)
    secret = make_token(session, "join", organiser=organiser, roles=roles, now=now)
    audit.record(session, actor, "invite organiser", organiser.id, {"roles": list(roles)}, now=now)
    return organiser, secret


def check_roles(roles: tuple[str, ...]) -> None:
    """Refuse a choice of no role, or of one that does not exist."""
    if not roles or any(role not in ROLES for role in roles):
        msg = "Choose at least one role."
        raise Refused(msg, "roles")


def empty(organiser: Organiser) -> None:
    """Take away password and second factor: only a link can set them again."""
    organiser.password_hash = None
    organiser.totp = None
    organiser.recovery_hashes = []


def first_owner_link(session: Session, *, now: datetime) -> str | None:
    """The secret with which the first owner joins; None where there is an owner already."""
    ready = sa.select(Organiser).where(Organiser.password_hash.is_not(None))
    if any("owner" in each.roles and each.ready for each in session.scalars(ready)):
        return None
    session.execute(
        sa.update(AccountToken)
        .where(AccountToken.purpose == "join", AccountToken.organiser_id.is_(None))
        .values(used_at=now)
    )
    return make_token(session, "join", roles=("owner",), now=now)


def join(
    session: Session, token: AccountToken, *, email: str, name: str, password: str, now: datetime
) -> Organiser:
    """Set name and password of an invited organiser. The second factor comes next.

    Raises
    ------
    Refused
        If the name is blank, the address is taken, or the password may not be used.
    """
    if not name.strip():
        msg = "Enter your name"
        raise Refused(msg, "name")
    if len(name) > LONGEST_NAME or not name.isprintable():
        msg = f"Enter a name of at most {LONGEST_NAME} characters"
        raise Refused(msg, "name")
    organiser = token.organiser
    address = organiser.email if organiser else read_email(email)
    check_password(password, address, name)
    if organiser is None:
        if (organiser := by_email(session, address)) is not None and organiser.ready:
            raise Refused(TAKEN, "email")
        organiser = organiser or Organiser(email=address, name="", created_at=now)
        organiser.roles = list(token.roles)
        session.add(organiser)
        session.flush()
    organiser.name = name.strip()
    organiser.password_hash = hasher.hash(password)
    token.used_at = now
    end_links(session, organiser, now=now)
    session.flush()
    audit.record(session, organiser.id, "join", organiser.id, now=now)
    return organiser


def set_password(session: Session, token: AccountToken, password: str, *, now: datetime) -> None:
    """Set a new password and end every session.

    Raises
    ------
    Refused
        If the password may not be used.
    """
    organiser = token.organiser
    assert organiser is not None
    check_password(password, organiser.email, organiser.name)
    organiser.password_hash = hasher.hash(password)
    token.used_at = now
    end_links(session, organiser, now=now)
    end_all(organiser, now=now)
    audit.record(session, organiser.id, "set password", organiser.id, now=now)


def end_all(organiser: Organiser, *, now: datetime, but: SignIn | None = None) -> None:
    """End every session of an organiser, or every other one."""
    for each in organiser.sign_ins:
        if each is not but:
            each.ended_at = each.ended_at or now
