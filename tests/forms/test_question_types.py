"""What every question type promises, tested on the specimens that each brings along."""

import json

import pytest
from werkzeug.datastructures import MultiDict

import forms.questions  # noqa: F401  # registers every type
from forms.codebook import Measure
from forms.question import TYPES, Answers, Post, Problem, Question, Specimen
from forms.questionnaire import Section
from forms.section_form import SectionForm, section_form

SPECIMENS = [
    pytest.param(specimen, id=f"{name}-{number}")
    for name, each in TYPES.items()
    for number, specimen in enumerate(each.specimens())
]
VALID = [
    pytest.param(specimen.question, post, kept, id=f"{name}-{number}-{n}")
    for name, each in TYPES.items()
    for number, specimen in enumerate(each.specimens())
    for n, (post, kept) in enumerate(specimen.valid)
]
INVALID = [
    pytest.param(specimen.question, post, problem, id=f"{name}-{number}-{n}")
    for name, each in TYPES.items()
    for number, specimen in enumerate(each.specimens())
    for n, (post, problem) in enumerate(specimen.invalid)
]
CONTROLS = {
    "radios",
    "checkboxes",
    "scale",
    "grid",
    "ranking",
    "points",
    "number",
    "text",
    "jurisdiction",
    "references",
    "email",
}


def page(question: Question) -> Section:
    return Section(key="page", kind="topic", title="A page", questions=(question,))


def posted(question: Question, post: Post) -> SectionForm:
    return section_form(page(question), {}, MultiDict(post))


def test_the_types_are_those_of_the_readme() -> None:
    assert sorted(TYPES) == [
        "choice",
        "choices",
        "email",
        "grid",
        "jurisdiction",
        "number",
        "points",
        "ranking",
        "references",
        "scale",
        "text",
    ]


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_every_type_names_a_control_and_brings_something_to_test(specimen: Specimen) -> None:
    assert specimen.question.control in CONTROLS
    assert specimen.valid


@pytest.mark.parametrize(("question", "post", "kept"), VALID)
def test_a_valid_post_is_stored(question: Question, post: Post, kept: Answers) -> None:
    form = posted(question, post)

    assert form.validate(), form.errors
    assert form.answers() == kept
    assert tuple(form.answers()) == question.answer_names


@pytest.mark.parametrize(("question", "post", "kept"), VALID)
def test_a_stored_answer_comes_back_into_the_fields(
    question: Question, post: Post, kept: Answers
) -> None:
    form = section_form(page(question), {}, saved=json.loads(json.dumps(kept)))

    assert form.validate(), form.errors
    assert form.answers() == kept


@pytest.mark.parametrize(("question", "post", "kept"), VALID)
def test_a_restored_page_sent_again_without_script_says_the_same(
    question: Question, post: Post, kept: Answers
) -> None:
    shown = section_form(page(question), {}, saved=kept)
    again = MultiDict()
    for field in shown:
        if hasattr(field, "iter_choices"):
            again.setlist(field.name, [c.value for c in field.iter_choices() if c.selected])
        else:
            again.add(field.name, field._value().replace("\n", "\r\n"))
    form = section_form(page(question), {}, again)

    assert form.validate(), form.errors
    assert form.answers() == kept


@pytest.mark.parametrize(("question", "post", "kept"), VALID)
def test_an_answer_is_recorded_in_the_columns_of_the_codebook(
    question: Question, post: Post, kept: Answers
) -> None:
    promised = [column for each in question.variables() for column in each.columns]
    recorded = question.record(kept)

    assert sorted(recorded) == sorted(promised)
    assert question.blank(kept) == all(value is None for value in recorded.values())
    assert question.blank(kept) == (question.display(kept) == ())
    for variable in question.variables():
        if variable.measure in {Measure.NOMINAL, Measure.ORDINAL}:
            value = recorded[variable.name]
            assert value is None or value in {each.key for each in variable.categories}


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_question_not_asked_is_recorded_as_nothing(specimen: Specimen) -> None:
    assert set(specimen.question.record({}).values()) == {None}
    assert specimen.question.blank({})
    assert specimen.question.display({}) == ()
    assert specimen.question.text_values({}) == {}


@pytest.mark.parametrize(("question", "post", "problem"), INVALID)
def test_an_invalid_post_is_told_what_to_do_once(
    question: Question, post: Post, problem: Problem
) -> None:
    form = posted(question, post)

    assert not form.validate()
    assert form.errors_in_order() == [(problem.field_name, problem.message)]


@pytest.mark.parametrize(("question", "post", "problem"), INVALID)
def test_what_was_typed_stays_in_the_fields_of_an_invalid_page(
    question: Question, post: Post, problem: Problem
) -> None:
    form = posted(question, post)
    form.validate()

    for name, value in post.items():
        field = form[name]
        if hasattr(field, "iter_choices"):
            selected = {choice.value for choice in field.iter_choices() if choice.selected}
            offered = {choice.value for choice in field.iter_choices()}
            typed = {value} if isinstance(value, str) else set(value)
            assert selected == typed & offered
        else:
            assert field._value() == str(value).replace("\x00", "�").replace("\ud800", "�")
            field._value().encode()


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_reader_sees_words(specimen: Specimen) -> None:
    for kept, lines in specimen.shown:
        assert specimen.question.display(kept) == lines


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_question_written_as_json_reads_back_the_same(specimen: Specimen) -> None:
    question = specimen.question
    document = json.loads(json.dumps(question.model_dump(mode="json")))

    assert type(question).model_validate(document) == question


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_first_input_of_a_field_has_its_name_as_id_and_no_id_is_used_twice(
    specimen: Specimen,
) -> None:
    ids: list[str] = []
    for field in posted(specimen.question, {}):
        options = [option.id for option in field] if hasattr(field, "_Option") else []
        assert field.id == field.name
        assert not options or field.widget.__class__.__name__ == "Select" or options[0] == field.id
        ids += options if options and options[0] == field.id else [field.id]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_free_text_is_given_for_screening_by_the_name_of_its_field(specimen: Specimen) -> None:
    question = specimen.question
    written = {each.name for each in question.variables() if each.measure is Measure.TEXT}
    for _, kept in specimen.valid:
        texts = question.text_values(kept)
        assert set(texts) <= set(question.unbound)
        if question.type != "email":
            assert written & {n for n, v in kept.items() if v is not None} <= set(texts)
