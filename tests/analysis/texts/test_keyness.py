import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.keyness import keyness, log_odds

SMALL = {"prior_words": 5, "least_z": 1}  # the specimens are a few words long

PUBLISHED = Path(__file__).parents[3] / ".." / "shared" / "cases" / "published.json"
counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=2)


def test_the_published_case_of_fightin_words_holds():
    if not PUBLISHED.exists():
        pytest.skip("../shared is not beside this repository")
    cases = {case["id"]: case for case in json.loads(PUBLISHED.read_text("utf-8"))["cases"]}
    case = cases["fightin_words"]
    given = case["input"]

    scores = log_odds(given["group1"], given["group2"], given["alpha_w"])

    assert {score.word: score.z for score in scores} == pytest.approx(
        case["expected"]["z"], abs=case["tolerance"]
    )


def test_a_score_by_hand():
    """Two words, prior 1: (3+1)/(1+1) against (1+1)/(3+1), so log 2 - log ½ = log 4."""
    high, low = log_odds({"rights": 3, "costs": 1}, {"rights": 1, "costs": 3}, 1.0)

    assert (high.word, high.first, high.second) == ("rights", 3, 1)
    assert high.log_odds == pytest.approx(np.log(4))
    assert high.z == pytest.approx(np.log(4) / np.sqrt(1 / 4 + 1 / 2))
    assert low.z == pytest.approx(-high.z)


@settings(deadline=None)
@given(counts, counts, st.floats(0.01, 5))
def test_changing_sides_changes_the_sign_and_nothing_else(first, second, prior):
    there = {score.word: score.z for score in log_odds(first, second, prior)}
    back = {score.word: -score.z for score in log_odds(second, first, prior)}

    assert there == pytest.approx(back, abs=1e-9)


@settings(deadline=None)
@given(counts, st.floats(0.01, 5))
def test_two_sides_alike_have_no_words_of_their_own(words, prior):
    assert all(abs(score.z) < 1e-9 for score in log_odds(words, words, prior))


def test_an_informative_prior_calms_the_words_that_everybody_uses():
    shared = {f"word{i}": 4 for i in range(50)}
    first, second = {"the": 70, "courts": 12} | shared, {"the": 50, "courts": 0} | shared
    everywhere = {word: first[word] + second[word] for word in first}
    total = sum(everywhere.values())
    prior = {word: 500 * n / total for word, n in everywhere.items()}

    flat = {score.word: score.z for score in log_odds(first, second, 0.5)}
    informed = {score.word: score.z for score in log_odds(first, second, prior)}

    assert 0 < informed["the"] < flat["the"] / 1.3
    assert informed["courts"] > informed["the"]


def test_one_word_or_none_says_nothing():
    assert log_odds([], []) == ()
    assert [score.z for score in log_odds(["ban ban"], ["ban"])] == [0.0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (({"a": 1}, {"b": 1}, 0.0), ValueError),
        (({"a": 1}, {"b": 1}, {"a": 1.0}), ValueError),
        (({"a": -1}, {"b": 1}, 0.5), ValueError),
        (("one text", ["another"]), TypeError),
    ],
)
def test_an_impossible_request_is_an_error(arguments, error):
    with pytest.raises(error):
        log_odds(*arguments)


def answers():
    """Seven of civil society and industry each; four speak of "drones", two of law enforcement."""
    rows = []
    for i in range(7):
        drones = " drones drones drones" if i < 4 else ""
        rows.append((f"C{i}", "civil_society", f"rights and privacy for the people{drones}"))
        rows.append((f"I{i}", "industry", "costs and audits for the firms"))
    rows += [
        ("L0", "law_enforcement", "evidence for the police"),
        ("L1", "law_enforcement", "evidence"),
    ]
    return pd.DataFrame(rows, columns=["response_id", "group", "text"])


def test_each_group_has_its_own_words_and_not_those_of_all():
    civil, industry, _ = keyness(answers(), **SMALL)

    assert {word.word for word in civil.words} == {"rights", "privacy", "people"}
    assert {word.word for word in industry.words} == {"costs", "audits", "firms"}
    assert civil.words[0].respondents == 7
    assert (civil.words[0].count, civil.words[0].elsewhere) == (7, 0)


def test_a_word_of_fewer_than_five_of_the_group_is_hidden_however_often_they_say_it():
    civil = keyness(answers(), **SMALL)[0]
    shown = keyness(answers(), hidden_under=4, **SMALL)[0]

    assert "drones" not in [word.word for word in civil.words]
    assert civil.hidden == 1
    assert "drones" in [word.word for word in shown.words]


def test_a_group_of_fewer_than_five_shows_nothing():
    police = keyness(answers(), least_count=1, least_texts=1)[2]

    assert (police.respondents, police.words, police.hidden) == (2, (), 0)
    assert police.reason == "fewer than 5 respondents"


def test_a_word_needs_texts_as_well_as_uses():
    frame = answers()
    frame.loc[0, "text"] = "quantum " * 50

    found = keyness(frame, hidden_under=1, **SMALL)

    assert all(word.word != "quantum" for group in found for word in group.words)


def test_a_group_alone_has_nothing_to_be_compared_with():
    frame = answers().query("group == 'industry'")

    assert keyness(frame)[0].reason == "no other group to compare with"


def test_two_languages_are_not_thrown_into_one_vocabulary():
    frame = answers().assign(language=["en"] * 15 + ["de"])

    with pytest.raises(ValueError, match="one language at a time: these texts are in de, en"):
        keyness(frame)


def test_words_of_the_question_may_be_left_out():
    civil = keyness(answers(), leave_out=["What of people and privacy?"], **SMALL)[0]

    assert [word.word for word in civil.words] == ["rights"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000))
def test_the_order_of_rows_makes_no_difference(seed):
    frame = answers()
    before = frame.copy(deep=True)

    assert keyness(frame.sample(frac=1, random_state=seed), **SMALL) == keyness(frame, **SMALL)
    pd.testing.assert_frame_equal(frame, before)
