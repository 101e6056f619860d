"""No acknowledged response is ever lost, and none is counted twice."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.models import Response, Revision
from app.services import drafting, editions, submitting
from tests.conftest import open_consultation
from tests.kept import count, drafts, references, sent
from tests.pages import Respondent
from tests.servers import Caller, granian, serving


def form_of(respondent: Respondent, action: str) -> dict[str, object]:
    """The values of the form on this page that leads to an address."""
    form = respondent.page.xpath(f"//form[contains(@action, '{action}')]")[0]
    return dict(form.form_values())


def ready_to_send(respondent: Respondent) -> dict[str, object]:
    respondent.begins().answers("oq1", oq1_overall="mixed").consents()
    respondent.opens(f"{respondent.base}/check")
    return form_of(respondent, "/send")


def test_fifty_parallel_posts_of_one_form_make_one_response(respondent: Respondent):
    values = ready_to_send(respondent)
    with serving(respondent.app) as port, ThreadPoolExecutor(50) as pool:
        start = threading.Barrier(50)

        def press(_: int) -> tuple[int, str]:
            caller = Caller.like(respondent, port)
            start.wait()
            answer = caller.posts(f"{respondent.base}/send", values)
            return answer.status, answer.headers["Location"]

        answers = set(pool.map(press, range(50)))
        receipt = Caller.like(respondent, port).gets(f"{respondent.base}/receipt")

    assert answers == {(303, f"{respondent.base}/receipt")}
    assert (count(respondent.app, Response), count(respondent.app, Revision)) == (1, 1)
    assert references(respondent.app)[0] in receipt.text


def test_parallel_posts_of_a_changed_response_make_one_more_version(respondent: Respondent):
    ready_to_send(respondent)
    respondent.presses("Send").answers("oq1", oq1_overall="too_far")
    respondent.opens(f"{respondent.base}/check")
    values = form_of(respondent, "/send")
    with serving(respondent.app) as port, ThreadPoolExecutor(8) as pool:
        callers = [Caller.like(respondent, port) for _ in range(8)]
        statuses = [
            answer.status
            for answer in pool.map(lambda c: c.posts(f"{respondent.base}/send", values), callers)
        ]

    assert statuses == [303] * 8
    assert [each["oq1_overall"] for each in sent(respondent.app)] == ["mixed", "too_far"]


def test_parallel_saves_of_one_page_keep_one_and_show_the_others_a_conflict(
    respondent: Respondent,
):
    respondent.begins().opens(f"{respondent.base}/s/oq1")
    values = form_of(respondent, "/s/oq1")
    with serving(respondent.app) as port, ThreadPoolExecutor(6) as pool:

        def save(number: int) -> int:
            caller = Caller.like(respondent, port)
            path = f"{respondent.base}/s/oq1"
            return caller.posts(path, {**values, "oq1_gap": f"Text number {number}"}).status

        statuses = sorted(pool.map(save, range(6)))

    assert statuses == [302, 409, 409, 409, 409, 409]
    assert re.fullmatch(r"Text number \d", drafts(respondent.app)[0]["oq1_gap"])


def test_back_and_send_again_leads_to_the_same_receipt(respondent: Respondent):
    values = ready_to_send(respondent)
    respondent.presses("Send")
    reference = respondent.reference

    respondent.posts(f"{respondent.base}/send", **values)

    assert respondent.heading == "We have received your response"
    assert respondent.reference == reference
    assert count(respondent.app, Revision) == 1


def test_a_lost_reply_and_a_retry_make_one_response(respondent: Respondent):
    values = ready_to_send(respondent)
    lost = respondent.client.post(f"{respondent.base}/send", data=values)
    assert lost.status_code == 303

    respondent.posts(f"{respondent.base}/send", **values)

    assert respondent.heading == "We have received your response"
    assert count(respondent.app, Revision) == 1


def test_what_was_not_looked_at_is_not_sent(respondent: Respondent):
    values = ready_to_send(respondent)
    colleague = respondent.on_another_device(respondent.link())
    colleague.answers("oq1", oq1_overall="too_far")

    respondent.posts(f"{respondent.base}/send", 409, **values)

    assert "Nothing was sent yet." in respondent.said()
    assert references(respondent.app) == []


def test_two_tabs_conflict_and_both_texts_are_shown(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_gap="The first words")
    other = respondent.on_another_device(respondent.link())
    respondent.opens(f"{respondent.base}/s/oq1")
    other.answers("oq1", oq1_gap="What a colleague wrote")

    respondent.presses("Save and continue", 409, oq1_gap="What I wrote")

    assert "What a colleague wrote" in respondent.said()
    assert respondent.value("oq1_gap") == "What I wrote"
    assert drafts(respondent.app)[0]["oq1_gap"] == "What a colleague wrote"
    respondent.presses("Save and continue")
    assert drafts(respondent.app)[0]["oq1_gap"] == "What I wrote"


def test_the_same_words_from_two_tabs_are_no_conflict(lone_respondent: Respondent):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    other = lone_respondent.on_another_device(lone_respondent.link())
    lone_respondent.opens(f"{lone_respondent.base}/s/oq1")
    other.answers("oq1", oq1_gap="The same")

    lone_respondent.presses("Save and continue", oq1_gap="The same")

    assert lone_respondent.path == f"{lone_respondent.base}/s/oq2"


def test_a_stale_token_gives_the_page_back_with_the_text_and_then_saving_works(
    respondent: Respondent,
):
    respondent.begins().opens(f"{respondent.base}/s/oq1")
    respondent.client.delete_cookie("oq_session")

    respondent.presses("Save and continue", 400, oq1_gap="Not to be typed twice")

    assert "not saved yet" in respondent.said()
    assert respondent.value("oq1_gap") == "Not to be typed twice"
    respondent.presses("Save and continue")
    assert drafts(respondent.app)[0]["oq1_gap"] == "Not to be typed twice"


def test_a_stale_token_on_the_first_page_keeps_the_choices(lone_respondent: Respondent):
    lone_respondent.opens(f"{lone_respondent.base}/start")
    lone_respondent.client.delete_cookie("oq_session")
    lone_respondent.presses("Save and continue", 400, group="industry", capacity="own_name")

    lone_respondent.presses("Save and continue")

    assert lone_respondent.heading == "Your answers are saved. Keep this link"


def test_a_stale_token_when_sending_sends_nothing_and_then_sending_works(
    lone_respondent: Respondent,
):
    ready_to_send(lone_respondent)
    lone_respondent.client.delete_cookie("oq_session")
    lone_respondent.presses("Send", 400)
    assert references(lone_respondent.app) == []

    lone_respondent.presses("Send")

    assert lone_respondent.heading == "We have received your response"


@pytest.mark.parametrize("also_session", [False, True])
def test_a_browser_that_lost_its_draft_gets_the_text_back(
    lone_respondent: Respondent, also_session: bool
):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    lone_respondent.client.delete_cookie("oq_draft", path=lone_respondent.base)
    if also_session:
        lone_respondent.client.delete_cookie("oq_session")

    lone_respondent.presses("Save and continue", 400, oq1_gap="Not to be typed twice")

    texts = [each.text.strip() for each in lone_respondent.page.iter("textarea")]
    assert "Not to be typed twice" in texts


def test_a_page_that_is_no_longer_asked_shows_the_text_back(lone_respondent: Respondent):
    other = lone_respondent.on_another_device(lone_respondent.begins().link())
    lone_respondent.opens(f"{lone_respondent.base}/s/oq5")
    other.answers("topics", topics="oq1")

    lone_respondent.presses("Save and continue", 404, oq5_reasons="What I wrote")

    assert "What I wrote" in [each.text.strip() for each in lone_respondent.page.iter("textarea")]


KILLED_AFTER = (6, 20)


def test_killing_workers_under_load_loses_and_doubles_nothing(
    app, database_address: str, questionnaire, tmp_path: Path
):
    database = app.extensions["database"]
    key = open_consultation(database, questionnaire)
    settings = app.config["SETTINGS"]
    environment = {
        "DATABASE_URL": database_address,
        "CONSULT_SECRET_KEY": settings.secret_key.get_secret_value(),
        "CONSULT_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "CONSULT_FOLDER": str(tmp_path),
        "CONSULT_LIMITS": "false",
        "CONSULT_LOCAL": "false",
    }
    forms = [prepared(app, key) for _ in range(48)]
    acknowledged: list[str] = []
    with granian(environment, tmp_path) as (port, pid), ThreadPoolExecutor(4) as pool:
        for reference in pool.map(lambda form: send_until_told(port, key, *form), forms):
            acknowledged.append(reference)
            if len(acknowledged) in KILLED_AFTER:
                kill_a_worker(pid)

    assert sorted(acknowledged) == references(app)
    assert len(set(acknowledged)) == len(forms)
    assert count(app, Revision) == len(forms)


def prepared(app, key: str) -> tuple[dict[str, str], dict[str, str]]:
    """The cookie and the form of somebody who is about to send, made without pages."""
    database = app.extensions["database"]
    now = datetime.now(UTC)
    with database.work() as session:
        consultation = editions.find(session, key)
        edition = editions.current_edition(session, consultation)
        start = {"group": "industry", "capacity": "own_name"}
        draft = drafting.begin(session, edition, "start", start, now=now)
        last = {"publication": "count_only", "consent": ["agree"]}
        drafting.save_section(session, draft, "publication", last, seen=0, now=now)
        cookie = {"oq_draft": drafting.resume_secret(database.keyring, draft)}
        token = submitting.next_token(database.keyring, draft)
        return cookie, {"token": token, "stamp": drafting.read(draft).stamp}


def send_until_told(port: int, key: str, cookie: dict[str, str], form: dict[str, str]) -> str:
    """Send, and again while the line breaks, until a receipt is shown; returns its reference.

    A worker may be killed before it answers, or in the middle of an answer.
    """
    caller = Caller(port, dict(cookie))
    end = time.monotonic() + 150
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException, AttributeError):
            page = caller.gets(f"/c/{key}/check").text
            token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
            answer = caller.posts(f"/c/{key}/send", {**form, "csrf_token": token}, timeout=20)
            if answer.status == 303:
                receipt = caller.gets(f"/c/{key}/receipt").text
                return re.search(r"OQ-\w{4}-\w{4}-\w{4}", receipt).group()
        time.sleep(0.05)
    raise AssertionError("no receipt came")


def kill_a_worker(parent: int) -> None:
    """Kill the worker that has been there longest, outright, whatever it is doing."""
    children = subprocess.run(
        ["ps", "-o", "pid=", "--sort", "start_time", "--ppid", str(parent)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    os.kill(int(children[0]), signal.SIGKILL)
