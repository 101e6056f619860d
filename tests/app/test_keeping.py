import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from app.models import AuditEvent, Draft, Message, Response
from app.models_invitations import Invitation
from app.services import audit, editions, retention
from tests.pages import Organiser, Respondent

MACHINE_TIME = re.compile(r"\d-\d\dT\d\d:")


def test_an_export_asks_for_a_fresh_sign_in_and_leaves_a_line(
    lone_owner: Organiser, lone_respondent: Respondent
):
    lone_respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()
    lone_owner.opens("/organise/c/ai_and_child_protection/exports")

    lone_owner.presses("Download: Without identities")
    with zipfile.ZipFile(io.BytesIO(lone_owner.client_answer)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["accounting"]["included"] == 1
    lone_owner.opens("/organise/audit?act=export")
    cells = [each.text_content().strip() for each in lone_owner.page.xpath("//tbody/tr/td")]
    assert cells[2:4] == ["Export", "ai_and_child_protection"]


def test_an_analyst_cannot_have_the_full_export(lone_app, lone_owner: Organiser):
    analyst = Organiser.invited(lone_app, "analyst@example.org", "analyst")

    analyst.opens("/organise/c/ai_and_child_protection/exports")
    analyst.posts("/organise/c/ai_and_child_protection/exports/full", expect=403)


def test_nothing_is_due_while_a_consultation_is_open(app, respondent: Respondent):
    respondent.begins()
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, respondent.key)
        assert (
            sum(
                each.count
                for each in retention.due(session, consultation, now=consultation.closes_at)
            )
            == 0
        )


def test_retention_deletes_what_is_due_and_leaves_a_certificate(app, respondent: Respondent):
    respondent.begins(capacity="own_name").answers("about_you").consents().sends()
    Respondent(app, respondent.key).begins()
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, respondent.key)
        late = consultation.closes_at + timedelta(days=40_000)
        certificate = retention.run(session, consultation, actor="owner", now=late)
        assert {each["kind"]: each["count"] for each in certificate.deleted} == {
            "drafts": 1,
            "answers": 1,
        }
    with app.extensions["database"].work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0
        assert session.scalars(sa.select(Response)).one().revisions[0].answers is None
        with pytest.raises(retention.NotDue):
            retention.run(session, editions.find(session, respondent.key), actor="owner", now=late)


def test_a_held_response_is_never_purged(app, respondent: Respondent):
    respondent.begins().answers(
        "oq1", oq1_gap="Write to me at someone@example.net"
    ).consents().sends()
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, respondent.key)
        late = consultation.closes_at + timedelta(days=40_000)
        found = {each.kind: each.count for each in retention.due(session, consultation, now=late)}
        assert found["answers"] == 0


def test_the_database_itself_refuses_to_alter_the_audit_trail(app, respondent: Respondent):
    respondent.begins().consents().sends()
    for statement in (sa.update(AuditEvent).values(actor="nobody"), sa.delete(AuditEvent)):
        with pytest.raises(sa.exc.DBAPIError), app.extensions["database"].work() as session:
            session.execute(statement)
    with app.extensions["database"].work() as session:
        assert audit.verify(session)[1] is None


def test_a_line_put_in_by_hand_breaks_the_chain(lone_app, lone_owner: Organiser):
    with lone_app.extensions["database"].work() as session:
        count, _ = audit.verify(session)
        session.add(
            AuditEvent(
                number=count + 1,
                at=datetime.now(UTC),
                actor="x",
                act="open",
                subject="",
                details={},
                previous="0" * 64,
                digest="1" * 64,
            )
        )
    with lone_app.extensions["database"].work() as session:
        assert audit.verify(session) == (count + 1, count + 1)


def test_the_pages_say_what_is_due(lone_owner: Organiser):
    lone_owner.opens("/organise/retention")
    lone_owner.presses("Save the periods of", expect=422, drafts="soon")
    assert "Enter a whole number of days" in lone_owner.said()
    lone_owner.presses("Save the periods of", drafts="10")
    assert "The periods are saved." in lone_owner.said()


def test_a_day_to_look_ahead_to_ends_where_the_consultation_is(
    lone_app, lone_owner: Organiser, lone_respondent: Respondent
):
    lone_respondent.begins()
    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, lone_respondent.key)
        consultation.zone = "Pacific/Auckland"  # where 1 January ends before noon of UTC
        consultation.closes_at = datetime(2029, 12, 2, 12, tzinfo=UTC)

    for day, count in (("2030-01-01", "0"), ("2030-01-02", "1")):
        lone_owner.opens(f"/organise/retention?on={day}")
        cells = lone_owner.page.xpath("//tr[contains(., 'Drafts')]/td")
        assert [each.text_content() for each in cells] == ["2 January 2030", count]
        assert f"by the end of {day[-1]} January 2030" in lone_owner.said()


def test_what_respondents_were_told_is_not_made_longer(lone_owner: Organiser, lone_respondent):
    page = lone_owner.opens("/organise/retention")
    page.presses("Save the periods of", drafts="300")  # nobody has answered yet
    lone_respondent.begins()
    page.presses("Save the periods of", 422, drafts="301")
    assert "People who answered were told 300 days. Enter 300 or fewer." in page.said()
    assert page.value("drafts") == "301"
    page.opens("/organise/retention").presses("Save the periods of", drafts="3")
    page.presses("Save the periods of", drafts="300")  # a slip of the hand, which nobody was told
    page.presses("Save the periods of", drafts="30")
    lone_respondent.consents().sends()
    page.presses("Save the periods of", 422, drafts="31")
    page.presses("Save the periods of", 422, drafts="300")

    lone_respondent.opens(f"{lone_respondent.base}/privacy")
    assert "30 days" in lone_respondent.said()


