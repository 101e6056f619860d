"""One answer, from a real Chromium to the published table: all eleven steps of its journey."""

import csv
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.export import read_export
from app.services import drafting, editions, exporting, submitting
from tests.conftest import make_app, open_consultation
from tests.kept import drafts, sent
from tests.servers import serving

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
QUESTION, ANSWER, LABEL = "oq1_overall", "not_far_enough", "It does not go far enough"
OTHERS = {"not_far_enough": 7, "too_far": 9, "mixed": 11}  # enough that nothing need be hidden


def answer_and_send(browser, base: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{base}/start")
    page.check("[name=group][value=civil_society]")
    page.check("[name=capacity][value=own_name]")
    page.get_by_role("button", name="Save and continue", exact=True).click()
    page.goto(f"{base}/s/oq1")
    assert page.get_by_label(LABEL).count() == 1
    page.check(f"[name={QUESTION}][value={ANSWER}]")
    page.get_by_role("button", name="Save and continue", exact=True).click()
    page.goto(f"{base}/s/publication")
    page.check("[name=publication][value=without_name]")
    page.check("[name=consent]")
    page.get_by_role("button", name="Save and continue", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(f"{base}/receipt")
    assert LABEL in page.content()
    context.close()


def let_others_answer(app, key: str) -> None:
    """The company that the one answer is counted in, sent through the services."""
    now = datetime.now(UTC)
    start = {"group": "civil_society", "capacity": "own_name"}
    last = {"publication": "without_name", "consent": ["agree"]}
    for answer, number in OTHERS.items():
        for _ in range(number):
            with app.extensions["database"].work() as session:
                consultation = editions.find(session, key)
                edition = editions.current_edition(session, consultation)
                draft = drafting.begin(session, edition, "start", start, now=now)
                for page, answers in (("oq1", {QUESTION: answer}), ("publication", last)):
                    drafting.save_section(session, draft, page, answers, seen=0, now=now)
                token = submitting.next_token(session.info["keyring"], draft)
                stamp = drafting.read(draft).stamp
                submitting.submit(session, draft, token=token, stamp=stamp, now=now)


def test_one_answer_goes_all_the_way(browser, sqlite_address, questionnaire, tmp_path):
    app = make_app(sqlite_address, tmp_path)
    key = open_consultation(app.extensions["database"], questionnaire)
    with serving(app) as port:
        answer_and_send(browser, f"http://127.0.0.1:{port}/c/{key}")

    assert [each[QUESTION] for each in drafts(app)] == [ANSWER]
    assert [each[QUESTION] for each in sent(app)] == [ANSWER]
    let_others_answer(app, key)

    folder, out = tmp_path / "export", tmp_path / "report"
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, key)
        written = exporting.write_export(session, consultation, folder, now=datetime.now(UTC))
    total = 1 + sum(OTHERS.values())
    assert (written.accounting.received, written.accounting.included) == (total, total)

    chosen = read_export(folder).frame[QUESTION]
    assert int((chosen == ANSWER).sum()) == 1 + OTHERS[ANSWER]

    command = [sys.executable, "-m", "analysis", "report", str(folder), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    (table,) = (out / "tables").glob(f"{QUESTION}.csv")
    (row,) = [
        each
        for each in csv.reader(table.read_text(encoding="utf-8-sig").splitlines())
        if each and each[0] == LABEL
    ]
    counts = [cell for cell in row[1:] if cell.isdigit()]
    assert counts == ["0", "0", "8", "8"], table.read_text(encoding="utf-8")
    app.extensions["database"].engine.dispose()
