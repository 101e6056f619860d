"""The default consultation asks all that its brief owes, and asks it fairly.

The file is long because the brief's table is written out in it, question by question.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from forms.codebook import Measure
from forms.loading import load_questionnaire
from forms.question import Question
from forms.questionnaire import Questionnaire, Section
from forms.questions.choices import Choices
from forms.questions.grid import Grid
from forms.questions.text import Text

ROOT = Path(__file__).parents[2]
FILE = ROOT / "forms" / "questionnaires" / "ai_and_child_protection" / "v1.yaml"
ARTICLE = ROOT / ".." / "shared" / "consultation" / "article.txt"
TOPICS = tuple(f"oq{number}" for number in range(1, 18))
OPEN_QUESTIONS = tuple(f"OQ{number}" for number in range(1, 18))
ALL = ("law_enforcement", "industry", "civil_society")
LE, IN, CS = (("law_enforcement",), ("industry",), ("civil_society",))
WITHOUT_DONT_KNOW = ("group", "capacity", "topics", "publication", "consent")
COPIED_WORDS = 8

OWED = (
    ("oq1_preparedness", "grid", 9, ALL),
    ("oq1_failed_area", "choice", 10, LE),
    ("oq1_least_certain", "choice", 10, IN),
    ("oq1_hurts_victims", "choice", 10, CS),
    ("oq1_gap", "text", 0, ALL),
    ("oq2_effect", "grid", 4, ALL),
    ("oq2_case_share", "choice", 6, LE),
    ("oq2_requests", "choice", 6, IN),
    ("oq2_victim_support", "scale", 5, CS),
    ("oq2_consequence", "text", 0, ALL),
    ("oq3_obstacles", "grid", 5, ALL),
    ("oq3_remedies", "ranking", 8, ALL),
    ("oq3_evidence_time", "choice", 7, LE),
    ("oq3_foreign_share", "choice", 6, IN),
    ("oq3_foreign_handling", "choice", 6, IN),
    ("oq3_victims", "scale", 5, CS),
    ("oq3_one_change", "text", 0, ALL),
    ("oq4_harm", "grid", 4, ALL),
    ("oq4_instrument", "choice", 7, ALL),
    ("oq4_which", "text", 0, ALL),
    ("oq5_equal_penalty", "scale", 5, ALL),
    ("oq5_child_protection_law", "scale", 5, ALL),
    ("oq5_legal_basis", "choice", 6, ALL),
    ("oq5_conditions", "choices", 9, ALL),
    ("oq5_charging", "choice", 6, LE),
    ("oq5_concerns", "choices", 10, CS),
    ("oq5_reasons", "text", 0, ALL),
    ("oq6_acts", "choices", 7, ALL),
    ("oq6_mental_element", "choice", 7, ALL),
    ("oq6_exemptions", "choices", 6, ALL),
    ("oq6_testing_cover", "choices", 7, IN),
    ("oq6_tools_met", "choices", 7, LE),
    ("oq6_dual_use", "text", 0, ALL),
    ("oq7_liable", "choices", 8, ALL),
    ("oq7_audit", "choice", 6, ALL),
    ("oq7_duties", "grid", 5, ALL),
    ("oq7_practice", "choices", 7, IN),
    ("oq7_oversight", "choice", 7, CS),
    ("oq7_how_audit", "text", 0, ALL),
    ("oq8_support", "grid", 6, ALL),
    ("oq8_effectiveness", "grid", 6, ALL),
    ("oq8_feasibility", "grid", 6, ALL),
    ("oq8_cost", "grid", 6, IN),
    ("oq8_lead_time", "grid", 6, IN),
    ("oq8_reports", "scale", 5, LE),
    ("oq8_side_effects", "text", 0, ALL),
    ("oq9_agree", "scale", 5, ALL),
    ("oq9_scope", "choices", 10, ALL),
    ("oq9_time", "choice", 7, ALL),
    ("oq9_notice", "choice", 6, IN),
    ("oq9_speed", "choice", 9, LE),
    ("oq9_first", "text", 0, ALL),
    ("oq10_checks", "ranking", 8, ALL),
    ("oq10_balance", "points", 5, ALL),
    ("oq10_safeguards", "choices", 9, CS),
    ("oq10_design", "text", 0, ALL),
    ("oq11_duties", "choices", 7, ALL),
    ("oq11_measures", "grid", 7, ALL),
    ("oq11_safeguards", "choices", 9, IN),
    ("oq11_local_share", "choice", 6, LE),
    ("oq11_feasible", "text", 0, ALL),
    ("oq12_measures", "grid", 5, ALL),
    ("oq12_first", "ranking", 9, ALL),
    ("oq12_signals", "choices", 8, IN),
    ("oq12_traced", "choice", 6, LE),
    ("oq12_gap", "text", 0, ALL),
    ("oq13_offence", "scale", 5, ALL),
    ("oq13_form", "choice", 5, ALL),
    ("oq13_seen", "scale", 5, LE),
    ("oq13_children", "choices", 6, CS),
    ("oq13_detection", "choice", 6, IN),
    ("oq13_examples", "text", 0, ALL),
    ("oq14_suffices", "scale", 5, ALL),
    ("oq14_fault", "choice", 7, ALL),
    ("oq14_who", "choices", 5, ALL),
    ("oq14_scenario", "text", 0, ALL),
    ("oq15_volume", "choice", 7, ALL),
    ("oq15_strain", "scale", 11, ALL),
    ("oq15_remedies", "grid", 6, ALL),
    ("oq15_rank", "ranking", 6, ALL),
    ("oq15_time_per_case", "choice", 6, LE),
    ("oq15_industry_help", "choices", 8, IN),
    ("oq15_waiting", "scale", 5, CS),
    ("oq15_free_time", "text", 0, ALL),
    ("oq16_willing", "scale", 11, ALL),
    ("oq16_too_slow", "scale", 5, ALL),
    ("oq16_give_up", "choices", 10, ALL),
    ("oq16_commit", "text", 0, ALL),
    ("oq17_in_place", "choices", 8, ALL),
    ("oq17_adequacy", "scale", 5, ALL),
    ("oq17_measures", "grid", 5, ALL),
    ("oq17_reviewers", "choice", 5, IN),
    ("oq17_sustainable_le", "text", 0, LE),
    ("oq17_sustainable_hotline", "text", 0, CS),
    ("oq17_legal_duty", "text", 0, ALL),
)
AT_MOST = (
    ("oq7_liable", 3),
    ("oq10_checks", 5),
    ("oq11_duties", 3),
    ("oq12_first", 3),
    ("oq14_who", 3),
    ("oq15_rank", 3),
    ("priorities", 5),
    ("evidence", 10),
)


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load_questionnaire(FILE)


def size(question: Question) -> int:
    """Return how many rows a grid has, points a scale, or options anything else."""
    if isinstance(question, Grid):
        return len(question.rows)
    own = getattr(question, "options", None) or getattr(question, "points", None) or ()
    return len(own)


def words_of(text: str) -> list[str]:
    """Return the words in small letters, apostrophes dropped."""
    return re.findall(r"[a-z0-9]+", re.sub("[’‘']", "", text.lower()))


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of consecutive words that is long enough to count as copied."""
    words = words_of(text)
    for start in range(len(words) - COPIED_WORDS + 1):
        yield tuple(words[start : start + COPIED_WORDS])


