"""Who belongs to the team: other roles, closing an account, and beginning again."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models_team import Organiser
from app.services import audit
from app.services.accounts import (
    Refused,
    check_roles,
    empty,
    end_all,
    end_links,
    make_token,
)


def disable(session: Session, organiser: Organiser, *, actor: str, now: datetime) -> None:
    """Close an account: its sessions and its links end. Inviting opens it again.

    Raises
    ------
    Refused
        If it is the last owner's.
    """
    _keep_an_owner(session, organiser)
    organiser.disabled_at = organiser.disabled_at or now
    end_all(organiser, now=now)
    end_links(session, organiser, now=now)
    audit.record(session, actor, "disable organiser", organiser.id, now=now)


def change_roles(
    session: Session, organiser: Organiser, roles: tuple[str, ...], *, actor: str, now: datetime
) -> None:
    """Give an organiser other roles, from the next page that they open.

    Raises
    ------
    Refused
        If a role is unknown, or nobody would be owner any more.
    """
    check_roles(roles)
    if "owner" not in roles:
        _keep_an_owner(session, organiser)
    organiser.roles = list(roles)
    audit.record(session, actor, "change roles", organiser.id, {"roles": list(roles)}, now=now)


def _keep_an_owner(session: Session, without: Organiser) -> None:
    """Make sure that an owner is left; two owners who remove each other come one by one."""
    statement = sa.select(Organiser).order_by(Organiser.id).with_for_update()
    everybody = session.scalars(statement.execution_options(populate_existing=True))
    left = [each for each in everybody if each.id != without.id]
    if not any("owner" in each.roles and each.ready for each in left):
        msg = "There must be one owner at least. Make somebody else owner first."
        raise Refused(msg)


def begin_again(
    session: Session, organiser: Organiser, *, actor: str, now: datetime, last_owner: bool = False
) -> str:
    """For who lost the password or the second factor: both go, and every session ends.

    Returns the secret of a link that sets new ones. Until it is used, nobody can sign in here: who
    knows the old password cannot set a second factor of their own.

    Raises
    ------
    Refused
        If the account is closed; or if it is the last owner's, who would be locked out should the
        link be lost (`last_owner` allows it: for the command on the server).
    """
    if organiser.disabled_at is not None:
        msg = "This account is closed. Invite the address again to open it."
        raise Refused(msg)
    if not last_owner and "owner" in organiser.roles and organiser.ready:
        _keep_an_owner(session, organiser)
    empty(organiser)
    end_all(organiser, now=now)
    end_links(session, organiser, now=now)
    audit.record(session, actor, "reset second factor", organiser.id, now=now)
    return make_token(session, "join", organiser=organiser, roles=tuple(organiser.roles), now=now)
