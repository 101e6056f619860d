"""The service as people meet it. Every page that they land on is checked as a page."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from app.services import accounts

PASSWORD = "quiet lantern orchard seventy"


def check_page(text: str, status: int) -> html.HtmlElement:
    """What must hold of every page, whatever it is about."""
    page = html.fromstring(text)
    heading = [" ".join(each.text_content().split()) for each in page.iter("h1")]
    assert len(heading) == 1, f"a page has one h1, not {heading}"
    title = " ".join((page.findtext(".//title") or "").split())
    start = title.removeprefix("Error: ")
    assert start.startswith(heading[0]), f"the title {title!r} begins with the h1 {heading[0]!r}"
    identifiers = [each.get("id") for each in page.iter() if each.get("id")]
    twice = {each for each in identifiers if identifiers.count(each) > 1}
    assert not twice, f"ids that stand twice: {twice}"
    for name in ("for", "aria-describedby", "aria-labelledby"):
        for each in page.xpath(f"//*[@{name}]"):
            missing = [one for one in each.get(name).split() if one not in identifiers]
            assert not missing, f"{name} leads to no element: {missing}"
    summary = page.find_class("govuk-error-summary")
    if status == 422:
        assert summary, "a page that refuses says why at its top"
        assert title.startswith("Error: ")
    for link in (each for one in summary for each in one.iter("a")):
        assert link.get("href", "").removeprefix("#") in identifiers, link.get("href")
    for form in page.iter("form"):
        if form.get("method", "get").lower() == "post":
            assert form.xpath(".//input[@name='csrf_token']"), "a form that posts has a token"
    for each in page.iter("script"):
        assert each.get("src"), "no inline script"
        assert not (each.text or "").strip(), "no inline script"
    assert not page.xpath("//*[@style]"), "no inline style"
    assert not page.xpath("//*[starts-with(name(@*), 'on')]"), "no inline handlers"
    return page


@dataclass
class Visitor:
    """Somebody with a browser that runs no script."""

    app: Flask
    client: FlaskClient = field(init=False)
    page: html.HtmlElement | None = field(init=False, default=None)
    status: int = field(init=False, default=0)
    path: str = field(init=False, default="")
    text: str = field(init=False, default="")
    client_answer: bytes = field(init=False, default=b"")

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def opens(self, path: str, expect: int = 200) -> Self:
        """Open an address and follow where it leads."""
        return self._land(self.client.get(path, follow_redirects=True), expect)

    def posts(self, path: str, expect: int = 200, **values: object) -> Self:
        """Post to an address with a good token, and follow where it leads."""
        data = {"csrf_token": self.token(), **values}
        response = self.client.post(path, data=data, follow_redirects=True)
        return self._land(response, expect)

    def presses(self, button: str, expect: int = 200, **values: object) -> Self:
        """Press the button with these words, its form filled in with these values."""
        assert self.page is not None
        for form in self.page.iter("form"):
            for each in form.iter("button"):
                if " ".join(each.text_content().split()).startswith(button):
                    return self._send(form, each, values, expect)
        raise AssertionError(f"there is no button “{button}” on {self.path}")

    def _send(
        self,
        form: html.FormElement,
        button: html.HtmlElement,
        values: dict[str, object],
        expect: int,
    ) -> Self:
        data: dict[str, object] = {}
        for name, value in form.form_values():
            data.setdefault(name, [])
            data[name].append(value)
        if button.get("name"):
            data[button.get("name")] = [button.get("value")]
        data |= values
        action = form.get("action") or self.path
        response = self.client.post(action, data=data, follow_redirects=True)
        return self._land(response, expect)

    def _land(self, response: object, expect: int) -> Self:
        self.status = response.status_code
        self.client_answer = response.get_data()
        self.text = self.client_answer.decode() if response.mimetype.startswith("text/") else ""
        self.path = response.request.path
        if response.mimetype == "text/html":
            self.page = html.fromstring(self.text)
        assert self.status == expect, f"{self.path} answered {self.status}: {self.said()[:600]}"
        if response.mimetype == "text/html":
            check_page(self.text, self.status)
        return self

    def token(self) -> str:
        """A good token of this browser's session."""
        if self.page is None or not self.page.xpath("//input[@name='csrf_token']"):
            self.opens("/account/sign-in")
        return self.page.xpath("//input[@name='csrf_token']")[0].get("value")

    def said(self) -> str:
        """The words of the page, as a person reads them."""
        if self.page is None:
            return ""
        main = self.page.xpath("//main") or [self.page]
        return " ".join(main[0].text_content().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.findtext(".//h1").split()) if self.page is not None else ""

    def value(self, name: str) -> str:
        """What a field holds."""
        found = self.page.xpath(f"//*[@name='{name}']")
        assert found, f"no field {name} on {self.path}"
        one = found[0]
        return (one.text or "").lstrip("\n") if one.tag == "textarea" else one.get("value", "")


