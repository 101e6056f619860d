import email
import io
import re
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import AuditEvent, Consultation, Draft, Message, Response
from app.models_invitations import Invitation
from app.models_team import SignIn
from app.services import (
    editions,
    exporting,
    invitation_mail,
    invitations,
    invited,
    invited_list,
    inviting,
    list_files,
    mail,
    retention,
)
from app.services.invited_list import Group, Person, check
from tests.pages import PASSWORD, Organiser, Respondent

GROUPS = (
    Group("law_enforcement", "Law enforcement"),
    Group("industry", "Industry"),
    Group("civil_society", "Civil society"),
)
KEY = "ai_and_child_protection"
PAGE = f"/organise/c/{KEY}/invitations"
ANA = Person("Ana Example", "Example Police", "law_enforcement", "ana@example.org")
BEN = Person("", "", "industry", "ben@example.org")


def link(secret: str) -> str:
    return f"/c/{KEY}/i/{secret}"


def invite(app: Flask, *people: Person, now: datetime | None = None) -> list[str]:
    """Invite people and return the addresses of their links."""
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, KEY)
        made = inviting.add(
            session, consultation, people, link, actor="test", now=now or datetime.now(UTC)
        )
        return [link(invitations.secret_of(session.info["keyring"], each)) for each in made]


def change(app: Flask, **values: object) -> None:
    with app.extensions["database"].work() as session:
        for name, value in values.items():
            setattr(editions.find(session, KEY), name, value)


def statuses(app: Flask) -> list[str]:
    with app.extensions["database"].work() as session:
        found = invited.listed(session, editions.find(session, KEY))
        return sorted(each.status for each in found.lines)


def deliver(app: Flask) -> None:
    """Send what waits, as the service does: to files in the test's folder."""
    settings = app.config["SETTINGS"]
    now = datetime.now(UTC)
    with app.extensions["database"].work() as session:
        claimed = mail.claim(session, now=now, most=1_000)
        mail.note(session, mail.send(settings, claimed, now=now), now=now)


def letters(folder: Path) -> list[email.message.EmailMessage]:
    paths = sorted((folder / "mail").glob("*.eml"))
    return [email.message_from_bytes(each.read_bytes(), policy=default) for each in paths]


def response_of(app: Flask) -> Response:
    with app.extensions["database"].session() as session:
        return session.scalars(sa.select(Response)).one()


def starts(app: Flask, address: str, *, group: str = "law_enforcement") -> Respondent:
    """Open an invitation, start, and answer the first page."""
    person = Respondent(app, KEY)
    person.opens(address).presses("Start")
    return person.presses("Save and continue", group=group, capacity="own_name")


# What is pasted or uploaded


@pytest.mark.parametrize("between", [", ", "; ", "\t"])
def test_a_pasted_list_is_read_with_commas_semicolons_or_tabs(between: str):
    text = between.join(("Ana Example", "Example Police", "Law enforcement", "ana@example.org"))

    assert check(text, GROUPS) == invited_list.Checked((ANA,), ())


def test_headings_say_which_part_is_which():
    text = (
        "E-mail,Sector,Organisation,Name\n"
        "ana@example.org,law_enforcement,Example Police,Ana Example"
    )

    assert check(text, GROUPS).people == (ANA,)


def test_a_comma_inside_quotation_marks_belongs_to_the_name():
    checked = check('"Example, Ana",Police,industry,ana@example.org', GROUPS)

    assert [each.name for each in checked.people] == ["Example, Ana"]


def test_every_mistake_is_told_with_its_line_and_what_to_do():
    text = (
        "Ana,Police,Law enforcement,ana@example.org\n"
        "\n"
        "Ben,Ltd,Industries,ben@example.org\n"
        "Cleo,Charity,Civil society,cleo at example.org\n"
        "Dan,Police,law-enforcement,ANA@example.org\n"
        "just a name\n"
    )

    checked = check(text, GROUPS)

    assert [(each.line, each.message) for each in checked.wrong] == [
        (
            3,
            "“Industries” is not a group. Write one of: Law enforcement, Industry, Civil society.",
        ),
        (
            4,
            (
                "“cleo at example.org” is not an e-mail address. "
                "Write one such as name@example.org in the fourth part."
            ),
        ),
        (5, "ANA@example.org stands in line 1 too. Take one of the two out."),
        (6, "Write four parts: name, organisation, group, address."),
    ]


