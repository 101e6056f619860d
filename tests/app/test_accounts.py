"""Accounts of the team: by invitation only, two factors, and nobody locked out or let in."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import AuditEvent
from app.models_team import AccountToken, SignIn
from app.models_team import Organiser as Account
from app.pages import browser
from app.services import accounts, signing_in
from tests.pages import PASSWORD, Organiser, Visitor

OTHER = "seven copper kettles whistling"
COLLEAGUE = "cleo@example.org"


def account(app: Flask, email: str) -> Account:
    with app.extensions["database"].session() as session:
        return session.scalars(sa.select(Account).where(Account.email == email)).one()


def stale(app: Flask) -> None:
    """Let twenty minutes pass since everybody gave both factors."""
    with app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))):
            each.proved_at -= timedelta(minutes=20)


def invites(owner: Organiser, email: str, *roles: str) -> str:
    """The link that the team's page shows, without the host."""
    owner.opens("/organise/team").presses("Invite", email=email, roles=list(roles))
    return shown_link(owner)


def shown_link(owner: Organiser) -> str:
    link = owner.page.get_element_by_id("join-link").get("value")
    return link[link.index("/account/join/") :].removeprefix("/account/join/")


def new_link(owner: Organiser, app: Flask, email: str, expect: int = 200) -> None:
    owner.posts(f"/organise/team/{account(app, email).id}/new-link", expect)


def secret_of_reset(app: Flask) -> str:
    [letter] = [
        each
        for each in (app.config["SETTINGS"].folder / "mail").glob("*.eml")
        if "/account/reset/" in each.read_text()
    ]
    return re.search(r"/account/reset/(\S+)", letter.read_text()).group(1)


# Joining


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"email": "nope"}, "email", "Enter an e-mail address"),
        ({"name": " "}, "name", "Enter your name"),
        ({"password": "short"}, "password", "Use at least 12 characters"),
        ({"password": "password1234"}, "password", "easy to guess"),
    ],
)
def test_a_mistake_in_joining_is_told_at_its_field_and_the_rest_is_kept(
    lone_app: Flask, typed: dict[str, str], field: str, said: str
):
    with lone_app.extensions["database"].work() as session:
        link = accounts.first_owner_link(session, now=datetime.now(UTC))
    someone = Visitor(lone_app).opens(f"/account/join/{link}")
    given = {"email": "olga@example.org", "name": "Olga", "password": PASSWORD} | typed

    someone.presses("Continue", expect=422, **given)

    assert said in someone.page.get_element_by_id(f"{field}-error").text_content()
    assert someone.value("email") == given["email"]
    assert someone.value("name") == given["name"]
    assert someone.value("password") == ""


def test_a_newer_link_ends_the_older_and_joining_ends_them_all(lone_app, lone_owner: Organiser):
    first = invites(lone_owner, COLLEAGUE, "reader")
    second = invites(lone_owner, COLLEAGUE, "reader")

    assert Visitor(lone_app).opens(f"/account/join/{first}", 404).heading == (
        "This link works no more"
    )
    Organiser(lone_app, COLLEAGUE).joins(second)
    Visitor(lone_app).opens(f"/account/join/{second}", 404)
    with lone_app.extensions["database"].session() as session:
        unused = sa.select(AccountToken).where(AccountToken.used_at.is_(None))
        assert session.scalars(unused).all() == []


