"""A consultation from an empty installation to its published results, in a real browser alone.

The whole way is gone once, by everybody who has a part in it, and the tests below look at what
came of it. It is long because a consultation is: each step stands in a function of its own.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from lxml import html

from app.models_team import SignIn
from app.services import editions, mail
from tests.app.test_importing import paper, sheet
from tests.browser.conftest import AXE, RULES
from tests.browser.team import PASSWORD, Colleague, Notes, Person
from tests.conftest import make_app
from tests.pages import Respondent
from tests.servers import serving

pytestmark = pytest.mark.browser
KEY = "asked_in_2027"
DESK = f"/organise/c/{KEY}"
GROUPS = ("law_enforcement", "industry", "civil_society")
GAPS = (
    "Nobody may test a model for this without breaking the law themselves.",
    "Fines are too small to matter to a large company.",
    "The police have no money for new tools or for training.",
    "Open weights can be changed by anyone, and no rule says who answers for that.",
    "Victims wait for years until a picture is taken down.",
    "Judges have never seen such a case and find no wording for it.",
    "Platforms are told to report, but not what a report must hold.",
    "Schools do not know whom to call when pupils do this to each other.",
    "Two countries ask opposite things of the same provider.",
    "A general duty to search everything would harm everybody's privacy.",
    "Sellers of such tools advertise in the open and stay unpunished.",
    "Research is slowed by rules that were written for cameras.",
)
OVERALL = ("not_far_enough", "not_far_enough", "not_far_enough", "mixed", "about_right")
AGREED = ("strongly_agree", "agree", "agree", "agree", "disagree")
WILL = "We will publish model wording by May. The team answers for it."

NO_PAGE = {  # files to keep
    "organise.new_example",
    "organise.publication_preview_file",
    "organise.results_file",
    "organise.retention_certificate",
    "organise.entering_template",
}


@dataclass
class Way:
    """Where it happens, who takes part, and what they read on the way."""

    app: Flask
    address: str
    notes: Notes
    team: dict[str, Colleague] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> Colleague:
        return self.team["owner"]

    def keeps(self, name: str, person: Person) -> None:
        """Remember what a page said."""
        self.said[name] = person.said()


@pytest.fixture(scope="module")
def way(browser, axe_source, migrated_sqlite, tmp_path_factory) -> Iterator[Way]:
    """The whole way, gone once."""
    folder = tmp_path_factory.mktemp("organised")
    shutil.copy(migrated_sqlite, folder / "open-questions.db")
    app = make_app(f"sqlite:///{folder}/open-questions.db", folder)

    def look(page) -> list[str]:
        page.evaluate(axe_source)
        return page.evaluate(AXE, list(RULES))

    with serving(app) as port:
        going = Way(app, f"http://127.0.0.1:{port}", Notes(look))
        for step in STEPS:
            step(going, browser)
        yield going
        for person in going.team.values():
            person.leaves()
    app.extensions["database"].engine.dispose()


def the_team_joins(way: Way, browser) -> None:
    """The first owner by the printed link; four colleagues by links on the team's page."""
    printed = way.app.test_cli_runner().invoke(args=["first-owner"]).output
    link = re.search(r"/account/join/\S+", printed).group()
    way.team["owner"] = Colleague(browser, way.address, way.notes, "Olu Owner")
    way.owner.joins(link, email="owner@example.org")
    for name, role in (
        ("Cora First", "coder"),
        ("Carl Second", "coder"),
        ("Sam Looks", "safeguarding"),
        ("Sue Agrees", "safeguarding"),
    ):
        link = way.owner.invites(f"{name.split()[0].lower()}@example.org", role)
        way.team[name] = Colleague(browser, way.address, way.notes, name).joins(link)
    way.keeps("team", way.owner.looks().opens("/organise/").opens("/organise/team"))


def it_is_rehearsed(way: Way, _browser) -> None:
    """A rehearsal from the same file, with made-up answers that come in while the owner looks."""
    owner = way.owner.opens("/organise/new").fills(key="rehearsal", organiser="The test team")
    owner.page.set_input_files("[name=file]", editions.DEFAULT_FILE)
    owner.page.get_by_label("This is a rehearsal").check()
    owner.presses("Make it").looks().page.get_by_label("as they should be").check()
    owner.presses("Open the consultation").looks()
    owner.opens("/organise/c/rehearsal/rehearsal").fills(wanted="40")
    owner.presses("Send made-up answers").looks()
    owner.page.get_by_text("40 made-up answers are in.").wait_for()
    way.keeps("rehearsed", owner.looks())
    owner.follows("follow what came in")
    way.keeps("rehearsal", owner.opens("/organise/"))