@dataclass
class Respondent(Visitor):
    """Somebody who answers a consultation."""

    key: str = ""

    def __init__(self, app: Flask, key: str) -> None:
        self.key = key
        super().__init__(app)

    @property
    def base(self) -> str:
        return f"/c/{self.key}"

    def begins(self, group: str = "industry", capacity: str = "own_name") -> Self:
        """Answer the first page, which begins the draft."""
        self.opens(f"{self.base}/start")
        return self.presses("Save and continue", group=group, capacity=capacity)

    def answers(self, section: str, expect: int = 200, **values: object) -> Self:
        """Fill in a page of questions and save it."""
        self.opens(f"{self.base}/s/{section}")
        return self.presses("Save and continue", expect, **values)

    def consents(self, publication: str = "without_name") -> Self:
        return self.answers("publication", publication=publication, consent="agree")

    def sends(self, expect: int = 200) -> Self:
        """Check everything and send it."""
        self.opens(f"{self.base}/check")
        return self.presses("Send", expect)

    def link(self) -> str:
        """The resume link, as shown."""
        self.opens(f"{self.base}/saved")
        return self.value_of("link")

    def value_of(self, identifier: str) -> str:
        return self.page.get_element_by_id(identifier).get("value")

    @property
    def reference(self) -> str:
        """The reference on the receipt."""
        self.opens(f"{self.base}/receipt")
        match = re.search(r"OQ-\w{4}-\w{4}-\w{4}", self.said())
        assert match, self.said()[:300]
        return match.group()

    def on_another_device(self, link: str) -> "Respondent":
        """The same person with another browser and the link."""
        other = Respondent(self.app, self.key)
        return other.opens(link.split("//", 1)[1].split("/", 1)[1].join(("/", "")))


@dataclass
class Organiser(Visitor):
    """One of the team."""

    email: str = ""
    secret: str = ""
    used: int = 0
    codes: tuple[str, ...] = ()

    def __init__(self, app: Flask, email: str) -> None:
        self.email, self.secret, self.used, self.codes = email, "", 0, ()
        super().__init__(app)

    @classmethod
    def first_owner(cls, app: Flask) -> "Organiser":
        """The first owner, who joins by the link that the first start prints."""
        with app.extensions["database"].work() as session:
            link = accounts.first_owner_link(session, now=datetime.now(UTC))
        return cls(app, "owner@example.org").joins(link)

    @classmethod
    def invited(cls, app: Flask, email: str, *roles: str) -> "Organiser":
        """A colleague with these roles, signed in with both factors."""
        with app.extensions["database"].work() as session:
            now = datetime.now(UTC)
            _, link = accounts.invite(session, email, roles, actor="test", now=now)
        return cls(app, email).joins(link)

    def joins(self, link: str) -> Self:
        """Set name, password and second factor by the link."""
        self.opens(f"/account/join/{link}")
        known = {"email": self.email} if self.page.xpath("//input[@id='email']") else {}
        self.presses("Continue", name="Alex Example", password=PASSWORD, **known)
        self.presses("Show the square code")
        self.secret = self.page.get_element_by_id("totp-key").text_content().strip()
        self.presses("Continue", code=self.code())
        self.codes = tuple(each.text_content() for each in self.page.xpath("//li/code"))
        return self

    def code(self) -> str:
        """The next code of the authenticator app; each works once."""
        step = max(int(datetime.now(UTC).timestamp()) // 30 - 1, self.used + 1)
        self.used = step
        return pyotp.TOTP(self.secret).generate_otp(step)

    def signs_in(self, password: str = PASSWORD) -> Self:
        """Sign in with both factors."""
        self.opens("/account/sign-in")
        self.presses("Continue", email=self.email, password=password)
        return self.presses("Sign in", code=self.code())
