"""The canary: a word of its own in every confidential field, looked for in everything public.

Respondents, the team and the organiser each leave words that must not come out. Everything that a
visitor can reach from the first page is opened, archives and documents too. The words are first
looked for where they are kept, so that a test which planted nothing cannot pass.
"""

import io
import json
import re
import time
import zipfile
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import openpyxl
import pypdf
import pyreadstat
import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from lxml import html

from app.models import Draft, DraftSection, Response, Revision
from app.models_publishing import OrganiserWords
from app.models_safeguarding import Redaction
from app.models_team import Organiser as Colleague
from app.security import who_may
from app.services import drafting, submitting
from tests import small
from tests.conftest import make_app
from tests.pages import Organiser, Visitor

DESK = "/organise/c/small/publication"
PUBLIC = "/c/small/results"
SENTENCE = "We say {} because it is what our own work of many years has taught us, and we mean it."
MARKED = "kanarimarked"
NAMED = "kanarinamed"
SECRETS = {
    "text of who is only counted": "kanaricounted",
    "“other” of who is only counted": "kanariother",
    "source given by who is only counted": "kanarisource",
    "organisation of who is only counted": "kanaricountedorg",
    "organisation of who is published without a name": "kanarinamelessorg",
    "name of who is published without a name": "kanarinamelessname",
    "text of who did not say": "kanariunsaid",
    "text marked as confidential": MARKED,
    "reason for marking it": "kanarireason",
    "organisation marked as confidential": "kanarimarkedorg",
    "reason for marking the organisation": "kanariorgreason",
    "address to be told at": "kanaricontact",
    "text withdrawn": "kanariwithdrawn",
    "organisation that withdrew": "kanariwithdrawnorg",
    "text held": "kanariheld",
    "organisation held": "kanariheldorg",
    "text left out by the organiser": "kanariexcluded",
    "text that a later sending replaced": "kanariearlier",
    "text of a draft": "kanaridraft",
    "text changed after sending": "kanariunsent",
    "passage redacted": "kanariredacted",
    "reason for redacting": "kanariwhyredacted",
    "name of a colleague": "kanaricolleague",
    "address of a colleague": "kanarimail",
    "words of the organiser not published yet": "kanarilater",
}


def secret(what: str) -> str:
    return SECRETS[what]


def sentence(what: str) -> str:
    return SENTENCE.format(secret(what))


def planted() -> dict[str, small.Answers]:
    """Respondents who leave words that must not come out."""
    counted = small.Answers(
        why=sentence("text of who is only counted"),
        other=secret("“other” of who is only counted"),
        evidence=[
            {
                "title": secret("source given by who is only counted"),
                "url": "https://www.legislation.gov.uk/ukpga/2003/42",
                "shows": "It is the law.",
            }
        ],
        organisation=secret("organisation of who is only counted"),
        publication="count_only",
    )
    return {
        "counted": counted,
        "nameless": small.Answers(
            organisation=secret("organisation of who is published without a name"),
        ),
        "person": small.Answers(
            capacity="own_name", name=secret("name of who is published without a name")
        ),
        "unsaid": small.Answers(why=sentence("text of who did not say"), publication=None),
        "marked": small.Answers(
            why=sentence("text marked as confidential"),
            organisation=NAMED,
            publication="with_name",
            marks={"why": secret("reason for marking it")},
        ),
        "marked_name": small.Answers(
            organisation=secret("organisation marked as confidential"),
            publication="with_name",
            marks={"organisation_name": secret("reason for marking the organisation")},
        ),
        "withdrawn": small.Answers(
            why=sentence("text withdrawn"),
            organisation=secret("organisation that withdrew"),
            publication="with_name",
        ),
        "held": small.Answers(
            why=f"{sentence('text held')} hxxp://example[.]onion/page",
            organisation=secret("organisation held"),
            publication="with_name",
        ),
        "excluded": small.Answers(
            why=sentence("text left out by the organiser"), publication="with_name"
        ),
        "earlier": small.Answers(
            why=sentence("text that a later sending replaced"), publication="with_name"
        ),
        "unsent": small.Answers(why=small.REASONS[0], publication="with_name"),
        "redacted": small.Answers(
            why=f"{secret('passage redacted')} stands here. {small.REASONS[1]}",
            publication="with_name",
        ),
    }


