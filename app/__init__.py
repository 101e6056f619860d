"""The service: collecting responses, and following them."""

from flask import Flask

from app import (
    cli,
    database,
    errors,
    furniture,
    pages,
    posting,
    security,
    team,
    upkeep,
    views,
)
from app.config import Settings, read_settings


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application; reads like a table of contents."""
    app = Flask(__name__)
    app.config["SETTINGS"] = settings or read_settings()

    database.init_app(app)
    security.init_app(app)
    team.init_app(app)
    pages.init_app(app)
    furniture.init_app(app)
    posting.init_app(app)
    views.init_app(app)
    errors.init_app(app)
    cli.init_app(app)
    upkeep.init_app(app)
    return app
