"""Whom a question can reach, through conditions of conditions."""

from forms.conditions import Clause
from forms.question import Option
from forms.questions.choice import Choice
from forms.questions.choices import Choices, ManyOption
from forms.questions.text import Text
from forms.reach import needs_of_questions
from forms.section import Section


def clause(answer: str, *any_of: str) -> Clause:
    return Clause(answer=answer, any_of=any_of)


def last_page(*, section: Clause, question: Clause) -> tuple[Section, Section]:
    first = Section(
        key="first",
        kind="start",
        title="First",
        questions=(
            Choice(
                id="one",
                text="Which one?",
                options=(Option(key="a", label="A"), Option(key="b", label="B")),
            ),
            Choices(
                id="many",
                text="Which ones?",
                options=(ManyOption(key="a", label="A"), ManyOption(key="b", label="B")),
            ),
        ),
    )
    asked = Text(id="why", text="Why?", ask_if=(question,))
    last = Section(key="last", kind="closing", title="Last", ask_if=(section,), questions=(asked,))
    return first, last


def test_an_answer_of_one_value_cannot_meet_two_conditions_without_one_in_common() -> None:
    sections = last_page(section=clause("one", "a"), question=clause("one", "b"))

    assert needs_of_questions(sections)["why"] == {"one": ()}


def test_two_conditions_leave_what_they_have_in_common() -> None:
    sections = last_page(section=clause("one", "a", "b"), question=clause("one", "b"))

    assert needs_of_questions(sections)["why"] == {"one": ("b",)}


def test_several_choices_at_once_can_meet_several_conditions() -> None:
    sections = last_page(section=clause("many", "a"), question=clause("many", "b"))

    assert all(needs_of_questions(sections)["why"].values())
