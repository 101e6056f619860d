"""What every answer carries, and what never leaves the server."""

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.config import MissingSecret, Settings, local_settings
from app.sealing import BadKeys
from tests.conftest import make_app, open_consultation
from tests.kept import set_consultation
from tests.pages import Respondent

HTTPS = {"base_url": "https://consult.example.org", "limits": True}
HERE = {"base_url": "https://consult.example.org"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}


@pytest.fixture
def over_https(sqlite_address: str, tmp_path: Path) -> Flask:
    return make_app(sqlite_address, tmp_path, **HTTPS)


def pages(respondent: Respondent) -> dict[str, object]:
    """An answer of each kind, errors too."""
    client, base = respondent.client, respondent.base
    respondent.begins().opens(f"{base}/s/oq1")
    token = respondent.value("csrf_token")
    return {
        "page": client.get(f"{base}/"),
        "redirect": client.get("/"),
        "invalid": client.post(f"{base}/s/oq1", data={"csrf_token": token, "oq1_overall": "x"}),
        "stale": client.post(f"{base}/s/oq1", data={"oq1_gap": "x"}),
        "missing": client.get("/nothing"),
        "missing file": client.get("/static/nothing.css"),
        "method": client.get(f"{base}/send"),
        "large": client.post(f"{base}/s/oq1", data={"x": "x" * 3_000_000}),
        "word": client.get(f"{base}/questions.docx"),
        "health": client.get("/health"),
    }


def test_every_answer_has_its_headers(lone_respondent: Respondent):
    for name, answer in pages(lone_respondent).items():
        carried = {header: answer.headers.get(header) for header in ALWAYS}
        assert carried == ALWAYS, name
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_a_page_of_an_unexpected_error_has_them_too_and_keeps_the_text(lone_app, lone_respondent):
    def break_down() -> str:
        raise RuntimeError

    break_down.open_to = ("anyone",)
    lone_app.add_url_rule("/c/<consultation>/broken", "broken", break_down, methods=["POST"])
    lone_app.view_functions["broken"] = lambda **_: break_down()
    lone_app.view_functions["broken"].open_to = ("anyone",)

    lone_respondent.posts(f"{lone_respondent.base}/broken", 500, words="My words")

    assert "My words" in lone_respondent.text


def test_https_is_insisted_on_where_it_is_used(over_https: Flask, lone_respondent: Respondent):
    safe = over_https.test_client().get("/nothing", base_url=HERE["base_url"])
    assert safe.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"

    assert "Strict-Transport-Security" not in lone_respondent.client.get("/nothing").headers


def test_a_host_that_is_not_ours_is_refused(over_https: Flask):
    client = over_https.test_client()

    assert client.get("/health", base_url="https://evil.example").status_code == 400
    assert client.get("/health", base_url=HERE["base_url"]).status_code == 200


def test_hosts_can_be_named(sqlite_address: str, tmp_path: Path):
    app = make_app(sqlite_address, tmp_path, trusted_hosts="a.example, b.example")

    statuses = {
        host: app.test_client().get("/health", base_url=f"http://{host}").status_code
        for host in ("a.example", "b.example", "c.example", "localhost")
    }
    assert statuses == {"a.example": 200, "b.example": 200, "c.example": 400, "localhost": 400}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:x",
    ],
)
def test_nobody_is_led_to_another_site(lone_app, lone_owner, target: str):
    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.client.get("/account/sign-in", query_string={"next": target})
    lone_owner.opens("/account/sign-in")
    lone_owner.presses(
        "Continue", email=lone_owner.email, password="wrong", expect=422, next=target
    )

    assert "evil" not in (lone_owner.page.xpath("//input[@name='next']/@value") or [""])[0]


def test_cookies_cannot_be_read_by_scripts_or_sent_in_the_clear(over_https, questionnaire):
    key = open_consultation(over_https.extensions["database"], questionnaire)
    client = over_https.test_client()
    page = client.get(f"/c/{key}/start", base_url=HERE["base_url"])
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = client.post(
        f"/c/{key}/start",
        data={"csrf_token": token, "group": "industry", "capacity": "own_name"},
        base_url=HERE["base_url"],
        headers={"Referer": f"https://consult.example.org/c/{key}/start"},
    )

    lines = [*page.headers.getlist("Set-Cookie"), *sent.headers.getlist("Set-Cookie")]
    names = {line.split("=")[0] for line in lines}
    assert names == {"oq_session", "oq_draft"}
    for line in lines:
        assert {"HttpOnly", "Secure", "SameSite=Lax"} <= {part.strip() for part in line.split(";")}
    (draft,) = [line for line in lines if line.startswith("oq_draft")]
    assert f"Path=/c/{key}" in draft


