"""Coding: two coders who never see each other, one who settles, and what is written of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from analysis.codings import read_codings, theme_table
from analysis.export import ChangedFileError, read_export
from app.models import AuditEvent, Response
from app.models_coding import Code, Coding, CodingFrame, FrameCoder, FrameEvent
from app.models_team import Organiser as Colleague
from app.services import editions, exporting
from app.services.coding import agreement, answers, bringing, lineage, settling
from app.services.results import coding_aid
from tests.pages import Organiser, Respondent

QUESTION = "oq1_gap"
KEY = "ai_and_child_protection"
HERE = f"/organise/c/{KEY}/coding/{QUESTION}"
COPY = "We ask for one clear rule for every country so that nobody is left to guess"
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def says(app: Flask, text: str, group: str = "industry") -> Respondent:
    """Somebody who sends this answer."""
    person = Respondent(app, KEY).begins(group).answers("oq1", oq1_gap=text)
    return person.consents().sends()


def starts(owner: Organiser, *codes: str) -> Organiser:
    """The owner starts from nothing and makes these codes."""
    owner.opens(HERE).presses("Start from nothing")
    for name in codes:
        owner.presses("Make the code", name=name, description=f"Whatever is about {name}")
    return owner


def assigns(owner: Organiser, share: int, /, **parts: str) -> None:
    """The owner says who codes, by the beginning of their address."""
    with owner.app.extensions["database"].work() as session:
        people = {
            each.email.split("@")[0]: each.id for each in session.scalars(sa.select(Colleague))
        }
    given = {f"part-{people[name]}": part for name, part in parts.items()}
    owner.opens(HERE).presses("Save who codes", share=str(share), **given)


def coder(app: Flask, name: str) -> Organiser:
    return Organiser.invited(app, f"{name}@example.org", "coder")


def codes_all(person: Organiser, choose: Callable[[str], list[str]]) -> list[str]:
    """Read and code until nothing is left; the texts in the order in which they came."""
    read = []
    person.opens(f"{HERE}/read")
    while person.heading == "Read and code":
        text = person.page.find_class("oq-answer-read")[0].text_content()
        read.append(text)
        values = {
            " ".join(label.text_content().split()): person.page.get_element_by_id(
                label.get("for")
            ).get("value")
            for label in person.page.xpath("//main//label")
        }
        ticked = [
            value
            for wanted in choose(text)
            for name, value in values.items()
            if name.endswith(wanted)
        ]
        person.presses("Save and go on", codes=ticked)
    return read


def frame_of(session) -> CodingFrame:
    return session.scalars(sa.select(CodingFrame)).one()


def units_of(session):
    return answers.units(session, editions.find(session, KEY), frame_of(session))


@pytest.fixture
def database(lone_app):
    return lone_app.extensions["database"]


def test_copies_of_a_text_are_read_once_and_coded_all(lone_app, lone_owner, database):
    for text in (COPY, COPY + "!", "Something of my own about courts", COPY):
        says(lone_app, text)
    starts(lone_owner, "Courts", "One rule")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")

    ada.opens(f"{HERE}/read")
    assert "0 of 2 read" in ada.said()
    read = codes_all(ada, lambda text: ["One rule" if "rule" in text else "Courts"])

    assert len(read) == 2
    with database.work() as session:
        sizes = sorted(len(unit.responses) for unit in units_of(session))
        assert sizes == [1, 3]
        assert all(unit.state == "settled" for unit in units_of(session))


def test_a_coder_sees_neither_who_wrote_nor_what_another_gave(lone_app, lone_owner):
    says(lone_app, "Courts are too slow", group="law_enforcement")
    starts(lone_owner, "Courts", "Money")
    ada, ben = coder(lone_app, "ada"), coder(lone_app, "ben")
    assigns(lone_owner, 100, ada="first", ben="second")
    codes_all(ada, lambda _: ["Courts"])

    ben.opens(f"{HERE}/read")

    assert "Courts are too slow" in ben.said()
    assert not ben.page.xpath("//input[@checked]")
    for word in ("enforcement", "ndustry", "OQ-", "Alex Example"):
        assert word not in ben.said()
    for address in ("", "/history", "/reliability", "/disagreements", "/suggestions"):
        ben.opens(f"{HERE}{address}", expect=403)


def test_who_is_not_asked_to_code_reads_nothing(lone_app, lone_owner):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")

    ada.opens(f"{HERE}/read", expect=403)
    assert "Courts are too slow" not in ada.opens(f"/organise/c/{KEY}/coding").said()


def test_held_answers_are_never_shown(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    says(lone_app, "Write to me at someone@example.net")
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")
    assert codes_all(ada, lambda _: ["Courts"]) == ["Courts are too slow"]

    with database.work() as session:
        for response in session.scalars(sa.select(Response)):
            response.held_at = NOW
    with database.work() as session:
        assert units_of(session) == ()


def test_an_answer_that_is_changed_is_coded_afresh(lone_app, lone_owner, database):
    person = says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts", "Money")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")
    codes_all(ada, lambda _: ["Courts"])

    person.answers("oq1", oq1_gap="There is too little money").sends()

    with database.work() as session:
        assert units_of(session) == ()
        assert bringing.waiting(session, editions.find(session, KEY), frame_of(session)) == 1
    ada.opens(f"/organise/c/{KEY}/coding").presses("Bring them in")
    assert codes_all(ada, lambda _: ["Money"]) == ["There is too little money"]


def test_an_answer_that_stays_the_same_keeps_its_codes_when_others_change(
    lone_app, lone_owner, database
):
    person = says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts", "Money")
    ada, ben = coder(lone_app, "ada"), coder(lone_app, "ben")
    assigns(lone_owner, 100, ada="first", ben="second")
    codes_all(ada, lambda _: ["Courts"])
    codes_all(ben, lambda _: ["Courts", "Money"])

    person.answers("oq5", oq5_equal_penalty="agree").sends()
    said = ada.opens(f"/organise/c/{KEY}/coding").presses("Bring them in").said()

    assert "Brought in: 0 new or changed" in said
    with database.work() as session:
        (unit,) = units_of(session)
        assert (unit.state, unit.revision) == ("disagreed", 2)
        assert {each.part: len(each.codes) for each in unit.given} == {"first": 1, "second": 2}


def test_what_is_left_for_later_comes_again_at_the_end(lone_app, lone_owner):
    texts = {f"Point {number} about {'courts ' * number}" for number in range(1, 5)}
    for text in texts:
        says(lone_app, text)
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")

    left = ada.opens(f"{HERE}/read").page.find_class("oq-answer-read")[0].text_content()
    ada.opens(ada.page.xpath("//a[@data-key='ArrowRight']")[0].get("href").partition("#")[0])
    read = []
    while ada.heading == "Read and code":
        read.append(ada.page.find_class("oq-answer-read")[0].text_content())
        ada.presses("Save and go on", codes="none")

    assert read[-1] == left
    assert len(read) == 4
    assert {each.strip() for each in read} == {each.strip() for each in texts}


def test_a_coder_goes_back_through_their_own_one_by_one(lone_app, lone_owner):
    for number in range(1, 4):
        says(lone_app, f"Point {number} about {'courts ' * number}")
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")
    read = codes_all(ada, lambda text: ["Courts"] if "Point 2" in text else ["fits"])

    back = []
    ada.opens(ada.page.xpath("//a[contains(., 'The one you read last')]")[0].get("href"))
    for _ in read:
        back.append(ada.page.find_class("oq-answer-read")[0].text_content())
        for link in ada.page.xpath("//a[@data-key='ArrowLeft']"):
            ada.opens(link.get("href").partition("#")[0])

    assert back == read[::-1]


def test_a_code_may_be_made_while_reading_by_who_keeps_the_list(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")
    with database.work() as session:
        (me,) = session.scalars(
            sa.select(Colleague.email).where(Colleague.email != "ada@example.org")
        )
    assigns(lone_owner, 100, **{me.split("@")[0]: "first", "ada": "second"})

    lone_owner.opens(f"{HERE}/read")
    code = lone_owner.page.get_element_by_id("codes").get("value")
    lone_owner.presses("Save and go on", expect=422, **{"codes": "none", "new-code": "Judges"})
    assert lone_owner.page.get_element_by_id("new-code").get("value") == "Judges"
    lone_owner.presses("Save and go on", expect=422, **{"codes": code, "new-code": "courts"})
    lone_owner.presses("Save and go on", **{"codes": code, "new-code": " Judges "})

    assert "“Judges” is made, and given" in lone_owner.said()
    with database.work() as session:
        (unit,) = units_of(session)
        names = {each.id: each.name for each in frame_of(session).codes}
        assert {names[each] for each in unit.latest("first").codes} == {"Courts", "Judges"}
    ada.opens(f"{HERE}/read")
    assert not ada.page.xpath("//input[@name='new-code']")
    ada.posts(f"{HERE}/read/{unit.item_id}", expect=403, **{"codes": code, "new-code": "Mine"})


def test_all_that_a_or_b_gave_is_taken_by_one_button_and_may_be_changed(
    lone_app, lone_owner, database
):
    says(lone_app, "Courts are too slow and too dear")
    starts(lone_owner, "Courts", "Money")
    ada, ben = coder(lone_app, "ada"), coder(lone_app, "ben")
    assigns(lone_owner, 100, ada="first", ben="second")
    codes_all(ada, lambda _: ["Courts"])
    codes_all(ben, lambda _: ["Money"])
    with database.work() as session:
        (unit,) = units_of(session)
    side = {"A": settling.sides(unit)[0], "B": settling.sides(unit)[1]}

    for letter in "AB":
        lone_owner.opens(f"{HERE}/disagreements/{unit.item_id}").presses(f"Take {letter}")
        with database.work() as session:
            assert units_of(session)[0].final == side[letter]

    other = Organiser.invited(lone_app, "eve@example.org", "analyst")
    other.opens(f"{HERE}/disagreements/{unit.item_id}", expect=404)
    said = other.posts(f"{HERE}/disagreements/{unit.item_id}", take="a").said()
    assert "needs no settling now" in said
    with database.work() as session:
        assert units_of(session)[0].final == side["B"]
        assert len(session.scalars(sa.select(Coding)).all()) == 3


def test_a_merge_and_a_split_can_be_taken_back(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts", "Judges", "Money")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")
    codes_all(ada, lambda _: ["Courts", "Money"])
    with database.work() as session:
        ids = {code.name: code.id for code in session.scalars(sa.select(Code))}

    lone_owner.opens(f"{HERE}/codes/1").presses("Merge", into=ids["Judges"])
    lone_owner.opens(f"{HERE}/codes/1").presses("Bring it back")
    with database.work() as session:
        assert units_of(session)[0].final == frozenset({ids["Courts"], ids["Money"]})

    lone_owner.opens(f"{HERE}/codes/1").presses("Split", parts="Delay\nNumber of courts")
    ada.opens(f"{HERE}/read")
    assert "A code that you gave it has been split since" in ada.said()
    assert [each.get("value") for each in ada.page.xpath("//input[@checked]")] == [ids["Money"]]
    lone_owner.opens(f"{HERE}/codes/1").presses("Bring it back")
    with database.work() as session:
        assert units_of(session)[0].final == frozenset({ids["Courts"], ids["Money"]})
    assert "Brought a code back: “Courts”" in lone_owner.opens(f"{HERE}/history").said()


def test_other_wordings_say_which_are_confidential(lone_app, lone_owner):
    says(lone_app, COPY)
    person = Respondent(lone_app, KEY).begins("industry").answers("oq1", oq1_gap=COPY + " today")
    person.consents().opens(f"{person.base}/confidential/oq1_gap")
    person.presses("Keep it confidential", reason="My own case").sends()
    starts(lone_owner, "One rule")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")

    said = ada.opens(f"{HERE}/read").said()

    assert "2 responses have these words" in said
    assert "Confidential Never quote it." in said


def test_nothing_ticked_is_refused_and_so_is_none_with_a_code(lone_app, lone_owner):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")

    ada.opens(f"{HERE}/read").presses("Save and go on", expect=422)
    code = ada.page.get_element_by_id("codes").get("value")
    ada.presses("Save and go on", expect=422, codes=[code, "none"])
    assert len(ada.page.xpath("//input[@checked]")) == 2
    ada.presses("Save and go on", expect=422, codes=["f" * 32])
    assert ada.presses("Save and go on", codes="none").heading == "Nothing left to read"


def test_a_coder_may_go_back_to_their_own_and_to_nobody_elses(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts", "Money")
    ada, ben = coder(lone_app, "ada"), coder(lone_app, "ben")
    assigns(lone_owner, 0, ada="first", ben="first")
    codes_all(ada, lambda _: ["Courts"])
    with database.work() as session:
        item = units_of(session)[0].item_id

    assert len(ada.opens(f"{HERE}/read/{item}").page.xpath("//input[@checked]")) == 1
    ada.presses("Save and go on", codes="none")
    ben.opens(f"{HERE}/read/{item}", expect=404)
    ben.posts(f"{HERE}/read/{item}", codes="none")
    with database.work() as session:
        assert [each.codes for each in session.scalars(sa.select(Coding))] == [[]]


def test_a_disagreement_is_settled_by_somebody_who_coded_nothing(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow and too dear")
    starts(lone_owner, "Courts", "Money")
    ada, ben = coder(lone_app, "ada"), coder(lone_app, "ben")
    eve = Organiser.invited(lone_app, "eve@example.org", "analyst")
    assigns(lone_owner, 100, ada="first", eve="second")
    codes_all(ada, lambda _: ["Courts"])
    codes_all(eve, lambda _: ["Courts", "Money"])
    with database.work() as session:
        assert [unit.state for unit in units_of(session)] == ["disagreed"]
        assert units_of(session)[0].final is None
        item = units_of(session)[0].item_id

    assert "You coded 1 answer" in eve.opens(f"{HERE}/disagreements").said()
    eve.opens(f"{HERE}/disagreements/{item}", expect=404)
    ben.opens(f"{HERE}/disagreements/{item}", expect=403)
    lone_owner.opens(f"{HERE}/disagreements")
    assert "A and B" in lone_owner.said()
    assert "Alex Example" not in lone_owner.said()
    assert lone_owner.page.get_element_by_id("codes").get("checked") is not None
    lone_owner.presses(
        "Decide and go on", codes=lone_owner.page.get_element_by_id("codes").get("value")
    )

    with database.work() as session:
        unit = units_of(session)[0]
        courts = session.scalars(sa.select(Code).where(Code.name == "Courts")).one()
        assert (unit.state, unit.final) == ("settled", frozenset({courts.id}))
        assert len(agreement.both([unit])) == 1
    ada.opens(f"{HERE}/read/{item}").presses("Save and go on", codes="none")
    with database.work() as session:
        assert units_of(session)[0].final == frozenset({courts.id})


def test_merging_keeps_codings_and_splitting_has_them_read_again(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts", "Judges", "Money")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 0, ada="first")
    codes_all(ada, lambda _: ["Courts"])
    with database.work() as session:
        ids = {code.name: code.id for code in session.scalars(sa.select(Code))}

    lone_owner.opens(f"{HERE}/codes/1").presses("Merge", into=ids["Judges"])
    with database.work() as session:
        assert units_of(session)[0].final == frozenset({ids["Judges"]})
    lone_owner.opens(f"{HERE}/codes/2").presses(
        "Split", parts="Number of judges\nTraining of judges"
    )
    with database.work() as session:
        assert units_of(session)[0].state == "to_code"
    assert codes_all(ada, lambda _: ["Number of judges"]) == ["Courts are too slow"]
    lone_owner.opens(f"{HERE}/codes/4").presses("Retire")
    with database.work() as session:
        assert units_of(session)[0].final == frozenset()
    lone_owner.opens(f"{HERE}/codes/4").presses("Bring it back")
    with database.work() as session:
        made = session.scalars(sa.select(Code).where(Code.number == 4)).one()
        assert units_of(session)[0].final == frozenset({made.id})


def test_a_name_that_another_code_has_is_refused(lone_app, lone_owner):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts", "Money")

    lone_owner.opens(HERE).presses("Make the code", expect=422, name=" courts ")
    lone_owner.presses("Make the code", expect=422, name="")
    lone_owner.presses("Make the code", expect=422, name="x" * 81)
    lone_owner.presses("Save who codes", expect=422, share="101")
    lone_owner.opens(f"{HERE}/codes/2").presses("Save", expect=422, name="COURTS")
    lone_owner.presses("Merge", expect=422)
    lone_owner.presses("Split", expect=422, parts="Only one")
    assert "The courts" in lone_owner.presses("Save", name="The courts").said()
    lone_owner.opens(f"{HERE}/codes/9", expect=404)


def test_the_history_says_who_did_what_and_cannot_be_altered(app, consultation):
    owner = Organiser.first_owner(app)
    says(app, "Courts are too slow")
    starts(owner, "Courts")
    owner.opens(f"{HERE}/codes/1").presses("Save", name="Slow courts")

    said = owner.opens(f"{HERE}/history").said()
    assert "Changed a code: “Courts” is now “Slow courts”" in said
    assert "Alex Example" in said
    with app.extensions["database"].work() as session:
        acts = [
            each.act for each in session.scalars(sa.select(FrameEvent).order_by(FrameEvent.number))
        ]
        assert acts == ["start", "bring in", "make", "rename"]
        words = json.dumps([each.details for each in session.scalars(sa.select(AuditEvent))])
        assert "Slow courts" not in words
    for statement in (sa.update(FrameEvent).values(act="nothing"), sa.delete(FrameEvent)):
        with pytest.raises(sa.exc.DBAPIError), app.extensions["database"].work() as session:
            session.execute(statement)


def test_a_larger_second_share_only_adds(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    starts(lone_owner)
    ids = [f"{number:032x}" for number in range(2_000)]
    with database.work() as session:
        frame = frame_of(session)
        drawn = []
        for share in (0, 20, 50, 100):
            frame.second_share = share
            drawn.append({each for each in ids if answers.is_double(frame, each)})
    assert drawn[0] < drawn[1] < drawn[2] < drawn[3] == set(ids)
    assert 340 < len(drawn[1]) < 460


def test_a_share_too_small_for_a_figure_says_which_is_large_enough(
    lone_app: Flask, lone_owner: Organiser
):
    for number in range(13):
        says(lone_app, f"Courts are too slow in {number} ways")
    starts(lone_owner, "Courts")
    coder(lone_app, "ada")
    assigns(lone_owner, 1, ada="first")
    lone_owner.opens(f"{HERE}/reliability")
    assert "A figure needs 10. Raise the share to 100 per cent or more." in lone_owner.said()

    assigns(lone_owner, 100, ada="first")
    assert "A figure needs" not in lone_owner.opens(f"{HERE}/reliability").said()


def test_reliability_is_told_from_ten_texts_on():
    first = [frozenset({"a"})] * 5 + [frozenset()] * 4
    few = coding_aid.agreement(first, first, ["a"])[0]
    assert (few.n, few.agreed, few.alpha, few.reason) == (9, None, None, "too few")

    first = [frozenset({"a"})] * 5 + [frozenset()] * 5
    second = [frozenset({"a"})] * 4 + [frozenset()] * 6
    one, never = coding_aid.agreement(first, second, ["a", "b"])
    # By hand: observed disagreement 1/10, expected 2·9·11/(20·19), kappa (0.9 − 0.5) / 0.5.
    assert one.agreed == 0.9
    assert one.alpha == pytest.approx(1 - 0.1 / (2 * 9 * 11 / 380))
    assert one.kappa == pytest.approx(0.8)
    assert (never.agreed, never.alpha, never.kappa) == (1.0, None, None)


def test_a_code_is_judged_only_on_texts_read_when_it_could_be_given():
    old, new = NOW - timedelta(days=2), NOW
    frame = CodingFrame(id="f", consultation_id="c", question=QUESTION, made_at=old)
    frame.codes = [
        Code(id="a", number=1, name="A", state="in_use", made_at=old),
        Code(id="b", number=2, name="B", state="in_use", made_at=new),
        Code(id="c", number=3, name="C", state="in_use", made_at=new),
        Code(id="d", number=4, name="D", state="merged", merged_into="c", made_at=old),
    ]
    units = [
        answers.Unit(
            item_id=str(number),
            key=str(number),
            response_id=str(number),
            revision=1,
            responses=(str(number),),
            double=True,
            given=tuple(
                answers.Given(part, part, frozenset("ab" if number % 2 else ""), read_at)
                for part in ("first", "second")
            ),
        )
        for number, read_at in enumerate([NOW - timedelta(days=1)] * 12 + [NOW] * 11)
    ]

    assert {each.code: each.n for each in agreement.reliability(frame, units)} == {
        "a": 23,
        "b": 11,
        "c": 23,
    }


def test_final_codings_stand_in_the_export_and_make_a_table_by_group(
    lone_app, lone_owner, database, tmp_path
):
    for number in range(6):
        says(lone_app, f"Courts number {number} are slow {'very ' * number}", "law_enforcement")
        says(lone_app, f"Money number {number} is short {'so ' * number}", "industry")
    starts(lone_owner, "Courts", "Money")
    ada, ben = coder(lone_app, "ada"), coder(lone_app, "ben")
    assigns(lone_owner, 100, ada="first", ben="second")
    for each in (ada, ben):
        codes_all(each, lambda text: ["Courts" if "Courts" in text else "Money"])

    with database.work() as session:
        consultation = editions.find(session, KEY)
        exporting.write_export(session, consultation, tmp_path, now=NOW)
        ids = {each.public_id: each.group_key for each in session.scalars(sa.select(Response))}
    responses = read_export(tmp_path)
    (coded,) = read_codings(tmp_path, responses.manifest)

    assert [code.name for code in coded.codes] == ["Courts", "Money"]
    assert coded.counts.settled == 12
    wanted = {"law_enforcement": ("code_1",), "industry": ("code_2",)}
    assert dict(coded.codings) == {public: wanted[group] for public, group in ids.items()}
    assert [(each.n, each.agreed, each.alpha) for each in coded.reliability.codes] == [
        (12, 1, 1)
    ] * 2
    table = theme_table(responses, coded)
    assert [cell.count for cell in table.row("code_1").cells] == [6, 0, 0, 6]
    assert [base.answered for base in table.bases] == [6, 6, 0, 12]
    said = lone_owner.opens(f"{HERE}/reliability").said()
    assert "Themes by group" in said
    assert "1.00" in said

    (tmp_path / "codings.json").write_text("{}")
    with pytest.raises(ChangedFileError):
        read_codings(tmp_path, responses.manifest)


def test_an_export_without_coding_holds_no_codings(lone_app, lone_owner, database, tmp_path):
    says(lone_app, "Courts are too slow")
    (tmp_path / "codings.json").write_text("{}")
    with database.work() as session:
        exporting.write_export(session, editions.find(session, KEY), tmp_path, now=NOW)
    assert not (tmp_path / "codings.json").exists()
    assert read_codings(tmp_path, read_export(tmp_path).manifest) == ()


def test_codes_of_another_consultation_are_not_found(lone_app, lone_owner):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts")

    lone_owner.opens(f"/organise/c/elsewhere/coding/{QUESTION}", expect=404)
    lone_owner.opens(f"/organise/c/{KEY}/coding/oq2_consequence_of_nothing", expect=404)
    lone_owner.opens(f"/organise/c/{KEY}/coding/organisation_name", expect=404)


def test_themes_are_suggested_from_fifty_texts_and_become_codes(lone_app, lone_owner, database):
    says(lone_app, "Courts are too slow")
    lone_owner.opens(f"{HERE}/suggestions")
    assert "fewer than the 50" in lone_owner.said()

    topics = (
        ("courts", "judges", "hearings", "delay", "appeal", "trial"),
        ("money", "budget", "staff", "training", "salaries", "grants"),
        ("children", "schools", "parents", "teachers", "families", "classes"),
    )
    texts = []
    for number in range(120):
        topic = topics[number % 3]
        said = [topic[(number * step + number // 7) % 6] for step in (1, 2, 3, 5)]
        texts.append((str(number), f"{' and '.join(said)} as of point {number}"))
    found = coding_aid.suggested(texts, "en", "What is the gap?")
    assert found.reason is None
    assert {"courts", "money", "schools"} <= {
        word for theme in found.themes for word in theme.words
    }

    given = {"pick": ["0", "1"], "name-0": "Courts", "about-0": "Words", "name-1": "Money"}
    lone_owner.posts(f"{HERE}/suggestions", expect=422, **{**given, "name-1": "courts"})
    lone_owner.posts(f"{HERE}/suggestions", expect=422, **{**given, "name-1": ""})
    lone_owner.posts(f"{HERE}/suggestions", **given)
    with database.work() as session:
        assert [code.name for code in frame_of(session).codes] == ["Courts", "Money"]


SUGGEST_ON_A_SMALL_STACK = """
import random, threading
from app.services.results import coding_aid
random.seed(7)
words = ["".join(random.choices("abdeginorst", k=6)) for _ in range(1500)]
texts = [(str(n), " ".join(random.choices(words, k=30))) for n in range(1800)]
threading.stack_size(1024 * 1024)
for _ in range(3):
    one = threading.Thread(target=coding_aid.suggested, args=(texts, "en", "What?"))
    one.start()
    one.join()
