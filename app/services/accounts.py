"""Accounts of the team: joining, passwords, second factor, sessions.

Passwords are kept as argon2id (argon2-cffi), codes are RFC 6238 TOTP (pyotp). Secrets that open
something are stored hashed; an answer to an unknown account takes as long as to a known one.
"""

import secrets
from datetime import datetime, timedelta
from functools import cache

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from app.models_team import AccountToken, Attempt, Organiser, SignIn
from app.sealing import Keyring, hashed
from app.services import audit
from app.services.roles import ROLES

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=1)
FRESH = timedelta(minutes=15)
JOIN_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=1)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 512
RECOVERY_CODES = 10
WINDOW = timedelta(minutes=15)
MOST_TRIES_HERE = 5
MOST_TRIES_ADDRESS = 30
GUESSABLE_BELOW = 3

hasher = PasswordHasher()


class Refused(Exception):
    """Signing in, joining or changing something was refused; the message says what to do."""


class TooOften(Refused):
    """It was tried too often from this address lately."""


@cache
def _nobody() -> str:
    return hasher.hash(secrets.token_hex())


def check_password(password: str, *about: str) -> str:
    """Give the password back if it may be used.

    Raises
    ------
    Refused
        If it is short, or easy to guess (zxcvbn: bundled lists, and the organiser's own name).
    """
    if len(password) < SHORTEST_PASSWORD:
        msg = f"Use at least {SHORTEST_PASSWORD} characters; 15 or more is better. Any will do."
        raise Refused(msg)
    if len(password) > LONGEST_PASSWORD:
        msg = f"Use at most {LONGEST_PASSWORD} characters."
        raise Refused(msg)
    if zxcvbn(password[:72], user_inputs=list(about))["score"] < GUESSABLE_BELOW:
        msg = "This password is easy to guess. Use a few words that do not belong together."
        raise Refused(msg)
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
    """A secret for a link, kept hashed."""
    secret = secrets.token_urlsafe(32)
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
        raise Refused(msg) from error


def invite(
    session: Session, email: str, roles: tuple[str, ...], *, actor: str, now: datetime
) -> tuple[Organiser, str]:
    """Make an account that waits to be joined, and the secret of its link.

    Raises
    ------
    Refused
        If the address is not one or belongs to somebody already, or a role is unknown.
    """
    address = read_email(email)
    if not roles or any(role not in ROLES for role in roles):
        msg = "Choose at least one role."
        raise Refused(msg)
    organiser = by_email(session, address)
    if organiser is not None and organiser.ready:
        msg = "There is an account with this address already."
        raise Refused(msg)
    if organiser is None:
        organiser = Organiser(email=address, name="", created_at=now)
        session.add(organiser)
    organiser.roles = list(roles)
    session.flush()
    secret = make_token(session, "join", organiser=organiser, roles=roles, now=now)
    audit.record(session, actor, "invite organiser", organiser.id, {"roles": list(roles)}, now=now)
    return organiser, secret


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
        raise Refused(msg)
    organiser = token.organiser
    address = organiser.email if organiser else read_email(email)
    check_password(password, address, name)
    if organiser is None:
        if (organiser := by_email(session, address)) is not None and organiser.ready:
            msg = "There is an account with this address already."
            raise Refused(msg)
        organiser = organiser or Organiser(email=address, name="", created_at=now)
        organiser.roles = list(token.roles)
        session.add(organiser)
    organiser.name = name.strip()
    organiser.password_hash = hasher.hash(password)
    token.used_at = now
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
    end_all(organiser, now=now)
    audit.record(session, organiser.id, "set password", organiser.id, now=now)


def new_totp(session: Session, organiser: Organiser) -> str:
    """A new secret for an authenticator app, kept sealed; proved before it counts."""
    secret = pyotp.random_base32()
    organiser.seal(session.info["keyring"], "totp", {"secret": secret, "proved": False})
    session.flush()
    return secret


def totp_address(organiser: Organiser) -> str:
    """What an authenticator app reads from the square code."""
    secret = organiser.unseal("totp")["secret"]
    return pyotp.TOTP(secret).provisioning_uri(name=organiser.email, issuer_name="Open Questions")


def prove_totp(session: Session, organiser: Organiser, code: str, *, now: datetime) -> list[str]:
    """Accept the second factor once a code from it fits; returns the recovery codes, shown once.

    Raises
    ------
    Refused
        If the code does not fit.
    """
    if not _code_fits(organiser, code, now):
        msg = "This code does not fit. Enter the six digits that the app shows now."
        raise Refused(msg)
    secret = organiser.unseal("totp")["secret"]
    organiser.seal(session.info["keyring"], "totp", {"secret": secret, "proved": True})
    audit.record(session, organiser.id, "set second factor", organiser.id, now=now)
    return new_recovery_codes(session, organiser)


def new_recovery_codes(session: Session, organiser: Organiser) -> list[str]:
    """Ten codes that each work once when the app is lost; kept hashed."""
    codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(RECOVERY_CODES)]
    organiser.recovery_hashes = [hashed(code) for code in codes]
    session.flush()
    return codes


def has_second_factor(organiser: Organiser) -> bool:
    """Whether a second factor was proved."""
    return bool(organiser.totp and organiser.unseal("totp")["proved"])


