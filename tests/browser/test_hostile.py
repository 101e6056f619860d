"""Hostile words in every field that somebody can fill in, shown to the team in a real browser.

The content policy would stop a script that came through. It is switched off here, so that what
keeps the team safe is seen to be the pages themselves.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Error, Page
from werkzeug.exceptions import HTTPException

from app.models import Response
from app.models_team import Organiser as Account
from app.services.roles import ROLES
from tests import small
from tests.conftest import make_app
from tests.pages import Organiser
from tests.servers import serving

pytestmark = pytest.mark.browser
DESK = "/organise/c/small"
EVIL = (
    "evil\"'><img src=/nowhere onerror=\"window.hit='img'\"><svg onload=\"window.hit='svg'\"></svg>"
    "<script>window.hit='script'</script><a href=\"javascript:window.hit='link'\">evil</a>"
)
HELD = f"Write to jane.doe@example.org {EVIL}"
MOST_ALIKE = 4


@pytest.fixture(scope="module")
def desk(browser, migrated_sqlite, tmp_path_factory) -> Iterator["Desk"]:
    """A consultation whose respondents and team all wrote what they should not."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(migrated_sqlite, folder / "open-questions.db")
    app = make_app(f"sqlite:///{folder}/open-questions.db", folder)
    small.open_small(app.extensions["database"])
    small.answered(app.extensions["database"], *hostile_answers())
    owner = Organiser.first_owner(app)
    person = Organiser.invited(app, "everything@example.org", *ROLES)
    writes_everywhere(app, owner, person)
    with serving(app) as port:
        context = browser.new_context(bypass_csp=True)
        cookies = [
            {"name": each.key, "value": each.value, "url": f"http://127.0.0.1:{port}"}
            for each in person.client._cookies.values()
        ]
        context.add_cookies(cookies)
        going = Desk(app, f"http://127.0.0.1:{port}", context.new_page())
        going.crawls()
        yield going
        context.close()
    app.extensions["database"].engine.dispose()


def hostile_answers() -> list[small.Answers]:
    """Ordinary ones, so that there are figures, and some with hostile words wherever words go."""
    source = {"title": EVIL, "link": "https://example.org/", "shows": EVIL}
    marks = {"why": EVIL}
    evil = [
        small.Answers(
            group=group,
            why=f"{EVIL} number {number}",
            other=EVIL,
            organisation=EVIL[:80],
            evidence=[source],
            publication="with_name",
            marks=marks if number == 3 else {},
        )
        for group in small.GROUPS
        for number in range(4)
    ]
    return [*small.ordinary(6), *evil, small.Answers(why=HELD, organisation=EVIL[:80])]


def writes_everywhere(app: Flask, owner: Organiser, person: Organiser) -> None:
    """The team fills its own fields with the same."""
    owner.opens("/organise/team")
    with app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(Account)):
            each.name = EVIL
        who = session.scalars(sa.select(Account.id).where(Account.email.startswith("every"))).one()
        held = session.scalars(sa.select(Response).where(Response.held_at.is_not(None))).one()
        reference = held.reference
    person.opens(f"{DESK}/settings").presses(
        "Save the settings",
        title=EVIL,
        organiser=EVIL,
        purpose=EVIL,
        audience=EVIL,
        after=EVIL,
        contact_name=EVIL,
        hotlines=f"{EVIL} | {EVIL} | {EVIL}",
        support=f"{EVIL} | {EVIL} | {EVIL}",
        privacy=EVIL,
    )
    line = f"{EVIL.replace(',', '')}\tPolice {EVIL}\tLaw enforcement\tana@example.org"
    person.opens(f"{DESK}/invitations/add").presses("Check the list", list=line)
    person.presses("Invite 1 person")
    frame = f"{DESK}/coding/why"
    person.opens(frame).presses("Start from nothing")
    for number in (1, 2):
        person.presses("Make the code", name=f"{EVIL[:60]} {number}", description=EVIL)
    person.presses("Save who codes", share="100", **{f"part-{who}": "first"})
    person.opens(f"{DESK}/held/{reference}/1").presses("Show the words", reason=EVIL)
    person.presses(
        "Record the report", hotline=EVIL, hotline_reference=EVIL, reported_on="2026-01-02"
    )
    person.opens(f"{DESK}/publication/words/OQ1").presses(
        "Save and go back", asked=EVIL, said=EVIL, will=EVIL
    )


