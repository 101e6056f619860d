from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.services import demonstration, results
from app.services.results import live
from tests.conftest import make_app
from tests.pages import Organiser, Respondent

DESK = "/organise/c/demonstration/results"


@pytest.fixture(scope="module")
def demonstrated(migrated_sqlite, tmp_path_factory) -> Iterator[Organiser]:
    """An owner with a demonstration of 120 responses."""
    import shutil

    folder = tmp_path_factory.mktemp("results")
    shutil.copy(migrated_sqlite, folder / "open-questions.db")
    app = make_app(f"sqlite:///{folder / 'open-questions.db'}", folder)
    database = app.extensions["database"]
    demonstration.run(database, 120, seed=3, now=datetime.now(UTC), progress=lambda _: None)
    yield Organiser.first_owner(app)
    database.engine.dispose()


def test_every_open_question_has_a_page_with_pictures_and_figures(demonstrated: Organiser):
    demonstrated.opens(DESK)
    assert demonstrated.heading == "Results"
    assert len(demonstrated.page.xpath("//main//tbody/tr")) == 17

    for number in (1, 5, 8, 10):
        demonstrated.opens(f"{DESK}/OQ{number}")
        assert demonstrated.page.xpath("//figure/*[name()='svg']")
        assert demonstrated.page.xpath("//details//table")


def test_a_filter_counts_anew_and_a_table_can_be_taken_away(demonstrated: Organiser):
    demonstrated.opens(f"{DESK}/OQ5?capacity=organisation&first=industry&second=civil_society")
    assert "Only the answers chosen above are counted." in demonstrated.said()

    demonstrated.opens(f"{DESK}/oq5_equal_penalty/0.csv")
    assert demonstrated.text.count("\n") > 6
    demonstrated.opens(f"{DESK}/oq5_equal_penalty/0.svg")
    assert demonstrated.client_answer.startswith(b"<svg")


def test_words_are_shown_only_with_consent(demonstrated: Organiser):
    demonstrated.opens(f"{DESK}/words/oq1_gap")
    assert "agreed to publication" in demonstrated.said()
    demonstrated.opens(f"{DESK}/words/respondent_name", expect=404)
    demonstrated.opens(f"{DESK}/words/oq5_equal_penalty", expect=404)


def test_what_is_not_there_is_not_found(demonstrated: Organiser):
    for path in ("/OQ99", "/OQ1?capacity=nothing", "/oq5_equal_penalty/99.csv", "/nothing/0.svg"):
        demonstrated.opens(DESK + path, expect=404)


def test_figures_follow_what_is_sent_changed_and_withdrawn(
    app, respondent: Respondent, monkeypatch
):
    monkeypatch.setattr(live, "FRESH_SECONDS", 0.0)
    database = app.extensions["database"]

    def included() -> int:
        from app.services import editions

        with database.session(reads_only=True) as session:
            consultation = editions.find(session, respondent.key)
        for _ in range(3):
            found = results.current(database, consultation)
            kept = next(
                each for place, each in live.kept_by_worker.items() if place[1] == consultation.id
            )
            with kept.lock:
                found = kept.snapshot
        return len(found.responses)

    assert included() == 0
    respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()
    assert included() == 1
    respondent.opens(f"{respondent.base}/withdraw").presses("Withdraw my response")
    assert included() == 0
