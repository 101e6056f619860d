"""Letters: queued with the work, sent once it is durable, never lost and never too many."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from flask import Flask
from sqlalchemy.orm import Session

from app import posting
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
        self.answers: dict[str, str] = {}
        self.slow = 0.0

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd calls it so
        if (answer := self.answers.get("MAIL")) is not None:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - as above
        if "nobody" in address:
            return "550 There is nobody here"
        if (answer := self.answers.get("RCPT")) is not None:
            return answer
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
def lone_mailing(sqlite_address: str, tmp_path: Path, smtp: Controller) -> Iterator[Flask]:
    """The same on SQLite alone."""
    app = make_app(sqlite_address, tmp_path, mail_url=f"smtp://127.0.0.1:{smtp.port}", limits=True)
    yield app
    app.extensions["postman"].stop()
    app.extensions["database"].engine.dispose()


@pytest.fixture
def lone_writer(lone_mailing: Flask, questionnaire) -> Respondent:
    key = open_consultation(lone_mailing.extensions["database"], questionnaire)
    return Respondent(lone_mailing, key)


@pytest.fixture
def writer(mailing: Flask, questionnaire) -> Respondent:
    return Respondent(mailing, open_consultation(mailing.extensions["database"], questionnaire))


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def gone(app: Flask) -> mail.undelivered.Failure:
    """What was kept of the only letter, once it did not go out."""
    until(lambda: letters(app)[0].failure not in {None, mail.BEING_SENT})
    app.extensions["postman"].stop()
    return mail.undelivered.kept(letters(app)[0].failure)


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
    until(lambda: letters(writer.app)[0].failure == "later:451")
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

    until(lambda: letters(app)[0].failure == "unreachable")
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
    until(lambda: letters(writer.app)[0].failure == "no such address:550")
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


# Why a letter did not go out


@pytest.mark.parametrize(
    ("where", "answer", "key", "final"),
    [
        ("RCPT", "550 5.1.1 No such user", "no such address", True),
        ("RCPT", "550 5.7.1 Not for you", "refused", True),
        ("RCPT", "554 5.7.1 Blocked", "refused", True),
        ("RCPT", "552 5.2.2 Mailbox full", "too large", True),
        ("RCPT", "451 4.7.1 Greylisted", "later", False),
        ("DATA", "552 5.3.4 Too big", "too large", True),
        ("DATA", "554 5.7.1 Looks like spam", "words", True),
        ("DATA", "452 4.3.1 Not now", "later", False),
        ("MAIL", "553 5.7.1 Sender not allowed", "sender", False),
        ("MAIL", "530 5.7.0 Authentication required", "sign-in", False),
    ],
)
def test_why_a_letter_was_refused_is_told_apart(
    lone_mailing: Flask, lone_writer: Respondent, postbox: Postbox, where, answer, key, final
):
    if where == "DATA":
        postbox.answer = answer
    else:
        postbox.answers[where] = answer

    ask_for_the_link(lone_writer.begins(), "someone@example.org")

    failure = gone(lone_mailing)
    assert (failure.key, failure.code) == (key, int(answer[:3]))
    assert (letters(lone_mailing)[0].tries == mail.MOST_TRIES) is final


def test_a_sign_in_that_is_refused_keeps_every_letter(sqlite_address, tmp_path, questionnaire):
    def nobody(server, session, envelope, mechanism, data):
        return AuthResult(success=False, handled=False)

    controller = Controller(
        Postbox(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=nobody,
        auth_require_tls=False,
    )
    controller.start()
    app = make_app(
        sqlite_address, tmp_path, mail_url=f"smtp://us:wrong@127.0.0.1:{controller.port}"
    )
    someone = Respondent(app, open_consultation(app.extensions["database"], questionnaire))
    ask_for_the_link(someone.begins(), "someone@example.org")

    assert str(gone(app)) == "sign-in:535"
    assert letters(app)[0].tries < 3
    controller.stop()


def test_a_server_without_encryption_is_told_where_encryption_is_set(
    sqlite_address, tmp_path, questionnaire, smtp: Controller
):
    app = make_app(sqlite_address, tmp_path, mail_url=f"smtp+tls://127.0.0.1:{smtp.port}")
    someone = Respondent(app, open_consultation(app.extensions["database"], questionnaire))
    ask_for_the_link(someone.begins(), "someone@example.org")

    assert str(gone(app)) == "encryption"


def test_a_server_that_speaks_no_tls_at_all_is_told(
    sqlite_address, tmp_path, questionnaire, smtp: Controller
):
    app = make_app(sqlite_address, tmp_path, mail_url=f"smtps://127.0.0.1:{smtp.port}")
    someone = Respondent(app, open_consultation(app.extensions["database"], questionnaire))
    ask_for_the_link(someone.begins(), "someone@example.org")

    assert str(gone(app)) == "encryption"


def test_every_reason_says_what_happened_and_what_to_do():
    for key, reason in mail.undelivered.REASONS.items():
        assert reason.happened.endswith("."), key
        assert reason.do.endswith(".") or key in {"revoked", "changed", "replaced"}, key
        assert reason.words.strip() in mail.undelivered.in_words(key)
    assert mail.undelivered.in_words("SMTPDataError") == mail.undelivered.in_words("")


def test_an_outage_counts_against_no_letter_and_ends_the_round(lone_app: Flask):
    settings = lone_app.config["SETTINGS"].model_copy(
        update={"mail_url": f"smtp://127.0.0.1:{free_port()}"}
    )
    database = lone_app.extensions["database"]
    queue_many(lone_app, 30)

    assert posting.deliver(database, settings) == 0

    tried = [each.tries for each in letters(lone_app) if each.failed_at is not None]
    assert len(tried) == posting.BATCH
    later(lone_app, days=40)
    for _ in range(30):
        posting.deliver(database, settings)
        later(lone_app, minutes=5)
    assert max(each.tries for each in letters(lone_app)) <= 3


def queue_many(app: Flask, number: int, purpose: str = "invitation") -> None:
    with app.extensions["database"].work() as session:
        for each in range(number):
            letter = mail.Letter(f"a{each}@example.org", f"Hello {each}", "Words\n")
            mail.queue(session, letter, purpose=purpose, now=datetime.now(UTC))


# The rate


def test_no_more_letters_go_in_a_minute_than_are_allowed_whoever_sends(
    lone_mailing: Flask, postbox: Postbox
):
    database = lone_mailing.extensions["database"]
    settings = lone_mailing.config["SETTINGS"].model_copy(update={"mail_per_minute": 12})
    queue_many(lone_mailing, 30)

    sent = [posting.deliver(database, settings) for _ in range(3)]

    assert sent == [12, 0, 0]
    assert len(postbox.taken) == 12
    with database.work() as session:
        for message in session.query(Message).filter(Message.sent_at.is_not(None)):
            message.sent_at -= timedelta(minutes=1)
    assert posting.deliver(database, settings) == 12


def test_a_letter_that_somebody_waits_for_goes_before_many_others(
    lone_mailing: Flask, postbox: Postbox
):
    queue_many(lone_mailing, 5)
    queue_many(lone_mailing, 1, "reset")
    settings = lone_mailing.config["SETTINGS"].model_copy(update={"mail_per_minute": 1})

    posting.deliver(lone_mailing.extensions["database"], settings)

    with lone_mailing.extensions["database"].session() as session:
        [sent] = session.query(Message).filter(Message.sent_at.is_not(None)).all()
    assert sent.purpose == "reset"


def test_letters_left_behind_go_out_at_the_first_request_after_a_start(
    lone_mailing: Flask, postbox: Postbox
):
    queue_many(lone_mailing, 3)

    lone_mailing.test_client().get("/health")

    until(lambda: len(postbox.taken) == 3)


def test_a_letter_that_is_tried_twice_has_the_same_identifier(
    lone_mailing: Flask, postbox: Postbox
):
    queue_many(lone_mailing, 1)
    database, settings = lone_mailing.extensions["database"], lone_mailing.config["SETTINGS"]
    now = datetime.now(UTC)
    with database.work() as session:
        claimed = mail.claim(session, now=now, most=1)
    list(mail.send(settings, claimed, now=now))  # and the process dies before it is noted
    later(lone_mailing, minutes=5)
    posting.deliver(database, settings)

    assert len({each["Message-ID"] for each in postbox.taken}) == 1
    assert len(postbox.taken) == 2


def test_an_international_domain_is_written_as_every_server_takes_it(
    lone_mailing: Flask, postbox: Postbox
):
    with lone_mailing.extensions["database"].work() as session:
        letter = mail.Letter("zoe@bücher.example", "Grüße", "Wörter\n", "buero@bücher.example")
        mail.queue(session, letter, purpose="test", now=datetime.now(UTC))
    posting.deliver(lone_mailing.extensions["database"], lone_mailing.config["SETTINGS"])

    [taken] = postbox.taken
    assert taken["To"] == "zoe@xn--bcher-kva.example"
    assert taken["Reply-To"] == "buero@xn--bcher-kva.example"
    assert taken["Subject"] == "Grüße"
    assert taken.get_content().split() == ["Wörter"]
