"""A page of questions as a form: what is asked, what was typed, what is said about it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

import forms.questions  # noqa: F401  # registers every type
from forms.loading import load_questionnaire
from forms.question import TYPES, Question
from forms.questionnaire import Questionnaire, Section
from forms.questions.text import Text
from forms.section_form import section_form
from tests.forms.questionnaires import SMALL


@pytest.fixture(scope="module", name="small")
def small_fixture(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    path: Path = tmp_path_factory.mktemp("small") / "v1.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load_questionnaire(path)


def test_only_the_questions_of_this_respondent_are_on_the_page(small: Questionnaire) -> None:
    for_police = section_form(small.section("law"), {"group": "police"})
    for_industry = section_form(small.section("law"), {"group": "industry"})

    assert [question.id for question, _ in for_police.questions()] == ["support", "reasons"]
    assert [list(fields) for _, fields in for_industry.questions()] == [
        ["support"],
        ["reasons"],
        ["cost"],
    ]


def test_what_is_posted_for_others_is_not_taken(small: Questionnaire) -> None:
    form = section_form(small.section("law"), {"group": "police"}, MultiDict({"cost": "5"}))

    assert form.validate()
    assert form.answers() == {"support": None, "reasons": None}


def test_a_page_sent_empty_clears_what_was_saved(small: Questionnaire) -> None:
    saved = {"support": "agree", "reasons": "Because"}
    form = section_form(small.section("law"), {"group": "police"}, MultiDict(), saved=saved)

    assert form.validate()
    assert form.answers() == {"support": None, "reasons": None}


def test_messages_come_in_the_order_of_the_page(small: Questionnaire) -> None:
    post = MultiDict({"cost": "much", "reasons": "word " * 101, "support": "maybe"})
    form = section_form(small.section("law"), {"group": "industry"}, post)

    assert not form.validate()
    assert form.errors_in_order() == [
        ("support", "Choose from the answers shown for “How far do you agree?”"),
        ("reasons", "Shorten your answer to “Why?” to 100 words: it has 101"),
        (
            "cost",
            "Write your answer to “What does it cost?” as a whole number, in figures alone: 1500",
        ),
    ]


def test_one_mistake_leaves_the_rest_of_the_page_as_typed(small: Questionnaire) -> None:
    post = MultiDict({"cost": "much", "reasons": " Because\r\n", "support": "agree"})
    form = section_form(small.section("law"), {"group": "industry"}, post)

    assert not form.validate()
    assert form["cost"]._value() == "much"
    assert form["reasons"]._value() == " Because\r\n"
    assert form["support"].data == "agree"


def test_a_question_may_be_called_like_anything_of_the_form() -> None:
    names = ("data", "errors", "validate", "process", "meta", "questions", "answers", "section")
    asked = tuple(Text(id=name, text=f"What about {name}?") for name in names)
    section = Section(key="odd", kind="topic", title="Odd names", questions=asked)

    form = section_form(section, {}, MultiDict(dict.fromkeys(names, "x")))

    assert form.validate()
    assert form.answers() == dict.fromkeys(names, "x")


def test_one_form_knows_nothing_of_another(small: Questionnaire) -> None:
    wrong = section_form(small.section("law"), {}, MultiDict({"support": "maybe"}))
    wrong.validate()

    assert section_form(small.section("law"), {}).errors_in_order() == []


QUESTIONS = [each.question for kind in TYPES.values() for each in kind.specimens()]
ODD_TEXT = st.text() | st.sampled_from(["", "0", "-0", "1", "2", "100", "1e9", "٣", "\x00", "²"])


@settings(deadline=None)
@given(question=st.sampled_from(QUESTIONS), data=st.data())
def test_whatever_is_posted_is_either_refused_with_a_message_or_kept_for_good(
    question: Question, data: st.DataObject
) -> None:
    section = Section(key="page", kind="topic", title="A page", questions=(question,))
    post: MultiDict[str, str] = MultiDict()
    for field in section_form(section, {}):
        offered = [choice.value for choice in field.choices] if hasattr(field, "choices") else []
        values = st.sampled_from(offered) if len(offered) > 1 else ODD_TEXT
        post.setlist(field.name, data.draw(st.lists(values | ODD_TEXT, max_size=3)))
    form = section_form(section, {}, post)

    if not form.validate():
        assert all(name in form and message for name, message in form.errors_in_order())
        return
    kept = form.answers()
    again = section_form(section, {}, saved=kept)
    assert again.validate()
    assert again.answers() == kept
    assert sorted(question.record(kept)) == sorted(
        column for each in question.variables() for column in each.columns
    )
