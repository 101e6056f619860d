"""Whole responses to the default questionnaire, from posts to the columns of the export."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.codebook import Codebook, Measure, Variable
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire
from forms.section_form import section_form

FILE = (
    Path(__file__).parents[2] / "forms" / "questionnaires" / "ai_and_child_protection" / "v1.yaml"
)
TOPICS = ("oq1", "oq3", "oq10", "oq15")


@pytest.fixture(scope="module", name="questionnaire")
def questionnaire_fixture() -> Questionnaire:
    return load_questionnaire(FILE)


@pytest.fixture(scope="module", name="codebook")
def codebook_fixture(questionnaire: Questionnaire) -> Codebook:
    return questionnaire.codebook()


def values_of(variable: Variable, row: Mapping[str, object]) -> dict[str, object]:
    return {column: row[column] for column in variable.columns if row[column] is not None}


def holds_what_it_should(variable: Variable, row: Mapping[str, object]) -> bool:
    """Say whether a variable's columns hold what the export promises of its measure."""
    values = values_of(variable, row)
    if not values:
        return True
    keys = {each.key for each in variable.categories}
    ways_out = {f"{variable.name}.{each.key}" for each in variable.not_substantive}
    match variable.measure:
        case Measure.NOMINAL | Measure.ORDINAL:
            return set(values.values()) <= keys
        case Measure.SEVERAL:
            return len(values) == len(keys) and set(values.values()) <= {True, False}
        case Measure.RANKING if not ways_out & set(values):
            return sorted(map(int, map(str, values.values()))) == list(range(1, len(values) + 1))
        case Measure.POINTS if not ways_out & set(values):
            return sum(map(int, map(str, values.values()))) == variable.total
        case Measure.RANKING | Measure.POINTS:
            return list(values.values()) == [1]
        case Measure.NUMBER:
            return len(values) == 1 and isinstance(*values.values(), float | int)
        case _:
            return all(isinstance(value, str) and value for value in values.values())


def test_the_columns_of_all_variables_differ(codebook: Codebook) -> None:
    columns = [column for variable in codebook.variables for column in variable.columns]

    assert len(columns) == len(set(columns))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    group=st.sampled_from(["law_enforcement", "industry", "civil_society"]),
    topics=st.lists(st.sampled_from(TOPICS), min_size=1, unique=True),
    pick=st.integers(0, 97),
)
def test_any_response_is_recorded_as_the_export_promises(
    questionnaire: Questionnaire, codebook: Codebook, group: str, topics: list[str], pick: int
) -> None:
    answers: dict[str, object] = {"group": group, "topics": topics}
    for section in questionnaire.sections:
        if section not in questionnaire.route(answers):
            continue
        settled = questionnaire.settle(answers)
        post: MultiDict[str, str] = MultiDict()
        for number, field in enumerate(section_form(section, settled)):
            choices = [choice.value for choice in getattr(field, "choices", [])]
            post.add(field.name, choices[(pick * number) % len(choices)] if choices else "words")
        if "group" in post:
            post["group"] = group
        if "topics" in post:
            post.setlist("topics", topics)
        form = section_form(section, settled, post)
        form.validate()
        wrong = {name for name, _ in form.errors_in_order()}
        for question, fields in form.questions():
            if not wrong & set(fields):
                answers |= question.store(form.data_of(question))

    row = questionnaire.record(answers)

    assert [
        variable.name for variable in codebook.variables if not holds_what_it_should(variable, row)
    ] == []
    assert row["group"] == group
    for variable in codebook.variables:
        if not row[f"asked.{variable.question}"]:
            assert values_of(variable, row) == {}
    offered = {name for name in TOPICS if row[f"topic_{name}"] == "offered"}
    assert offered == set(topics)
