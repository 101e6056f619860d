"""Leaving a response out of the results, and counting it again: for a reason from a short list.

What safeguarding decided is not touched here. The response is kept, and stays in the accounts.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Response
from app.services import audit
from app.services.safeguarding import EXCLUDED, locked

REASONS = {
    "request": "The respondent asked to withdraw it",
    "duplicate": "The same respondent sent another one",
    "mistake": "It was sent or entered by mistake",
    "not_theirs": "It does not come from whom it names",
}


class Refused(Exception):
    """It cannot be left out or counted; the message says why and what to do."""


def leave_out(
    session: Session, response: Response, reason: str, *, actor: str, now: datetime
) -> None:
    """Take a response out of every count, export and publication to come.

    What a respondent asked for is a withdrawal, as if they had made it themselves.

    Raises
    ------
    Refused
        If no reason was chosen, or it does not count anyway.
    """
    if reason not in REASONS:
        msg = "Choose a reason"
        raise Refused(msg)
    response = locked(session, response)
    if response.withdrawn_at is not None or response.excluded_reason is not None:
        msg = "It is left out already."
        raise Refused(msg)
    if reason == "request":
        response.withdrawn_at = now
    else:
        response.excluded_reason = REASONS[reason]
    audit.record(session, actor, "leave out", response.reference, {"reason": reason}, now=now)


def count_again(session: Session, response: Response, *, actor: str, now: datetime) -> None:
    """Count a response that the team left out.

    Raises
    ------
    Refused
        If it counts, was withdrawn, or safeguarding left it out.
    """
    response = locked(session, response)
    if response.excluded_reason is None or response.excluded_reason == EXCLUDED:
        msg = "This cannot be counted again here."
        raise Refused(msg)
    response.excluded_reason = None
    audit.record(session, actor, "count again", response.reference, now=now)


def may_count_again(response: Response) -> bool:
    """Whether the team left it out, and not safeguarding or the respondent."""
    return response.excluded_reason not in {None, EXCLUDED}
