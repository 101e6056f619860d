"""Runs the migrations on the application's own engine, SQLite in one immediate transaction."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from app import (
    models_coding,
    models_importing,
    models_invitations,
    models_publishing,
    models_rehearsing,
    models_safeguarding,
    models_team,
)
from app.database import make_engine
from app.models import Instant, Model

# Read here so that their tables are known.
TABLES = (
    models_team,
    models_coding,
    models_importing,
    models_invitations,
    models_publishing,
    models_rehearsing,
    models_safeguarding,
)


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Bring the database to the shape that was asked for."""
    engine = make_engine(context.config.attributes["address"])
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if sqlite:
            driver.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=False,
            render_item=render_item,
            transactional_ddl=True,
            compare_type=True,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7102026)"))
            context.run_migrations()
        connection.commit()
        if sqlite:
            driver.cursor().execute("PRAGMA foreign_keys=ON")
    engine.dispose()


run()