@dataclass
class Desk:
    """Somebody who may do everything, following every link of the team's pages."""

    app: Flask
    address: str
    page: Page
    seen: dict[str, str] = field(default_factory=dict)
    hits: dict[str, str] = field(default_factory=dict)

    def crawls(self) -> None:
        waiting = [
            "/organise/",
            "/account/",
            f"{DESK}/responses?words=<script>",
            f"/c/{small.KEY}/",
        ]
        alike: Counter[str] = Counter()
        while waiting:
            path = waiting.pop(0)
            endpoint = self.endpoint(path)
            if path in self.seen or alike[endpoint] >= MOST_ALIKE or endpoint in LEFT_OUT:
                continue
            alike[endpoint] += 1
            self.seen[path] = endpoint
            waiting += self.looks(path)

    def endpoint(self, path: str) -> str:
        try:
            return self.app.url_map.bind("localhost").match(urlsplit(path).path)[0]
        except HTTPException:
            return "elsewhere"

    def looks(self, path: str) -> list[str]:
        """Open a page, note a script that ran, and give the addresses that it leads to."""
        try:
            self.page.goto(self.address + path, wait_until="load")
        except Error:  # a download is no page
            return []
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        self.page.wait_for_timeout(30)
        hit = self.page.evaluate("window.hit || ''")
        planted = self.page.locator("img[src='/nowhere'], a[href^='javascript:']").count()
        if hit or planted:
            self.hits[path] = hit or "planted"
        links = self.page.eval_on_selector_all(
            "a[href]", "all => all.map(each => each.getAttribute('href'))"
        )
        joined = (urljoin(self.address + path, each).partition("#")[0] for each in links)
        ours = (each.removeprefix(self.address) for each in joined if each.startswith(self.address))
        return [each for each in ours if re.match(r"/(organise|account|c)/", each)]


LEFT_OUT = {
    "elsewhere",
    "account.sign_out",
    "organise.results_file",
    "organise.entering_template",
    "published.file",
}
MET = {
    "organise.audit_trail",
    "organise.coding_code",
    "organise.coding_frame",
    "organise.coding_history",
    "organise.coding_read",
    "organise.coding_reliability",
    "organise.entering",
    "organise.exports",
    "organise.follow",
    "organise.held",
    "organise.held_one",
    "organise.home",
    "organise.invitations",
    "organise.invitations_one",
    "organise.people",
    "organise.publication",
    "organise.publication_words",
    "organise.responses",
    "organise.responses_one",
    "organise.results",
    "organise.results_question",
    "organise.results_words",
    "organise.retention",
    "organise.settings",
    "organise.settings_preview",
    "organise.steer",
}


def test_no_hostile_word_runs_or_becomes_an_element_on_any_page_of_the_team(desk: Desk):
    assert desk.hits == {}


def test_the_words_were_met_on_every_kind_of_page(desk: Desk):
    assert set(desk.seen.values()) >= MET


def test_the_words_are_there_to_be_read(desk: Desk):
    desk.page.goto(f"{desk.address}{DESK}/responses")
    desk.page.locator("main table a").first.click()
    desk.page.wait_for_load_state()

    assert "<script>window.hit='script'</script>" in desk.page.locator("main").inner_text()


def test_a_page_that_does_not_escape_would_be_noticed(desk: Desk):
    page = desk.page.context.new_page()
    page.set_content(f"<h1>{EVIL}</h1>")
    page.wait_for_timeout(200)

    assert page.evaluate("window.hit || ''") != ""
    page.close()