print("still here")
"""


def test_suggestions_do_not_overrun_the_small_stack_of_a_server_thread():
    """The server's threads have 2 MB: an overrun would end the process without a word."""
    done = subprocess.run(
        [sys.executable, "-c", SUGGEST_ON_A_SMALL_STACK],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "still here"), done.stderr[-500:]


def test_two_who_save_at_once_leave_one_first_coding(app, consultation):
    owner = Organiser.first_owner(app)
    says(app, "Courts are too slow")
    starts(owner, "Courts")
    database = app.extensions["database"]
    ada, ben = coder(app, "ada"), coder(app, "ben")
    assigns(owner, 0, ada="first", ben="first")
    ada.opens(f"{HERE}/read")
    ben.opens(f"{HERE}/read")

    ada.presses("Save and go on", codes="none")
    ben.presses("Save and go on", codes=ben.page.get_element_by_id("codes").get("value"))

    assert "needs no coding now" in ben.said()
    with database.work() as session:
        assert [each.codes for each in session.scalars(sa.select(Coding))] == [[]]
        assert session.scalar(sa.select(sa.func.count()).select_from(FrameCoder)) == 2


def test_second_coders_never_read_what_they_coded_first(lone_app, lone_owner):
    says(lone_app, "Courts are too slow")
    starts(lone_owner, "Courts")
    ada = coder(lone_app, "ada")
    assigns(lone_owner, 100, ada="first")
    codes_all(ada, lambda _: ["Courts"])

    assigns(lone_owner, 100, ada="second")

    assert ada.opens(f"{HERE}/read").heading == "Nothing left to read"


def test_standing_follows_chains_of_merges():
    made = NOW - timedelta(days=1)
    codes = {
        "a": Code(id="a", number=1, name="A", state="merged", merged_into="b", made_at=made),
        "b": Code(id="b", number=2, name="B", state="merged", merged_into="c", made_at=made),
        "c": Code(id="c", number=3, name="C", made_at=made),
        "d": Code(id="d", number=4, name="D", state="split", made_at=made),
        "e": Code(id="e", number=5, name="E", state="retired", made_at=made),
    }
    assert lineage.standing(codes, ["a", "e"]) == frozenset({"c"})
    assert lineage.standing(codes, ["a", "d"]) is None
