"""Errors, in plain words, that keep what the person typed."""

import logging

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from app.services.accounts import TooOften
from app.services.editions import NotOpen
from app.typed import typed

logger = logging.getLogger(__name__)
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
WAIT = {"Retry-After": "30"}
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def typed_here() -> tuple[tuple[str, str], ...]:
    """What the person wrote, where it can still be read; never what a member of the team types."""
    if request.method != "POST" or request.blueprint not in {None, "respond"}:
        return ()
    if (request.content_length or 0) > (current_app.config["MAX_CONTENT_LENGTH"] or 0):
        return ()
    try:
        return typed(request.form)
    except HTTPException:
        return ()


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The page of an error, with its status."""
    if error.response is not None:
        return error
    if isinstance(error, SecurityError):  # no page of ours has an address at another's host
        return "This service is not known under the name in your request.", 400, PLAIN
    code = error.code or 500
    if code < 400:
        return error
    template = f"errors/{code if code in PAGES else 400 if code < 500 else 500}.html"
    return show(template, code, error)


def show(template: str, code: int, error: Exception) -> ResponseReturnValue:
    """An error page: what happened, what was kept, what was typed."""
    page = render_template(template, error=error, typed=typed_here())
    return page, code, WAIT if code in {429, 503} else {}


def database_error(error: DBAPIError | NoConnection) -> ResponseReturnValue:
    """The database does not answer, is full or is read-only: nothing was saved; keep the text."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    logger.error("database error at %s: %s", request.endpoint, type(cause).__name__)
    forget_session()
    if isinstance(error, DataError):
        return show("errors/400.html", 400, error)  # such as NUL in an address
    return show("errors/503.html", 503, error)


def unexpected(error: InternalServerError) -> ResponseReturnValue:
    """Something of ours broke: say so, keep the text, log no words of the respondent's."""
    original = error.original_exception
    if isinstance(original, DBAPIError | NoConnection):
        return database_error(original)
    logger.error("unexpected error at %s", request.endpoint, exc_info=original)
    forget_session()
    return show("errors/500.html", 500, error)


def forget_session() -> None:
    """An error page reads nothing more: the session broke, and the database may be away."""
    g.broken = True
    if (session := g.get("session")) is not None:
        try:
            session.rollback()
        except OperationalError:
            session.invalidate()


def not_open(error: NotOpen) -> ResponseReturnValue:
    """A consultation takes no answers: show what was typed back for copying."""
    page = render_template(
        "respond/not_open.html", closed=not error.not_yet, of=error.consultation, typed=typed_here()
    )
    return page, 403


def too_often(error: TooOften) -> ResponseReturnValue:
    """Something was tried too often from one place."""
    return show("errors/429.html", 429, error)


def stale_token(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is stale; the respondent's own pages come back with a fresh one."""
    return show("errors/400.html", 400, error)


def init_app(app: Flask) -> None:
    """Register what happens when something goes wrong."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(InternalServerError, unexpected)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(NoConnection, database_error)
    app.register_error_handler(NotOpen, not_open)
    app.register_error_handler(TooOften, too_often)
    app.register_error_handler(CSRFError, stale_token)
