"""The demonstration: made-up responses that go through the real services and say what they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from alembic import command

from app.cli import alembic_config
from app.config import local_settings
from app.database import Database
from app.models import Consultation, Draft, Response
from app.sealing import Keyring
from app.services import audit, demonstration, editions, exporting, screening
from app.services.demonstration.bank import leans, words
from app.services.demonstration.pages import fill
from app.services.demonstration.people import make_person
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
COUNT = 30


@dataclass
class Demonstrated:
    """A database in which the demonstration ran once."""

    database: Database
    key: str = ""
    progress: list[int] = field(default_factory=list)

    def runs(self, seed: int = 1, responses: int = COUNT) -> "Demonstrated":
        self.key = demonstration.run(
            self.database, responses, seed=seed, now=NOW, progress=self.progress.append
        )
        return self

    def answers(self) -> list[dict[str, Any]]:
        """What each response said at last, in order of time."""
        with self.database.work() as session:
            sent = session.scalars(sa.select(Response).order_by(Response.sent_at))
            return [each.revisions[-1].unseal("answers") for each in sent]


def make_database(folder: Path) -> Database:
    settings = local_settings(folder)
    command.upgrade(alembic_config(settings.database), "head")
    keyring = Keyring.from_settings(
        settings.encryption_keys.get_secret_value(), settings.secret_key.get_secret_value()
    )
    return Database(settings.database, keyring)


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstrated]:
    database = make_database(tmp_path_factory.mktemp("demonstration"))
    yield Demonstrated(database).runs()
    database.engine.dispose()


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load_questionnaire(editions.DEFAULT_FILE)


def test_everything_is_marked_synthetic(demonstrated: Demonstrated) -> None:
    with demonstrated.database.work() as session:
        consultation = session.scalars(sa.select(Consultation)).one()
        drafts = session.scalars(sa.select(Draft.synthetic)).all()
        responses = session.scalars(sa.select(Response.synthetic)).all()
        edition = consultation.editions[0]
        counted = exporting.account(session, consultation, edition)
        manifest = exporting.manifest(consultation, counted, "without_identities", NOW)

    assert consultation.key == demonstrated.key == "demonstration"
    assert consultation.title.startswith("Demonstration (made-up answers)")
    assert consultation.organiser == "Demonstration – all answers are made up"
    assert (consultation.synthetic, manifest.synthetic) == (True, True)
    assert (set(drafts), set(responses)) == ({True}, {True})


def test_the_accounting_adds_up(demonstrated: Demonstrated) -> None:
    with demonstrated.database.work() as session:
        consultation = session.scalars(sa.select(Consultation)).one()
        counted = exporting.account(session, consultation, consultation.editions[0])
        drafts = session.scalar(sa.select(sa.func.count()).select_from(Draft))

    assert counted.received == COUNT == counted.included + sum(counted.removed.values())
    assert counted.removed["held"] == len(words().planted)
    assert counted.drafts == 4 == (drafts or 0) - COUNT
    assert sum(each.received for each in counted.by_group.values()) == COUNT
    assert set(counted.by_group) == set(leans().groups)


def test_nobody_is_made_out_to_be_verified(demonstrated: Demonstrated) -> None:
    with demonstrated.database.work() as session:
        assert set(session.scalars(sa.select(Response.verified))) == {False}


def test_it_is_open_and_its_responses_came_in_over_sixty_days(demonstrated: Demonstrated) -> None:
    with demonstrated.database.work() as session:
        consultation = session.scalars(sa.select(Consultation)).one()
        sent = sorted(session.scalars(sa.select(Response.sent_at)))

        assert consultation.opens_at == NOW - timedelta(days=60)
        assert consultation.closes_at == NOW + timedelta(days=30)
        assert consultation.opens_at < sent[0] < NOW - timedelta(days=45)
        assert NOW - timedelta(days=15) < sent[-1] < NOW


def test_progress_ends_with_the_number_asked_for(demonstrated: Demonstrated) -> None:
    assert demonstrated.progress == [10, 20, 30]


def test_the_audit_trail_holds(demonstrated: Demonstrated) -> None:
    with demonstrated.database.work() as session:
        count, broken = audit.verify(session)
    assert (count >= COUNT, broken) == (True, None)


def test_the_same_seed_gives_the_same_answers_and_another_seed_others(
    tmp_path: Path, demonstrated: Demonstrated
) -> None:
    again = Demonstrated(make_database(tmp_path / "again")).runs()
    other = Demonstrated(make_database(tmp_path / "other")).runs(seed=2)

    assert again.answers() == demonstrated.answers()
    assert other.answers() != demonstrated.answers()
    again.database.engine.dispose()
    other.database.engine.dispose()


def test_another_run_opens_a_consultation_of_its_own(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    keys = [Demonstrated(database).runs(responses=2).key for _ in range(3)]

    assert keys == ["demonstration", "demonstration_2", "demonstration_3"]
    with database.work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 6
    database.engine.dispose()


def test_no_text_is_flagged_but_the_planted_ones(
    demonstrated: Demonstrated, questionnaire: Questionnaire
) -> None:
    texts = [
        text
        for answers in demonstrated.answers()
        for question in questionnaire.questions
        for text in question.text_values(answers).values()
    ]
    flagged = [text for text in texts if screening.screen(text)]

    assert len(texts) > COUNT
    assert [any(text.endswith(each) for text in flagged) for each in words().planted] == [True] * 2
    assert len(flagged) == len(words().planted)


@pytest.mark.parametrize("number", range(40))
def test_a_made_up_respondent_answers_as_a_page_would_let_anybody(
    number: int, questionnaire: Questionnaire
) -> None:
    rng = np.random.default_rng([5, number])
    filled = fill(rng, make_person(rng, number), questionnaire)
    wrong = []
    for section, answers in filled.pages:
        for question in section.asked(filled.given):
            posted = question.restore(answers)
            wrong += question.problems(posted)
            kept = {name: answers[name] for name in question.answer_names}
            assert dict(question.store(posted)) == kept

    assert wrong == []
    assert tuple(questionnaire.route(filled.given, filled.opted_out)) == tuple(
        section for section, _ in filled.pages
    )


def test_every_lean_names_a_variable_and_categories_that_exist(
    questionnaire: Questionnaire,
) -> None:
    variables = questionnaire.variables()
    tellers = {*leans().camps, *leans().groups, "all"}
    unknown = []
    for table in (leans().leans, leans().bands, leans().weights, leans().ways_out):
        for name, entry in table.items():
            found = [each for each in variables if f"{each.name}_".startswith(f"{name}_")]
            known = {category.key for each in found for category in each.categories}
            unknown += [name] if name and not found else []
            unknown += [(name, teller) for teller in entry if teller not in tellers]
            for said in entry.values():
                if name and isinstance(said, dict):
                    unknown += [(name, key) for key in said if key not in known]
    assert unknown == []


def test_groups_lean_apart_where_the_tables_say_so(questionnaire: Questionnaire) -> None:
    agreeing: dict[str, list[bool]] = {"protection": [], "rights": []}
    for number in range(400):
        rng = np.random.default_rng([6, number])
        person = make_person(rng, number)
        said = fill(rng, person, questionnaire).given.get("oq5_equal_penalty")
        if person.camp in agreeing and said not in {None, "dont_know"}:
            agreeing[person.camp].append(said in {"agree", "strongly_agree"})

    shares = {camp: sum(each) / len(each) for camp, each in agreeing.items()}
    assert shares["protection"] > 0.7
    assert shares["rights"] < 0.3