def test_a_list_that_is_too_long_is_not_read():
    text = "\n".join(f"A,B,industry,a{each}@example.org" for each in range(5_001))

    assert check(text, GROUPS) == invited_list.Checked(
        (),
        (
            invited_list.Wrong(
                5_001, "There are more than 5,000 lines. Add the rest in a second list."
            ),
        ),
    )


def test_a_workbook_is_read_like_a_list():
    book = openpyxl.Workbook()
    book.active.append(["Name", "Organisation", "Group", "Address"])
    book.active.append(["Ana Example", "Example Police", "Law enforcement", "ana@example.org"])
    book.active.append([None, None, "industry", "ben@example.org"])
    content = io.BytesIO()
    book.save(content)

    text = list_files.text_of(content.getvalue(), "people.xlsx")

    assert check(text, GROUPS) == invited_list.Checked((ANA, BEN), ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_file_is_read_however_a_spreadsheet_wrote_it(encoding: str):
    content = "Zoë,Café,industry,zoe@example.org\r\n".encode(encoding)

    checked = check(list_files.text_of(content, "people.csv"), GROUPS)

    assert checked.people == (Person("Zoë", "Café", "industry", "zoe@example.org"),)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a workbook", b"a\x00b"])
def test_what_is_not_a_list_is_refused_in_plain_words(content: bytes):
    with pytest.raises(list_files.Unreadable, match="Save it"):
        list_files.text_of(content, "people")


def test_good_and_bad_lines_are_kept_together_and_nobody_is_invited(
    lone_app, lone_owner: Organiser
):
    text = "Ana,Police,Law enforcement,ana@example.org\nBen,Ltd,Industries,ben@example.org"

    lone_owner.opens(f"{PAGE}/add").presses("Check the list", expect=422, list=text)

    assert lone_owner.value("list") == text
    assert "Line 2: “Industries” is not a group." in lone_owner.said()
    assert statuses(lone_app) == []


def test_a_list_is_checked_then_invited_and_those_known_are_left_out(
    lone_app, lone_owner: Organiser
):
    invite(lone_app, BEN)
    deliver(lone_app)
    text = "Ana,Police,Law enforcement,ana@example.org\n,,industry,BEN@example.org"

    lone_owner.opens(f"{PAGE}/add").presses("Check the list", list=text)
    assert statuses(lone_app) == ["sent"]
    assert "Invited already, and left out: 1." in lone_owner.said()
    lone_owner.presses("Invite 1 person")

    assert "1 person is invited." in lone_owner.said()
    assert statuses(lone_app) == ["sent", "sent"]


def test_an_uploaded_file_is_checked_like_a_list(lone_app, lone_owner: Organiser):
    content = b"Ana,Police,Law enforcement,ana@example.org"

    lone_owner.opens(f"{PAGE}/add").presses(
        "Check the list", file=(io.BytesIO(content), "people.csv")
    )

    assert "1 person to invite" in lone_owner.said()


# A list is corrected in place


ODD = (
    "\ufeffName;Organisation;Group;E-mail",
    "Ana Example;Example Police ;LAW_ENFORCEMENT; ana@example.org ",
    "Missing;part@example.org",
    "Po;Force;Polizei;po@example.org",
    "Pa;Force;POLIZEI;pa@example.org",
    '"Open;Ltd;Industry;open@example.org',
    '"Quoted; Name";"The ""Q"" Ltd";Industry;quoted@example.org',
    "Zoe;Ltd;Industry;zoe@bücher.example",
    "Outlook;Ltd;Industry;Out Look <out@example.org>",
    "",
    "Twice;Ltd;Industry;ANA@example.org",
)


def test_every_odd_line_is_told_and_the_others_are_read():
    checked = check(list_files.plain("\r\n".join(ODD)), GROUPS)

    assert checked.wrong_lines == (3, 4, 5, 6, 11)
    assert checked.words == {"Polizei": 2}
    assert [each.address for each in checked.people] == [
        "ana@example.org",
        "quoted@example.org",
        "zoe@bücher.example",
        "out@example.org",
    ]
    assert checked.people[1].name == "Quoted; Name"


def test_what_a_word_means_is_said_once_for_every_line():
    checked = check("\n".join(ODD[:5]), GROUPS, {"polizei": "law_enforcement"})

    assert checked.wrong_lines == (3,)
    assert [each.group for each in checked.people] == ["law_enforcement"] * 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A,B,industry", "There are 3 parts here, not four"),
        ("A,B, Ltd,industry,a@example.org", "Put quotation marks around a part"),
    ],
)
def test_a_line_with_too_few_or_too_many_parts_says_so(line: str, said: str):
    [wrong] = check(line, GROUPS).wrong

    assert said in wrong.message


