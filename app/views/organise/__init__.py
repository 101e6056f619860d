"""The team's pages. Each module of this folder adds its own to the `organise` blueprint."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask

from app.database import Database
from app.services.bringing_in import Importer
from app.services.rehearsing import Rehearser
from app.views.organise import desk


def init_app(app: Flask) -> None:
    """Find every module of the folder, register the pages, and let what takes long set out."""
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
    app.register_blueprint(desk.organise)
    app.context_processor(desk.known_to_templates)
    database: Database = app.extensions["database"]
    database.after_commit += (Importer(database).look, Rehearser(database).look)
