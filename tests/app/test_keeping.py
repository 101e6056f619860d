import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.models import AuditEvent, Draft, Response
from app.services import audit, editions, retention
from tests.pages import Organiser, Respondent


def test_an_export_asks_for_a_fresh_sign_in_and_leaves_a_line(
    lone_owner: Organiser, lone_respondent: Respondent
):
    lone_respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()
    lone_owner.opens("/organise/c/ai_and_child_protection/exports")

    lone_owner.presses("Download: Without identities")
    with zipfile.ZipFile(io.BytesIO(lone_owner.client_answer)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["accounting"]["included"] == 1
    assert "export" in lone_owner.opens("/organise/audit?act=export").said()


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


def test_what_may_be_published_is_made_where_results_are_prepared(lone_owner: Organiser):
    lone_owner.opens("/organise/c/ai_and_child_protection/exports")
    lone_owner.presses("Download: Publishable", expect=422)

    assert "Prepare the results first" in lone_owner.said()