def test_headings_in_other_words_are_told_and_not_taken_for_a_person():
    checked = check("Nom;Service;Groupe;Courriel\nA;B;industry;a@example.org", GROUPS)

    assert "looks like headings" in checked.wrong[0].message
    assert checked.wrong_lines == (1,)


def test_a_break_inside_a_cell_of_a_spreadsheet_parts_no_line():
    text = 'Name,Organisation,Group,Address\n"Ana\nExample",Example Police,industry,a@example.org'

    [person] = check(list_files.plain(text), GROUPS).people

    assert person.name == "Ana Example"


def test_lines_are_put_right_where_they_stand(lone_app, lone_owner: Organiser):
    text = "\n".join(ODD)
    lone_owner.opens(f"{PAGE}/add").presses("Check the list", expect=422, list=text)
    assert "4 lines are in order" in lone_owner.said()
    assert lone_owner.value("line-3") == ODD[2]

    lone_owner.presses(
        "Check again",
        means="law_enforcement",
        **{
            "line-3": "Missing;;Industry;part@example.org",
            "line-6": "Open;Ltd;Industry;open@example.org",
            "line-11": "",
        },
    )

    assert "The list is in order: 8 people to invite" in lone_owner.said()
    lone_owner.presses("Invite 8 people")
    assert len(statuses(lone_app)) == 8


def test_lines_that_are_left_out_stay_on_the_page(lone_app, lone_owner: Organiser):
    lone_owner.opens(f"{PAGE}/add")
    lone_owner.presses("Check the list", expect=422, list="\n".join(ODD))

    lone_owner.presses("Leave all 5 lines out for now")
    lone_owner.presses("Invite 4 people")

    assert len(statuses(lone_app)) == 4
    left = lone_owner.value("list").splitlines()
    assert left == [ODD[0].removeprefix("\ufeff"), *(ODD[each] for each in (2, 3, 4, 5, 10))]


def test_an_organiser_reads_the_letter_before_it_is_sent(lone_app, lone_owner: Organiser):
    text = "Ana,Police,Law enforcement,ana@example.org"

    lone_owner.opens(f"{PAGE}/add").presses("Check the list", list=text)

    [letter] = lone_owner.page.find_class("oq-letter")
    assert letter.text_content().startswith("Hello Ana,")
    assert "The letter names no address to write to." in lone_owner.said()
    assert statuses(lone_app) == []


# Mending, handing over, sending again


def identifier_of(app: Flask) -> str:
    with app.extensions["database"].session() as session:
        return session.scalars(sa.select(Invitation.id)).one()


def fail(app: Flask, key: str = "no such address", code: int = 550) -> None:
    """Let the letter that waits be refused."""
    with app.extensions["database"].work() as session:
        message = session.scalars(sa.select(Message).where(Message.sent_at.is_(None))).one()
        outcome = mail.Outcome(message.id, mail.undelivered.Failure(key, code))
        mail.note(session, [outcome], now=datetime.now(UTC))


def test_an_address_is_mended_and_the_old_link_opens_nothing(
    lone_app, lone_owner: Organiser, tmp_path
):
    [old] = invite(lone_app, ANA)
    fail(lone_app)
    lone_owner.opens(f"{PAGE}/{identifier_of(lone_app)}")
    lone_owner.presses("Save", expect=422, address="nope")
    assert lone_owner.value("address") == "nope"

    lone_owner.presses("Save", address="anna@example.org")

    assert "Put right. A new letter is on its way." in lone_owner.said()
    assert statuses(lone_app) == ["sent"]
    [letter] = letters(tmp_path)
    assert letter["To"] == "anna@example.org"
    [new] = re.findall(r"http\S+(/c/\S+/i/\S+)", letter.get_content())
    assert new != old
    assert "Ana Example" in Respondent(lone_app, KEY).opens(new).said()
    Respondent(lone_app, KEY).opens(old, 404)