def wordings(questionnaire: Questionnaire) -> Iterator[str]:
    """Yield everything that a respondent can read."""
    yield from (questionnaire.title, questionnaire.summary)
    yield from (each.title for each in questionnaire.open_questions)
    for section in questionnaire.sections:
        yield from (section.title, section.intro)
    for question in questionnaire.questions:
        yield from (question.text, question.hint or "")
        for variable in question.variables():
            yield variable.row or ""
            yield from (category.label for category in variable.categories)
        yield from (option.hint or "" for option in getattr(question, "options", ()))


def test_the_topics_are_the_seventeen_open_questions_in_order(
    questionnaire: Questionnaire,
) -> None:
    assert tuple(section.key for section in questionnaire.topics) == TOPICS
    assert tuple(each.key for each in questionnaire.open_questions) == OPEN_QUESTIONS


def test_the_pages_come_in_the_order_of_the_journey(questionnaire: Questionnaire) -> None:
    assert tuple(section.key for section in questionnaire.sections) == (
        "start",
        "about_you",
        "topics",
        *TOPICS,
        "priorities",
        "evidence",
        "anything_else",
        "publication",
    )


def test_every_group_is_asked_a_closed_and_an_open_question_on_each_open_question(
    questionnaire: Questionnaire,
) -> None:
    coverage = questionnaire.coverage()
    assert len(coverage) == len(OPEN_QUESTIONS) * len(ALL)
    assert [row for row in coverage if row.closed == 0 or row.open == 0] == []


@pytest.mark.parametrize(("key", "type_", "items", "groups"), OWED)
def test_every_cell_of_the_brief_has_its_question(
    questionnaire: Questionnaire, key: str, type_: str, items: int, groups: tuple[str, ...]
) -> None:
    question = questionnaire.question(key)
    assert (question.type, size(question)) == (type_, items)
    assert questionnaire.groups_asked(question) == groups
    assert question.serves == (key.split("_", maxsplit=1)[0].upper(),)


def test_the_topics_ask_nothing_unexpected(questionnaire: Questionnaire) -> None:
    asked = {question.id for section in questionnaire.topics for question in section.questions}
    assert asked - {key for key, *_ in OWED} == {"oq1_overall"}


