import os
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import AuditEvent, Draft, Message, Response
from app.models_publishing import Publication, PublishedFile
from app.models_team import SignIn
from app.services import editions, preparing, publishing, results, submitting
from app.services.results import made_apart
from tests import small
from tests.conftest import make_app
from tests.pages import PASSWORD, Organiser, Visitor

DESK = "/organise/c/small/publication"
PUBLIC = "/c/small/results"


@pytest.fixture(scope="module")
def prepared(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the small consultation, answered by 72, its results prepared and not public.

    Preparing takes seconds, so it is done once and copied.
    """
    folder = tmp_path_factory.mktemp("prepared")
    path = folder / "open-questions.db"
    shutil.copy(migrated_sqlite, path)
    database = make_app(f"sqlite:///{path}", folder).extensions["database"]
    small.open_small(database)
    small.answered(database, *small.ordinary())
    small.answered(database, *going())
    with database.work() as session:
        consultation = editions.find(session, "small")
        begun = publishing.begin(session, consultation, actor="test", now=datetime.now(UTC))
        begun_id = begun.id
    preparing.prepare(database, begun_id)
    database.engine.dispose()
    return path


def going() -> list[small.Answers]:
    """Twelve who will withdraw."""
    return [
        small.Answers(
            why=f"{small.REASONS[place % 4]} We know it from our own work, and say so.",
            organisation=f"Withdrawn {place}",
            publication="with_name",
        )
        for place in range(12)
    ]


@pytest.fixture
def small_app(prepared: Path, tmp_path: Path) -> Iterator[Flask]:
    """A copy of it."""
    path = tmp_path / "open-questions.db"
    shutil.copy(prepared, path)
    made = make_app(f"sqlite:///{path}", tmp_path)
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def owner(small_app: Flask) -> Organiser:
    """The first owner, at the page of publishing."""
    return Organiser.first_owner(small_app).opens(DESK)


def prepares(organiser: Organiser, seconds: float = 500) -> Organiser:
    """Prepare the results and wait until they are ready or have failed."""
    organiser.opens(DESK).presses("Prepare")
    until = time.monotonic() + seconds
    while "it takes a minute or two" in organiser.said():
        assert time.monotonic() < until, organiser.said()
        time.sleep(0.3)
        organiser.opens(DESK)
    return organiser


def asks_to_be_told(app: Flask, draft_id: str, address: str) -> None:
    with app.extensions["database"].work() as session:
        draft = session.get_one(Draft, draft_id)
        draft.tell_me = True
        draft.seal(session.info["keyring"], "contact", address)


def test_an_organiser_writes_prepares_previews_and_publishes(app: Flask):
    database = app.extensions["database"]
    small.open_small(database)
    ids = small.answered(database, *small.ordinary())
    for draft_id, address in zip(
        ids, ("one@example.org", "ONE@example.org", "two@example.org"), strict=False
    ):
        asks_to_be_told(app, draft_id, address)
    owner, visitor = Organiser.first_owner(app), Visitor(app)
    visitor.opens(PUBLIC, expect=404)
    assert "Results are published" not in visitor.opens("/c/small/").said()

    owner.opens(f"{DESK}/words/OQ1")
    assert owner.value("asked") == "Should it be done?\n– Should it be done?\n– Why do you say so?"
    owner.presses("Save and go back", said="Most of you said yes.", will="We will do it by May.")
    prepares(owner)
    assert "from 60 responses" in owner.said()
    visitor.opens(PUBLIC, expect=404)
    assert "Nobody outside the team sees this" in owner.opens(f"{DESK}/preview/").text
    assert "We will do it by May." in owner.said()

    owner.opens(DESK).presses("Publish these results")
    assert "2 people were told by mail" in owner.said()
    said = visitor.opens(PUBLIC).said()
    assert "We will do it by May." in said
    assert "Organisation industry 3" in said
    assert "Organisation industry 1 " not in said
    assert visitor.opens("/c/small/").said().count("Results are published") == 1
    visitor.opens(f"{PUBLIC}/OQ2")
    assert visitor.said().startswith("Mixed OQ2 By what means?")
    with database.session(reads_only=True) as session:
        letters = session.scalars(sa.select(Message).where(Message.purpose == "results")).all()
        acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "small")).all()
    assert len(letters) == 2
    assert acts[-3:] == ["write results", "prepare results", "publish results"]


def test_the_letter_says_where_the_results_are_and_nothing_else(small_app: Flask):
    with small_app.extensions["database"].work() as session:
        draft = session.scalars(sa.select(Draft).limit(1)).one()
        draft.tell_me = True
        draft.seal(session.info["keyring"], "contact", "one@example.org")
        session.flush()
        consultation = editions.find(session, "small")
        link = "https://example.org/c/small/results/"
        now = datetime.now(UTC)
        assert publishing.letters.tell_of_results(session, consultation, link, now=now) == 1
        message = session.scalars(sa.select(Message).where(Message.purpose == "results")).one()
        content = message.unseal("content")

    assert content["subject"] == "Results published: A small consultation"
    assert content["body"] == (
        "The results of “A small consultation” are published: what was asked, what was said, and "
        "what will be done.\n\nhttps://example.org/c/small/results/\n\n"
        "You get this letter from The test team because you answered and asked to be told.\n\n"
        "This letter is plain text. Nothing in it tells anybody whether you read it. "
        "Questions: The consultation team.\n"
    )


def test_figures_files_and_pictures_are_served_each_with_its_own_policy(owner: Organiser):
    owner.presses("Publish these results")
    visitor = Visitor(owner.app)
    visitor.opens(PUBLIC)
    links = {each.get("href") for each in visitor.page.iter("a")}
    for name in ("report.html", "report.pdf", "report.docx", "tables.xlsx", "data.zip"):
        assert f"{PUBLIC}/files/{name}" in links
    report = visitor.client.get(f"{PUBLIC}/files/report.html")
    assert report.headers["Content-Security-Policy"] == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "style-src 'unsafe-inline'; img-src data:; "
        "sandbox allow-downloads allow-popups allow-popups-to-escape-sandbox"
    )
    assert report.headers["Content-Disposition"] == 'inline; filename="small-report.html"'
    data = visitor.client.get(f"{PUBLIC}/files/data.zip")
    assert data.headers["Content-Disposition"] == 'attachment; filename="small-data.zip"'
    pictures = visitor.page.xpath("//main//img")
    assert pictures
    for each in pictures:
        assert visitor.client.get(each.get("src")).mimetype == "image/svg+xml"
        assert each.get("alt")
    with owner.app.extensions["database"].session(reads_only=True) as session:
        ours = session.scalars(
            sa.select(PublishedFile.path).where(PublishedFile.path.startswith("_", autoescape=True))
        ).all()
    assert sorted(ours) == ["_members.json", "_tables.json"]
    for path in (*ours, "charts/../_members.json"):
        visitor.opens(f"{PUBLIC}/files/{path}", expect=404)


def robots(visitor: Visitor, path: str) -> tuple[str, list[str]]:
    """What a page tells searching machines, in its header and in itself."""
    visitor.opens(path)
    header = visitor.client.get(path).headers["X-Robots-Tag"]
    return header, visitor.page.xpath("//meta[@name='robots']/@content")


def test_results_may_be_found_and_nothing_else(owner: Organiser):
    visitor = Visitor(owner.app)
    assert robots(visitor, "/c/small/") == ("noindex, nofollow", ["noindex"])
    assert robots(owner, f"{DESK}/preview/") == ("noindex, nofollow", ["noindex"])

    owner.opens(DESK).presses("Publish these results")
    for path in ("/", "/OQ1"):
        assert robots(visitor, PUBLIC + path) == ("all", [])
    assert visitor.client.get(f"{PUBLIC}/files/report.pdf").headers["X-Robots-Tag"] == "all"
    missing = visitor.client.get(f"{PUBLIC}/OQ99")
    assert missing.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert robots(visitor, "/c/small/") == ("noindex, nofollow", ["noindex"])
    assert robots(owner, DESK) == ("noindex, nofollow", ["noindex"])

    with owner.app.extensions["database"].work() as session:
        shown = session.scalars(sa.select(Publication)).one()
        shown.page = {**shown.page, "synthetic": True}
    assert robots(visitor, f"{PUBLIC}/") == ("noindex, nofollow", ["noindex"])


def stale(app: Flask) -> None:
    """Let twenty minutes pass since everybody gave both factors."""
    with app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))):
            each.proved_at -= timedelta(minutes=20)


def test_taking_down_asks_for_a_fresh_sign_in_first_and_keeps_what_was_typed(owner: Organiser):
    owner.presses("Publish these results")
    stale(owner.app)
    owner.opens(f"{DESK}/take-down")
    owner.presses("Continue", again_password=PASSWORD, again_code=owner.code())
    assert owner.page.find_class("govuk-error-summary") == []
    stale(owner.app)
    owner.presses("Take them down", reason="Table 3 is wrong.")
    assert owner.heading == "Please sign in again"
    Visitor(owner.app).opens(PUBLIC)
    owner.presses("Continue", again_password=PASSWORD, again_code=owner.code())

    assert "Table 3 is wrong." in Visitor(owner.app).opens(PUBLIC, expect=410).said()


def test_publishing_asks_for_a_fresh_sign_in(owner: Organiser):
    stale(owner.app)
    owner.presses("Publish these results")

    assert owner.heading == "Please sign in again"
    Visitor(owner.app).opens(PUBLIC, expect=404)

    owner.presses("Continue", again_password=PASSWORD, again_code=owner.code())
    assert "The results are published." in owner.said()


def test_who_may_not_publish_sees_none_of_it(small_app: Flask):
    analyst = Organiser.invited(small_app, "analyst@example.org", "analyst")
    for path in ("", "/words/OQ1", "/preview/", "/preview/OQ1", "/preview/files/report.html"):
        analyst.opens(DESK + path, expect=403)
    analyst.posts(f"{DESK}/prepare", expect=403)
    analyst.posts(f"{DESK}/publish", expect=403)


def test_words_changed_since_ask_for_another_preparation(owner: Organiser):
    with owner.app.extensions["database"].session(reads_only=True) as session:
        prepared = session.scalars(sa.select(Publication.id)).one()
    owner.opens(f"{DESK}/words/introduction").presses("Save and go back", will="Later words")
    assert "Your words have changed since" in owner.said()

    owner.posts(f"{DESK}/publish", expect=422, publication=prepared)
    assert "Prepare them again" in owner.said()


def test_a_response_withdrawn_since_is_not_published(owner: Organiser):
    database = owner.app.extensions["database"]
    with database.work() as session:
        draft = session.scalars(sa.select(Draft).limit(1)).one()
        submitting.withdraw(session, draft, now=datetime.now(UTC))
    owner.presses("Publish these results", expect=422)

    assert "responses were withdrawn, changed or set aside" in owner.said()
    Visitor(owner.app).opens(PUBLIC, expect=404)


def test_two_colleagues_do_not_overwrite_each_other(owner: Organiser):
    colleague = Organiser.invited(owner.app, "editor@example.org", "editor")
    owner.opens(f"{DESK}/words/OQ2")
    colleague.opens(f"{DESK}/words/OQ2").presses("Save and go back", will="Theirs")
    owner.presses("Save and go back", expect=422, will="Mine")

    assert owner.value("will") == "Mine"
    assert "Theirs" in owner.said()
    owner.presses("Save and go back")
    assert colleague.opens(f"{DESK}/words/OQ2").value("will") == "Mine"


def test_too_few_more_is_said_plainly_and_leaves_what_is_public(owner: Organiser):
    owner.presses("Publish these results")
    small.answered(owner.app.extensions["database"], small.Answers(why=small.REASONS[0]))

    said = prepares(owner).said()
    assert "The results could not be prepared." in said
    assert "Wait for more responses" in said
    Visitor(owner.app).opens(PUBLIC)


def test_the_next_publication_leaves_out_who_withdrew_and_replaces_the_first(owner: Organiser):
    database, visitor = owner.app.extensions["database"], Visitor(owner.app)
    owner.presses("Publish these results")
    assert "Withdrawn 3" in visitor.opens(PUBLIC).said()
    with database.work() as session:
        for response in session.scalars(sa.select(Response)):
            if "We know it from our own work" in str(response.revisions[-1].unseal("answers")):
                submitting.withdraw(session, response.draft, now=datetime.now(UTC))

    prepares(owner).presses("Publish these results")
    said = visitor.opens(PUBLIC).said()
    assert "Withdrawn 3" not in said
    assert "edition 2" in said
    with database.session(reads_only=True) as session:
        kept = session.execute(
            sa.select(PublishedFile.path)
            .join(Publication, Publication.id == PublishedFile.publication_id)
            .where(Publication.number == 1)
        ).all()
    assert kept == [("_tables.json",)]


def test_an_interrupted_preparation_can_be_begun_again(owner: Organiser):
    with owner.app.extensions["database"].work() as session:
        consultation = editions.find(session, "small")
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        publishing.begin(session, consultation, actor="test", now=long_ago)
    assert "The preparation was interrupted" in owner.opens(DESK).said()

    with owner.app.extensions["database"].work() as session:
        consultation = editions.find(session, "small")
        publishing.begin(session, consultation, actor="test", now=datetime.now(UTC))
    assert "step 1 of 6" in owner.opens(DESK).said()


def test_there_is_one_preparation_at_a_time(app: Flask):
    database = app.extensions["database"]
    small.open_small(database)
    with database.work() as session:
        consultation = editions.find(session, "small")
        now = datetime.now(UTC)
        publishing.begin(session, consultation, actor="test", now=now)
    with database.work() as session, pytest.raises(publishing.AlreadyRunning):
        publishing.begin(session, editions.find(session, "small"), actor="test", now=now)


def test_results_taken_down_are_nowhere_and_their_address_says_why(owner: Organiser):
    visitor = Visitor(owner.app)
    owner.presses("Publish these results")
    files = [each.get("href") for each in visitor.opens(PUBLIC).page.iter("a")]
    files = [each for each in files if each and "/files/" in each]
    assert files

    owner.opens(f"{DESK}/take-down").presses("Take them down", expect=422, reason=" ")
    assert "Say why." in owner.said()
    visitor.opens(PUBLIC)
    owner.presses("Take them down", reason="Table 3 counted some people twice.")
    assert "The results were taken down." in owner.said()
    for path in (f"{PUBLIC}/", f"{PUBLIC}/OQ1", *files):
        assert "Table 3 counted some people twice." in visitor.opens(path, expect=410).said()
    assert visitor.client.get(f"{PUBLIC}/").headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Results are published" not in visitor.opens("/c/small/").said()
    owner.opens(f"{DESK}/take-down", expect=404)
    with owner.app.extensions["database"].session(reads_only=True) as session:
        last = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        kept = session.scalars(sa.select(PublishedFile.path)).all()
    assert (last.act, last.details) == (
        "take results down",
        {"number": 1, "reason": "Table 3 counted some people twice."},
    )
    assert kept == ["_tables.json"]

    prepares(owner).presses("Publish these results")
    assert "edition 2" in visitor.opens(PUBLIC).said()


def letters_about_results(app: Flask) -> list[str]:
    """The subjects of the letters that went out, the oldest first."""
    folder = app.config["SETTINGS"].folder / "mail"
    letters = [
        message_from_bytes(each.read_bytes(), policy=policy.default)["subject"]
        for each in sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
    ]
    return [each for each in letters if each.startswith("Results")]


def test_of_a_correction_people_are_told_only_if_that_is_chosen(owner: Organiser):
    with owner.app.extensions["database"].session(reads_only=True) as session:
        draft_id = session.scalars(sa.select(Draft.id).limit(1)).one()
    asks_to_be_told(owner.app, draft_id, "one@example.org")
    owner.presses("Publish these results")
    assert letters_about_results(owner.app) == ["Results published: A small consultation"]

    prepares(owner).presses("Publish these results")
    assert "Nobody was told of this edition by mail." in owner.said()
    assert letters_about_results(owner.app) == ["Results published: A small consultation"]

    prepares(owner).presses("Publish these results", tell_again="yes")
    assert "1 person was told by mail" in owner.said()
    assert letters_about_results(owner.app)[-1] == "Results published anew: A small consultation"


def making() -> list[int]:
    """The processes of ours that make results."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = (each / "stat").read_text().rpartition(")")[2].split()[1]
            asked = (each / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(parent) == os.getpid() and b"app.services.results" in asked:
            found.append(int(each.name))
    return found


def test_a_preparation_that_the_server_kills_says_what_to_do_and_can_be_begun_again(
    owner: Organiser,
):
    owner.opens(DESK).presses("Prepare")
    until = time.monotonic() + 60
    while not making():
        assert time.monotonic() < until
        time.sleep(0.05)
    for each in making():
        os.kill(each, signal.SIGKILL)
    while "it takes a minute or two" in owner.opens(DESK).said():
        assert time.monotonic() < until
        time.sleep(0.1)

    assert "most likely because its memory ran out" in owner.said()
    assert "Look at it as the public would" in prepares(owner).said()


def test_results_are_made_without_the_keys(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONSULT_ENCRYPTION_KEYS", "test:secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")

    assert not any("secret" in each for each in made_apart.surroundings().values())


def test_an_order_that_cannot_be_read_breaks_off(tmp_path: Path):
    with pytest.raises(results.BrokeOff):
        results.write_files_apart(tmp_path, tell=lambda _: None)
