"""Odd text and floods: refused with a clear word or kept as it was, and the draft stays whole."""

import io

import pytest

from app.models import Draft
from tests.kept import count, drafts, sent
from tests.pages import Respondent
from tests.servers import Caller, serving

ARABIC = "مرحبا بالعالم"
ZERO_WIDTH = "zero\u200bwidth and \u200djoined"
OVERRIDE = "left \u202eright\u202c left"


def test_nul_is_refused_with_a_clear_word(respondent: Respondent):
    respondent.begins().opens(f"{respondent.base}/s/oq1")

    respondent.presses("Save and continue", 422, oq1_gap="before\x00after")

    assert "cannot be stored" in respondent.said()
    assert "oq1_gap" not in drafts(respondent.app)[0]


@pytest.mark.parametrize("sent_as", ["\ufffd", "\ufffe"])
def test_what_a_browser_sends_for_half_a_surrogate_pair_is_refused(
    lone_respondent: Respondent, sent_as: str
):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")

    lone_respondent.presses("Save and continue", 422, oq1_gap=f"before{sent_as}after")

    assert "cannot be stored" in lone_respondent.said()


def test_bytes_that_are_no_text_break_nothing(lone_respondent: Respondent):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    token = lone_respondent.value("csrf_token")

    answer = lone_respondent.client.post(
        f"{lone_respondent.base}/s/oq1",
        data=f"csrf_token={token}&version=0&oq1_gap=before%ED%A0%80after".encode(),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 302
    assert drafts(lone_respondent.app)[0]["oq1_gap"] == "before%ED%A0%80after"


def test_line_ends_count_as_one_and_change_nothing(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_gap="one\r\ntwo\rthree\nfour")
    assert drafts(respondent.app)[0]["oq1_gap"] == "one\ntwo\nthree\nfour"

    respondent.answers("oq1", oq1_gap="one\ntwo\r\nthree\r\nfour").consents().sends()

    assert sent(respondent.app)[0]["oq1_gap"] == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize("text", [ARABIC, ZERO_WIDTH, OVERRIDE])
def test_directions_and_zero_width_are_kept_and_isolated(respondent: Respondent, text: str):
    respondent.begins().answers("oq1", oq1_gap=text).consents().sends()

    assert sent(respondent.app)[0]["oq1_gap"] == text
    (cell,) = [
        each for each in respondent.page.iter("dd") if (each.text_content() or "").strip() == text
    ]
    assert cell.get("dir") == "auto"


@pytest.mark.parametrize("path", ["/c/%00/", "/c/a%00b/start", "/r/%00", "/c/%ED%A0%80/"])
def test_nul_in_an_address_is_no_page(respondent: Respondent, path: str):
    assert respondent.client.get(path).status_code in {400, 404}


def test_nul_in_hidden_fields_changes_nothing(respondent: Respondent):
    respondent.begins().consents().opens(f"{respondent.base}/check")

    respondent.presses("Send", 409, token="a\x00b")

    assert sent(respondent.app) == []


def test_a_flood_of_bytes_is_refused_and_the_draft_stays(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_gap="Saved before")
    respondent.opens(f"{respondent.base}/s/oq1")
    values = {"csrf_token": respondent.value("csrf_token"), "version": 1}
    with serving(respondent.app) as port:
        caller = Caller.like(respondent, port)
        path = f"{respondent.base}/s/oq1"

        many_bytes = caller.posts(path, {**values, "oq1_gap": "x" * 10_000_000})
        many_fields = caller.posts(path, {**values, **{f"f{n}": "x" for n in range(10_000)}})
        one_name = caller.posts(path, {**values, "f": ["x"] * 10_000})

    assert [many_bytes.status, many_fields.status, one_name.status] == [413, 413, 413]
    assert "What you saved before is safe." in many_bytes.text
    assert drafts(respondent.app)[0]["oq1_gap"] == "Saved before"


def test_the_longest_texts_that_are_asked_for_are_taken(lone_respondent: Respondent):
    lone_respondent.begins()
    long = "wörter " * 500

    lone_respondent.answers("oq1", oq1_gap=long).consents().sends()

    assert sent(lone_respondent.app)[0]["oq1_gap"] == long.strip()


def test_files_are_refused(lone_respondent: Respondent):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    token = lone_respondent.value("csrf_token")

    answer = lone_respondent.client.post(
        f"{lone_respondent.base}/s/oq1",
        data={"csrf_token": token, "version": 0, "oq1_gap": (io.BytesIO(b"x"), "x.txt")},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 400
    assert count(lone_respondent.app, Draft) == 1
    assert "oq1_gap" not in drafts(lone_respondent.app)[0]


@pytest.mark.parametrize("reason", ["", "x" * 501, "be\x00fore"])
def test_a_reason_that_cannot_be_kept_is_refused(lone_respondent: Respondent, reason: str):
    lone_respondent.begins().answers("oq1", oq1_gap="Words")
    lone_respondent.opens(f"{lone_respondent.base}/confidential/oq1_gap")

    lone_respondent.presses("Keep it confidential", 422, reason=reason)

    lone_respondent.presses("Keep it confidential", reason="operational")
    assert "Confidential: operational" in lone_respondent.said()