def it_is_made_and_opened(way: Way, _browser) -> None:
    """From the questionnaire file: preview as each group, wording, thresholds, open."""
    owner = way.owner.opens("/organise/new").fills(key=KEY, organiser="The test team")
    owner.page.set_input_files("[name=file]", editions.DEFAULT_FILE)
    owner.presses("Make it").looks().follows("Preview as each group")
    for link in owner.page.get_by_role("navigation", name="Group").get_by_role("link").all()[1:]:
        way.said["preview"] = owner.said()
        owner.page.goto(way.address + link.get_attribute("href"))
    owner.opens(f"{DESK}/settings").fills(
        contact_name="The secretariat", contact_email="secretariat@example.org"
    )
    owner.presses("Save the settings")
    way.keeps("settings", owner)
    owner.opens(f"{DESK}/open-and-close").fills(small_counts="5", consensus="70", k_anonymity="5")
    owner.page.get_by_label("as they should be").check()
    owner.presses("Open the consultation").looks()
    way.keeps("opened", owner)


def two_are_invited(way: Way, _browser) -> None:
    """By a pasted list, checked and then sent; they answer by the links in their letters."""
    owner = way.owner.opens(f"{DESK}/invitations").follows("Invite people")
    owner.fills(
        list="Ana Example, Example Police, Law enforcement, ana@example.org\n"
        "Ben Example, Example Ltd, Industry, ben@example.org"
    )
    owner.presses("Check the list").looks().presses("Invite 2 people").looks()
    way.keeps("invited", owner)
    for place, link in enumerate(letters(way.app)):
        invited = Respondent(way.app, KEY).opens(link).presses("Start")
        invited.presses("Save and continue", capacity="own_name")
        answer(invited, place)
    owner.opens(f"{DESK}/invitations").follows("Ana Example")


def letters(app: Flask) -> list[str]:
    """Send what waits, and read the invitations' links in the letters."""
    settings, now = app.config["SETTINGS"], datetime.now(UTC)
    with app.extensions["database"].work() as session:
        mail.note(
            session, mail.send(settings, mail.claim(session, now=now, most=9), now=now), now=now
        )
    texts = [
        message_from_bytes(each.read_bytes(), policy=policy.default).get_content()
        for each in sorted((Path(settings.folder) / "mail").glob("*.eml"))
    ]
    return sorted(found.group() for text in texts if (found := re.search(r"/c/\S+/i/\S+", text)))


def answer(one: Respondent, place: int, gap: str = "") -> None:
    """Answer two topics and send."""
    one.answers("oq1", oq1_overall=OVERALL[place % 5], oq1_gap=gap)
    one.answers("oq5", oq5_equal_penalty=AGREED[place % 5])
    one.consents().sends()


def the_public_answers(way: Way, _browser) -> None:
    """Ten of each group with those invited; one gives an address in its words and is held."""
    asked = [group for group in GROUPS for _ in range(10)][1:]
    asked.remove("industry")
    for place, group in enumerate(asked):
        gap = GAPS[place] if place < len(GAPS) else ""
        if place == len(asked) - 1:
            gap = "Write to child.person@mail-of-somebody.net, who knows more."
        answer(Respondent(way.app, KEY).begins(group), place, gap)


def the_owner_follows(way: Way, _browser) -> None:
    """Who is heard on what, the responses, and the results as they come in."""
    owner = way.owner
    way.keeps("follow", owner.opens(f"{DESK}/follow"))
    owner.opens(f"{DESK}/responses")
    owner.page.goto(f"{way.address}{DESK}/results")
    owner.page.get_by_role("heading", name="Results", exact=True).wait_for()
    way.keeps("results", owner.looks())
    owner.opens(f"{DESK}/results/OQ1")
    way.keeps("results of OQ1", owner)


def the_held_response_is_released(way: Way, _browser) -> None:
    """One looks for a reason, sets the address aside and proposes; another agrees."""
    first, second = way.team["Sam Looks"], way.team["Sue Agrees"]
    way.keeps("waiting", first.opens(f"{DESK}/held"))
    first.page.locator(".oq-held a").first.click()
    first.page.wait_for_url("**/held/**")
    way.keeps("closed", first.looks())
    first.fills(reason="To see whether the address is private").presses("Show the words").looks()
    way.keeps("revealed", first)
    first.page.get_by_label("child.person@mail-of-somebody.net").check()
    first.page.fill("[name=redact-reason]", "A private address")
    first.presses("Set aside").looks()
    first.page.fill("[name=release-reason]", "Nothing else is wrong")
    first.presses("Propose to release it").looks()
    way.keeps("proposed", first)
    second.page.goto(first.page.url)
    second.looks().fills(reason="To agree, or not").presses("Show the words").looks()
    second.presses("Agree to release it").looks()
    way.keeps("released", second)
    reference = second.page.url.split("/held/")[1].partition("/")[0]
    way.keeps("read by the others", way.owner.opens(f"{DESK}/responses/{reference}"))