def test_a_name_is_mended_without_a_letter_and_a_known_address_is_refused(
    lone_app, lone_owner: Organiser, tmp_path: Path
):
    invite(lone_app, ANA, BEN)
    deliver(lone_app)
    with lone_app.extensions["database"].session() as session:
        found = session.scalars(sa.select(Invitation)).all()
        [one] = [each.id for each in found if invitations.person_of(each)["name"]]

    lone_owner.opens(f"{PAGE}/{one}").presses("Save", expect=422, address="BEN@example.org")
    assert "invited already" in lone_owner.said()
    lone_owner.presses("Save", name="Anna Example", address="ana@example.org")

    assert "Nothing was sent" in lone_owner.said()
    assert "Anna Example" in lone_owner.said()
    assert len(letters(tmp_path)) == 2


def test_details_are_not_mended_once_answers_were_begun(lone_app, lone_owner: Organiser):
    [address] = invite(lone_app, ANA)
    Respondent(lone_app, KEY).opens(address).presses("Start")
    page = f"{PAGE}/{identifier_of(lone_app)}"

    assert "Put the details right" not in lone_owner.opens(page).said()
    lone_owner.posts(f"{page}/mend", 422, address="x@example.org", group="industry")
    assert "Answers were begun with this link" in lone_owner.said()


def test_a_link_is_shown_on_request_after_a_fresh_sign_in_and_that_is_kept(
    lone_app, lone_owner: Organiser
):
    [address] = invite(lone_app, ANA)
    lone_owner.opens(f"{PAGE}/{identifier_of(lone_app)}")
    assert "Mail is not set up here" in lone_owner.said()
    assert address not in lone_owner.text
    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))):
            each.proved_at -= timedelta(minutes=20)

    lone_owner.presses("Show the link")
    assert lone_owner.heading == "Please sign in again"
    lone_owner.presses("Continue", again_password=PASSWORD, again_code=lone_owner.code())

    assert lone_owner.page.get_element_by_id("link").get("value").endswith(address)
    with lone_app.extensions["database"].session() as session:
        acts = session.scalars(sa.select(AuditEvent.act)).all()
    assert acts.count("show invitation link") == 1


def test_a_letter_sent_again_replaces_the_one_that_waits_and_is_sent_once(
    lone_app, lone_owner: Organiser, tmp_path: Path
):
    long_ago = datetime.now(UTC) - timedelta(minutes=50)
    invite(lone_app, ANA, now=long_ago)
    fail(lone_app, "later", 451)
    assert statuses(lone_app) == ["trying"]
    page = f"{PAGE}/{identifier_of(lone_app)}"

    lone_owner.opens(page).presses("Send the same link again")
    lone_owner.posts(f"{page}/send-again")
    deliver(lone_app)

    assert len(letters(tmp_path)) == 1
    assert "A newer letter was sent in its place" in lone_owner.opens(page).said()
    assert statuses(lone_app) == ["sent"]


def test_a_second_press_reminds_nobody_twice(lone_app, lone_owner: Organiser, tmp_path: Path):
    invite(lone_app, ANA)
    deliver(lone_app)
    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(Invitation)).one().letters:
            each.made_at -= timedelta(days=2)

    lone_owner.posts(f"{PAGE}/remind")
    lone_owner.posts(f"{PAGE}/remind")

    assert "Nobody was left to remind" in lone_owner.said()
    assert len([each for each in letters(tmp_path) if each["Subject"].startswith("Rem")]) == 1


# The letters


def test_the_letter_names_who_asks_and_holds_a_link_that_works(
    app, consultation: str, tmp_path: Path
):
    invite(app, ANA)
    deliver(app)

    [letter] = letters(tmp_path)
    body = letter.get_content().replace("\r\n", "\n")
    assert letter["To"] == "ana@example.org"
    assert letter["Subject"].startswith("Invitation to answer: “AI and the protection")
    assert body.startswith("Hello Ana Example,\n\nThe test team invites you")
    assert "for this group: Law enforcement." in body
    [path] = re.findall(r"^/c/\S+/i/[a-z2-7]{32}$", body, re.MULTILINE)
    assert "Is this letter genuine?" in body
    assert "If you do not wish to answer, do nothing." in body
    assert re.search(r"Open until: \d+ \w+ \d+, \d\d:\d\d \(Europe/London\)\.", body)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert "Ana Example" in Respondent(app, KEY).opens(path).said()
    assert statuses(app) == ["sent"]


def test_an_answer_to_a_letter_reaches_the_contact_and_not_the_machine(
    app, consultation: str, tmp_path: Path
):
    change(app, wording={"contact_name": "Team", "contact_email": "team@example.org"})
    invite(app, ANA)
    deliver(app)

    [letter] = letters(tmp_path)
    assert letter["Reply-To"] == "team@example.org"
    assert "Team (team@example.org)" in letter.get_content()