def test_a_link_that_is_too_old_joins_nobody(lone_app, lone_owner: Organiser):
    link = invites(lone_owner, COLLEAGUE, "reader")
    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(AccountToken)):
            each.expires_at -= timedelta(days=8)

    Visitor(lone_app).opens(f"/account/join/{link}", 404)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "nope", "roles": "reader"}, "Enter an e-mail address"),
        ({"email": COLLEAGUE}, "Choose at least one role"),
        ({"email": "owner@example.org", "roles": "reader"}, "an account with this address already"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(lone_app, lone_owner: Organiser, typed, said):
    lone_owner.opens("/organise/team").presses("Invite", expect=422, **typed)

    assert said in lone_owner.said()
    assert lone_owner.value("email") == typed["email"]


# The second factor


def test_a_wrong_code_is_refused_and_a_code_works_once(lone_app, lone_owner: Organiser):
    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.presses("Continue", email=lone_owner.email, password=PASSWORD)
    wrong = f"{(int(pyotp.TOTP(lone_owner.secret).now()) + 500_000) % 1_000_000:06}"
    lone_owner.presses("Sign in", expect=422, code=wrong)
    code = lone_owner.code()
    lone_owner.presses("Sign in", code=code)

    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.presses("Continue", email=lone_owner.email, password=PASSWORD)
    lone_owner.presses("Sign in", expect=422, code=code)
    assert "it was used" in lone_owner.said()


def test_whoever_lost_the_phone_signs_in_with_a_recovery_code_and_sets_another_app(
    lone_app, lone_owner: Organiser
):
    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.presses("Continue", email=lone_owner.email, password=PASSWORD)
    lone_owner.presses("Sign in", expect=422, recovery="00000000-00000000")
    assert "none of your recovery codes" in lone_owner.said()
    lone_owner.presses("Sign in", recovery=lone_owner.codes[0].upper())
    assert "9 are left" in lone_owner.said()

    old = lone_owner.secret
    lone_owner.opens("/account/").presses("Set up another app")
    new = lone_owner.page.get_element_by_id("totp-key").text_content().strip()
    assert new != old
    lone_owner.presses("Continue", expect=422, code="000000")
    lone_owner.secret, lone_owner.used = new, 0
    lone_owner.presses("Continue", code=lone_owner.code())
    assert lone_owner.heading == "Keep these recovery codes"

    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.signs_in()
    assert lone_owner.heading == "Consultations"


def test_an_app_that_is_only_begun_does_not_count_yet(lone_app, lone_owner: Organiser):
    lone_owner.opens("/account/").presses("Set up another app")

    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.signs_in()

    assert lone_owner.heading == "Consultations"


def test_who_knows_a_password_cannot_set_a_second_factor_after_it_was_taken_away(
    lone_app, lone_owner: Organiser
):
    cleo = Organiser.invited(lone_app, COLLEAGUE, "reader")
    new_link(lone_owner, lone_app, COLLEAGUE)

    thief = Visitor(lone_app).opens("/account/sign-in")
    thief.presses("Continue", expect=422, email=COLLEAGUE, password=PASSWORD)
    thief.opens("/account/set-up")
    assert thief.heading == "Sign in"
    cleo.opens("/organise/")
    assert cleo.heading == "Sign in"
    cleo.joins(shown_link(lone_owner))
    assert cleo.heading == "Keep these recovery codes"


# Owners


def test_the_last_owner_cannot_be_locked_out(lone_app, lone_owner: Organiser):
    mine = f"/organise/team/{account(lone_app, lone_owner.email).id}"
    for act, given in (("roles", {"roles": "reader"}), ("disable", {}), ("new-link", {})):
        lone_owner.posts(f"{mine}/{act}", 422, **given)
        assert "There must be one owner at least" in lone_owner.said()

    Organiser.invited(lone_app, COLLEAGUE, "owner")
    lone_owner.posts(f"{mine}/roles", 403, roles="reader")  # done: the team is for owners


def test_an_owner_who_lost_everything_gets_a_link_from_the_server(lone_app, lone_owner: Organiser):
    runner = lone_app.test_cli_runner()

    output = "".join(runner.invoke(args=["new-link", lone_owner.email]).output.split())

    lone_owner.joins(output.rpartition("/account/join/")[2])
    assert lone_owner.opens("/organise/team").heading == "Team"
    assert runner.invoke(args=["new-link", "x@example.org"]).exit_code == 1


def test_other_roles_hold_from_the_next_page(lone_app, lone_owner: Organiser):
    cleo = Organiser.invited(lone_app, COLLEAGUE, "reader")
    cleo.opens("/organise/team", 403)

    lone_owner.posts(f"/organise/team/{account(lone_app, COLLEAGUE).id}/roles", roles="owner")

    assert cleo.opens("/organise/team").heading == "Team"


def test_a_closed_account_is_out_at_once_and_inviting_opens_it_again(lone_app, lone_owner):
    cleo = Organiser.invited(lone_app, COLLEAGUE, "reader")
    identifier = account(lone_app, COLLEAGUE).id
    lone_owner.posts(f"/organise/team/{identifier}/disable")

    assert cleo.opens("/organise/").heading == "Sign in"
    cleo.presses("Continue", expect=422, email=COLLEAGUE, password=PASSWORD)
    lone_owner.posts(f"/organise/team/{identifier}/new-link", 422)
    assert "Invite the address again" in lone_owner.said()

    cleo.joins(invites(lone_owner, COLLEAGUE, "coder"))
    assert cleo.opens("/organise/").heading == "Consultations"
    assert account(lone_app, COLLEAGUE).roles == ["coder"]


# Sessions


def test_a_session_that_was_ended_from_another_browser_opens_nothing(lone_app, lone_owner):
    other = Organiser(lone_app, lone_owner.email)
    other.secret, other.used = lone_owner.secret, lone_owner.used
    other.signs_in()
    assert len(lone_owner.opens("/account/").page.find_class("oq-session")) == 2
    [end] = [
        each
        for each in lone_owner.page.xpath("//form[contains(@action, '/sessions/')]")
        if "End this session" in each.text_content()
    ]

    lone_owner.posts(end.get("action"))

    assert other.opens("/organise/").heading == "Sign in"
    assert lone_owner.opens("/organise/").heading == "Consultations"


def test_what_was_typed_in_a_session_that_ended_is_shown_to_copy_and_not_done(
    lone_app, lone_owner: Organiser
):
    page = "/organise/c/ai_and_child_protection/settings"
    lone_owner.opens(page)
    thief = Visitor(lone_app)
    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn)):
            each.ended_at = datetime.now(UTC)

    lone_owner.presses("Save the settings", 403, purpose="Because two\nministers asked.")

    assert lone_owner.heading == "You were signed out"
    texts = [(each.text or "").strip() for each in lone_owner.page.iter("textarea")]
    assert any(each.splitlines() == ["Because two", "ministers asked."] for each in texts)
    assert "ministers" not in Visitor(lone_app).opens("/c/ai_and_child_protection/").said()
    thief.posts(page, purpose="Because two ministers asked.")
    assert thief.heading == "Sign in"