def plant(app: Flask) -> None:
    """Send them all, and do to them what is done to such responses."""
    database = app.extensions["database"]
    said = planted()
    ids = dict(zip(said, small.answered(database, *said.values()), strict=True))
    now = datetime.now(UTC)
    with database.work() as session:
        draft = {name: session.get_one(Draft, each) for name, each in ids.items()}
        keyring = session.info["keyring"]
        draft["counted"].tell_me = True
        address = f"{secret('address to be told at')}@example.org"
        draft["counted"].seal(keyring, "contact", address)
        submitting.withdraw(session, draft["withdrawn"], now=now)
        response = draft["excluded"].response
        assert response is not None
        response.excluded_reason = "spam"
        answers = {"agreed": "for", "why": small.REASONS[2]}
        drafting.save_section(session, draft["earlier"], "oq1", answers, seen=1, now=now)
        answers = {"agreed": "for", "why": sentence("text changed after sending")}
        drafting.save_section(session, draft["unsent"], "oq1", answers, seen=1, now=now)
        small.write(session, small.Answers(why=sentence("text of a draft")))
        redacted = draft["redacted"].response
        assert redacted is not None
        made = Redaction(response_id=redacted.id, question="why", made_by="test", made_at=now)
        made.seal(keyring, "passage", secret("passage redacted"))
        made.seal(keyring, "reason", secret("reason for redacting"))
        session.add(made)
    with database.work() as session:
        small.send(session, session.get_one(Draft, ids["earlier"]))


