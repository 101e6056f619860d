import csv
import dataclasses
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations

import numpy as np
import pytest
import sqlalchemy as sa

from analysis.crosstabs import by_group
from app.models import Consultation, Response
from app.models_safeguarding import Redaction
from app.services import demonstration, editions, results
from app.services.results import live
from tests.conftest import make_app
from tests.pages import Organiser, Respondent
from tests.patient_reader import PatientReader

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
    owner = Organiser.first_owner(app)
    waits_for_figures(owner)
    yield owner
    database.engine.dispose()


def waits_for_figures(desk: Organiser, path: str = "", seconds: float = 120) -> None:
    """Look again until the page is there, as its script does."""
    end = time.monotonic() + seconds
    while desk.client.get(DESK + path).status_code == 202:
        assert time.monotonic() < end, "the figures never came"
        time.sleep(0.1)


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
    assert "Counted: On behalf of an organisation" in demonstrated.said()

    demonstrated.opens(f"{DESK}/oq5_equal_penalty/0.csv?capacity=organisation")
    assert "Whose answers are counted,On behalf of an organisation" in demonstrated.text
    demonstrated.opens(f"{DESK}/oq5_equal_penalty/0.svg")
    assert demonstrated.client_answer.startswith(b"<svg")


Cells = dict[str, list[str]]


def in_file(desk: Organiser, question: str, number: int, filters: str) -> Cells:
    """The counts of one table as it is taken away, by row."""
    desk.opens(f"{DESK}/{question}/{number}.csv{filters}")
    rows = list(csv.reader(io.StringIO(desk.text)))
    places = [place for place, each in enumerate(rows[0]) if each.endswith(" number")]
    return {
        row[0]: [row[place].strip("[]") for place in places] for row in rows[1:] if len(row) > 2
    }


def on_page(desk: Organiser, open_question: str, filters: str) -> dict[tuple[str, int], Cells]:
    """The counts of every table on a page, by question and place, then by row."""
    desk.opens(f"{DESK}/{open_question}{filters}")
    found = {}
    for section in desk.page.xpath("//section[starts-with(@aria-labelledby, 'q-')]"):
        question = section.get("aria-labelledby").removeprefix("q-")
        for number, table in enumerate(section.xpath(".//table")):
            found[question, number] = {
                row.xpath("string(th)").strip(): [
                    cell.xpath("normalize-space(text()[1])") or cell.xpath("normalize-space(.)")
                    for cell in row.xpath("td")
                ]
                for row in table.xpath("tbody/tr")
            }
    return found


@pytest.mark.parametrize("filters", ["", "?capacity=own_name"])
def test_the_page_shows_what_the_file_says_cell_by_cell(demonstrated: Organiser, filters: str):
    told = hidden = 0
    for open_question in ("OQ5", "OQ11", "OQ16"):
        for (question, number), page in on_page(demonstrated, open_question, filters).items():
            file = in_file(demonstrated, question, number, filters)
            for label, cells in page.items():
                if label in file and all(each.isdecimal() or each == "hidden" for each in cells):
                    assert file[label] == cells, (question, number, label)
                    told += sum(each.isdecimal() for each in cells)
                    hidden += cells.count("hidden")

    assert told > 40
    assert hidden > 40


def test_those_verified_and_those_declared_are_everybody(demonstrated: Organiser):
    snapshot = snapshot_of(demonstrated)
    parts = [
        len(results.narrowed(snapshot, results.Choice(verified=each)))
        for each in ("verified", "declared")
    ]

    assert sum(parts) == len(snapshot.responses)


def test_all_pages_together_give_no_small_count_away(demonstrated: Organiser):
    """A patient reader opens everybody, every filter and every pair, and solves them together."""
    snapshot = snapshot_of(demonstrated)
    offered = results.options(snapshot)
    names = [name for name in ("verified", "capacity", "jurisdiction") if getattr(offered, name)]
    chosen = [(name, key) for name in names for key, _ in getattr(offered, name)]
    parts = {(name, key): masked(snapshot, name, key) for name, key in chosen}
    attacked = 0
    for variable in ("oq5_equal_penalty", "oq16_too_slow"):
        question = snapshot.responses.variable(variable).question
        pages, true = {}, {}
        for page in (*[()], *[(each,) for each in parts], *pairs(parts)):
            choice = results.Choice(**dict(page))
            try:
                made = results.figures(snapshot, question, choice)
            except results.CannotFilter:
                continue
            pages[page] = next(each for each in made.tables if each.variable == variable)
            true[page] = by_group(results.narrowed(snapshot, choice), variable)
        reader = PatientReader(snapshot.responses, variable, parts, pages)
        reader.looks_for(true, snapshot.threshold)
        attacked += len(reader.targets)
        assert reader.finds_out(snapshot.threshold) == []

    assert attacked > 20


def masked(snapshot: results.Snapshot, name: str, key: str) -> np.ndarray:
    """Who is in one part."""
    some = results.narrowed(snapshot, results.Choice(**{name: key}))
    return snapshot.responses.frame.index.isin(some.frame.index)


def pairs(parts: dict[tuple[str, str], np.ndarray]) -> list[tuple[tuple[str, str], ...]]:
    return [pair for pair in combinations(parts, 2) if pair[0][0] != pair[1][0]]


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


def test_a_refresh_that_fails_is_said_and_tried_again(demonstrated: Organiser, monkeypatch):
    monkeypatch.setattr(live, "FRESH_SECONDS", 0.0)
    database = demonstrated.app.extensions["database"]
    kept, before = kept_of(demonstrated), snapshot_of(demonstrated)
    with database.work() as session:
        response = session.scalars(sa.select(Response).where(Response.held_at.is_(None))).first()
        broken = Redaction(
            response_id=response.id, question="oq1_gap", made_by="x", made_at=datetime.now(UTC)
        )
        broken.passage = "no words that any key opens"
        session.add(broken)
    looks_and_waits(demonstrated, kept)

    demonstrated.opens(DESK)
    assert "could not be brought up to date" in demonstrated.said()
    assert kept.snapshot is before

    with database.work() as session:
        session.delete(session.get_one(Redaction, broken.id))
    looks_and_waits(demonstrated, kept)
    demonstrated.opens(DESK)
    assert "could not be brought up to date" not in demonstrated.said()


def looks_and_waits(desk: Organiser, kept: live.Kept) -> None:
    """Open the page, and wait until what that set out is done."""
    desk.opens(DESK)
    time.sleep(0.2)
    with kept.lock:
        pass


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
    for path in ("/OQ99", "/oq5_equal_penalty/99.csv", "/nothing/0.svg", "/words/nothing"):
        demonstrated.opens(DESK + path, expect=404)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ("jurisdiction=Belgium", "Choose a country from the list."),
        ("capacity=nothing", "Choose an answer from the list"),
        ("verified=declared&capacity=own_name&jurisdiction=GB", "Choose two filters at most."),
        ("first=industry&second=industry", "Choose two groups to compare"),
    ],
)
def test_filters_that_cannot_be_used_are_said_on_the_page(
    demonstrated: Organiser, filters: str, said: str
):
    demonstrated.opens(f"{DESK}/OQ1?{filters}", expect=422)

    assert said in demonstrated.said()


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