def test_a_name_cannot_write_a_header(app, consultation: str, tmp_path: Path):
    invite(app, Person("Eve\r\nBcc: all@example.org", "", "industry", "eve@example.org"))
    deliver(app)

    [letter] = letters(tmp_path)
    assert letter["Bcc"] is None
    assert letter["To"] == "eve@example.org"


def test_a_letter_that_is_refused_is_shown_with_its_reason(lone_app, lone_owner: Organiser):
    invite(lone_app, ANA)
    with lone_app.extensions["database"].work() as session:
        message = session.scalars(sa.select(Message)).one()
        outcome = mail.Outcome(message.id, mail.undelivered.Failure("no such address", 550))
        mail.note(session, [outcome], now=datetime.now(UTC))

    said = lone_owner.opens(PAGE).said()

    assert statuses(lone_app) == ["failed"]
    assert "this address does not exist. Check the address, mend it and send it again." in said


def test_name_organisation_and_address_are_sealed_and_never_in_the_audit_trail(
    app, consultation: str
):
    invite(app, ANA)
    with app.extensions["database"].session() as session:
        invitation = session.scalars(sa.select(Invitation)).one()
        kept = " ".join(str(getattr(invitation, each.key)) for each in Invitation.__table__.columns)
        told = " ".join(str(each.details) for each in session.scalars(sa.select(AuditEvent)))
        for secret in ("Ana", "Police", "ana@example.org"):
            assert secret not in kept + told
        assert invitations.person_of(invitation)["address"] == "ana@example.org"


def test_the_secret_is_stored_only_as_a_hash(app, consultation: str):
    [address] = invite(app, ANA)
    secret = address.rsplit("/", 1)[1]

    with app.extensions["database"].session() as session:
        invitation = session.scalars(sa.select(Invitation)).one()
        kept = [str(getattr(invitation, each.key)) for each in Invitation.__table__.columns]

    assert len(secret) * 5 == 160
    assert all(secret not in each for each in kept)


def test_only_those_who_have_not_answered_are_reminded(lone_app, lone_owner: Organiser):
    long_ago = datetime.now(UTC) - timedelta(minutes=50)
    first, second = invite(lone_app, ANA, BEN, now=long_ago)
    deliver(lone_app)
    starts(lone_app, first).consents().sends()
    starts(lone_app, second, group="industry")

    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, KEY)
        soon = datetime.now(UTC)
        assert invited.to_remind(session, consultation, now=soon) == []
        [one] = invited.to_remind(session, consultation, now=soon + timedelta(days=2))
        assert invitations.person_of(one)["address"] == "ben@example.org"


def test_a_reminder_goes_out_once_a_day_at_most(lone_app, lone_owner: Organiser, tmp_path: Path):
    invite(lone_app, ANA)
    deliver(lone_app)
    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(Invitation)).one().letters:
            each.made_at -= timedelta(days=2)

    lone_owner.opens(PAGE).presses("Remind 1 person")
    assert "Reminders on their way: 1." in lone_owner.said()
    deliver(lone_app)

    assert "Nobody can be reminded now" in lone_owner.opens(PAGE).said()
    subjects = [each["Subject"].split(":")[0] for each in letters(tmp_path)]
    assert sorted(subjects) == ["Invitation to answer", "Reminder"]


# The link


def test_opening_the_link_writes_nothing(app, consultation: str):
    [address] = invite(app, ANA)
    deliver(app)

    Respondent(app, KEY).opens(address)

    assert statuses(app) == ["sent"]


def test_starting_sets_the_group_and_the_first_page_says_so(app, consultation: str):
    [address] = invite(app, ANA)
    person = Respondent(app, KEY).opens(address).presses("Start")

    assert person.heading == "Your role"
    assert "You are invited to answer for: Law enforcement." in person.said()
    assert person.page.get_element_by_id("group").get("checked") is not None
    assert statuses(app) == ["opened"]


def test_after_the_first_page_the_resume_link_is_shown(app, consultation: str):
    [address] = invite(app, ANA)

    person = starts(app, address)

    assert person.heading == "Your answers are saved. Keep this link"
    assert statuses(app) == ["started"]


