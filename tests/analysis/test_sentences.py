"""Sentences say what the figures justify, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.crosstabs import all_by_group
from analysis.export import read_export
from analysis.glance import Glance, glance, standing
from analysis.sentences import answer, headline, how_many, listed, per_cent, say
from tests.analysis.exports import make_codebook, make_export
from tests.analysis.test_glance import CHOICE, CODEBOOK, SCALE, a_ranking, a_table

MAJORITY_WORDS = ("nearly all", "a large majority", "most")


@given(st.integers(0, 400), st.integers(1, 400))
def test_no_per_cent_rounds_to_the_wrong_side(part, whole):
    part = min(part, whole)
    words = per_cent(part, whole)
    figure = float(re.search(r"[\d.]+", words).group())
    assert abs(figure - 100 * part / whole) <= 1
    assert (words == "100%") == (part == whole)
    assert (words == "0%") == (part == 0)
    assert (words == "50%") == (part * 2 == whole)
    if "just" not in words and "over" not in words:
        assert (figure > 50) == (part * 2 > whole)


def test_shares_too_near_to_a_half_are_said_in_words():
    assert per_cent(100_001, 200_000) == "just over 50%"
    assert per_cent(99_999, 200_000) == "just under 50%"
    assert per_cent(503, 1000) == "50.3%"


@given(st.floats(0, 100))
def test_most_is_never_said_of_half_or_under(percent):
    assert (how_many(percent) in MAJORITY_WORDS) == (percent > 50)


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (90, "nearly all"),
        (89.9, "a large majority"),
        (75, "a large majority"),
        (74.9, "most"),
        (50, "half"),
        (49.9, "a minority"),
    ],
)
def test_words_change_at_fixed_shares(percent, word):
    assert how_many(percent) == word


def test_common_ground_takes_the_word_of_the_weakest_group():
    found = standing(a_table(CHOICE, [(20, 0, 0), (11, 9, 0), (19, 1, 0)]), CODEBOOK)
    assert say(found) == (
        "Most in all three groups chose “Equal penalties”: Law enforcement (100%, 20 of 20), "
        "Industry (55%, 11 of 20) and Civil society (95%, 19 of 20)."
    )


def test_a_split_names_each_side_and_who_has_none():
    found = standing(a_table(SCALE, [(0, 0, 0, 9, 9), (9, 7, 4, 0, 0), (4,) * 5]), CODEBOOK)
    assert say(found) == (
        "Nearly all in Law enforcement (100%, 18 of 18) chose “Agree” or “Strongly agree”; "
        "a large majority in Industry (80%, 16 of 20) chose “Strongly disagree” or “Disagree”. "
        "No answer was chosen by more than half in Civil society."
    )


def test_no_majority_anywhere_is_said():
    found = standing(a_table(CHOICE, [(7, 7, 7)] * 3), CODEBOOK)
    assert say(found) == "No answer was chosen by more than half in any of the three groups."


def test_too_few_is_said_without_naming_anybody():
    found = standing(a_table(CHOICE, [(7, 0, 0)] * 3), CODEBOOK)
    assert say(found) == "Too few gave a view, in too few groups, to compare them."


def test_a_group_under_its_base_is_not_named():
    found = standing(a_table(CHOICE, [(20, 0, 0), (9, 0, 0), (20, 0, 0)]), CODEBOOK)
    assert say(found) == (
        "Nearly all in the two groups with enough answers chose “Equal penalties”: "
        "Law enforcement (100%, 20 of 20) and Civil society (100%, 20 of 20)."
    )


def test_a_share_that_hides_something_is_said_to_be_at_least():
    hidden = {("strongly_agree", 0), ("disagree", 0)}
    found = standing(a_table(SCALE, [(0, 2, 0, 20, 3)] * 3, hidden=hidden), CODEBOOK)
    assert "Law enforcement (at least 80%, 20 of 25)" in say(found)
    assert "Industry (92%, 23 of 25)" in say(found)


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)),
        min_size=3,
        max_size=3,
    )
)
def test_every_sentence_is_justified(columns):
    found = standing(a_table(CHOICE, columns), CODEBOOK)
    words = say(found)
    assert words.endswith(".")
    labels = ("Law enforcement", "Industry", "Civil society")
    for label, column in zip(labels, columns, strict=True):
        if sum(column) < 10:
            assert label not in words
    for count, base in re.findall(r"(\d+) of (\d+)\)", words):
        assert int(count) * 2 > int(base) >= 10


def test_the_headline_counts_every_open_question(tmp_path):
    make_export(tmp_path)
    found = glance(all_by_group(read_export(tmp_path)), make_codebook())
    assert headline(found) == (
        "Of the three open questions, on one the groups share a majority view, on one they split "
        "and on one there is neither a shared majority nor a clear split."
    )
    sentences = answer(found)
    assert [each.split(" (")[0].split(",")[0] for each in sentences[1:-1]] == [
        "Common ground",
        "Split",
    ]
    assert "fewer than 10 views" in sentences[-1]


def test_no_open_questions_is_said():
    assert headline(Glance((), 10, 0.75)) == "This consultation has no open questions."


def test_lists_read_as_a_sentence_does():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b"], "or") == "a or b"


def test_items_of_a_ranking_are_placed_among_the_first_and_not_chosen():
    found = standing(a_ranking([(15, 1, 3, 3), (11, 2, 9, 3), (20, 1, 9, 9)], (20,) * 3), CODEBOOK)
    assert say(found) == (
        "Most in all three groups placed “Training” among the first three: Law enforcement (75%, "
        "15 of 20), Industry (55%, 11 of 20) and Civil society (100%, 20 of 20)."
    )
    found = standing(a_ranking([(1, 1, 1, 1)] * 3, (20,) * 3), CODEBOOK)
    assert say(found) == (
        "Nothing was placed among the first three by more than half in any of the three groups."
    )


def test_the_headline_says_on_how_many_a_group_could_not_be_judged():
    tables = [
        a_table(CHOICE, [(20, 0, 0), (9, 0, 0), (20, 0, 0)]),
        a_table(SCALE, [(0, 0, 0, 9, 9)] * 3),
    ]
    assert headline(glance(tables, CODEBOOK)) == (
        "Of the three open questions, on two the groups share a majority view and on one it cannot "
        "be said, as too few answered or small counts are hidden. On one of these, only some of "
        "the three groups could be judged."
    )
