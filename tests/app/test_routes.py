"""Every route says who may use it, and reading a page writes nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.security import who_may
from tests.app.test_guarded import ALWAYS
from tests.conftest import open_consultation
from tests.pages import Organiser, Respondent, Visitor

LISTED = Path(__file__).with_name("routes.txt")
# A trial that is taken back is how a health check finds out whether the database can be written.
TRIES_TO_WRITE = ("service.health",)
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)


def as_listed(app: Flask) -> list[str]:
    endpoints = sorted({rule.endpoint for rule in app.url_map.iter_rules()})
    return [f"{endpoint}: {' '.join(who_may(app, endpoint))}" for endpoint in endpoints]


def test_every_route_is_listed_with_who_may_use_it(lone_app: Flask):
    assert as_listed(lone_app) == LISTED.read_text(encoding="utf-8").splitlines()


def test_no_route_is_open_to_nobody(lone_app: Flask):
    assert [line for line in as_listed(lone_app) if line.endswith(": ")] == []


def test_a_route_that_does_not_say_is_closed(lone_app: Flask):
    lone_app.add_url_rule("/forgot-to-say", "forgot", lambda: "words")

    assert lone_app.test_client().get("/forgot-to-say").status_code == 403


def test_every_route_of_the_team_leads_a_stranger_to_signing_in(lone_app: Flask, lone_consultation):
    client = lone_app.test_client()
    open_ones = []
    for rule in lone_app.url_map.iter_rules():
        if {"anyone", "respondent"} & set(who_may(lone_app, rule.endpoint)):
            continue
        answer = client.get(address(lone_app, rule, lone_consultation))
        leads = answer.headers.get("Location", "").startswith("/account/sign-in")
        if not leads and answer.status_code != 405:
            open_ones.append((rule.endpoint, answer.status_code))

    assert open_ones == []


def address(app: Flask, rule, key: str) -> str:
    """An address of a route, with real things in it where there are some."""
    known = {"consultation": key, "key": key, "open_question": "OQ1", "kind": "csv"}
    known |= {"question": "oq1_gap", "path": "x", "filename": "site.css", "number": 1}
    if rule.endpoint in {"respond.section", "respond.found"}:
        known["key"] = "oq1"
    if rule.endpoint == "organise.exports_make":
        known["kind"] = "responses"
    with app.test_request_context():
        values = {name: known.get(name, "x") for name in rule.arguments}
        return app.url_map.bind("localhost").build(rule.endpoint, values)


@pytest.fixture
def written(lone_app: Flask) -> Iterator[list[str]]:
    """The statements that wrote something."""
    seen: list[str] = []
    engine = lone_app.extensions["database"].engine

    def note(connection, cursor, statement, *_: object) -> None:
        if WRITING.match(statement):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def pages_to_read(app: Flask) -> list:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint not in TRIES_TO_WRITE
    ]


def read(visitor: Visitor, path: str) -> int:
    with visitor.client.get(path) as answer:
        if not path.startswith("/static/"):
            carried = {header: answer.headers.get(header) for header in ALWAYS}
            assert carried == ALWAYS, path
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path
        return answer.status_code


def test_no_page_that_a_respondent_reads_writes(lone_app, lone_respondent, written):
    lone_respondent.begins().answers("oq1", oq1_gap="Words").consents().sends()
    written.clear()
    broken = []
    for rule in pages_to_read(lone_app):
        status = read(lone_respondent, address(lone_app, rule, lone_respondent.key))
        if status >= 500 or written:
            broken.append((rule.endpoint, status, list(written)))
        written.clear()

    assert broken == []


def test_no_page_that_an_owner_reads_writes(lone_app, lone_respondent, lone_owner, written):
    lone_respondent.begins().answers("oq1", oq1_gap="Words").consents().sends()
    written.clear()
    broken = []
    for rule in pages_to_read(lone_app):
        status = read(lone_owner, address(lone_app, rule, lone_respondent.key))
        if status >= 500 or written:
            broken.append((rule.endpoint, status, list(written)))
        written.clear()

    assert broken == []


@pytest.fixture
def two_consultations(lone_app, lone_consultation, questionnaire) -> tuple[str, str]:
    """The keys of two consultations; a response was sent to the second."""
    other = open_consultation(lone_app.extensions["database"], questionnaire, key="second")
    return lone_consultation, other


def test_an_own_parent_with_anothers_child_is_no_page(lone_app, two_consultations, lone_owner):
    first, second = two_consultations
    someone = Respondent(lone_app, second).begins().answers("oq1", oq1_gap="Secret words")
    reference = someone.consents().sends().reference
    safe = Organiser.invited(lone_app, "safe@example.org", "safeguarding")
    seen = {}
    for rule in lone_app.url_map.iter_rules():
        if "reference" not in rule.arguments:
            continue
        values = {"key": first, "reference": reference, "number": 1, "act": "release"}
        values = {name: value for name, value in values.items() if name in rule.arguments}
        path = lone_app.url_map.bind("localhost").build(rule.endpoint, values)
        who = safe if who_may(lone_app, rule.endpoint) == ("safeguarding",) else lone_owner
        method = "GET" if "GET" in rule.methods else "POST"
        data = {"csrf_token": who.token(), "reason": "Because"}
        seen[rule.endpoint] = who.client.open(path, method=method, data=data).status_code

    assert set(seen.values()) <= {404}, seen
    assert someone.opens(f"/c/{second}/receipt").heading == "We have received your response"


def test_a_draft_of_one_consultation_opens_nothing_in_another(lone_app, two_consultations):
    first, second = two_consultations
    someone = Respondent(lone_app, first).begins()
    secret = someone.client.get_cookie("oq_draft", path=f"/c/{first}").value
    stranger = Respondent(lone_app, second)
    stranger.client.set_cookie("oq_draft", secret, path=f"/c/{second}")

    stranger.opens(f"/c/{second}/tasks")

    assert stranger.heading == "Return to your answers"
    stranger.presses("Open my answers", 422, link=someone.link())


def test_every_page_of_a_draft_leads_a_stranger_to_the_link(lone_app, lone_consultation):
    client = lone_app.test_client()
    answered = set()
    for rule in pages_to_read(lone_app):
        if who_may(lone_app, rule.endpoint) == ("respondent",):
            answer = client.get(address(lone_app, rule, lone_consultation))
            answered.add((answer.status_code, answer.headers.get("Location")))

    assert answered == {(302, f"/c/{lone_consultation}/resume")}