def test_a_copied_cookie_opens_nothing_after_signing_out(lone_app, lone_owner: Organiser):
    cookie = lone_owner.client.get_cookie("oq_session").value
    lone_owner.opens("/account/").presses("Sign out")

    thief = Visitor(lone_app)
    thief.client.set_cookie("oq_session", cookie)

    assert thief.opens("/organise/").heading == "Sign in"


def test_a_session_of_a_colleague_cannot_be_ended(lone_app, lone_owner: Organiser):
    cleo = Organiser.invited(lone_app, COLLEAGUE, "reader")
    with lone_app.extensions["database"].session() as session:
        mine = account(lone_app, lone_owner.email).id
        wanted = sa.select(SignIn.id).where(SignIn.organiser_id == mine, SignIn.ended_at.is_(None))
        identifier = session.scalars(wanted).first()

    cleo.posts(f"/account/sessions/{identifier}/end", 404)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko Firefox/140.0",
            "Firefox on Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit Chrome/140.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8", "Another browser"),
    ],
)
def test_a_browser_is_named_in_words(device: str, words: str):
    assert browser(device) == words


# Passwords


def test_a_new_password_is_set_by_who_knows_the_old_and_ends_other_sessions(lone_app, lone_owner):
    other = Organiser(lone_app, lone_owner.email)
    other.secret, other.used = lone_owner.secret, lone_owner.used
    other.signs_in()
    lone_owner.used = other.used
    lone_owner.opens("/account/").presses("Set it", expect=422, old="wrong", password=OTHER)
    assert "not the password that you have now" in lone_owner.said()
    lone_owner.presses("Set it", expect=422, old=PASSWORD, password="short")

    lone_owner.presses("Set it", old=PASSWORD, password=OTHER)

    assert other.opens("/organise/").heading == "Sign in"
    assert lone_owner.opens("/organise/").heading == "Consultations"
    lone_owner.opens("/account/").presses("Sign out")
    lone_owner.signs_in(OTHER)
    assert lone_owner.heading == "Consultations"


