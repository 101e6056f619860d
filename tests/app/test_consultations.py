import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.models import AuditEvent
from tests.kept import set_consultation
from tests.pages import PASSWORD, Organiser, Respondent


def later(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def told(owner: Organiser) -> list[str]:
    """The fields that the summary of errors leads to."""
    links = owner.page.xpath("//*[contains(@class, 'error-summary')]//a/@href")
    return [each.removeprefix("#") for each in links]


def test_a_consultation_is_copied_set_up_opened_extended_and_closed(lone_owner: Organiser):
    desk = "/organise/c/second_round"
    lone_owner.opens("/organise/new")
    lone_owner.presses(
        "Make it",
        key="second_round",
        title="Second round",
        organiser="Us",
        like="ai_and_child_protection",
    )
    lone_owner.opens(f"{desk}/preview?group=nobody", expect=404)
    lone_owner.opens(f"{desk}/preview?group=civil_society")
    assert "here civil society." in lone_owner.said()
    lone_owner.opens(f"{desk}/settings")
    lone_owner.presses("Save the settings", contact_email="team@example.org", zone="Europe/Vienna")
    visitor = Respondent(lone_owner.app, "second_round").opens("/c/second_round/", expect=404)

    lone_owner.opens(f"{desk}/open-and-close")
    lone_owner.presses("Open the consultation", meant="yes", closes_at=later(10))
    assert "Start now" in visitor.opens("/c/second_round/").said()

    lone_owner.presses(
        "Change the closing time", closes_at=later(20), reason="A holiday lay between."
    )
    assert "A holiday lay between." in visitor.opens("/c/second_round/").said()

    lone_owner.presses("Close the consultation", expect=422)
    assert "Tick the box if you want to close it now." in lone_owner.said()
    lone_owner.presses("Close the consultation", sure="yes")
    said = visitor.opens("/c/second_round/").said()
    assert "This consultation is closed It closed on" in said
    assert "earlier than announced before: it was to stay open until" in said
    assert "A holiday lay between." not in said
    assert "Before you begin" not in said


def test_what_cannot_be_used_is_said_at_its_field_and_kept(lone_owner: Organiser):
    lone_owner.opens("/organise/new")
    lone_owner.presses(
        "Make it", expect=422, key="Not a key", title="Kept", like="ai_and_child_protection"
    )

    assert lone_owner.value("title") == "Kept"
    assert "Enter a short name of up to 60 small letters" in lone_owner.said()
    assert "key" not in lone_owner.said()


def test_all_that_is_wrong_is_told_in_one_go(lone_owner: Organiser):
    lone_owner.opens("/organise/new").presses("Make it", expect=422, key="Not a key", title="Kept")
    assert told(lone_owner) == ["like", "organiser", "key"]

    wrong = {
        "title": "", "organiser": "", "zone": "Mars", "source_address": "x", "contact_email": "x",
        "hotlines": "A name", "support": "A name", "quick_exit": "x",
    }  # fmt: skip
    lone_owner.opens("/organise/c/ai_and_child_protection/settings")
    lone_owner.presses("Save the settings", expect=422, **wrong)
    assert told(lone_owner) == list(wrong)

    lone_owner.opens("/organise/new").presses(
        "Make it", key="second", organiser="Us", like="ai_and_child_protection"
    )
    wrong = {"closes_at": later(-1), "small_counts": "1", "consensus": "9", "k_anonymity": "x"}
    lone_owner.presses("Open the consultation", expect=422, **wrong)
    assert told(lone_owner) == [*wrong, "meant"]
    right = {"closes_at": later(9), "small_counts": "5", "consensus": "75", "k_anonymity": "5"}
    lone_owner.presses("Open the consultation", meant="yes", **right)
    lone_owner.presses("Change the closing time", expect=422, closes_at=later(1), reason="")
    assert told(lone_owner) == ["closes_at", "reason"]


def test_every_mistake_of_an_uploaded_file_is_shown_with_its_line(lone_owner: Organiser):
    lone_owner.opens("/organise/new")
    file = (io.BytesIO(b"key: one\nversion: 1\nversion: 2\nsections: []\n"), "q.yaml")
    lone_owner.presses("Make it", expect=422, key="one", title="", organiser="Us", file=file)

    assert "Line 1 key: one add “title”: it is missing" in lone_owner.said()
    assert "Line 3 version: 2 “version” stands here twice" in lone_owner.said()
    assert lone_owner.value("organiser") == "Us"


def test_a_file_that_is_far_too_large_is_not_read(lone_owner: Organiser):
    many = "\n".join(f"k{number}: v" for number in range(48_000)).encode()
    lone_owner.opens("/organise/new")

    lone_owner.presses("Make it", 422, key="one", organiser="Us", file=(io.BytesIO(many), "q.yaml"))

    assert "this is larger than 400 kB" in lone_owner.said()
    assert len(lone_owner.text) < 40_000


def test_the_example_to_begin_from_can_be_uploaded_as_it_is(lone_owner: Organiser):
    example = lone_owner.client.get("/organise/new/example.yaml")
    file = (io.BytesIO(example.get_data()), "mine.yaml")
    lone_owner.opens("/organise/new").presses("Make it", key="mine", organiser="Us", file=file)

    assert example.headers["Content-Disposition"].endswith("ai_and_child_protection.yaml")
    assert "The consultation is made." in lone_owner.said()


def test_a_reader_may_not_open_or_close(lone_app, lone_owner: Organiser):
    reader = Organiser.invited(lone_app, "reader@example.org", "reader")

    reader.opens("/organise/")
    reader.opens("/organise/c/ai_and_child_protection/open-and-close", expect=403)


def test_what_respondents_would_miss_is_listed_before_opening(lone_owner: Organiser):
    desk = "/organise/c/second_round"
    lone_owner.opens("/organise/new").presses(
        "Make it", key="second_round", organiser="Us", like="ai_and_child_protection"
    )
    before = lone_owner.opens(f"{desk}/open-and-close").said()
    lone_owner.opens(f"{desk}/settings").presses(
        "Save the settings",
        purpose="To write a law that works.",
        contact_email="team@example.org",
        privacy="We keep what you write for a year.",
    )

    assert "An address that respondents can write to." in before
    assert "Why you ask" in before
    assert "Before you open it" not in lone_owner.opens(f"{desk}/open-and-close").said()


def test_blank_lines_of_a_setting_part_paragraphs_on_the_first_page(lone_owner: Organiser):
    lone_owner.opens("/organise/c/ai_and_child_protection/settings").presses(
        "Save the settings", purpose="First reason.\r\n\r\nSecond\r\nreason.\r\n \r\nThird."
    )
    visitor = Respondent(lone_owner.app, "ai_and_child_protection")
    visitor.opens("/c/ai_and_child_protection/")

    shown = [" ".join(each.text_content().split()) for each in visitor.page.iter("p")]
    assert [each for each in shown if each in {"First reason.", "Second reason.", "Third."}] == [
        "First reason.",
        "Second reason.",
        "Third.",
    ]


PREVIEWED = ("", "privacy", "support", "accessibility")


def test_whoever_prepares_sees_the_pages_around_the_questions_before_opening(owner: Organiser):
    desk = "/organise/c/second_round"
    owner.opens("/organise/new").presses(
        "Make it", key="second_round", organiser="Us", like="ai_and_child_protection"
    )
    for page in ("open-and-close", "preview"):
        owner.opens(f"{desk}/{page}")
        links = owner.page.xpath("//main//a/@href")
        assert {f"/c/second_round/{each}" for each in PREVIEWED} <= set(links)

    for each in PREVIEWED:
        owner.opens(f"/c/second_round/{each}")
        assert "Preview. Only the team sees this." in owner.said()
        assert owner.client.get(f"/c/second_round/{each}").headers["Cache-Control"] == "no-store"
        links = [link for link in owner.page.xpath("//a/@href") if link.startswith("/c/second")]
        assert {link.partition("#")[0] for link in links} <= {
            f"/c/second_round/{each}" for each in PREVIEWED
        }, "no link leads to a page that is not there yet"
        assert owner.page.xpath("//main//form") == []
    for shut in ("start", "questions", "questions.docx", "resume", "tasks"):
        owner.opens(f"/c/second_round/{shut}", expect=404)
    owner.posts("/c/second_round/start", 404, group="industry", capacity="own_name")


@pytest.mark.parametrize("role", ["reader", "coder", "analyst", "safeguarding"])
def test_who_does_not_prepare_sees_nothing_before_opening(lone_app, lone_owner, role):
    lone_owner.opens("/organise/new").presses(
        "Make it", key="second_round", organiser="Us", like="ai_and_child_protection"
    )
    colleague = Organiser.invited(lone_app, f"{role}@example.org", role)
    editor = Organiser.invited(lone_app, "editor@example.org", "editor")
    for each in PREVIEWED:
        colleague.opens(f"/c/second_round/{each}", expect=404)
        Respondent(lone_app, "second_round").opens(f"/c/second_round/{each}", expect=404)
        editor.opens(f"/c/second_round/{each}")


def test_a_password_without_the_second_factor_shows_no_preview(lone_owner: Organiser):
    lone_owner.opens("/organise/new").presses(
        "Make it", key="second_round", organiser="Us", like="ai_and_child_protection"
    )
    half = Organiser(lone_owner.app, lone_owner.email)
    half.opens("/account/sign-in").presses("Continue", email=half.email, password=PASSWORD)

    half.opens("/c/second_round/", expect=404)


def test_what_the_questions_are_about_is_said_and_linked_where_it_is_set(lone_owner: Organiser):
    desk, address = "/organise/c/ai_and_child_protection/settings", "https://example.org/interview"
    visitor = Respondent(lone_owner.app, "ai_and_child_protection")
    first = visitor.opens(f"{visitor.base}/").said()
    assert "an interview with Jon Rouse APM" in first
    assert "What the questions are about:" not in first

    lone_owner.opens(desk).presses("Save the settings", 422, source_address="javascript:alert(1)")
    assert "Enter an address that begins with https://, or leave it blank" in lone_owner.said()
    lone_owner.presses("Save the settings", 422, source_address="http://example.org/interview")
    lone_owner.presses("Save the settings", source_title="An interview", source_address=address)

    visitor.opens(f"{visitor.base}/")
    (link,) = visitor.page.xpath(f"//main//a[@href='{address}']")
    assert link.text_content() == "An interview"
    wording = {"source_title": "An interview", "source_address": "http://example.org/"}
    set_consultation(lone_owner.app, visitor.key, wording=wording)  # kept from an earlier version
    assert "about: An interview" in visitor.opens(f"{visitor.base}/").said()
    assert visitor.page.xpath("//main//a[starts-with(@href, 'http:')]") == []


def test_a_consultation_that_opens_again_tells_one_story(lone_owner: Organiser):
    desk = "/organise/c/ai_and_child_protection/open-and-close"
    visitor = Respondent(lone_owner.app, "ai_and_child_protection")
    lone_owner.opens(desk).presses("Close the consultation", sure="yes")
    lone_owner.presses("Change the closing time", closes_at=later(20), reason="A holiday.")

    said = visitor.opens(f"{visitor.base}/").said()

    assert "and was opened again on" in said
    assert "The reason: A holiday." in said
    assert "Start now" in said


def test_a_setting_that_cannot_be_used_is_said_at_its_field_and_the_rest_is_kept(
    lone_owner: Organiser,
):
    desk = "/organise/c/ai_and_child_protection/settings"
    for wrong, said in (
        ({"contact_email": "not an address"}, "Enter an e-mail address, such as team@example.org"),
        ({"quick_exit": "http://example.org"}, "Enter an address that begins with https://"),
        ({"zone": "Mars/Olympus"}, "Enter a time zone such as Europe/London"),
        ({"title": " "}, "Enter a title"),
        ({"hotlines": "INHOPE | inhope.org\n\nA name alone"}, "Line 3: put | between the name"),
        ({"support": "| 116 123"}, "Line 1: put | between the name"),
    ):
        given = {"purpose": "Kept as typed", **wrong}
        lone_owner.opens(desk).presses("Save the settings", expect=422, **given)

        assert said in lone_owner.said()
        assert "Kept as typed" in [each.text.strip() for each in lone_owner.page.iter("textarea")]


def test_the_audit_trail_says_which_settings_were_changed(lone_owner: Organiser):
    lone_owner.opens("/organise/c/ai_and_child_protection/settings").presses(
        "Save the settings", purpose="To write a law that works."
    )

    with lone_owner.app.extensions["database"].work() as session:
        found = sa.select(AuditEvent).where(AuditEvent.act == "change settings")
        assert session.scalars(found).one().details["changed"] == ["purpose"]


def test_only_what_never_opened_can_be_removed(owner: Organiser):
    desk = "/organise/c/second_round"
    owner.opens("/organise/new").presses(
        "Make it", key="second_round", organiser="Us", like="ai_and_child_protection"
    )
    owner.opens(f"{desk}/open-and-close").presses("Remove it", expect=422)
    assert "Tick the box if you want to remove it." in owner.said()
    owner.presses("Remove it", surely="yes")
    assert "is removed." in owner.said()
    owner.opens(f"{desk}/open-and-close", expect=404)

    opened = "/organise/c/ai_and_child_protection/open-and-close"
    owner.posts(opened, expect=422, act="remove", surely="yes")
    assert "it can be closed, not removed" in owner.said()
    owner.opens(opened)
