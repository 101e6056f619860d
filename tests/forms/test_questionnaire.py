"""Who is asked what, what counts, and what the frozen document promises."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.codebook import Codebook
from forms.loading import load_questionnaire
from forms.questionnaire import Coverage, Questionnaire
from tests.forms.questionnaires import SMALL

ROOT = Path(__file__).parents[2]
STARTED = {"group": "industry", "subtype_in": "models"}


@pytest.fixture(scope="module", name="small")
def small_fixture(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    path = tmp_path_factory.mktemp("small") / "v1.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load_questionnaire(path)


def keys(questionnaire: Questionnaire, answers: dict[str, object], *opted_out: str) -> list[str]:
    return [section.key for section in questionnaire.route(answers, opted_out)]


def test_before_anything_is_answered_only_what_everybody_is_asked_is_on_the_route(
    small: Questionnaire,
) -> None:
    assert keys(small, {}) == ["start", "topics", "law", "after"]
    assert small.asked({}) == ("group", "topics", "support", "reasons", "areas", "words")


def test_the_group_opens_its_own_questions(small: Questionnaire) -> None:
    assert keys(small, {"group": "industry"}) == ["start", "about", "topics", "law", "after"]
    assert "cost" in small.asked({"group": "industry"})
    assert "cost" not in small.asked({"group": "police"})


def test_a_section_with_a_condition_is_on_the_route_where_it_holds(small: Questionnaire) -> None:
    assert keys(small, STARTED)[-1] == "models_only"
    assert keys(small, STARTED | {"subtype_in": "hosting"})[-1] == "after"


def test_only_chosen_topics_are_asked(small: Questionnaire) -> None:
    assert keys(small, {"group": "police", "topics": ["after"]}) == ["start", "topics", "after"]


def test_all_topics_are_asked_where_none_was_chosen(small: Questionnaire) -> None:
    assert keys(small, {"group": "police", "topics": None})[-2:] == ["law", "after"]
    assert keys(small, {"group": "police", "topics": []})[-2:] == ["law", "after"]


def test_a_topic_turned_down_is_not_asked(small: Questionnaire) -> None:
    assert keys(small, {"group": "police"}, "law") == ["start", "topics", "after"]


def test_only_a_topic_can_be_turned_down(small: Questionnaire) -> None:
    assert keys(small, {"group": "police"}, "start", "topics")[:2] == ["start", "topics"]


def test_settling_drops_what_was_answered_on_a_road_since_left(small: Questionnaire) -> None:
    draft = STARTED | {"cost": 5, "weights": "Many", "support": "agree", "unknown": "x"}

    assert small.settle(draft) == STARTED | {"support": "agree", "cost": 5, "weights": "Many"}
    assert small.settle(draft | {"group": "police"}) == {"group": "police", "support": "agree"}
    assert draft["cost"] == 5


def test_a_condition_on_an_answer_that_no_longer_counts_does_not_hold(
    small: Questionnaire,
) -> None:
    draft = {"group": "charity", "subtype_in": "models", "weights": "Many"}

    assert "weights" not in small.asked(draft)


def test_a_blank_answer_that_was_asked_is_kept_apart_from_one_not_asked(
    small: Questionnaire,
) -> None:
    row = small.record({"group": "police", "support": None})

    assert (row["asked.support"], row["support"]) == (True, None)
    assert (row["asked.cost"], row["cost"]) == (False, None)


def test_the_record_has_the_columns_of_the_codebook_in_order(small: Questionnaire) -> None:
    codebook = small.codebook()
    columns = [column for variable in codebook.variables for column in variable.columns]
    asked = [f"asked.{question.key}" for question in codebook.questions]

    row = small.record(STARTED)

    assert [column for column in row if not column.startswith("asked.")] == columns
    assert [column for column in row if column.startswith("asked.")] == asked


def test_the_record_says_what_became_of_each_topic(small: Questionnaire) -> None:
    both = small.record({"group": "police"}, ["after"])
    one = small.record({"group": "police", "topics": ["after"]}, ["law"])

    assert (both["topic_law"], both["topic_after"]) == ("offered", "opted_out")
    assert (one["topic_law"], one["topic_after"]) == ("not_chosen", "offered")
    assert both["asked.topic_law"] is True


def test_what_the_app_fills_in_is_asked_and_empty(small: Questionnaire) -> None:
    row = small.record({})

    assert {name: row[name] for name in ("asked.verified", "verified")} == {
        "asked.verified": True,
        "verified": None,
    }
    assert (row["asked.channel"], row["channel"]) == (True, None)


def test_the_codebook_holds_the_system_variables_and_their_roles(small: Questionnaire) -> None:
    codebook = small.codebook()
    system = [each.name for each in codebook.variables if each.section == "response"]

    assert system == ["verified", "channel", "topic_law", "topic_after"]
    assert (codebook.roles.verified, codebook.roles.channel) == ("verified", "channel")
    assert codebook.sections[-1].key == "response"
    assert codebook.digest == small.digest
    assert [each.key for each in codebook.groups] == ["police", "industry", "charity"]
    assert Codebook.model_validate_json(codebook.model_dump_json()) == codebook


def test_every_variable_of_the_codebook_belongs_to_a_question_and_a_section(
    small: Questionnaire,
) -> None:
    codebook = small.codebook()
    questions = {each.key: each.section for each in codebook.questions}

    assert {questions[each.question] for each in codebook.variables} == {
        each.key for each in codebook.sections
    }
    assert all(questions[each.question] == each.section for each in codebook.variables)


def test_the_groups_of_a_question_follow_conditions_of_conditions(small: Questionnaire) -> None:
    groups = {each.key: each.groups for each in small.codebook().questions}

    assert groups["support"] == ()
    assert groups["cost"] == ("industry",)
    assert groups["weights"] == ("industry",)


def test_coverage_counts_questions_by_open_question_group_and_kind(small: Questionnaire) -> None:
    assert small.coverage() == (
        Coverage("OQ1", "How prepared is the law?", "police", closed=1, open=1),
        Coverage("OQ1", "How prepared is the law?", "industry", closed=2, open=1),
        Coverage("OQ1", "How prepared is the law?", "charity", closed=1, open=1),
        Coverage("OQ2", "What follows?", "police", closed=1, open=1),
        Coverage("OQ2", "What follows?", "industry", closed=1, open=1),
        Coverage("OQ2", "What follows?", "charity", closed=1, open=1),
    )


def test_a_questionnaire_is_written_and_read_back_the_same(small: Questionnaire) -> None:
    again = Questionnaire.from_json(small.to_json())

    assert again == small
    assert hash(again) == hash(small)
    assert again.to_json() == small.to_json()
    assert again.digest == small.digest
    assert again.codebook() == small.codebook()


def test_a_stored_document_keeps_its_digest_where_later_code_knows_more_keys(
    small: Questionnaire,
) -> None:
    stored = json.loads(small.to_json())
    for section in stored["sections"]:
        section.pop("minutes")
    text = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    opened = Questionnaire.from_json(text)

    assert opened.to_json() == text
    assert opened.digest != small.digest
    assert Questionnaire.from_json(opened.to_json()).digest == opened.digest


def test_any_change_of_wording_changes_the_digest(small: Questionnaire) -> None:
    document = small.to_json()

    assert Questionnaire.from_json(document.replace("Don’t know", "Do not know")).digest != (
        small.digest
    )


def test_every_wording_that_a_respondent_meets_stands_in_the_document(
    small: Questionnaire,
) -> None:
    document = small.to_json()

    for words in ("Don’t know", "Neither", "The law", "How far do you agree?"):
        assert words in document
    assert "agreement" not in document


def test_the_digest_is_the_same_in_another_process(small: Questionnaire, tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(SMALL, encoding="utf-8")
    code = (
        "import sys; from forms.loading import load_questionnaire;"
        "print(load_questionnaire(sys.argv[1]).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert digests == {small.digest}


def test_a_questionnaire_cannot_be_changed(small: Questionnaire) -> None:
    with pytest.raises(ValueError, match="frozen"):
        small.title = "Another"  # type: ignore[misc]  # that it is refused is the point


def test_sections_and_questions_are_found_by_their_key(small: Questionnaire) -> None:
    assert small.section("law").title == "The law"
    assert small.question("cost").text == "What does it cost?"
    with pytest.raises(KeyError):
        small.section("none")
    with pytest.raises(KeyError):
        small.question("none")


DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "group": st.sampled_from(["police", "industry", "charity", None]),
        "subtype_in": st.sampled_from(["models", "hosting", None]),
        "topics": st.none() | st.lists(st.sampled_from(["law", "after", "gone"]), unique=True),
        "support": st.sampled_from(["agree", "dont_know", None]),
        "cost": st.sampled_from([0, 12, "dont_know", None]),
        "weights": st.sampled_from(["Many", None]),
        "areas_one": st.sampled_from(["agree", None]),
    },
)


@settings(deadline=None)
@given(draft=DRAFTS, opted_out=st.lists(st.sampled_from(["law", "after"]), unique=True))
def test_settling_twice_changes_nothing_and_keeps_the_route(
    small: Questionnaire, draft: dict[str, object], opted_out: list[str]
) -> None:
    settled = small.settle(draft, opted_out)

    assert small.settle(settled, opted_out) == settled
    assert small.route(settled, opted_out) == small.route(draft, opted_out)
    assert small.record(settled, opted_out) == small.record(draft, opted_out)
    assert settled.items() <= draft.items()


@settings(deadline=None)
@given(draft=DRAFTS, opted_out=st.lists(st.sampled_from(["law", "after"]), unique=True))
def test_a_question_not_asked_leaves_nothing_in_the_record(
    small: Questionnaire, draft: dict[str, object], opted_out: list[str]
) -> None:
    row = small.record(draft, opted_out)

    for variable in small.codebook().variables:
        if not row[f"asked.{variable.question}"]:
            assert {row[column] for column in variable.columns} == {None}