def test_a_forgotten_password_is_set_by_a_link_that_works_once(lone_app, lone_owner: Organiser):
    stranger = Visitor(lone_app).opens("/account/forgotten")
    stranger.presses("Send me a link", expect=422, email="nope")
    known = Visitor(lone_app).opens("/account/forgotten")
    known.presses("Send me a link", email=lone_owner.email.upper())
    unknown = Visitor(lone_app).opens("/account/forgotten")
    unknown.presses("Send me a link", email="nobody@example.org")
    assert known.said() == unknown.said()
    secret = secret_of_reset(lone_app)

    person = Visitor(lone_app).opens(f"/account/reset/{secret}")
    person.presses("Set it", expect=422, password="short")
    person.presses("Set it", password=OTHER)
    person.opens(f"/account/reset/{secret}", 404)
    assert lone_owner.opens("/organise/").heading == "Sign in"
    lone_owner.signs_in(OTHER)
    assert lone_owner.heading == "Consultations"


def test_signing_in_is_slowed_down_but_not_by_going_well(lone_app, lone_owner: Organiser):
    for _ in range(6):
        lone_owner.opens("/account/sign-in")
        lone_owner.presses("Continue", email=lone_owner.email, password=PASSWORD)
    for _ in range(5):
        lone_owner.opens("/account/sign-in")
        lone_owner.presses("Continue", expect=422, email=lone_owner.email, password="wrong")

    lone_owner.presses("Continue", expect=429, email=lone_owner.email, password=PASSWORD)

    assert "Wait a quarter of an hour" in lone_owner.said()
    assert lone_owner.value("email") == lone_owner.email


# A fresh sign-in


def test_what_needs_a_fresh_sign_in_is_done_at_once_after_it(lone_app, lone_owner: Organiser):
    lone_owner.opens("/account/")
    old = lone_owner.client.get_cookie("oq_session").value
    stale(lone_app)
    lone_owner.presses("Make new recovery codes")
    assert lone_owner.heading == "Please sign in again"
    assert lone_owner.codes[0] not in lone_owner.text

    lone_owner.presses("Continue", expect=422, again_password="wrong", again_code="1")
    assert (
        "not the password"
        in lone_owner.page.get_element_by_id("again_password-error").text_content()
    )
    lone_owner.presses("Continue", expect=422, again_password=PASSWORD, again_code="1")
    assert "does not fit" in lone_owner.page.get_element_by_id("again_code-error").text_content()
    lone_owner.presses("Continue", again_password=PASSWORD, again_code=lone_owner.code())

    assert lone_owner.heading == "Keep these recovery codes"
    thief = Visitor(lone_app)
    thief.client.set_cookie("oq_session", old)
    assert thief.opens("/organise/").heading == "Sign in"


def test_a_form_in_another_tab_still_works_after_a_fresh_sign_in(lone_app, lone_owner: Organiser):
    token = lone_owner.opens("/organise/team").value("csrf_token")
    lone_owner.opens("/account/")
    stale(lone_app)
    lone_owner.presses("Make new recovery codes")
    lone_owner.presses("Continue", again_password=PASSWORD, again_code=lone_owner.code())

    lone_owner.posts("/organise/team", csrf_token=token, email=COLLEAGUE, roles="reader")

    assert account(lone_app, COLLEAGUE).roles == ["reader"]


@pytest.mark.parametrize("act", ["invite", "roles", "new-link", "disable"])
def test_a_stolen_session_that_is_not_fresh_changes_nothing_in_the_team(
    lone_app, lone_owner: Organiser, act: str
):
    Organiser.invited(lone_app, COLLEAGUE, "reader")
    colleague = account(lone_app, COLLEAGUE)
    address = "/organise/team" if act == "invite" else f"/organise/team/{colleague.id}/{act}"
    stale(lone_app)
    lone_owner.opens("/organise/team")
    lone_owner.posts(address, email="new@example.org", roles=["coder", "owner"])
    assert lone_owner.heading == "Please sign in again"
    kept = account(lone_app, COLLEAGUE)
    assert (kept.ready, kept.roles) == (True, ["reader"])

    lone_owner.presses("Continue", again_password=PASSWORD, again_code=lone_owner.code())

    kept = account(lone_app, COLLEAGUE)
    if act == "invite":
        assert account(lone_app, "new@example.org").roles == ["coder", "owner"]
    elif act == "roles":
        assert kept.roles == ["coder", "owner"]
    else:
        assert not kept.ready