def paper_is_entered(way: Way, _browser) -> None:
    """One response is typed and left before it is sent; a sheet is checked and thrown away."""
    owner = way.owner.opens(f"{DESK}/enter/new?channel=paper")
    owner.page.get_by_label("Industry").check()
    owner.page.get_by_label("In my own name").check()
    owner.presses("Save and continue").looks()
    owner.opens(owner.page.url.removeprefix(way.address).partition("/s/")[0] + "/check")
    owner.opens(f"{DESK}/enter").page.set_input_files(
        "[name=file]",
        {"name": "one.xlsx", "mimeType": "", "buffer": sheet(paper("A-1")).getvalue()},
    )
    owner.presses("Check it").looks()


def the_ways_in(way: Way, browser) -> None:
    """A forgotten password, the second factor, and another app."""
    visitor = Person(browser, way.address, way.notes).opens("/account/forgotten")
    visitor.fills(email="owner@example.org").presses("Send me a link").looks()
    (found,) = {
        link.group()
        for each in (way.app.config["SETTINGS"].folder / "mail").glob("*.eml")
        if (link := re.search(r"/account/reset/\S+", each.read_text()))
    }
    visitor.opens(found).opens("/account/sign-in")
    visitor.fills(email="owner@example.org", password=PASSWORD).presses("Continue").looks().leaves()
    with way.app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))):
            each.proved_at -= timedelta(minutes=20)
    way.owner.opens("/account/").presses("Set up another app").looks()


FRAME = f"{DESK}/coding/oq1_gap"


def a_frame_is_made(way: Way, _browser) -> None:
    """From nothing: two codes, and who reads what."""
    owner = way.owner.opens(f"{DESK}/coding").opens(FRAME).presses("Start from nothing").looks()
    for name, about in (("Means", "Money, tools, training"), ("Rules", "What the law says")):
        owner.fills(name=name, description=about).presses("Make the code")
    for name, part in (("Cora First", "First coder"), ("Carl Second", "Second coder")):
        owner.page.get_by_role("group", name=name).get_by_label(part).check()
    owner.fills(share="100").presses("Save who codes").looks()


def two_code(way: Way, _browser) -> None:
    """By keyboard alone; the second differs on one answer."""
    for name, differs in (("Cora First", False), ("Carl Second", True)):
        coder = way.team[name].opens(f"{DESK}/coding").opens(f"{FRAME}/read")
        read = 0
        while coder.page.locator("h1").inner_text() == "Read and code":
            text = coder.page.locator(".oq-answer-read").inner_text()
            key = "1" if re.search("money|Research|Schools|years", text) else "2"
            coder.page.keyboard.press("1" if differs and "Fines" in text else key)
            with coder.page.expect_navigation(wait_until="load"):
                coder.page.keyboard.press("Enter")
            read += 1
            if read == 1:
                looks_back(coder, text)
        way.keeps(f"read by {name}", coder.looks())


def looks_back(coder: Colleague, text: str) -> None:
    """By the arrow keys to what was just read, and on again."""
    for key, first in (("ArrowLeft", True), ("ArrowRight", False)):
        with coder.page.expect_navigation(wait_until="load"):
            coder.page.keyboard.press(key)
        assert (coder.page.locator(".oq-answer-read").inner_text() == text) is first
        coder.looks()


def what_they_differ_on_is_settled(way: Way, _browser) -> None:
    """Reliability is shown; the owner takes one side by a key, and then thinks better of it."""
    owner = way.owner.opens(f"{FRAME}/reliability")
    way.keeps("reliability", owner)
    owner.follows("Settle it")
    with owner.page.expect_navigation(wait_until="load"):
        owner.page.keyboard.press("Shift+A")
    owner.follows("Back to the last one")
    owner.page.get_by_label("Rules").check()
    owner.presses("Decide and go on").looks()
    way.keeps("settled", owner)
    owner.opens(f"{FRAME}/history").opens(f"{FRAME}/reliability")


def it_is_closed_and_published(way: Way, _browser) -> None:
    """What will be done is written, the results are prepared, looked at, and let out."""
    owner = way.owner.opens(f"{DESK}/open-and-close")
    owner.page.get_by_label("Yes, close it now").check()
    owner.presses("Close the consultation").looks()
    way.keeps("over", owner)
    owner.opens(f"{DESK}/publication").opens(f"{DESK}/publication/words/OQ1")
    owner.fills(said="Most of you want more.", will=WILL).presses("Save and go back").looks()
    owner.presses("Prepare the results").looks()
    owner.page.get_by_role("button", name="Publish these results").wait_for(timeout=400_000)
    owner.looks().follows("Look at it as the public would")
    owner.opens(f"{DESK}/publication/preview/OQ1")
    owner.opens(f"{DESK}/publication").presses("Publish these results").looks()
    way.keeps("published", owner)
    for place in ("exports", "retention", "audit"):
        owner.opens(f"{DESK}/exports" if place == "exports" else f"/organise/{place}")