def test_a_link_becomes_a_clean_address_and_is_in_no_log(lone_respondent, caplog):
    caplog.set_level(logging.DEBUG)
    link = lone_respondent.begins().link()
    secret = link.rpartition("/")[2]
    other = Respondent(lone_respondent.app, lone_respondent.key)

    answer = other.client.get(f"/r/{secret}")
    other.client.get(f"/r/{secret[:-1]}")

    assert answer.status_code == 303
    assert secret not in answer.headers["Location"]
    assert secret not in answer.text
    assert secret not in caplog.text


def test_the_server_is_started_without_an_access_log():
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")

    assert "granian" in makefile
    assert "--access-log" not in makefile


def test_answers_are_in_no_log(lone_respondent, caplog):
    caplog.set_level(logging.DEBUG)
    lone_respondent.begins().answers("oq1", oq1_gap="A canary in the mine").consents().sends()

    assert "canary" not in caplog.text


def test_guessing_links_is_slow_and_known_links_still_open(sqlite_address, tmp_path, questionnaire):
    app = make_app(sqlite_address, tmp_path, limits=True)
    key = open_consultation(app.extensions["database"], questionnaire)
    link = Respondent(app, key).begins().link()
    client = app.test_client()

    statuses = [
        client.get(f"/r/{number:032d}".replace("0", "a")).status_code for number in range(32)
    ]

    assert statuses == [404] * 30 + [429] * 2
    known = client.get("/r/" + link.rpartition("/")[2])
    assert known.status_code == 303


def test_pasting_wrong_links_is_slow_too(sqlite_address, tmp_path, questionnaire):
    app = make_app(sqlite_address, tmp_path, limits=True)
    key = open_consultation(app.extensions["database"], questionnaire)
    guesser = Respondent(app, key).opens(f"/c/{key}/resume")

    for _ in range(30):
        guesser.presses("Open my answers", 422, link="a" * 32)

    guesser.presses("Open my answers", 429, link="a" * 32)
    assert guesser.heading == "Please wait a moment"


def test_a_closed_consultation_begins_nothing(lone_app, lone_consultation):
    from datetime import UTC, datetime

    set_consultation(lone_app, lone_consultation, closes_at=datetime.now(UTC))

    stranger = Respondent(lone_app, lone_consultation).opens(f"/c/{lone_consultation}/start", 403)

    assert stranger.heading == "This consultation has closed"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, MissingSecret),
        ({"secret_key": "short", "encryption_keys": "a:" + "A" * 43 + "="}, MissingSecret),
        ({"secret_key": "k" * 32}, MissingSecret),
        ({"secret_key": "k" * 32, "encryption_keys": "a:short"}, BadKeys),
        ({"secret_key": "k" * 32, "encryption_keys": "A" * 43 + "="}, BadKeys),
    ],
)
def test_it_refuses_to_start_without_secrets(monkeypatch, tmp_path, given, refusal):
    for name in ("CONSULT_SECRET_KEY", "CONSULT_ENCRYPTION_KEYS", "CONSULT_LOCAL"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(refusal):
        create_app(Settings(folder=tmp_path, **given))


def test_the_local_run_makes_secrets_of_its_own_once(tmp_path: Path):
    first, second = local_settings(tmp_path), local_settings(tmp_path)

    assert first.secret_key == second.secret_key
    assert (tmp_path / "secrets.env").stat().st_mode & 0o077 == 0


def test_errors_of_the_database_name_no_values(app: Flask):
    with (
        app.extensions["database"].engine.connect() as connection,
        pytest.raises(sa.exc.DBAPIError) as raised,
    ):
        connection.execute(
            sa.text("SELECT * FROM nothing WHERE words = :words"), {"words": "canary"}
        )

    assert "canary" not in str(raised.value)
