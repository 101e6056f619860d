"""Letters: queued with the work, sent once it is durable, never lost and never too many."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from app.models import Draft, Message
from app.services import mail
from tests.conftest import make_app, open_consultation
from tests.kept import count, letters
from tests.pages import Respondent
from tests.servers import free_port


class Postbox:
    """An SMTP server's conscience: takes letters, or answers what it was told to."""

    def __init__(self) -> None:
        self.taken: list = []
        self.answer = "250 OK"
        self.slow = 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd calls it so
        if "nobody" in address:
            return "550 There is nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - as above
        await asyncio.sleep(self.slow)
        if self.answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def smtp(postbox: Postbox) -> Iterator[Controller]:
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mailing(database_address: str, tmp_path: Path, smtp: Controller) -> Iterator[Flask]:
    """The application with a real SMTP server, on both databases."""
    port = smtp.port
    app = make_app(database_address, tmp_path, mail_url=f"smtp://127.0.0.1:{port}", limits=True)
    yield app
    app.extensions["postman"].stop()
    app.extensions["database"].engine.dispose()


@pytest.fixture
def writer(mailing: Flask, questionnaire) -> Respondent:
    return Respondent(mailing, open_consultation(mailing.extensions["database"], questionnaire))


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def ask_for_the_link(respondent: Respondent, address: str, expect: int = 200) -> Respondent:
    respondent.opens(f"{respondent.base}/saved")
    return respondent.presses("Mail me the link", expect, email=address)


def later(app: Flask, **time_passed: float) -> None:
    """Let time pass for the letters that wait to be tried again."""
    with app.extensions["database"].work() as session:
        for message in session.query(Message):
            if message.failed_at is not None:
                message.failed_at -= timedelta(**time_passed)


def test_a_link_that_is_mailed_opens_the_answers(writer: Respondent, postbox: Postbox):
    link = writer.begins().link()
    ask_for_the_link(writer, "someone@example.org")
    assert "We are sending the link" in writer.said()
    until(lambda: postbox.taken)

    (letter,) = postbox.taken
    assert letter["To"] == "someone@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert link in letter.get_content().splitlines()
    assert writer.on_another_device(link).heading == "Your answers"


def test_address_and_words_are_dropped_once_a_letter_went_out(writer: Respondent):
    ask_for_the_link(writer.begins(), "someone@example.org")
    until(lambda: letters(writer.app)[0].sent_at)

    (kept,) = letters(writer.app)
    assert (kept.recipient, kept.content, kept.failure) == (None, None, None)


def test_a_letter_that_the_server_refuses_for_now_is_tried_again(
    writer: Respondent, postbox: Postbox
):
    postbox.answer = "451 Not now"
    ask_for_the_link(writer.begins(), "someone@example.org")
    until(lambda: letters(writer.app)[0].failure == "SMTPDataError")
    writer.app.extensions["postman"].stop()
    runner = writer.app.test_cli_runner()
    assert "0 sent; 1 still waiting" in runner.invoke(args=["send-mail"]).output

    postbox.answer = "250 OK"
    later(writer.app, minutes=3)

    assert "1 sent; 0 still waiting" in runner.invoke(args=["send-mail"]).output
    assert len(postbox.taken) == 1


def test_a_server_that_is_away_loses_no_letter(sqlite_address, tmp_path, questionnaire):
    nobody_listens = f"smtp://127.0.0.1:{free_port()}"
    app = make_app(sqlite_address, tmp_path, mail_url=nobody_listens)
    someone = Respondent(app, open_consultation(app.extensions["database"], questionnaire))

    ask_for_the_link(someone.begins(), "someone@example.org")

    until(lambda: letters(app)[0].failure == "ConnectionRefusedError")
    (kept,) = letters(app)
    assert kept.sent_at is None
    assert kept.recipient is not None
    app.extensions["postman"].stop()
    app.extensions["database"].engine.dispose()


def test_an_address_that_nobody_has_holds_up_no_other(writer: Respondent, postbox: Postbox):
    ask_for_the_link(writer.begins(), "nobody@example.org")
    ask_for_the_link(writer, "someone@example.org")
    until(lambda: all(each.failed_at or each.sent_at for each in letters(writer.app)))
    until(lambda: postbox.taken)

    refused = letters(writer.app)[0]
    until(lambda: letters(writer.app)[0].failure == "SMTPRecipientsRefused")
    assert refused.sent_at is None
    assert [each["To"] for each in postbox.taken] == ["someone@example.org"]