def test_a_lost_reply_or_a_second_press_gives_the_same_draft(app, consultation: str):
    [address] = invite(app, ANA)
    Respondent(app, KEY).opens(address).presses("Start")
    again = Respondent(app, KEY).opens(address).presses("Start")

    assert again.heading == "Your role"
    with app.extensions["database"].session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 1


def test_a_used_link_begins_nothing_and_leads_to_the_resume_link(app, consultation: str):
    [address] = invite(app, ANA)
    stranger = Respondent(app, KEY).opens(address)
    starts(app, address)

    stranger.presses("Start")
    assert "use the resume link that you were given" in stranger.said()
    stranger.opens(f"/c/{KEY}/tasks")
    assert stranger.heading == "Return to your answers"
    with app.extensions["database"].session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 1


def test_whoever_lost_the_resume_link_has_it_mailed_to_the_address_invited(
    app, consultation: str, tmp_path: Path
):
    [address] = invite(app, ANA)
    resume = starts(app, address).link()
    elsewhere = Respondent(app, KEY).opens(address)

    elsewhere.presses("Mail the link to my answers")
    elsewhere.opens(address).presses("Mail the link to my answers")
    deliver(app)

    mailed = [each for each in letters(tmp_path) if each["Subject"].startswith("Your link to")]
    assert [each["To"] for each in mailed] == ["ana@example.org"]
    assert resume in mailed[0].get_content()


def test_secrets_of_one_purpose_open_nothing_of_another(app, consultation: str, owner: Organiser):
    invitation, second = (each.rsplit("/", 1)[1] for each in invite(app, ANA, BEN))
    resume = starts(app, link(second)).link().rsplit("/", 1)[1]
    person = Respondent(app, KEY)

    assert person.opens(f"/r/{invitation}", 404).heading == "This link opens nothing"
    assert person.opens(link(resume), 404).heading == "This invitation opens nothing"
    person.opens(f"/c/{KEY}/resume").presses("Open my answers", expect=422, link=invitation)
    with app.extensions["database"].session() as session:
        receipt = session.scalars(sa.select(Draft)).first()
        token = session.info["keyring"].derive("send", receipt.id, 1)
    person.opens(link(token), 404)
    person.opens(f"/account/join/{invitation}", person.client.get("/account/join/x").status_code)
    assert statuses(app) == ["started", "waiting"]


def test_an_invitation_works_in_its_own_consultation_only(app, consultation: str, questionnaire):
    [address] = invite(app, ANA)
    with app.extensions["database"].work() as session:
        opening = editions.Opening(title="Other", organiser="Other", closes_at=None, key="other")
        editions.open_edition(session, questionnaire, opening, now=datetime.now(UTC))

    Respondent(app, "other").opens(address.replace(KEY, "other"), 404)


def test_a_revoked_link_opens_nothing_even_from_a_page_that_was_open(
    lone_app, lone_owner: Organiser, tmp_path: Path
):
    [address] = invite(lone_app, ANA)
    person = Respondent(lone_app, KEY).opens(address)
    lone_owner.opens(PAGE)
    identifier = lone_owner.page.xpath("//a[contains(@href, '/invitations/')]/@href")[-1]
    lone_owner.opens(identifier).presses("Revoke the invitation", expect=422)
    assert "Tick the box if you want to take it back for good." in lone_owner.said()
    assert statuses(lone_app) != ["revoked"]
    lone_owner.presses("Revoke the invitation", sure="yes")
    assert "Open until" not in lone_owner.said()

    person.presses("Start", expect=404)
    person.opens(address, 404)
    deliver(lone_app)

    assert letters(tmp_path) == []
    assert statuses(lone_app) == ["revoked"]


def test_a_late_start_is_refused_and_says_when_it_ended(app, consultation: str):
    [address] = invite(app, ANA)
    person = Respondent(app, KEY).opens(address)
    change(app, closes_at=datetime.now(UTC) - timedelta(minutes=1))

    person.presses("Start", expect=403)
    assert "The time of this invitation is over." in person.opens(address).said()
    assert statuses(app) == ["sent"]


