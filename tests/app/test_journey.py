"""The respondent's way from the first page to the receipt, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.models import Draft, DraftSection, Response, Revision
from app.models_invitations import Invitation
from app.services import editions, exporting
from tests.kept import count, drafts, references, sent, set_consultation
from tests.pages import Respondent

GROUPS = {
    "law_enforcement": {"subtype_le": "forensics"},
    "industry": {"subtype_in": "platform"},
    "civil_society": {"subtype_cs": "survivors"},
}


def close(respondent: Respondent) -> None:
    moment = datetime.now(UTC) - timedelta(seconds=1)
    set_consultation(respondent.app, respondent.key, closes_at=moment)


def counted(respondent: Respondent) -> exporting.Accounting:
    with respondent.app.extensions["database"].session() as session:
        consultation = editions.find(session, respondent.key)
        edition = editions.current_edition(session, consultation)
        return exporting.account(session, consultation, edition)


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_answers_leaves_returns_elsewhere_changes_and_sends(
    respondent: Respondent, group: str
):
    respondent.begins(group).answers("about_you", **GROUPS[group])
    respondent.answers("oq1", oq1_overall="mixed", oq1_gap="Nothing on agents")
    respondent.answers("oq9", oq9_first="Age checks")
    link = respondent.link()
    respondent.opens(f"{respondent.base}/tasks").presses("Take these answers off this device")
    assert respondent.heading == "Your answers are off this device"

    elsewhere = respondent.on_another_device(link)
    elsewhere.answers("oq1", oq1_overall="too_far").consents().sends()

    assert elsewhere.heading == "We have received your response"
    (answers,) = sent(respondent.app)
    assert {name: answers[name] for name in ("group", "oq1_overall", "oq1_gap", "oq9_first")} == {
        "group": group,
        "oq1_overall": "too_far",
        "oq1_gap": "Nothing on agents",
        "oq9_first": "Age checks",
    }
    assert references(respondent.app) == [elsewhere.reference]


def test_the_receipt_says_what_was_received_and_word_says_the_same(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_gap="=1+1 and <b>bold</b>").consents().sends()

    assert "=1+1 and <b>bold</b>" in respondent.said()
    word = respondent.client.get(f"{respondent.base}/receipt.docx")
    assert word.status_code == 200
    assert word.data[:2] == b"PK"


def test_a_revision_keeps_the_old_one_and_the_last_one_counts(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()
    first = respondent.reference
    respondent.answers("oq1", oq1_overall="too_far")
    respondent.opens(f"{respondent.base}/tasks")
    assert "You have changes that are not sent." in respondent.said()

    respondent.sends()

    assert [each["oq1_overall"] for each in sent(respondent.app)] == ["mixed", "too_far"]
    assert respondent.reference == first
    assert counted(respondent).included == 1


def test_the_database_itself_refuses_to_alter_a_revision(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()

    with (
        pytest.raises(sa.exc.DBAPIError, match="a revision is never altered"),
        respondent.app.extensions["database"].work() as session,
    ):
        session.execute(sa.update(Revision).values(digest="0" * 64))


def test_a_withdrawn_response_is_in_no_count_and_can_be_sent_again(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()
    respondent.opens(f"{respondent.base}/withdraw").presses("Withdraw my response")
    assert respondent.heading == "Your response is withdrawn"
    taken_out = counted(respondent)
    assert (taken_out.received, taken_out.included) == (1, 0)
    assert taken_out.removed == {"withdrawn": 1}

    respondent.sends()

    assert counted(respondent).included == 1


def test_changing_the_group_says_which_answers_no_longer_count_and_keeps_them(
    respondent: Respondent,
):
    respondent.begins("law_enforcement").answers("about_you", subtype_le="forensics")
    respondent.answers("oq1", oq1_failed_area="tools", oq1_overall="mixed")

    respondent.answers("start", group="industry")

    assert respondent.path == f"{respondent.base}/tasks"
    assert "2 answers that no longer count" in respondent.said()
    assert "in which area did the difficulty lie?" in respondent.said()
    respondent.consents().sends()
    (answers,) = sent(respondent.app)
    assert answers.get("oq1_failed_area") is None
    assert answers["oq1_overall"] == "mixed"


def test_answers_that_do_not_count_outlive_saving_their_page_again(respondent: Respondent):
    respondent.begins("law_enforcement").answers("about_you", subtype_le="forensics")
    respondent.answers("start", group="industry")
    respondent.answers("about_you", subtype_in="platform")

    respondent.answers("start", group="law_enforcement")

    respondent.opens(f"{respondent.base}/s/about_you")
    chosen = respondent.page.xpath("//input[@name='subtype_le'][@checked]/@value")
    assert chosen == ["forensics"]


def test_leaving_a_topic_out_is_not_leaving_it_blank(respondent: Respondent):
    respondent.begins().answers("oq1").answers("oq2", oq2_consequence="None")
    respondent.opens(f"{respondent.base}/tasks").presses("Leave out: What the law means")
    respondent.consents().sends()

    with respondent.app.extensions["database"].session() as session:
        response = session.scalars(sa.select(Response)).one()
        row = exporting.row(response)
    assert (row["topic_oq1"], row["asked.oq1_overall"], row["oq1_overall"]) == (
        "offered",
        True,
        None,
    )
    assert (row["topic_oq2"], row["asked.oq2_consequence"]) == ("opted_out", False)
    assert "oq2_consequence" not in sent(respondent.app)[0]
    assert drafts(respondent.app)[0]["oq2_consequence"] == "None"


def test_after_closing_the_receipt_can_be_read_and_nothing_changed(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_overall="mixed").consents().sends()
    reference = respondent.reference
    close(respondent)

    assert respondent.reference == reference
    respondent.posts(f"{respondent.base}/withdraw", 403)
    assert counted(respondent).included == 1


def test_what_was_typed_while_it_closed_is_shown_back(respondent: Respondent):
    respondent.begins()
    respondent.opens(f"{respondent.base}/s/oq1")
    close(respondent)

    respondent.presses("Save and continue", 403, oq1_gap="My long thought", oq1_overall="mixed")

    assert respondent.heading == "This consultation has closed"
    shown = [each.text.strip() for each in respondent.page.iter("textarea")]
    assert "My long thought" in shown
    labels = [each.text_content() for each in respondent.page.iter("label")]
    assert "What is the biggest gap or fault in the law, if you see one?" in labels
    assert "oq1_gap" not in drafts(respondent.app)[0]


def test_a_form_with_mistakes_is_shown_back_after_closing_too(lone_respondent: Respondent):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    close(lone_respondent)

    lone_respondent.presses("Save and continue", 403, oq1_gap="My thought", oq1_overall="bogus")

    assert "My thought" in [each.text.strip() for each in lone_respondent.page.iter("textarea")]


def test_a_send_repeated_after_closing_leads_to_the_receipt(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_overall="mixed").consents()
    respondent.opens(f"{respondent.base}/check")
    form = respondent.page.xpath("//form[contains(@action, '/send')]")[0]
    values = dict(form.form_values())
    respondent.presses("Send")
    close(respondent)

    respondent.posts(f"{respondent.base}/send", **values)

    assert respondent.heading == "We have received your response"
    assert count(respondent.app, Revision) == 1


def test_closing_is_exact_to_the_instant(app, consultation: str):
    instant = datetime(2030, 5, 5, 16, 0, tzinfo=UTC)
    set_consultation(app, consultation, closes_at=instant)
    with app.extensions["database"].session() as session:
        found = editions.find(session, consultation)
        just_before = instant - timedelta(microseconds=1)

        assert editions.is_open(session, found, now=just_before)
        assert not editions.is_open(session, found, now=instant)


def test_nothing_can_be_sent_without_group_capacity_and_consent(lone_respondent: Respondent):
    lone_respondent.opens(f"{lone_respondent.base}/start")
    lone_respondent.presses("Save and continue", 422)
    lone_respondent.begins().answers("oq1", oq1_overall="mixed")

    lone_respondent.sends(422)

    links = [each.get("href") for each in lone_respondent.page.xpath("//div[@role='alert']//a")]
    assert links == ["#check-consent"]
    assert references(lone_respondent.app) == []


def test_the_database_holds_one_response_a_draft(respondent: Respondent):
    respondent.begins().consents().sends()
    with respondent.app.extensions["database"].session() as session:
        first = session.scalars(sa.select(Response)).one()
        twin = {
            column.key: getattr(first, column.key) for column in sa.inspect(Response).columns
        } | {"id": "f" * 32, "reference": "OQ-2222-2222-2222", "public_id": "f" * 32}

        with pytest.raises(sa.exc.IntegrityError):
            session.execute(sa.insert(Response).values(**twin))


def test_the_database_holds_one_section_a_page_and_one_version_a_token(respondent: Respondent):
    respondent.begins().consents().sends()
    for table, other in ((DraftSection, {}), (Revision, {"number": 2})):
        with respondent.app.extensions["database"].session() as session:
            first = session.scalars(sa.select(table)).first()
            columns = sa.inspect(table).columns
            twin = {column.key: getattr(first, column.key) for column in columns}

            with pytest.raises(sa.exc.IntegrityError):
                session.execute(sa.insert(table).values(**{**twin, "id": "f" * 32, **other}))


def test_one_start_form_begins_one_draft_however_often_it_is_sent(respondent: Respondent):
    respondent.opens(f"{respondent.base}/start")
    again = Respondent(respondent.app, respondent.key)
    for cookie in respondent.client._cookies.values():
        again.client._cookies[cookie._storage_key] = cookie
    again.page, again.path = respondent.page, respondent.path

    respondent.presses("Save and continue", group="industry", capacity="own_name")
    again.presses("Save and continue", group="industry", capacity="own_name")

    assert again.heading == respondent.heading == "Your answers are saved. Keep this link"
    assert count(respondent.app, Draft) == 1


def test_a_new_link_makes_the_old_one_useless(lone_respondent: Respondent):
    old = lone_respondent.begins().link()
    lone_respondent.posts(f"{lone_respondent.base}/new-link")

    stranger = Respondent(lone_respondent.app, lone_respondent.key)
    stranger.opens("/r/" + old.rpartition("/")[2], 404)
    lone_respondent.on_another_device(lone_respondent.link())

    assert stranger.heading == "This link opens nothing"


def test_a_pasted_link_opens_the_answers_even_broken_over_two_lines(lone_respondent: Respondent):
    link = lone_respondent.begins().link()
    other = Respondent(lone_respondent.app, lone_respondent.key)
    other.opens(f"{other.base}/resume").presses("Open my answers", 422, link="nonsense")

    other.presses("Open my answers", link=f"  {link[:-8]}=\r\n {link[-8:]}".replace("=", ""))

    assert other.heading == "Your answers"


def test_after_closing_a_draft_is_shown_to_read_with_no_form_that_cannot_be_sent(
    respondent: Respondent,
):
    respondent.begins().answers("oq1", oq1_gap="Nothing on agents").answers(
        "oq2", oq2_consequence="None"
    )
    respondent.opens(f"{respondent.base}/tasks").presses("Leave out: What the law means")
    close(respondent)

    for place in PAGES_OF_A_DRAFT:
        respondent.opens(f"{respondent.base}/{place}")
        assert "This consultation closed on" in respondent.said(), place
        forms = {each.get("action").rpartition("/")[2] for each in respondent.page.iter("form")}
        assert forms <= {"leave", "saved", "new-link"}, place
    whole = respondent.opens(f"{respondent.base}/tasks").said()
    assert "You did not send your answers." in whole
    assert "Nothing on agents" in whole
    assert "Not part of your answers: left out, or not asked of you" in whole
    assert "Answer in any order" not in whole
    one = respondent.opens(f"{respondent.base}/s/oq1").said()
    assert "Nothing on agents" in one
    assert "Start now" not in respondent.opens(f"{respondent.base}/").said()
    respondent.opens(f"{respondent.base}/s/nothing", 404)
    respondent.posts(f"{respondent.base}/tasks/oq1/out", 403)


PAGES_OF_A_DRAFT = (
    "tasks", "check", "saved", "s/start", "s/oq1", "s/oq3", "s/publication", "start",
    "confidential/oq1_gap", "s/oq1/found",
)  # fmt: skip


def test_after_closing_the_draft_says_what_was_sent_and_what_was_not(respondent: Respondent):
    respondent.begins().answers("oq1", oq1_gap="Sent words").consents().sends()
    respondent.answers("oq1", oq1_gap="Changed words")
    close(respondent)

    for place in ("tasks", "withdraw", "check"):
        said = respondent.opens(f"{respondent.base}/{place}").said()
        assert "You sent your response." in said
        assert "saved changes and did not send them" in said
        assert "Changed words" in said
    assert "Sent words" in respondent.opens(f"{respondent.base}/receipt").said()
    first = respondent.opens(f"{respondent.base}/").said()
    assert "You sent your response. See your receipt or what you wrote." in first
    assert "You can change or withdraw" not in first
    assert "Open until" not in first
    assert "Closed on" in first


def test_a_longer_time_in_the_invitation_keeps_the_draft_open(respondent: Respondent):
    with respondent.app.extensions["database"].work() as session:
        consultation = editions.find(session, respondent.key)
        moment = datetime.now(UTC)
        invitation = Invitation(
            consultation_id=consultation.id,
            group_key="industry",
            mark="0" * 64,
            secret_hash="0" * 64,
            made_at=moment,
            closes_at=moment + timedelta(days=9),
        )
        session.add(invitation)
        session.flush()
        number = invitation.id
    respondent.begins()
    with respondent.app.extensions["database"].work() as session:
        session.execute(sa.update(Draft).values(invitation_id=number))
    close(respondent)

    assert "Answer in any order" in respondent.opens(f"{respondent.base}/tasks").said()
    assert "closed on" not in respondent.opens(f"{respondent.base}/s/oq1").said()
    assert "Carry on with your answers" in respondent.opens(f"{respondent.base}/").said()
    respondent.answers("oq1", oq1_gap="In my own time").consents().sends()


def test_a_stale_page_of_a_closed_consultation_shows_what_was_typed(lone_respondent: Respondent):
    lone_respondent.begins().opens(f"{lone_respondent.base}/s/oq1")
    close(lone_respondent)
    lone_respondent.client.delete_cookie("oq_session")

    lone_respondent.presses("Save and continue", 403, oq1_gap="My thought")

    assert lone_respondent.heading == "This consultation has closed"
    assert "My thought" in [each.text.strip() for each in lone_respondent.page.iter("textarea")]


def test_the_privacy_page_says_how_long_as_the_periods_are_set(lone_respondent: Respondent):
    base = lone_respondent.base
    closes_at = datetime(2030, 1, 31, 17, 0, tzinfo=UTC)
    set_consultation(
        lone_respondent.app,
        lone_respondent.key,
        closes_at=closes_at,
        retention={"drafts": 12, "answers": 1},
    )

    said = lone_respondent.opens(f"{base}/privacy").said()

    assert "Answers that were never sent: 12 days after closing, from 12 February 2030 on" in said
    assert "All other answers of a response: 1 day after closing" in said
    assert "given in a response: 730 days after closing" in said
    set_consultation(lone_respondent.app, lone_respondent.key, closes_at=None)
    assert "from 12 February" not in lone_respondent.opens(f"{base}/privacy").said()


def test_a_name_to_publish_that_was_not_given_is_pointed_out_and_not_demanded(
    respondent: Respondent,
):
    reminder = "You agree to publication with a name, and have given no name."
    respondent.begins().consents("with_name")
    assert reminder in respondent.opens(f"{respondent.base}/check").said()
    (link,) = respondent.page.xpath("//a[starts-with(., 'give a name')]/@href")
    assert link == f"{respondent.base}/s/about_you#respondent_name"
    assert (
        respondent.opens(link.partition("#")[0]).page.get_element_by_id("respondent_name")
        is not None
    )

    respondent.answers("about_you", respondent_name="Sam Example")
    assert reminder not in respondent.opens(f"{respondent.base}/check").said()
    respondent.answers("about_you", respondent_name="").consents("without_name")
    assert reminder not in respondent.opens(f"{respondent.base}/check").said()
    respondent.consents("with_name").sends()
    assert respondent.heading == "We have received your response"


def test_the_time_needed_is_the_same_on_every_page(lone_respondent: Respondent):
    first = lone_respondent.opens(f"{lone_respondent.base}/").said()
    topics = lone_respondent.begins().opens(f"{lone_respondent.base}/s/topics").said()

    assert (
        "About 3 minutes a topic. A whole response: about 20 minutes on 3 topics, "
        "40 minutes on 9 topics, 65 minutes on all 17" in first
    )
    assert (
        "three topics make a response of about 20 minutes, nine about 40, all seventeen about 65."
        in topics
    )


def test_no_page_says_who_does_not_run_it(lone_respondent: Respondent):
    lone_respondent.opens(f"{lone_respondent.base}/")

    assert "overnment" not in lone_respondent.page.find_class("oq-footer")[0].text_content()