def test_a_new_link_ends_a_link_for_a_forgotten_password(lone_app, lone_owner: Organiser):
    Organiser.invited(lone_app, COLLEAGUE, "owner")
    Visitor(lone_app).opens("/account/forgotten").presses("Send", email=COLLEAGUE)
    secret = secret_of_reset(lone_app)
    new_link(lone_owner, lone_app, COLLEAGUE)

    thief = Visitor(lone_app).opens(f"/account/reset/{secret}", expect=404)

    assert thief.heading == "This link works no more"
    assert not account(lone_app, COLLEAGUE).password_hash


def test_a_code_that_two_browsers_send_at_once_works_once(app, consultation):
    owner = Organiser.first_owner(app)
    database = app.extensions["database"]
    code, now = owner.codes[0], datetime.now(UTC)
    barrier = threading.Barrier(2)

    def signs_in(_: int) -> bool:
        with database.session(reads_only=True) as session:
            here = session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))).first()
            assert here.organiser.recovery_hashes  # read before the other one has used it
        with database.session() as session:
            session.add(here)
            barrier.wait()
            try:
                signing_in.prove(session, here, code, device="", now=now)
                session.commit()
            except accounts.Refused:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(signs_in, range(2))) == [False, True]


def test_of_two_owners_who_put_each_other_out_at_once_one_stays(app, consultation):
    people = Organiser.first_owner(app), Organiser.invited(app, COLLEAGUE, "owner")
    tokens = [each.token() for each in people]
    others = [account(app, each.email).id for each in reversed(people)]
    barrier = threading.Barrier(2)

    def puts_out(number: int) -> int:
        barrier.wait()
        path = f"/organise/team/{others[number]}/disable"
        return people[number].client.post(path, data={"csrf_token": tokens[number]}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(puts_out, range(2)))

    assert answers in ([303, 422], [302, 303])  # refused, or signed out before the request
    assert sorted(account(app, each.email).ready for each in people) == [False, True]


def test_an_export_leads_back_to_its_button(
    lone_app, lone_owner: Organiser, lone_consultation: str
):
    page = f"/organise/c/{lone_consultation}/exports"
    lone_owner.opens(page)
    stale(lone_app)
    lone_owner.posts(f"{page}/without_identities")
    assert lone_owner.heading == "Please sign in again"

    lone_owner.presses("Continue", again_password=PASSWORD, again_code=lone_owner.code())

    assert lone_owner.path == page
    assert "Press the button once more" in lone_owner.said()


def test_guessing_codes_in_a_fresh_sign_in_is_slowed_down(lone_app, lone_owner: Organiser):
    lone_owner.opens("/account/")
    stale(lone_app)
    lone_owner.presses("Make new recovery codes")
    for _ in range(10):
        lone_owner.presses("Continue", expect=422, again_password=PASSWORD, again_code="000000")

    lone_owner.presses(
        "Continue", expect=429, again_password=PASSWORD, again_code=lone_owner.code()
    )


def test_every_act_is_in_the_audit_trail(lone_app, lone_owner: Organiser):
    Organiser.invited(lone_app, COLLEAGUE, "reader")
    identifier = account(lone_app, COLLEAGUE).id
    lone_owner.posts(f"/organise/team/{identifier}/roles", roles="coder")
    lone_owner.posts(f"/organise/team/{identifier}/new-link")
    lone_owner.posts(f"/organise/team/{identifier}/disable")
    lone_owner.opens("/account/").presses("Make new recovery codes")

    with lone_app.extensions["database"].session() as session:
        acts = set(session.scalars(sa.select(AuditEvent.act)))
    assert acts >= {
        "invite organiser",
        "join",
        "set second factor",
        "change roles",
        "reset second factor",
        "disable organiser",
        "make recovery codes",
    }


def test_the_roles_page_says_what_each_may(lone_app, lone_owner: Organiser):
    lone_owner.opens("/account/roles")

    rows = {
        row[0].text_content(): [cell.text_content().strip() for cell in row[1:]]
        for row in lone_owner.page.xpath("//tbody/tr")
    }
    assert rows["See, redact and release held responses"] == ["no", "no", "no", "no", "yes", "no"]
    assert rows["Export with identities"] == ["yes", "no", "no", "no", "no", "no"]
