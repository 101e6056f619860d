"""Every address of the team with two names in it: the parent of one, the child of another.

Two consultations ask the same, and have the same kinds of children. Whoever may do everything asks
for the children of one under the name of the other: nothing is found, and nothing is changed.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app.models import Certificate, Draft, Model, Response
from app.models_coding import CodingItem
from app.models_invitations import Invitation
from app.models_team import Organiser as Account
from app.models_team import SignIn
from app.security import who_may
from app.services import editions, importing
from app.services.roles import ROLES
from tests.conftest import make_app
from tests.pages import Organiser, Respondent

OWNER = "owner@example.org"
HERE, THERE = "asked_here", "asked_there"
QUESTION = "oq1_gap"
WHATEVER = {
    # Not children: the same words name a part of every consultation.
    "question": QUESTION,
    "open_question": "OQ1",
    "section": "oq1",
    "part": "OQ1",
    "kind": "csv",
    "path": "tables/one.csv",
}
ACTS = {
    "organise.invitations_act": ("send-again", "revoke", "extend"),
    "organise.held_decide": ("redact", "propose", "agree", "exclude", "report"),
}
LEADS_ON = {  # to the next answer: this one is gone, or never was
    ("POST", "organise.coding_read_one"): 303,
    ("POST", "organise.coding_settle_one"): 303,
}
NOTHING_TO_SEE = {"organise.coding_settle_one"}  # coders have not differed yet
KEPT_APART = {"attempt", "sign_in"}  # they count requests, not what was done
ASKS_AFRESH = {  # who exports, reveals, publishes, deletes or decides who belongs to the team
    "account.new_app",
    "account.recovery_codes",
    "organise.exports_make",
    "organise.held_reveal",
    "organise.invitations_act",
    "organise.people",
    "organise.people_disable",
    "organise.people_new_link",
    "organise.people_roles",
    "organise.publication_publish",
    "organise.publication_take_down",
    "organise.retention_run",
}
ASKS_NO_MORE = {  # the session is enough, or the old password is asked for
    "account.end_session",
    "account.password",
    "organise.coding_bring_in",
    "organise.coding_code",
    "organise.coding_make",
    "organise.coding_people",
    "organise.coding_read_one",
    "organise.coding_settle_one",
    "organise.coding_suggestions",
    "organise.entering_bring_in",
    "organise.entering_discard",
    "organise.entering_new",
    "organise.entering_section",
    "organise.entering_send",
    "organise.entering_upload",
    "organise.held_decide",
    "organise.held_hand_over",
    "organise.held_limit",
    "organise.invitations_add",
    "organise.invitations_open_link",
    "organise.invitations_remind",
    "organise.new",
    "organise.publication_prepare",
    "organise.publication_words",
    "organise.rehearsal",
    "organise.responses_count",
    "organise.responses_leave_out",
    "organise.responses_set_aside",
    "organise.retention_set",
    "organise.settings",
    "organise.steer",
}
NEEDS_RESULTS = {"organise.publication_take_down"}  # asked for in test_publishing


@dataclass
class Children:
    """One child of each kind, of the consultation over there."""

    response: str
    held: str
    invitation: str
    item: str
    draft: str
    batch: str
    certificate: str

    def of(self, endpoint: str, name: str) -> object:
        """What stands in an address of this endpoint; fails where a new kind of child came up."""
        if name == "reference":
            return self.held if endpoint.startswith("organise.held") else self.response
        if name == "identifier":
            if endpoint == "organise.retention_certificate":
                return self.certificate
            if endpoint.startswith("organise.invitations"):
                return self.invitation
            uploaded = {"entering_batch", "entering_bring_in", "entering_discard"}
            return self.batch if endpoint.partition(".")[2] in uploaded else self.draft
        if name == "item":
            return self.item
        return {"number": 1, **WHATEVER}[name]


@dataclass
class World:
    """Both consultations, and somebody with every role."""

    app: Flask
    person: Organiser
    children: Children


@pytest.fixture(scope="module")
def world(migrated_sqlite, tmp_path_factory, questionnaire) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("objects")
    shutil.copy(migrated_sqlite, folder / "open-questions.db")
    app = make_app(f"sqlite:///{folder / 'open-questions.db'}", folder)
    for key in (HERE, THERE):
        now = datetime.now(UTC)
        opening = editions.Opening(
            key=key, title=key, organiser="Us", closes_at=now + timedelta(days=9)
        )
        with app.extensions["database"].work() as session:
            editions.open_edition(session, questionnaire, opening, now=now - timedelta(hours=1))
    owner = Organiser.first_owner(app)
    person = Organiser.invited(app, "everything@example.org", *ROLES)
    for key in (HERE, THERE):
        children = make_children(app, owner, person, key)
    yield World(app, person, children)
    app.extensions["database"].engine.dispose()


def make_children(app: Flask, owner: Organiser, person: Organiser, key: str) -> Children:
    """One of each kind, made on the pages where people make them."""
    desk = f"/organise/c/{key}"
    for text in ("Nobody may test it.", "Write to jane.doe@example.org, who knows."):
        Respondent(app, key).begins().answers("oq1", oq1_gap=text).consents().sends()
    line = f"Ana, Police, Law enforcement, ana@{key.replace('_', '-')}.example.org"
    person.opens(f"{desk}/invitations/add").presses("Check the list", list=line)
    person.presses("Invite 1 person")
    person.opens(f"{desk}/coding/{QUESTION}").presses("Start from nothing")
    person.presses("Make the code", name="Means", description="")
    with app.extensions["database"].work() as session:
        who = session.scalars(
            sa.text("SELECT id FROM organiser WHERE email = 'everything@example.org'")
        ).one()
    person.presses("Save who codes", share="0", **{f"part-{who}": "first"})
    person.opens(f"{desk}/enter/new?channel=paper")
    person.presses("Save and continue", group="industry", capacity="own_name")
    batch, certificate = keep_a_sheet(app, key), certify(app, key)
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, key)
        sent = sa.select(Response).where(Response.consultation_id == consultation.id)
        edition = consultation.editions[0].id
        responses = session.scalars(sent).all()
        return Children(
            response=next(each.reference for each in responses if each.held_at is None),
            held=next(each.reference for each in responses if each.held_at is not None),
            invitation=session.scalars(
                sa.select(Invitation.id).where(Invitation.consultation_id == consultation.id)
            ).one(),
            item=session.scalars(
                sa.select(CodingItem.id)
                .join(Response)
                .where(Response.consultation_id == consultation.id)
            ).first(),
            draft=session.scalars(
                sa.select(Draft.id).where(Draft.edition_id == edition, Draft.channel == "paper")
            ).first(),
            batch=batch,
            certificate=certificate,
        )


def keep_a_sheet(app: Flask, key: str) -> str:
    """A checked spreadsheet that is not brought in yet."""
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, key)
        now = datetime.now(UTC)
        return importing.keep(session, consultation, (), known=0, actor="somebody", now=now).id


def certify(app: Flask, key: str) -> str:
    """What a run of retention leaves."""
    with app.extensions["database"].work() as session:
        certificate = Certificate(
            consultation_id=editions.find(session, key).id,
            made_at=datetime.now(UTC),
            actor="somebody",
            deleted=[],
            digest="0" * 64,
        )
        session.add(certificate)
        session.flush()
        return certificate.id


def addresses(app: Flask) -> list[tuple[str, Rule, dict[str, str]]]:
    """Every route of the team that names something inside a consultation."""
    return [
        (method, rule, {"act": act} if act else {})
        for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule)
        if "key" in rule.arguments and len(rule.arguments) > 1
        for act in ACTS.get(rule.endpoint, ("",))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def children_in(rule: Rule) -> set[str]:
    """The names in an address that stand for a child of one consultation alone."""
    return set(rule.arguments) & {"reference", "identifier", "item"}


def build(world: World, rule: Rule, more: dict[str, str], key: str) -> str:
    values = {
        name: world.children.of(rule.endpoint, name)
        for name in rule.arguments
        if name not in {"key", *more}
    }
    values |= {"key": key} if "key" in rule.arguments else {}
    adapter = world.app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, {**values, **more})


def everything(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that count requests."""
    with app.extensions["database"].session(reads_only=True) as session:
        return {
            table.name: [tuple(row) for row in session.execute(sa.select(table))]
            for table in Model.metadata.sorted_tables
            if table.name not in KEPT_APART
        }


