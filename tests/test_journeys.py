"""One answer, from a real Chromium to the published table: all eleven steps of its journey."""

import csv
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.export import read_export
from app.services import editions, exporting
from tests.conftest import make_app, open_consultation
from tests.kept import drafts, sent
from tests.servers import serving

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
QUESTION, ANSWER, LABEL = "oq1_overall", "not_far_enough", "It does not go far enough"
PEOPLE = 6  # one more than what is hidden as small


@pytest.fixture(scope="module")
def chromium():
    """A Chromium of this file's own: the fixtures of the browser folder do not reach here."""
    import os
    import shutil

    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("Chromium was not found. On Debian or Ubuntu: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


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


def test_one_answer_goes_all_the_way(chromium, sqlite_address, questionnaire, tmp_path):
    app = make_app(sqlite_address, tmp_path)
    key = open_consultation(app.extensions["database"], questionnaire)
    with serving(app) as port:
        for _ in range(PEOPLE):
            answer_and_send(chromium, f"http://127.0.0.1:{port}/c/{key}")

    assert [each[QUESTION] for each in drafts(app)] == [ANSWER] * PEOPLE
    assert [each[QUESTION] for each in sent(app)] == [ANSWER] * PEOPLE

    folder, out = tmp_path / "export", tmp_path / "report"
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, key)
        written = exporting.write_export(session, consultation, folder, now=datetime.now(UTC))
    assert (written.accounting.received, written.accounting.included) == (PEOPLE, PEOPLE)

    frame = read_export(folder).frame
    assert frame[QUESTION].astype(str).tolist() == [ANSWER] * PEOPLE

    command = [sys.executable, "-m", "analysis", "report", str(folder), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    (table,) = (out / "tables").glob(f"*{QUESTION}*.csv")
    rows = [row for row in csv.reader(table.open(encoding="utf-8-sig")) if LABEL in row]
    assert len(rows) == 1, table.read_text()
    assert str(PEOPLE) in rows[0], rows
    app.extensions["database"].engine.dispose()
