"""Pages: each view finds, checks, calls one service and answers."""

from flask import Flask

from app.views import account, organise, published, respond, service


def init_app(app: Flask) -> None:
    """Give the application its pages."""
    service.init_app(app)
    respond.init_app(app)
    app.register_blueprint(account.account)
    organise.init_app(app)
    published.init_app(app)