@pytest.mark.parametrize(("key", "at_most"), AT_MOST)
def test_no_more_may_be_chosen_than_the_brief_says(
    questionnaire: Questionnaire, key: str, at_most: int
) -> None:
    assert getattr(questionnaire.question(key), "at_most", None) == at_most


def test_nothing_is_required_but_group_capacity_and_consent(questionnaire: Questionnaire) -> None:
    required = [question.id for question in questionnaire.questions if question.required]
    assert required == ["group", "capacity", "consent"]


def test_every_topic_says_what_the_article_raises_and_where(questionnaire: Questionnaire) -> None:
    def says(section: Section) -> bool:
        in_article = re.match(r"paragraphs? \d+", section.source)
        return bool(in_article) and section.intro.startswith("The article ")

    assert [section.key for section in questionnaire.topics if not says(section)] == []


def test_every_closed_question_offers_a_dont_know(questionnaire: Questionnaire) -> None:
    without = [
        question.id
        for question in questionnaire.questions
        if question.kind == "closed"
        and question.variables()[0].measure is not Measure.JURISDICTION
        and any(
            "dont_know" not in [category.key for category in variable.not_substantive]
            for variable in question.variables()
            if variable.measure is not Measure.TEXT
        )
    ]
    assert tuple(without) == WITHOUT_DONT_KNOW


def test_choosing_nothing_from_several_excludes_the_rest(questionnaire: Questionnaire) -> None:
    nothing = [
        (question.id, option.key)
        for question in questionnaire.questions
        if isinstance(question, Choices)
        for option in question.options
        if option.key in {"none", "nothing", "no_offence"} and not option.alone
    ]
    assert nothing == []


def test_every_scale_has_as_many_points_on_either_side(questionnaire: Questionnaire) -> None:
    lopsided = []
    for variable in questionnaire.variables():
        sides = Counter(point.side for point in variable.substantive if point.side)
        if sides and (sides["for"] != sides["against"] or sides["middle"] != 1):
            lopsided.append(variable.name)
    assert lopsided == []


def test_every_scale_runs_from_against_to_for(questionnaire: Questionnaire) -> None:
    order = {"against": 0, "middle": 1, "for": 2}
    backwards = [
        variable.name
        for variable in questionnaire.variables()
        if any(
            order[one.side] > order[next_.side]
            for one, next_ in pairwise(variable.substantive)
            if one.side and next_.side
        )
    ]
    assert backwards == []


def test_every_open_answer_has_a_word_limit_and_a_hint(questionnaire: Questionnaire) -> None:
    unguarded = [
        question.id
        for question in questionnaire.questions
        if isinstance(question, Text) and (question.words is None or question.hint is None)
    ]
    assert unguarded == []


def test_labels_are_short_enough_for_a_telephone(questionnaire: Questionnaire) -> None:
    rows = {variable.row for variable in questionnaire.variables() if variable.row}
    labels = {each.label for variable in questionnaire.variables() for each in variable.categories}
    assert [row for row in sorted(rows) if len(row) > 36] == []
    assert [label for label in sorted(labels) if len(label) > 80] == []


def test_nobody_can_be_identified_by_anything_but_their_name(questionnaire: Questionnaire) -> None:
    names = [variable.name for variable in questionnaire.variables() if variable.identifying]
    assert names == ["organisation_name", "respondent_name"]


def test_no_wording_is_copied_from_the_article(questionnaire: Questionnaire) -> None:
    if not ARTICLE.exists():
        pytest.skip("the article is kept beside the repository, in ../shared, and is not there")
    article = set(runs(ARTICLE.read_text(encoding="utf-8")))
    copied = {run for wording in wordings(questionnaire) for run in runs(wording)} & article
    assert sorted(copied) == []


def test_the_whole_takes_twenty_to_forty_minutes_for_three_to_nine_topics(
    questionnaire: Questionnaire,
) -> None:
    around = sum(each.minutes or 0 for each in questionnaire.sections if each.kind != "topic")
    topics = sorted(section.minutes or 0 for section in questionnaire.topics)
    assert set(topics) <= {3, 4}
    assert around + sum(topics[:3]) >= 20
    assert around + sum(topics[-9:]) <= 42


def test_every_open_question_has_a_lead_that_is_put_to_every_group(
    questionnaire: Questionnaire,
) -> None:
    leads = {each.key: each.lead for each in questionnaire.open_questions}
    codebook = questionnaire.codebook()
    asked = {each.key: each for each in codebook.questions}
    everybody = {group.key for group in codebook.groups}

    assert [key for key, lead in leads.items() if lead is None] == []
    for lead in leads.values():
        question = asked[codebook.by_name[lead or ""].question]
        assert not question.groups or set(question.groups) == everybody