def test_each_child_is_found_under_its_own_name(world: World):
    opened = []
    for method, rule, more in addresses(world.app):
        if method == "GET" and children_in(rule) and rule.endpoint not in NOTHING_TO_SEE:
            path = build(world, rule, more, THERE)
            status = world.person.client.get(path).status_code
            assert status == 200, (path, status)
            opened.append(rule.endpoint)

    assert len(opened) >= 7


def test_no_child_of_another_is_found_and_nothing_is_changed(world: World):
    token = world.person.token()
    before = everything(world.app)
    tried = 0
    for method, rule, more in addresses(world.app):
        if not children_in(rule):
            continue
        path = build(world, rule, more, HERE)
        data = {"csrf_token": token, "reason": "to see", "passage": "jane", "codes": "1"}
        status = world.person.client.open(
            path, method=method, data=data if method == "POST" else None
        ).status_code
        assert status == LEADS_ON.get((method, rule.endpoint), 404), (method, path, status)
        tried += 1

    assert tried >= 20
    assert everything(world.app) == before


def test_every_act_of_the_team_says_whether_it_asks_for_a_fresh_sign_in(world: World):
    acts = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if "POST" in rule.methods and "anyone" not in who_may(world.app, rule.endpoint)
        if "respondent" not in who_may(world.app, rule.endpoint)
    }

    assert acts == ASKS_AFRESH | ASKS_NO_MORE


@pytest.mark.parametrize("endpoint", sorted(ASKS_AFRESH - NEEDS_RESULTS))
def test_a_session_that_is_not_fresh_does_none_of_these(world: World, endpoint: str):
    token = world.person.token()
    with world.app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))):
            each.proved_at = datetime.now(UTC) - timedelta(minutes=16)
        someone = session.scalars(sa.select(Account.id).where(Account.email == OWNER)).one()
    rule = next(world.app.url_map.iter_rules(endpoint))
    more = {"identifier": someone, "act": "link", "kind": "full"}
    more = {name: more[name] for name in set(rule.arguments) & set(more)}
    if endpoint == "organise.invitations_act":
        more["identifier"] = world.children.invitation
    path = build(world, rule, more, THERE)
    before = everything(world.app)

    page = world.person.client.post(path, data={"csrf_token": token, "sure": "yes"})

    assert '<h1 class="govuk-heading-l">Please sign in again</h1>' in page.text
    assert everything(world.app) == before
