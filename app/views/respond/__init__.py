"""The respondent's pages, from the first page to the receipt."""

from flask import Flask

from app.views.respond import invited, journey, reading, returning, sending, visit

__all__ = ["init_app", "invited", "journey", "reading", "sending"]


def init_app(app: Flask) -> None:
    """Register the pages under `/c/<consultation>`, and the short links that lead to them."""
    app.register_blueprint(visit.respond)
    app.register_blueprint(returning.links)
    app.context_processor(visit.known_to_templates)
