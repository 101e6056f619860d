"""The team's pages. Each module adds its own to the `organise` blueprint of `desk`."""

from flask import Flask

from app.views.organise import consultations, desk, follow, invitations, keeping, people, results

__all__ = ["consultations", "init_app", "keeping", "people", "results"]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(desk.organise)
    app.context_processor(desk.known_to_templates)
