import csv
import dataclasses
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.models import Consultation, Response
from app.models_safeguarding import Redaction
from app.services import demonstration, editions, results
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


def counted(desk: Organiser, filters: str = "") -> list[list[str]]:
    """The rows of one exported table: label and figures."""
    desk.opens(f"{DESK}/oq5_equal_penalty/0.csv{filters}")
    return list(csv.reader(io.StringIO(desk.text)))


def shown(desk: Organiser, filters: str = "") -> dict[str, str]:
    """The last column of the table on the page, by row."""
    desk.opens(f"{DESK}/OQ5{filters}")
    rows = desk.page.xpath("//section[@aria-labelledby='q-oq5_equal_penalty']//table[1]/tbody/tr")
    return {
        row.xpath("string(th)").strip(): row.xpath("normalize-space(td[last()])") for row in rows
    }


def test_the_page_shows_the_figures_of_the_exported_table(demonstrated: Organiser):
    on_page = shown(demonstrated)
    exported = counted(demonstrated)
    labelled = [row for row in exported if row and row[0] in on_page]

    assert len(labelled) >= 5
    for row in labelled:
        words = on_page[row[0]].split(" ")[0]
        assert (words if words != "hidden" else row[-1]) in {row[-1], *row}


def test_those_verified_and_those_declared_are_everybody(demonstrated: Organiser):
    snapshot = snapshot_of(demonstrated)
    parts = [
        len(results.narrowed(snapshot, results.Choice(verified=each)))
        for each in ("verified", "declared")
    ]

    assert sum(parts) == len(snapshot.responses)


@pytest.mark.parametrize("choice", [{"capacity": "organisation"}, {"jurisdiction": "GB"}])
def test_a_filter_gives_no_hidden_count_away(demonstrated: Organiser, choice: dict[str, str]):
    from analysis.attack import attack
    from analysis.disclosure import not_answers

    snapshot = snapshot_of(demonstrated)
    everybody = results.figures(snapshot, "oq5_equal_penalty", results.Choice())
    some = results.figures(snapshot, "oq5_equal_penalty", results.Choice(**choice))
    known = not_answers(snapshot.responses.codebook)

    for made in (everybody, some):
        assert made.exposed or attack(made.tables, snapshot.threshold, not_answers=known).safe


def test_the_same_figures_are_hidden_once(demonstrated: Organiser):
    snapshot = snapshot_of(demonstrated)
    first = results.figures(snapshot, "oq5_equal_penalty", results.Choice())
    later = dataclasses.replace(snapshot, kept=live.Memo())
    again = results.figures(later, "oq5_equal_penalty", results.Choice())

    assert again is not first
    assert again.tables == first.tables


def test_until_campaigns_are_found_every_copy_counts(demonstrated: Organiser):
    demonstrated.opens(f"{DESK}/OQ5?campaigns=without")
    found = snapshot_of(demonstrated).copies
    with found.lock:
        assert found.failed is False
    assert found.found is not None

    demonstrated.opens(f"{DESK}/OQ5?campaigns=without")
    assert "is being worked out" not in demonstrated.said()


def test_a_refresh_that_fails_is_said_and_tried_again(demonstrated: Organiser):
    snapshot = snapshot_of(demonstrated)
    kept = kept_of(demonstrated)
    kept.failed = True
    demonstrated.opens(DESK)
    assert "could not be brought up to date" in demonstrated.said()

    database = demonstrated.app.extensions["database"]
    with kept.lock:
        live.refresh(database, consultation_of(demonstrated).id, kept)
    demonstrated.opens(DESK)
    assert "could not be brought up to date" not in demonstrated.said()
    assert kept.snapshot is snapshot


def test_results_are_for_those_who_may_see_them(demonstrated: Organiser):
    coder = Organiser.invited(demonstrated.app, "coder@example.org", "safeguarding")
    for path in ("", "/OQ5", "/words/oq1_gap", "/oq5_equal_penalty/0.csv"):
        coder.opens(DESK + path, expect=403)


def test_a_redaction_is_counted_without_another_response(demonstrated: Organiser):
    database = demonstrated.app.extensions["database"]
    kept = kept_of(demonstrated)
    consultation = consultation_of(demonstrated)
    snapshot_of(demonstrated)
    public_id = next(iter(kept.known))
    before = kept.known[public_id]
    with database.work() as session:
        response = session.scalars(sa.select(Response).where(Response.public_id == public_id)).one()
        made = Redaction(
            response_id=response.id, question="oq1_gap", made_by="x", made_at=datetime.now(UTC)
        )
        made.seal(database.keyring, "passage", "words that nobody wrote")
        session.add(made)
    with kept.lock:
        live.refresh(database, consultation.id, kept)

    assert kept.known[public_id] != before


def consultation_of(desk: Organiser) -> Consultation:
    """The demonstration."""
    with desk.app.extensions["database"].session(reads_only=True) as session:
        found = editions.find(session, "demonstration")
    assert found is not None
    return found


def kept_of(desk: Organiser) -> live.Kept:
    """What this worker holds of the demonstration."""
    return results.kept_of(desk.app.extensions["database"], consultation_of(desk))


def snapshot_of(desk: Organiser) -> results.Snapshot:
    """The newest figures."""
    found = results.current(desk.app.extensions["database"], consultation_of(desk))
    assert isinstance(found, results.Snapshot)
    return found


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
