"""The second factor: codes of an authenticator app (RFC 6238 TOTP, pyotp) and recovery codes.

The app's key is kept sealed. A new app counts only when a code from it fits; until then the old
one does.
"""

import secrets
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from app.models_team import Organiser
from app.sealing import hashed
from app.services import audit
from app.services.accounts import Refused

RECOVERY_CODES = 10
DIGITS = 6


def is_set(organiser: Organiser) -> bool:
    """Whether a second factor was proved."""
    return bool(organiser.totp and organiser.unseal("totp")["proved"])


def begin(session: Session, organiser: Organiser) -> None:
    """Make a key for an app that is about to be set up, beside the one that counts."""
    kept = organiser.unseal("totp") if organiser.totp else {"secret": None, "proved": False}
    new = {**kept, "next": pyotp.random_base32()}
    organiser.seal(session.info["keyring"], "totp", new)
    session.flush()


def key_to_set(organiser: Organiser) -> str | None:
    """The key of the app that is being set up; None where none is."""
    if not organiser.totp:
        return None
    key: str | None = organiser.unseal("totp").get("next")
    return key


def address_of(organiser: Organiser) -> str:
    """What an authenticator app reads from the square code."""
    totp = pyotp.TOTP(key_to_set(organiser) or "")
    return totp.provisioning_uri(name=organiser.email, issuer_name="Open Questions")


def accept(session: Session, organiser: Organiser, code: str, *, now: datetime) -> list[str]:
    """Let the new app count once a code from it fits; returns the recovery codes, shown once.

    Raises
    ------
    Refused
        If the code does not fit.
    """
    key = key_to_set(organiser)
    step = _step_of(key, code, now, after=0) if key else None
    if step is None:
        msg = (
            "This code does not fit. Enter the six digits that the app shows now. If they never "
            "fit, check that the clock of your phone sets itself."
        )
        raise Refused(msg, "code")
    organiser.totp_step = step
    organiser.seal(session.info["keyring"], "totp", {"secret": key, "proved": True})
    audit.record(session, organiser.id, "set second factor", organiser.id, now=now)
    return new_codes(session, organiser)


def new_codes(session: Session, organiser: Organiser) -> list[str]:
    """Ten codes that each work once when the app is lost; kept hashed."""
    codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(RECOVERY_CODES)]
    organiser.recovery_hashes = [hashed(code) for code in codes]
    session.flush()
    return codes


def fits(organiser: Organiser, code: str, *, now: datetime) -> bool:
    """Whether a code of the app is right for now or half a minute before or after; used up."""
    if not is_set(organiser):
        return False
    step = _step_of(organiser.unseal("totp")["secret"], code, now, after=organiser.totp_step)
    if step is not None:
        organiser.totp_step = step
    return step is not None


def recovers(organiser: Organiser, code: str) -> bool:
    """Whether this is a recovery code that was not used; used up."""
    given = hashed("".join(code.split()).lower())
    if given not in organiser.recovery_hashes:
        return False
    organiser.recovery_hashes = [each for each in organiser.recovery_hashes if each != given]
    return True


def _step_of(key: str, code: str, now: datetime, *, after: int) -> int | None:
    """The half minute that a code belongs to, if it is about now and later than the last used."""
    digits = "".join(code.split()).rjust(DIGITS, "x").encode()
    totp = pyotp.TOTP(key)
    step = int(now.timestamp()) // totp.interval
    for each in (step - 1, step, step + 1):
        right = secrets.compare_digest(totp.generate_otp(each).encode(), digits)
        if right and each > after:
            return each
    return None