def _code_fits(organiser: Organiser, code: str, now: datetime) -> bool:
    """Whether a code is right for now or half a minute before or after, and was not used."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(organiser.unseal("totp")["secret"])
    step = int(now.timestamp()) // totp.interval
    for each in (step - 1, step, step + 1):
        right = secrets.compare_digest(totp.generate_otp(each), digits.rjust(6, "x"))
        if right and each > organiser.totp_step:
            organiser.totp_step = each
            return True
    return False


def _recovers(organiser: Organiser, code: str) -> bool:
    given = hashed("".join(code.split()).lower())
    if given not in organiser.recovery_hashes:
        return False
    organiser.recovery_hashes = [each for each in organiser.recovery_hashes if each != given]
    return True


def sign_in(
    session: Session, email: str, password: str, *, address: str, device: str, now: datetime
) -> str:
    """Check the first factor; returns the key of a session that still lacks the second.

    Raises
    ------
    Refused
        If account and password do not fit, in words that tell nobody which.
    TooOften
        If it was tried too often from this address.
    """
    slow_down(session, "sign in", address, most=MOST_TRIES_ADDRESS, now=now)
    slow_down(session, "sign in", address, email.casefold(), most=MOST_TRIES_HERE, now=now)
    organiser = by_email(session, email)
    known = organiser.password_hash if organiser and organiser.disabled_at is None else None
    try:
        hasher.verify(known or _nobody(), password)
    except (VerificationError, InvalidHashError):
        known = None
    if organiser is None or known is None:
        msg = "The address and the password do not fit together. Check both and try again."
        raise Refused(msg)
    return start_session(session, organiser, device=device, now=now)


def start_session(
    session: Session, organiser: Organiser, *, device: str, now: datetime, proved: bool = False
) -> str:
    """A new session with a key of its own, kept hashed."""
    key = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            organiser=organiser,
            key_hash=hashed(key),
            started_at=now,
            proved_at=now if proved else None,
            device=device[:200],
        )
    )
    session.flush()
    return key


def prove(session: Session, current: SignIn, code: str, *, device: str, now: datetime) -> str:
    """Check the second factor; returns the key of the session that replaces this one.

    Raises
    ------
    Refused
        If the code does not fit, or was used.
    TooOften
        If it was tried too often.
    """
    organiser = current.organiser
    slow_down(session, "second factor", organiser.id, most=MOST_TRIES_HERE * 2, now=now)
    recovered = False
    if not _code_fits(organiser, code, now):
        recovered = _recovers(organiser, code)
        if not recovered:
            msg = "This code does not fit. Enter what the app shows now, or a recovery code."
            raise Refused(msg)
    current.ended_at = now
    key = start_session(session, organiser, device=device, now=now, proved=True)
    audit.record(session, organiser.id, "sign in", details={"recovery": recovered}, now=now)
    return key


def find_session(session: Session, key: str, *, now: datetime) -> SignIn | None:
    """The session that this key opens: not ended, not too old, of an account in use."""
    found = session.scalar(sa.select(SignIn).where(SignIn.key_hash == hashed(key)))
    if found is None or found.ended_at is not None or now - found.started_at > LONGEST:
        return None
    return found if found.organiser.disabled_at is None else None


def is_fresh(current: SignIn, *, now: datetime) -> bool:
    """Whether both factors were given lately enough to export, reveal or publish."""
    return current.proved_at is not None and now - current.proved_at <= FRESH


def end(session: Session, ended: SignIn, *, actor: str, now: datetime) -> None:
    """End one session."""
    if ended.ended_at is None:
        ended.ended_at = now
        audit.record(session, actor, "sign out", ended.organiser_id, now=now)


def end_all(organiser: Organiser, *, now: datetime) -> None:
    """End every session of an organiser."""
    for each in organiser.sign_ins:
        each.ended_at = each.ended_at or now


def disable(session: Session, organiser: Organiser, *, actor: str, now: datetime) -> None:
    """Close an account and end its sessions.

    Raises
    ------
    Refused
        If it is the last owner's.
    """
    _keep_an_owner(session, organiser)
    organiser.disabled_at = now
    end_all(organiser, now=now)
    audit.record(session, actor, "disable organiser", organiser.id, now=now)


def change_roles(
    session: Session, organiser: Organiser, roles: tuple[str, ...], *, actor: str, now: datetime
) -> None:
    """Give an organiser other roles.

    Raises
    ------
    Refused
        If a role is unknown, or nobody would be owner any more.
    """
    if not roles or any(role not in ROLES for role in roles):
        msg = "Choose at least one role."
        raise Refused(msg)
    if "owner" not in roles:
        _keep_an_owner(session, organiser)
    organiser.roles = list(roles)
    audit.record(session, actor, "change roles", organiser.id, {"roles": list(roles)}, now=now)


def _keep_an_owner(session: Session, without: Organiser) -> None:
    everybody = session.scalars(sa.select(Organiser).where(Organiser.id != without.id))
    if not any("owner" in each.roles and each.ready for each in everybody):
        msg = "There must be one owner at least. Make somebody else owner first."
        raise Refused(msg)


def reset_second_factor(
    session: Session, organiser: Organiser, *, actor: str, now: datetime
) -> str:
    """Take away a lost second factor; returns the secret of a link that sets a new one."""
    organiser.totp = None
    organiser.recovery_hashes = []
    end_all(organiser, now=now)
    audit.record(session, actor, "reset second factor", organiser.id, now=now)
    return make_token(session, "join", organiser=organiser, roles=tuple(organiser.roles), now=now)
