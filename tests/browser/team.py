"""Colleagues and visitors, each with a browser of their own, who notice a page that is wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, Page

PASSWORD = "quiet lantern orchard seventy"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 900}
WHOLE_WIDTH = "document.scrollingElement.scrollWidth"


@dataclass
class Notes:
    """What was seen on the way: each page by what it is, and everything wrong with one."""

    look: Callable[[Page], list[str]]
    seen: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    by_axe: dict[str, list[str]] = field(default_factory=dict)
    too_wide: dict[str, int] = field(default_factory=dict)

    def take(self, page: Page) -> None:
        """Look at a page as it stands, wide and narrow."""
        name = (
            f"{page.locator('h1').inner_text()} ({page.url.partition('://')[2].partition('/')[2]})"
        )
        self.seen.append(name)
        self.paths.add(urlsplit(page.url).path)
        if found := self.look(page):
            self.by_axe[name] = found
        page.set_viewport_size(NARROW)
        if (width := page.evaluate(WHOLE_WIDTH)) > NARROW["width"]:
            self.too_wide[name] = width
        page.set_viewport_size(WIDE)


@dataclass
class Person:
    """Somebody with a browser of their own, where nobody is signed in yet."""

    browser: Browser
    address: str
    notes: Notes
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        context = self.browser.new_context(viewport=WIDE)
        context.set_default_timeout(120_000)
        self.page = context.new_page()

    def opens(self, path: str) -> Self:
        """Open an address of the service, and look at the page."""
        self.page.goto(self.address + path)
        return self.looks()

    def looks(self) -> Self:
        """Note what is wrong with the page."""
        self.notes.take(self.page)
        return self

    def fills(self, **values: str) -> Self:
        """Type into fields, each by its name."""
        for name, value in values.items():
            self.page.fill(f"[name={name}]:visible", value)
        return self

    def presses(self, words: str) -> Self:
        """Press the button whose words begin so, and wait for the page that follows."""
        button = self.page.get_by_role("button", name=re.compile(f"^{re.escape(words)}"))
        with self.page.expect_navigation(wait_until="load"):
            button.first.click()
        return self

    def follows(self, words: str) -> Self:
        """Follow the first link with these words, be it drawn as a button, and look."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("main a[href]", has_text=words).first.click()
        return self.looks()

    def said(self) -> str:
        """The words of the page."""
        return " ".join(self.page.locator("main").inner_text().split())

    def leaves(self) -> None:
        """Close the browser."""
        self.page.context.close()


@dataclass
class Colleague(Person):
    """One of the team."""

    name: str = "Alex Example"

    def joins(self, link: str, *, email: str = "") -> Self:
        """Set name, password and second factor by the link; the code is typed from an app.

        The pages are the same for everybody, so only the first owner, who gives an address too,
        looks at each.
        """
        look = self.looks if email else (lambda: self)
        self.page.goto(self.address + link)
        look()
        if email:
            self.fills(email=email)
        self.fills(name=self.name, password=PASSWORD).presses("Continue")
        look()
        self.presses("Show the square code")
        look()
        secret = self.page.locator("#totp-key").inner_text().strip()
        self.fills(code=pyotp.TOTP(secret).at(datetime.now(UTC))).presses("Continue")
        look()
        with self.page.expect_navigation(wait_until="load"):
            self.page.click("text=I have kept them")
        return self

    def invites(self, email: str, role: str) -> str:
        """Invite a colleague; the link that the page shows."""
        self.page.goto(f"{self.address}/organise/team")
        self.fills(email=email).page.check(f"#new-{role}")
        self.presses("Invite")
        link = self.page.input_value("#join-link")
        return link[link.index("/account/") :]