def test_more_time_for_one_lets_that_one_start_save_and_send_after_closing(
    lone_app, lone_owner: Organiser
):
    ana, ben = invite(lone_app, ANA, BEN)
    late = datetime.now(UTC) + timedelta(days=40)
    with lone_app.extensions["database"].work() as session:
        found = session.scalars(sa.select(Invitation)).all()
        [one] = [each for each in found if invitations.person_of(each)["name"]]
    page = f"{PAGE}/{one.id}"
    lone_owner.opens(page).presses("Give more time", closes_at=f"{late:%Y-%m-%dT%H:%M}")
    assert "longer than for the others" in lone_owner.said()
    change(lone_app, closes_at=datetime.now(UTC) - timedelta(minutes=1))

    Respondent(lone_app, KEY).opens(ben).said().index("is over")
    starts(lone_app, ana).answers("oq1", oq1_overall="mixed").consents().sends()

    assert response_of(lone_app).verified


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2020-01-01T10:00", "Choose a time after now"),
        ("soon", "Enter a date and time"),
        ("", "Enter a date and time"),
    ],
)
def test_more_time_that_is_none_is_refused(lone_app, lone_owner: Organiser, typed, said):
    invite(lone_app, ANA)
    with lone_app.extensions["database"].session() as session:
        identifier = session.scalars(sa.select(Invitation.id)).one()

    lone_owner.opens(f"{PAGE}/{identifier}").presses("Give more time", expect=422, closes_at=typed)

    assert said in lone_owner.said()


# Verified or declared


def exported(app: Flask) -> list[str]:
    with app.extensions["database"].session() as session:
        consultation = editions.find(session, KEY)
        edition = editions.current_edition(session, consultation)
        return sorted(
            exporting.row(each)["verified"]
            for each in exporting.included(session, consultation, edition)
        )


def test_an_export_tells_verified_from_declared(app, consultation: str):
    [address] = invite(app, ANA)
    starts(app, address).consents().sends()
    Respondent(app, KEY).begins().consents().sends()

    assert exported(app) == ["declared", "verified"]
    assert statuses(app) == ["answered"]


def test_whoever_changes_the_group_counts_as_declared_and_is_told(app, consultation: str):
    [address] = invite(app, ANA)
    person = starts(app, address, group="industry")

    assert "Your response will count as declared" in person.said()
    person.consents().sends()
    assert exported(app) == ["declared"]


def test_whoever_changes_the_group_back_counts_as_verified_from_the_next_sending(
    app, consultation: str
):
    [address] = invite(app, ANA)
    person = starts(app, address, group="industry").consents().sends()

    person.answers("start", group="law_enforcement", capacity="own_name").sends()

    assert exported(app) == ["verified"]


def test_revoking_makes_a_response_declared(lone_app, lone_owner: Organiser):
    [address] = invite(lone_app, ANA)
    person = starts(lone_app, address).consents().sends()
    with lone_app.extensions["database"].work() as session:
        invitation = session.scalars(sa.select(Invitation)).one()
        inviting.revoke(session, invitation, actor="test", now=datetime.now(UTC))
    assert exported(lone_app) == ["declared"]

    person.answers("oq1", oq1_overall="mixed").sends()

    assert exported(lone_app) == ["declared"]


def test_who_answered_stays_answered_when_the_draft_is_deleted(lone_app, lone_consultation: str):
    [address] = invite(lone_app, ANA)
    starts(lone_app, address).consents().sends()
    with lone_app.extensions["database"].work() as session:
        response = session.scalars(sa.select(Response)).one()
        draft, response.draft = response.draft, None
        session.flush()
        session.delete(draft)

    assert statuses(lone_app) == ["answered"]
    Respondent(lone_app, KEY).opens(address).said().index("This invitation has been used")


def test_retention_forgets_who_was_invited(lone_app, lone_consultation: str):
    invite(lone_app, ANA)
    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, KEY)
        late = consultation.closes_at + timedelta(days=40_000)
        certificate = retention.run(session, consultation, actor="test", now=late)
        assert [(each["kind"], each["count"]) for each in certificate.deleted] == [
            ("invitations", 1)
        ]
        invitation = session.scalars(sa.select(Invitation)).one()
        assert invitations.person_of(invitation)["address"] == ""
        with pytest.raises(invitation_mail.Refused, match="deleted"):
            invitation_mail.send(session, invitation, "reminder", link, now=late)


# The open link


def test_without_the_open_link_nobody_begins_uninvited(lone_app, lone_owner: Organiser):
    stranger = Respondent(lone_app, KEY).opens(f"/c/{KEY}/start")
    lone_owner.opens(PAGE).presses("Turn the open link off")

    stranger.presses("Save and continue", expect=403, group="industry", capacity="own_name")
    assert stranger.heading == "This consultation is by invitation"
    stranger.opens(f"/c/{KEY}/start", 403)
    assert "by invitation" in stranger.opens(f"/c/{KEY}/").said()
    [address] = invite(lone_app, ANA)
    assert starts(lone_app, address).heading.startswith("Your answers are saved")

    lone_owner.opens(PAGE).presses("Turn the open link on")
    assert stranger.opens(f"/c/{KEY}/start").heading == "Your role"