def test_a_slow_server_holds_nobody_up(writer: Respondent, postbox: Postbox):
    postbox.slow = 1.5
    writer.begins()
    begun = time.monotonic()
    ask_for_the_link(writer, "someone@example.org")
    writer.answers("oq1", oq1_gap="Saved meanwhile")
    assert time.monotonic() - begun < 1.4
    assert postbox.taken == []

    until(lambda: postbox.taken)


def test_a_letter_whose_sender_died_is_sent_by_the_next(mailing: Flask, postbox: Postbox):
    database, now = mailing.extensions["database"], datetime.now(UTC)
    with database.work() as session:
        letter = mail.Letter("someone@example.org", "Hello", "Words\n")
        mail.queue(session, letter, purpose="test", now=now)
    with database.work() as session:
        assert len(mail.claim(session, now=now, most=5)) == 1
    with database.work() as session:
        assert mail.claim(session, now=now, most=5) == []

    later(mailing, minutes=5)
    mailing.test_cli_runner().invoke(args=["send-mail"])

    assert [each["Subject"] for each in postbox.taken] == ["Hello"]


def test_work_that_is_taken_back_sends_no_letter(mailing: Flask, postbox: Postbox):
    database = mailing.extensions["database"]
    with database.session() as session:
        letter = mail.Letter("someone@example.org", "Hello", "Words\n")
        mail.queue(session, letter, purpose="test", now=datetime.now(UTC))
        session.rollback()

    assert letters(mailing) == []


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: all@example.org", "a@example.org\nX: y", "a\x00@example.org"]
)
def test_a_line_break_in_an_address_is_refused(lone_app, lone_respondent, address: str):
    ask_for_the_link(lone_respondent.begins(), address, 422)
    assert count(lone_app, Message) == 0

    letter, session = mail.Letter(address, "Hello", "Words"), Session()
    with pytest.raises(ValueError, match="control characters"):
        mail.queue(session, letter, purpose="test", now=datetime.now(UTC))


def test_a_line_break_in_a_title_becomes_a_space(lone_app):
    settings = lone_app.config["SETTINGS"]
    with lone_app.extensions["database"].work() as session:
        letter = mail.Letter("a@example.org", "One\r\nBcc: all@example.org", "Words")
        mail.queue(session, letter, purpose="test", now=datetime.now(UTC))

    lone_app.test_cli_runner().invoke(args=["send-mail"])

    (file,) = (settings.folder / "mail").glob("*.eml")
    written = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert written["Subject"] == "One Bcc: all@example.org"
    assert written["Bcc"] is None


def test_the_local_run_writes_letters_to_a_folder(lone_app, lone_respondent: Respondent):
    link = lone_respondent.begins().link()

    ask_for_the_link(lone_respondent, "someone@example.org")

    (file,) = (lone_app.config["SETTINGS"].folder / "mail").glob("*.eml")
    written = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert written["To"] == "someone@example.org"
    assert link in written.get_content()


def test_only_so_many_letters_go_to_one_address(writer: Respondent):
    writer.begins()
    for _ in range(3):
        ask_for_the_link(writer, "someone@example.org")

    ask_for_the_link(writer, "Someone@example.org", 429)

    assert "tried too often" in writer.said()
    assert count(writer.app, Message) == 3


def test_only_so_many_letters_are_sent_for_one_draft(writer: Respondent):
    writer.begins()
    for number in range(3):
        ask_for_the_link(writer, f"someone-{number}@example.org")

    ask_for_the_link(writer, "someone-else@example.org", 429)

    assert count(writer.app, Message) == 3


def test_an_address_is_kept_only_for_who_wants_to_be_told(lone_app, lone_respondent: Respondent):
    lone_respondent.begins().opens(f"{lone_respondent.base}/saved")
    lone_respondent.presses("Mail me the link", email="someone@example.org", tell_me="yes")
    with lone_app.extensions["database"].session() as session:
        assert session.query(Draft).one().unseal("contact") == "someone@example.org"

    lone_respondent.posts(f"{lone_respondent.base}/saved", email="someone@example.org")

    with lone_app.extensions["database"].session() as session:
        assert session.query(Draft).one().contact is None