def test_what_may_be_published_is_made_where_results_are_prepared(lone_owner: Organiser):
    lone_owner.opens("/organise/c/ai_and_child_protection/exports")
    lone_owner.presses("Download: Publishable", expect=422)

    assert "Prepare the results first" in lone_owner.said()


def test_an_export_holds_a_workbook_and_says_what_it_is(
    lone_owner: Organiser, lone_respondent: Respondent
):
    words = "=1+1 is no formula here"
    lone_respondent.begins(capacity="own_name").answers("about_you", respondent_name="Ann Other")
    lone_respondent.answers("oq1", oq1_gap=words, oq1_overall="mixed").consents().sends()
    page = "/organise/c/ai_and_child_protection/exports"
    found = {}
    for kind in ("Without identities", "Full"):
        lone_owner.opens(page).presses(f"Download: {kind}")
        archive = zipfile.ZipFile(io.BytesIO(lone_owner.client_answer))
        book = openpyxl.load_workbook(io.BytesIO(archive.read("responses.xlsx")))
        header, line = list(book["Responses"].iter_rows(values_only=True))
        found[kind] = dict(zip(header, line, strict=True))
        assert book["Variables"]["A1"].value == "Column"
        assert "1 of 1 responses" in archive.read("README.txt").decode()

    without = found["Without identities"]
    assert without["oq1_gap"] == words
    assert without["oq1_overall"] == "mixed"
    assert without["oq5_reasons"] == "not asked" or without["oq5_reasons"] is None
    assert "Ann Other" not in str(without)
    assert found["Full"]["respondent_name"] == "Ann Other"


def closed_long_ago(app, key: str) -> None:
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, key)
        consultation.opens_at = datetime.now(UTC) - timedelta(days=90)
        consultation.closes_at = datetime.now(UTC) - timedelta(days=40)


def test_a_run_is_looked_at_beforehand_asked_for_twice_and_certified(
    lone_app, lone_owner: Organiser, lone_respondent: Respondent
):
    sent = Respondent(lone_app, lone_respondent.key).begins().consents().sends().reference
    lone_respondent.begins()
    lone_owner.opens("/organise/retention?on=2040-01-01")
    assert sent in lone_owner.said()
    assert "by the end of 1 January 2040" in lone_owner.said()
    assert "Delete what is due" not in lone_owner.said()
    lone_owner.opens("/organise/retention?on=soon", expect=422)

    closed_long_ago(lone_app, lone_respondent.key)
    lone_owner.opens("/organise/retention").presses("Delete what is due", expect=422)
    assert "Tick the box if you want to delete these." in lone_owner.said()
    lone_owner.presses("Delete what is due", sure="yes")
    link = lone_owner.page.xpath("//a[contains(@href, '/certificates/')]")[0].get("href")
    text = lone_owner.client.get(link).get_data(as_text=True)

    assert "- Drafts that were never sent: 1" in text
    assert "Digest: " in text
    assert "Backups" not in text
    with lone_app.extensions["database"].session(reads_only=True) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 1


def test_a_draft_whose_invitation_gave_more_time_stays(lone_app, lone_respondent: Respondent):
    lone_respondent.begins()
    closed_long_ago(lone_app, lone_respondent.key)
    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, lone_respondent.key)
        invitation = Invitation(
            consultation_id=consultation.id,
            group_key="industry",
            mark="x",
            secret_hash="x",
            made_at=datetime.now(UTC),
            closes_at=datetime.now(UTC) + timedelta(days=5),
        )
        session.add(invitation)
        session.flush()
        draft = session.scalars(sa.select(Draft)).one()
        draft.invitation_id = invitation.id
        session.flush()
        found = retention.due(session, consultation, now=datetime.now(UTC))
        assert {each.kind: each.count for each in found}["drafts"] == 0
        invitation.revoked_at = datetime.now(UTC)
        session.flush()
        found = retention.due(session, consultation, now=datetime.now(UTC))
        assert {each.kind: each.count for each in found}["drafts"] == 1


def test_old_letters_and_links_are_forgotten_with_the_mail(lone_app, lone_owner: Organiser):
    with lone_app.extensions["database"].work() as session:
        now = datetime.now(UTC)
        for days in (10, 100):
            session.add(Message(made_at=now - timedelta(days=days), purpose="test", sent_at=now))
    lone_app.test_cli_runner().invoke(args=["send-mail"])

    with lone_app.extensions["database"].session(reads_only=True) as session:
        found = session.scalars(sa.select(Message).where(Message.purpose == "test")).all()
        assert len(found) == 1


def test_the_trail_is_filtered_by_who_what_and_when(lone_owner: Organiser, lone_respondent):
    lone_respondent.begins().consents().sends()
    lone_owner.opens("/organise/c/ai_and_child_protection/open-and-close")
    lone_owner.presses("Change the closing time", closes_at="2040-01-01T12:00", reason="Later")
    lone_owner.opens("/organise/audit?act=extend")
    assert "to: 1 January 2040, 12:00 (UTC)" in lone_owner.said()
    for query, acts in (
        ("act=send", {"Send"}),
        ("actor=respondent&act=send", {"Send"}),
        ("since=2000-01-01&until=2000-01-02", {"No line fits."}),
        ("until=2000-01-02", {"No line fits."}),
    ):
        lone_owner.opens(f"/organise/audit?{query}")
        assert not MACHINE_TIME.search(lone_owner.said())
        rows = lone_owner.page.xpath("//tbody/tr")
        said = {
            " ".join((row.xpath("td[3]") or row.xpath("td"))[0].text_content().split())
            for row in rows
        }
        assert said == acts, query
    lone_owner.opens("/organise/audit?since=yesterday", expect=422)
    assert "Enter a day, such as 2027-12-31" in lone_owner.said()
