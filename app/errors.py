"""Errors, in plain words, that keep what the person typed."""

import logging

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.services.editions import NotOpen
from app.typed import typed

logger = logging.getLogger(__name__)
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def typed_here() -> tuple[tuple[str, str], ...]:
    """What the person wrote, where it can still be read."""
    if request.method != "POST" or request.content_length is None:
        return ()
    if request.content_length > (current_app.config["MAX_CONTENT_LENGTH"] or 0):
        return ()
    return typed(request.form)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The page of an error, with its status."""
    if error.response is not None:
        return error
    code = error.code or 500
    template = f"errors/{code if code in PAGES else 500}.html"
    words = typed_here() if code in {400, 403, 409, 429, 500, 503} else ()
    page = render_template(template, error=error, typed=words)
    return page, code


def database_error(error: DBAPIError) -> ResponseReturnValue:
    """The database does not answer, is full or is read-only: nothing was saved; keep the text."""
    logger.error("database error: %s", type(error.orig).__name__)
    forget_session()
    page = render_template("errors/503.html", error=error, typed=typed_here())
    return page, 503, {"Retry-After": "30"}


def unexpected(error: InternalServerError) -> ResponseReturnValue:
    """Something of ours broke: say so, keep the text, log no words of the respondent's."""
    original = error.original_exception
    if isinstance(original, DBAPIError):
        return database_error(original)
    logger.error("unexpected error at %s", request.endpoint, exc_info=original)
    forget_session()
    return render_template("errors/500.html", error=error, typed=typed_here()), 500


def forget_session() -> None:
    """An error page reads nothing more from a session that broke."""
    if (session := g.get("session")) is not None:
        session.rollback()
    g.broken = True


def not_open(error: NotOpen) -> ResponseReturnValue:
    """The consultation closed while someone was writing: show the text back for copying."""
    page = render_template(
        "respond/not_open.html", closed=not error.not_yet, of=error.consultation, typed=typed_here()
    )
    return page, 403


def init_app(app: Flask) -> None:
    """Register what happens when something goes wrong."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(InternalServerError, unexpected)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(NotOpen, not_open)
    app.register_error_handler(CSRFError, stale_token)


def stale_token(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is stale; the respondent's own pages come back with a fresh one."""
    return render_template("errors/400.html", error=error, typed=typed_here()), 400
