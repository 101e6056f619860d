import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.themes import NOTE, suggest_themes

TOPICS = (
    ("encryption", "messages", "privacy", "backdoor", "keys"),
    ("courts", "warrants", "judges", "police", "evidence"),
    ("audits", "costs", "firms", "market", "burden"),
)

OWN = "that nobody else has put into these very words"


def answers(each=25, extra=()):
    """Texts on three topics, each with words of its own so that no two are near-duplicates."""
    rows = []
    for topic, words in enumerate(TOPICS):
        for i in range(each):
            chosen = [words[(i + k * (1 + i % 2)) % 5] for k in range(3)]
            own = " ".join(f"own{topic}x{i}x{k}" for k in range(8))
            rows.append(
                (f"R{topic}{i:02}", f"The {chosen[0]} and {own} {chosen[1]} of the {chosen[2]}")
            )
    return pd.DataFrame([*rows, *extra], columns=["response_id", "text"])


def test_words_that_occur_together_are_suggested_as_a_theme():
    found = suggest_themes(answers(), number=3, words_each=5)

    assert {frozenset(theme.words) for theme in found.themes} == set(map(frozenset, TOPICS))
    assert [theme.texts for theme in found.themes] == [25, 25, 25]
    assert found.note == NOTE
    assert found.reason is None
    assert {r[:2] for r in found.themes[0].responses} == {found.themes[0].responses[0][:2]}


def test_under_fifty_texts_nothing_is_suggested():
    found = suggest_themes(answers(each=16))

    assert found.themes == ()
    assert found.reason == "there are fewer than the 50 texts from which themes are suggested"


def test_fillers_and_copies_are_set_aside_before_texts_are_counted():
    campaign = "keep encryption strong for everybody because scanning is mass surveillance"
    extra = [
        ("F1", "-"),
        ("F2", "See attached"),
        *((f"K{i}", campaign) for i in range(10)),
        ("B", " "),
    ]

    found = suggest_themes(answers(each=16, extra=extra))

    assert (found.counts.received, found.counts.fillers) == (60, 2)
    assert (found.counts.copies, found.counts.used) == (9, 49)
    assert found.themes == ()


def test_no_theme_rests_on_fewer_than_five_texts():
    extra = [(f"Q{i}", f"quantum drones only{i} here{i} and{i} there{i}") for i in range(4)]

    found = suggest_themes(answers(extra=extra), number=4)

    assert all(theme.texts >= 5 for theme in found.themes)
    assert all("quantum" not in theme.words for theme in found.themes)


def test_texts_without_a_word_in_common_have_no_themes():
    rows = [(f"R{i}", " ".join(f"w{i}x{k}" for k in range(6))) for i in range(60)]

    found = suggest_themes(pd.DataFrame(rows, columns=["response_id", "text"]))

    assert found.themes == ()
    assert found.reason == "no word is in 5 texts or more"


def test_everyday_words_of_another_language_are_no_theme():
    frame = answers()
    frame["text"] = "und die nicht " + frame["text"]

    german = suggest_themes(frame, language="de", number=3)

    assert all(word not in ("und", "die", "nicht") for t in german.themes for word in t.words)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1_000))
def test_the_order_of_rows_makes_no_difference(seed):
    copies = [(f"K{i}", f"privacy keys messages {OWN}") for i in range(6)]
    frame = answers(extra=copies)
    before = frame.copy(deep=True)

    assert suggest_themes(frame.sample(frac=1, random_state=seed)) == suggest_themes(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (answers().drop(columns="text"), {}, "text"),
        (answers(), {"number": 1}, "at least two"),
        (answers().assign(language=["en", "de", "fr"] * 25), {}, "one language at a time"),
    ],
)
def test_an_impossible_request_is_an_error(frame, options, message):
    with pytest.raises(ValueError, match=message):
        suggest_themes(frame, **options)