@pytest.fixture(scope="module")
def published(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A published consultation with canaries in every confidential field."""
    folder = tmp_path_factory.mktemp("canary")
    (folder / "open-questions.db").write_bytes(migrated_sqlite.read_bytes())
    app = make_app(f"sqlite:///{folder / 'open-questions.db'}", folder)
    database = app.extensions["database"]
    small.open_small(database)
    small.answered(database, *small.ordinary(16))
    plant(app)
    owner = Organiser.first_owner(app)
    with database.work() as session:
        colleague = session.scalars(sa.select(Colleague)).one()
        colleague.name = f"Alex {secret('name of a colleague')}"
        colleague.email = f"{secret('address of a colleague')}@example.org"
    owner.opens(f"{DESK}/words/OQ1").presses("Save and go back", will="We will do it by May.")
    owner.presses("Prepare")
    until = time.monotonic() + 500
    while "it takes a minute or two" in owner.said():
        assert time.monotonic() < until
        time.sleep(0.3)
        owner.opens(DESK)
    owner.presses("Publish these results")
    later = secret("words of the organiser not published yet")
    owner.opens(f"{DESK}/words/OQ1").presses("Save and go back", will=later)
    yield app
    database.engine.dispose()


def crawl(visitor: Visitor, *starts: str) -> dict[str, tuple[str, bytes]]:
    """Everything that leads on from these addresses by links, pictures and files: kind, content."""
    found: dict[str, tuple[str, bytes]] = {}
    waiting = deque(starts)
    while waiting:
        address = waiting.popleft()
        if address in found:
            continue
        answer = visitor.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.status_code)
        found[address] = (answer.mimetype, answer.get_data())
        found[f"{address} headers"] = ("text/plain", str(answer.headers).encode())
        answer.close()
        if answer.mimetype == "text/html":
            page = html.fromstring(answer.get_data())
            for link in page.xpath("//@href | //@src | //form[not(@method='post')]/@action"):
                parts = urlsplit(urljoin(answer.request.path, link))
                if not parts.scheme and parts.path.startswith(("/c/", "/static/")):
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def words_in(kind: str, content: bytes, name: str) -> Iterator[str]:
    """All text of a file, opened as its readers open it, and as it is."""
    yield content.decode("utf-8", "replace")
    yield content.decode("utf-16-le", "replace")
    packed = content.startswith(b"PK")  # who has no receipt is led to a page, whatever its name
    if packed:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.namelist():
                yield each
                yield from words_in("", archive.read(each), each)
    if packed and ("spreadsheet" in kind or name.endswith(".xlsx")):
        book = openpyxl.load_workbook(io.BytesIO(content))
        yield from (str(cell) for sheet in book for row in sheet.values for cell in row if cell)
    if packed and ("wordprocessing" in kind or name.endswith(".docx")):
        document = Document(io.BytesIO(content))
        yield from (each.text for each in document.element.body.iter() if each.text)
        yield "".join(each.text or "" for each in document.element.body.iter())
    if kind == "application/pdf":
        reader = pypdf.PdfReader(io.BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        yield text
        yield re.sub(r"[\s\u00ad\u2010-]+", "", text)  # words that a line's end has broken
        yield str(reader.metadata)
    if name.endswith(".sav"):
        yield from words_in_sav(content)


def words_in_sav(content: bytes) -> Iterator[str]:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".sav") as file:
        file.write(content)
        file.flush()
        frame, about = pyreadstat.read_sav(file.name)
    yield frame.to_csv()
    yield json.dumps(about.column_names_to_labels)


def is_public(app: Flask, endpoint: str) -> bool:
    """Whether somebody who holds no link of their own may read it."""
    return bool({"anyone", "respondent"} & set(who_may(app, endpoint)))


def addresses(app: Flask) -> list[str]:
    """Every public address that needs no more than the consultation: new ones are found here."""
    adapter = app.url_map.bind("localhost")
    return sorted(
        {
            adapter.build(rule.endpoint, {"consultation": "small"} if rule.arguments else {})
            for rule in app.url_map.iter_rules()
            if "GET" in rule.methods
            and is_public(app, rule.endpoint)
            and rule.arguments <= {"consultation"}
        }
    )


def everything_public(app: Flask) -> dict[str, str]:
    """The text of everything that anyone can reach, by address, in small letters."""
    found = crawl(Visitor(app), *addresses(app), PUBLIC + "/")
    return {
        address: "\n".join(words_in(kind, content, address)).casefold()
        for address, (kind, content) in found.items()
    }


@pytest.fixture(scope="module")
def public(published: Flask) -> dict[str, str]:
    return everything_public(published)


def kept_words(app: Flask) -> str:
    """All that is kept, with its seals opened."""
    with app.extensions["database"].session(reads_only=True) as session:
        opened = [
            *(each.unseal("answers") for each in session.scalars(sa.select(Revision))),
            *(each.unseal("confidential") for each in session.scalars(sa.select(Revision))),
            *(each.unseal("answers") for each in session.scalars(sa.select(DraftSection))),
            *(each.unseal("contact") for each in session.scalars(sa.select(Draft))),
            *(each.unseal("passage") for each in session.scalars(sa.select(Redaction))),
            *(each.unseal("reason") for each in session.scalars(sa.select(Redaction))),
            *((each.name, each.email) for each in session.scalars(sa.select(Colleague))),
            *(each.will for each in session.scalars(sa.select(OrganiserWords))),
        ]
    return json.dumps(opened, ensure_ascii=False)


def test_every_canary_is_where_it_could_leak_from(published: Flask):
    kept = kept_words(published)

    assert [what for what, word in SECRETS.items() if word not in kept] == []
    with published.extensions["database"].session(reads_only=True) as session:
        states = session.execute(
            sa.select(
                sa.func.count(Response.withdrawn_at),
                sa.func.count(Response.held_at),
                sa.func.count(Response.excluded_reason),
            )
        ).one()
    assert tuple(states) == (1, 1, 1)


def test_the_crawl_reaches_everything_that_is_published(public: dict[str, str]):
    for path in (
        "/",
        "/OQ1",
        "/OQ2",
        "/files/report.html",
        "/files/report.docx",
        "/files/report.pdf",
        "/files/tables.xlsx",
        "/files/tables/agreed.csv",
        "/files/charts/glance.svg",
        "/files/data.zip",
        "/files/pictures.zip",
    ):
        assert PUBLIC + path in public, sorted(public)
    assert "/c/small/privacy" in public


SECRETS_OPEN_THEM = {  # a link of somebody's own; without one they lead to a page that is read
    "account.join",
    "account.reset",
    "links.open",
    "respond.confidential",
    "respond.found",
    "respond.invited",
    "respond.section",
}


def test_every_public_address_is_read(published: Flask, public: dict[str, str]):
    adapter = published.url_map.bind("localhost")
    paths = {each.partition("?")[0] for each in public if not each.endswith(" headers")}
    read = {adapter.match(each, method="GET")[0] for each in paths}
    there_are = {
        rule.endpoint
        for rule in published.url_map.iter_rules()
        if "GET" in rule.methods and is_public(published, rule.endpoint)
    }

    assert there_are - read == SECRETS_OPEN_THEM


@pytest.mark.parametrize(
    "name", ["/", "/files/report.html", "/files/report.docx", "/files/report.pdf"]
)
def test_what_may_come_out_is_found_where_the_canaries_are_looked_for(
    public: dict[str, str], name: str
):
    assert NAMED in public[PUBLIC + name]


def test_what_may_be_quoted_is_quoted(public: dict[str, str]):
    assert "i have worked on this for" in public[f"{PUBLIC}/OQ1"]
    assert "ihaveworkedonthisfor" in public[f"{PUBLIC}/files/report.pdf"]


@pytest.mark.parametrize("what", SECRETS)
def test_no_confidential_word_comes_out(public: dict[str, str], what: str):
    assert [address for address, text in public.items() if SECRETS[what] in text] == []