def seen_pages(way: Way) -> set[str]:
    """The pages that somebody looked at, by the names of their routes."""
    adapter = way.app.url_map.bind("127.0.0.1")
    return {adapter.match(path, method="GET")[0] for path in way.notes.paths}


def the_rest_is_looked_at(way: Way, _browser) -> None:
    """One page of each kind that the owner's pages lead to, and that nobody has looked at yet."""
    adapter = way.app.url_map.bind("127.0.0.1")
    waiting = ["/organise/", *sorted(way.notes.paths)]
    asked = set()
    while waiting:
        page = way.owner.page.request.get(way.address + waiting.pop())
        if "text/html" not in page.headers["content-type"]:
            continue
        for link in html.fromstring(page.text()).xpath("//a/@href"):
            path = urlsplit(urljoin(page.url, link)).path
            if not path.startswith(("/organise/", "/account/")):
                continue
            endpoint = adapter.match(path, method="GET")[0]
            if endpoint not in asked | seen_pages(way) | NO_PAGE:
                asked.add(endpoint)
                way.owner.opens(path)
                waiting.append(path)


def anyone_reads(way: Way, browser) -> None:
    """Somebody who is not signed in reads the results and takes every file."""
    visitor = Person(browser, way.address, way.notes).opens(f"/c/{KEY}/results/")
    way.keeps("public", visitor)
    files = visitor.page.locator(".oq-files a").all()
    for link in files:
        path = link.get_attribute("href")
        got = visitor.page.request.get(way.address + path)
        way.said[path.rpartition("/")[2]] = f"{got.status} {len(got.body()) > 1_000}"
    visitor.opens(f"/c/{KEY}/results/OQ1").opens(f"/c/{KEY}/")
    visitor.leaves()


STEPS = (
    the_team_joins,
    it_is_rehearsed,
    it_is_made_and_opened,
    two_are_invited,
    the_public_answers,
    the_owner_follows,
    paper_is_entered,
    the_held_response_is_released,
    a_frame_is_made,
    two_code,
    what_they_differ_on_is_settled,
    it_is_closed_and_published,
    the_rest_is_looked_at,
    anyone_reads,
    the_ways_in,
)


EXPECTED = {
    "team": "sue@example.org",
    "rehearsed": "40 made-up answers are in.",
    "rehearsal": "Rehearsal: made-up answers",
    "preview": "Nothing can be saved or sent from here",
    "settings": "The settings are saved.",
    "opened": "Counts under 5 are hidden. Consensus is 70 % or more on one side.",
    "invited": "2 people are invited.",
    "follow": "Answers begun 30",
    "results": "29 responses count of 30 received.",
    "results of OQ1": "how far does the law on misuse of AI against children go?",
    "waiting": "Looks like an e-mail address: 1 passage",
    "closed": "The words are closed.",
    "revealed": "Write to child.person@mail-of-somebody.net, who knows more.",
    "proposed": "Somebody else with the safeguarding role has to agree.",
    "released": "Released. The response counts and can be read.",
    "read by the others": "[passage set aside]",
    "read by Cora First": "All 13 are read. Thank you.",
    "read by Carl Second": "All 13 are read. Thank you.",
    "reliability": "Read by two coders 13 of the 13 chosen for it (about 100 per cent)",
    "settled": "13 answers were read by two coders so far.",
    "over": "The consultation is closed.",
    "published": "Results are public",
    "public": WILL,
    "report.html": "200 True",
    "report.pdf": "200 True",
    "report.docx": "200 True",
    "tables.xlsx": "200 True",
    "pictures.zip": "200 True",
    "data.zip": "200 True",
}


def test_a_consultation_goes_from_an_empty_installation_to_its_published_page(way):
    astray = {name: said for name, said in way.said.items() if EXPECTED[name] not in said}

    assert astray == {}
    assert set(way.said) == set(EXPECTED)


def test_a_held_address_is_read_only_by_who_looks_for_a_reason(way):
    address = "child.person@mail-of-somebody.net"

    assert [name for name, said in way.said.items() if address in said] == [
        "revealed",
        "proposed",
        "released",  # to the second, who looked too
    ]


def test_axe_finds_nothing_on_any_page_of_the_way(way):
    assert way.notes.by_axe == {}


def test_every_page_of_the_team_is_looked_at(way):
    """A new page of the team that nobody looks at is found here."""
    pages = {
        rule.endpoint
        for rule in way.app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint.split(".")[0] in {"organise", "account"}
    }

    missed = pages - seen_pages(way) - NO_PAGE
    assert not missed, missed


def test_no_page_of_the_way_scrolls_sideways_on_a_small_screen(way):
    assert way.notes.too_wide == {}
