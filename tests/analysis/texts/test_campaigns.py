from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.campaigns import find_campaigns

EU = (
    Path(__file__).parents[3]
    / ".."
    / "shared"
    / "data"
    / "eu_ai_white_paper_2020"
    / "responses.csv"
)
FREE_TEXT = (14, 21, 25, 31, 38, 40, 42, 44, 45, 53, 55, 57, 58, 60, 62, 64, 66, 67)

Q1 = "remote biometric identification in public places must be banned without any exception at all"
Q2 = "independent bodies must be able to inspect every system that decides about our rights"
OWN = "our members make machine tools and would like clear product rules that stay as they are"
ROWS = (
    ("R1", "q1", Q1),
    ("R2", "q1", Q1.upper()),
    ("R3", "q1", Q1 + " now"),
    ("R4", "q1", Q1),
    ("R5", "q1", OWN),
    ("R6", "q1", "See attached document"),
    ("R7", "q1", "See attached document"),
    ("R1", "q2", Q2),
    ("R2", "q2", Q2),
    ("R3", "q2", Q2 + " soon"),
    ("R5", "q2", OWN),
    ("R6", "q2", "See attached document"),
    ("R7", "q2", "See attached document"),
)


def answers(rows=ROWS):
    return pd.DataFrame(rows, columns=["response_id", "question", "text"])


def test_respondents_who_share_texts_in_two_questions_are_one_campaign():
    found = find_campaigns(answers())

    (campaign,) = found.campaigns
    assert campaign.responses == ("R1", "R2", "R3")
    assert campaign.shared == (("R1", 2), ("R2", 2), ("R3", 2))
    assert campaign.questions == ("q1", "q2")
    assert campaign.texts[0].group.responses == ("R1", "R2", "R3", "R4")
    assert campaign.texts[0].responses == ("R1", "R2", "R3")


def test_one_question_is_enough_where_the_caller_says_so():
    (campaign,) = find_campaigns(answers(), least_questions=1).campaigns

    assert campaign.responses == ("R1", "R2", "R3", "R4")


def test_fillers_make_no_campaign():
    found = find_campaigns(answers([row for row in ROWS if row[0] in ("R6", "R7")]))

    assert found.campaigns == ()
    assert found.by_question[0][1].groups == ()


def test_copies_leave_one_of_each_group():
    assert find_campaigns(answers()).copies == (
        ("R2", "q1"),
        ("R3", "q1"),
        ("R4", "q1"),
        ("R2", "q2"),
        ("R3", "q2"),
    )


@settings(max_examples=20, deadline=None)
@given(st.permutations(ROWS))
def test_the_order_of_rows_makes_no_difference(rows):
    assert find_campaigns(answers(rows)) == find_campaigns(answers())


def test_a_missing_column_is_an_error_and_the_frame_is_not_changed():
    frame = answers()
    before = frame.copy(deep=True)

    find_campaigns(frame)

    pd.testing.assert_frame_equal(frame, before)
    with pytest.raises(ValueError, match="question"):
        find_campaigns(frame.drop(columns="question"))


@pytest.fixture(scope="module")
def european():
    if not EU.exists():
        pytest.skip("../shared is not beside this repository")
    wide = pd.read_csv(EU, keep_default_na=False, dtype=str)
    parts = [
        pd.DataFrame(
            {"response_id": wide["Reference"], "question": f"c{c:02}", "text": wide.iloc[:, c]}
        )
        for c in FREE_TEXT
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_co_ordinated_campaign_of_the_european_consultation_is_found(european):
    found = find_campaigns(european)

    first, second = found.campaigns[:2]
    assert len(first.responses) == 10
    assert len(first.questions) == 12
    assert {"F529911", "F529962", "F530304", "F530449"} <= set(first.responses)
    assert len(second.responses) == 4
    largest = max(first.texts, key=lambda text: len(text.responses))
    assert largest.question == "c64"
    assert largest.responses == first.responses
    assert largest.group.text.startswith(
        "ai developers and deployers should be accountable for harm"
    )
    assert all(pair.similarity >= 0.8 for text in first.texts for pair in text.group.joined_by)


def test_the_european_campaign_is_the_same_at_another_order_of_rows(european):
    shuffled = european.sample(frac=1, random_state=11)

    assert find_campaigns(shuffled) == find_campaigns(european)