def test_whoever_began_before_the_open_link_was_turned_off_carries_on(
    lone_app, lone_respondent: Respondent
):
    lone_respondent.begins()
    change(lone_app, open_link=False)

    lone_respondent.answers("oq1", oq1_overall="mixed").consents().sends()

    assert response_of(lone_app).verified is False


# Who may


@pytest.mark.parametrize("role", ["analyst", "coder", "safeguarding", "reader"])
def test_other_roles_see_no_invitation(lone_app, lone_owner: Organiser, role: str):
    invite(lone_app, ANA)
    with lone_app.extensions["database"].session() as session:
        identifier = session.scalars(sa.select(Invitation.id)).one()
    other = Organiser.invited(lone_app, "other@example.org", role)

    for path in (PAGE, f"{PAGE}/add", f"{PAGE}/{identifier}"):
        other.opens(path, 403)
    for path in ("remind", "open-link", f"{identifier}/revoke", f"{identifier}/extend"):
        other.posts(f"{PAGE}/{path}", 403)
    assert statuses(lone_app) == ["waiting"]


def test_an_invitation_of_another_consultation_is_not_found(
    lone_app, lone_owner: Organiser, questionnaire
):
    invite(lone_app, ANA)
    with lone_app.extensions["database"].work() as session:
        identifier = session.scalars(sa.select(Invitation.id)).one()
        opening = editions.Opening(title="Other", organiser="Other", closes_at=None, key="other")
        editions.open_edition(session, questionnaire, opening, now=datetime.now(UTC))

    lone_owner.opens(f"/organise/c/other/invitations/{identifier}", 404)
    lone_owner.posts(f"/organise/c/other/invitations/{identifier}/revoke", 404)
    assert statuses(lone_app) == ["waiting"]


def test_the_list_is_filtered_by_group_status_and_words(lone_app, lone_owner: Organiser):
    invite(lone_app, ANA, BEN)

    assert "2 invitations" in lone_owner.opens(PAGE).said()
    assert "ben@" not in lone_owner.opens(f"{PAGE}?group=law_enforcement").said()
    assert "No invitation fits" in lone_owner.opens(f"{PAGE}?status=answered").said()
    assert "ana@" not in lone_owner.opens(f"{PAGE}?words=BEN@").said()


def test_a_hostile_name_is_shown_as_words(lone_app, lone_owner: Organiser):
    name = "<script>alert(1)</script>"
    [address] = invite(lone_app, Person(name, name, "industry", "eve@example.org"))
    with lone_app.extensions["database"].session() as session:
        identifier = session.scalars(sa.select(Invitation.id)).one()

    for visitor, path in (
        (lone_owner, PAGE),
        (lone_owner, f"{PAGE}/{identifier}"),
        (Respondent(lone_app, KEY), address),
    ):
        assert name in visitor.opens(path).said()


def test_nobody_is_invited_before_it_opens(lone_app, lone_owner: Organiser):
    with lone_app.extensions["database"].work() as session:
        session.add(
            Consultation(
                key="later",
                title="Later",
                organiser="Later",
                created_at=datetime.now(UTC),
                draft_document=session.scalars(sa.select(editions.Edition.document)).first(),
            )
        )

    assert "Open it first" in lone_owner.opens("/organise/c/later/invitations/add").said()
    said = lone_owner.opens("/organise/c/later/invitations").said()
    assert "Now it is not open yet: nobody can begin." in said
    assert "Open it, then invite people" in said


def test_after_closing_the_page_of_invitations_offers_what_can_still_be_done(
    lone_app, lone_owner: Organiser
):
    invite(lone_app, ANA)
    assert "nobody can begin" not in lone_owner.opens(PAGE).said()
    change(lone_app, closes_at=datetime.now(UTC) - timedelta(hours=1))

    said = lone_owner.opens(PAGE).said()

    assert "nobody new can be invited. Somebody who was invited can still get more time" in said
    assert "Now it is closed: nobody can begin." in said
    assert not lone_owner.page.xpath(f"//main//a[@href='{PAGE}/add']")
    assert "Open it again first" in lone_owner.opens(f"{PAGE}/add").said()
