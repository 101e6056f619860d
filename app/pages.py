"""What every template may use: components, times, and the token of a form."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import jinja2
from flask import Flask, current_app, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
BLANK_LINES = re.compile(r"\n[^\S\n]*\n")


def csrf_token() -> str:
    """A token for a form; the cookie that it needs lasts as long as a long working day."""
    session.permanent = True
    token: str = generate_csrf()
    return token


def absolute(path: str) -> str:
    """An address that people are told, from the setting and never from the request."""
    base: str = current_app.config["SETTINGS"].base_url
    return base.rstrip("/") + path


def when(moment: datetime, zone: str = "UTC") -> str:
    """A moment as people write it, with the zone named: 5 May 2026, 17:00 (Europe/London)."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%B %Y, %H:%M} ({'UTC' if zone == 'UTC' else zone})"


def day(moment: datetime, zone: str = "UTC") -> str:
    """The date of a moment: 5 May 2026."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%B %Y}"


def readable(text: str) -> str:
    """A moment that was kept for machines, as people write it; any other text as it is."""
    return when(datetime.fromisoformat(text)) if MOMENT.fullmatch(text) else text


def machine_time(moment: datetime) -> str:
    """A moment for the `datetime` attribute."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a plain text: blank lines part them, whatever a browser ends lines with."""
    return tuple(part.strip() for part in BLANK_LINES.split(text) if part.strip())


def count(number: int, one: str, many: str | None = None) -> str:
    """“1 answer”, “2 answers”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def pair(first: list[str], second: list[str]) -> list[tuple[str, str]]:
    """Two lists side by side, as the options of a select."""
    return list(zip(first, second, strict=True))


def isolated(text: str) -> Markup:
    """Text by someone else, kept from turning the direction of what stands around it."""
    return Markup('<bdi dir="auto">{}</bdi>').format(text)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser(device: str) -> str:
    """What a browser calls itself, in words that its owner knows: Firefox on Windows."""
    name = next((words for mark, words in BROWSERS if mark in device), "Another browser")
    system = next((words for mark, words in SYSTEMS if mark in device), "")
    return f"{name} on {system}" if system else name


def init_app(app: Flask) -> None:
    """Give the templates what they may use."""
    ours = app.jinja_loader
    assert ours is not None
    components = jinja2.PackageLoader("govuk_frontend_jinja")
    app.jinja_loader = jinja2.ChoiceLoader(
        [ours, jinja2.PrefixLoader({"govuk_frontend_jinja": components})]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        csrf_token=csrf_token, now=lambda: datetime.now(UTC), known_pages=app.view_functions
    )
    app.jinja_env.filters.update(
        when=when,
        day=day,
        machine_time=machine_time,
        readable=readable,
        paragraphs=paragraphs,
        count=count,
        browser=browser,
        isolated=isolated,
        pair=pair,
        moment=datetime.fromisoformat,
    )
