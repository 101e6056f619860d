"""What the database holds after somebody did something, for tests to compare with."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.models import Consultation, Draft, Message, Response, Revision
from app.services import drafting


def sent(app: Flask) -> list[dict[str, Any]]:
    """The answers of every version that was sent, in the order of sending."""
    with app.extensions["database"].session() as session:
        found = session.scalars(sa.select(Revision).order_by(Revision.sent_at, Revision.number))
        return [revision.unseal("answers") for revision in found]


def references(app: Flask) -> list[str]:
    with app.extensions["database"].session() as session:
        return list(session.scalars(sa.select(Response.reference).order_by(Response.reference)))


def drafts(app: Flask) -> list[dict[str, Any]]:
    """What every draft holds, raw."""
    with app.extensions["database"].session() as session:
        found = session.scalars(sa.select(Draft).order_by(Draft.created_at))
        return [drafting.read(draft).raw for draft in found]


def set_consultation(app: Flask, key: str, **values: object) -> None:
    """Change a consultation behind everybody's back, for instance to close it."""
    with app.extensions["database"].work() as session:
        session.execute(sa.update(Consultation).where(Consultation.key == key).values(**values))


def letters(app: Flask) -> list[Message]:
    with app.extensions["database"].session() as session:
        return list(session.scalars(sa.select(Message).order_by(Message.made_at, Message.id)))


def count(app: Flask, table: type) -> int:
    with app.extensions["database"].session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))
