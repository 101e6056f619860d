"""What every answer of the service carries, and what every request must respect."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from app.config import Settings

MOST_BYTES = 2_000_000
MOST_FIELDS = 2_500
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])


def open_to(*who: str) -> Callable[[View], View]:
    """Say who may use a route: `anyone`, `respondent`, `signed_in`, or roles of the team."""

    def mark(view: View) -> View:
        view.open_to = who  # type: ignore[attr-defined]  # read by who_may
        return view

    return mark


def who_may(app: Flask, endpoint: str) -> tuple[str, ...]:
    """Who may use a route; nobody where the route does not say."""
    if endpoint == "static":
        return ("anyone",)
    return getattr(app.view_functions[endpoint], "open_to", ())


def refuse_what_nobody_may() -> None:
    """Stop a route that says for nobody, files where none are taken, and floods of fields."""
    if request.endpoint is None:
        return
    if not who_may(current_app, request.endpoint):
        abort(403)
    if request.method == "POST":
        if sum(1 for _ in request.form.items(multi=True)) > MOST_FIELDS:
            abort(413)
        takes_files = getattr(current_app.view_functions[request.endpoint], "takes_files", False)
        if request.files and not takes_files:
            abort(400, "This service takes no files.")


def takes_files(view: View) -> View:
    """Let a route of the team take an uploaded file."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by refuse_what_nobody_may
    return view


def add_headers(response: Response) -> Response:
    """Give every answer its headers; nothing but static files may be kept by a cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SETTINGS"].secure:
        hsts = "max-age=63072000; includeSubDomains"
        response.headers.setdefault("Strict-Transport-Security", hsts)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response


def trusted_hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts that requests may name: those set, else the one of an address over HTTPS."""
    host = urlsplit(settings.base_url).hostname
    return settings.trusted_hosts or ((host,) if settings.secure and host else ())


def init_app(app: Flask) -> None:
    """Set cookies, limits and hosts, and watch every request."""
    settings = app.config["SETTINGS"]
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="oq_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=MOST_FIELDS,
        TRUSTED_HOSTS=list(trusted_hosts(settings)) or None,
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # the documented way
    app.before_request(refuse_what_nobody_may)
    csrf.init_app(app)
    app.after_request(add_headers)
