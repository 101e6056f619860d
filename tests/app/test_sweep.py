"""Every role, every route of the team, own and other objects: nothing open, nothing unlisted."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.security import who_may
from app.services.roles import ROLES
from tests.conftest import make_app, open_consultation
from tests.pages import Organiser, Visitor

KEY = "ai_and_child_protection"
NOTHING = "0" * 32


@pytest.fixture(scope="module")
def team(migrated_sqlite, tmp_path_factory, questionnaire) -> Iterator[dict[str, Visitor]]:
    """One organiser for each role, and somebody who is not signed in."""
    import shutil

    folder = tmp_path_factory.mktemp("sweep")
    shutil.copy(migrated_sqlite, folder / "open-questions.db")
    app = make_app(f"sqlite:///{folder / 'open-questions.db'}", folder)
    open_consultation(app.extensions["database"], questionnaire)
    people: dict[str, Visitor] = {"nobody": Visitor(app), "owner": Organiser.first_owner(app)}
    for role in ROLES:
        if role != "owner":
            people[role] = Organiser.invited(app, f"{role}@example.org", role)
    yield people
    app.extensions["database"].engine.dispose()


def routes_of_the_team(app: Flask) -> list[tuple[str, str]]:
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        wanted = set(who_may(app, rule.endpoint))
        if wanted & {"anyone", "respondent", "signed_in"}:
            continue
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [(method, address(app, rule)) for method in methods]
    return found


def address(app: Flask, rule: Rule) -> str:
    """The route with an existing consultation and objects that there are not."""
    values = {}
    for name in rule.arguments:
        converter = type(rule._converters[name]).__name__
        values[name] = 7 if converter == "IntegerConverter" else NOTHING
    for name in ("key", "consultation"):
        if name in values:
            values[name] = KEY
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def answer(visitor: Visitor, method: str, path: str) -> int:
    if method == "GET":
        return visitor.client.get(path).status_code
    if not getattr(visitor, "good_token", ""):
        visitor.good_token = visitor.token()
    return visitor.client.open(
        path, method=method, data={"csrf_token": visitor.good_token}
    ).status_code


def test_there_are_routes_to_sweep(team):
    assert len(routes_of_the_team(team["nobody"].app)) > 40


def test_whoever_is_not_signed_in_is_led_to_signing_in(team):
    app, nobody = team["nobody"].app, team["nobody"]
    for method, path in routes_of_the_team(app):
        response = nobody.client.open(path, method=method, data={"csrf_token": nobody.token()})
        assert response.status_code == 302, (method, path)
        assert response.headers["Location"].startswith("/account/sign-in"), (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_table_says_and_nothing_else(team, role):
    visitor = team[role]
    app = visitor.app
    adapter = app.url_map.bind("localhost")
    for method, path in routes_of_the_team(app):
        endpoint, _ = adapter.match(path, method=method)
        allowed = role in who_may(app, endpoint)
        status = answer(visitor, method, path)
        assert status < 500, (role, method, path, status)
        if allowed:
            assert status != 405, (role, method, path)
        else:
            assert status == 403, (role, method, path, status)


def test_an_object_that_belongs_to_nothing_here_is_not_found(team):
    """Every address with a child: an existing parent with a child that it does not have."""
    owner = team["owner"]
    app = owner.app
    for method, path in routes_of_the_team(app):
        endpoint, values = app.url_map.bind("localhost").match(path, method=method)
        children = [name for name, value in values.items() if value == NOTHING and name != "key"]
        if method != "GET" or not children or "owner" not in who_may(app, endpoint):
            continue
        until = time.monotonic() + 60
        while (status := answer(owner, method, path)) == 202 and time.monotonic() < until:
            time.sleep(0.1)  # figures are being worked out, and then it is known what there is
        assert status in {302, 404}, (path, status)
