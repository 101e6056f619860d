"""Pages: each view finds, checks, calls one service and answers."""

from flask import Flask

from app.views import organise, own_account, published, respond, service


def init_app(app: Flask) -> None:
    """Give the application its pages."""
    service.init_app(app)
    respond.init_app(app)
    own_account.init_app(app)
    organise.init_app(app)
    published.init_app(app)
