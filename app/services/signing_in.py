"""Signing in with two factors, and the sessions that follow.

An answer to an unknown account takes as long as to a known one. A session's key is kept hashed; it
changes with each proof, so an older copy of the cookie opens nothing.
"""

import secrets
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from app.models_team import Organiser, SignIn
from app.sealing import hashed
from app.services import audit, second_factor
from app.services.accounts import (
    Refused,
    by_email,
    check_password,
    end_all,
    end_links,
    forget_tries,
    hasher,
    slow_down,
)

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=1)
FRESH = timedelta(minutes=15)
MOST_TRIES_HERE = 5
MOST_TRIES_ADDRESS = 30
MOST_CODES = 10


@cache
def _nobody() -> str:
    return hasher.hash(secrets.token_hex())


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
    organiser = by_email(session, email)
    if not _password_fits(session, organiser, email, password, address=address, now=now):
        msg = "The address and the password do not fit together. Check both and try again."
        raise Refused(msg)
    assert organiser is not None
    return start_session(session, organiser, device=device, now=now)


def _password_fits(
    session: Session,
    organiser: Organiser | None,
    email: str,
    password: str,
    *,
    address: str,
    now: datetime,
) -> bool:
    here = ("sign in", address, email.strip().casefold())
    slow_down(session, "sign in", address, most=MOST_TRIES_ADDRESS, now=now)
    slow_down(session, *here, most=MOST_TRIES_HERE, now=now)
    known = organiser.password_hash if organiser and organiser.disabled_at is None else None
    try:
        hasher.verify(known or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    if known is None:
        return False
    forget_tries(session, *here)
    return True


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
    slow_down(session, "second factor", organiser.id, most=MOST_CODES, now=now)
    session.refresh(organiser, with_for_update=True)  # a code works once, though two come at once
    recovered = False
    if not second_factor.fits(organiser, code, now=now):
        recovered = second_factor.recovers(organiser, code)
        if not recovered:
            msg = "This code does not fit, or it was used. Enter the next one that the app shows."
            raise Refused(msg, "code")
    forget_tries(session, "second factor", organiser.id)
    current.ended_at = now
    key = start_session(session, organiser, device=device, now=now, proved=True)
    audit.record(session, organiser.id, "sign in", details={"recovery": recovered}, now=now)
    return key


def prove_again(
    session: Session,
    current: SignIn,
    password: str,
    code: str,
    *,
    address: str,
    device: str,
    now: datetime,
) -> str:
    """Check both factors of who is signed in; returns the key that replaces this session's.

    Raises
    ------
    Refused
        If the password or the code does not fit.
    TooOften
        If it was tried too often.
    """
    organiser = current.organiser
    email = organiser.email
    if not _password_fits(session, organiser, email, password, address=address, now=now):
        msg = "This is not the password of your account. Check it and try again."
        raise Refused(msg, "password")
    return prove(session, current, code, device=device, now=now)


def change_password(
    session: Session,
    current: SignIn,
    old: str,
    new: str,
    *,
    address: str,
    now: datetime,
) -> None:
    """Set another password, for who knows the old one; every other session ends.

    Raises
    ------
    Refused
        If the old one does not fit, or the new one may not be used.
    TooOften
        If it was tried too often.
    """
    organiser = current.organiser
    if not _password_fits(session, organiser, organiser.email, old, address=address, now=now):
        msg = "This is not the password that you have now. Check it and try again."
        raise Refused(msg, "old")
    check_password(new, organiser.email, organiser.name)
    organiser.password_hash = hasher.hash(new)
    end_all(organiser, now=now, but=current)
    end_links(session, organiser, now=now)
    audit.record(session, organiser.id, "set password", organiser.id, now=now)


def find_session(session: Session, key: str, *, now: datetime) -> SignIn | None:
    """The session that this key opens: not ended, not too old, of an account in use."""
    found = session.scalar(sa.select(SignIn).where(SignIn.key_hash == hashed(key)))
    if found is None or found.ended_at is not None or now - found.started_at > LONGEST:
        return None
    return found if found.organiser.disabled_at is None else None


def is_fresh(current: SignIn, *, now: datetime) -> bool:
    """Whether both factors were given lately enough to export, reveal or publish."""
    return current.proved_at is not None and now - current.proved_at <= FRESH


def is_open(each: SignIn, *, now: datetime) -> bool:
    """Whether somebody can still use this session, as far as the server knows."""
    return each.ended_at is None and each.proved_at is not None and now - each.started_at <= LONGEST


def end(session: Session, ended: SignIn, *, actor: str, now: datetime) -> None:
    """End one session."""
    if ended.ended_at is None:
        ended.ended_at = now
        audit.record(session, actor, "sign out", ended.organiser_id, now=now)
