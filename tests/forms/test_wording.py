"""Characters, words and blanks, counted as a browser counts them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.wording import BROWSER_SPACES, count_words, has_unwritable, shorten, showable, tidy


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t ", 0),
        ("one", 1),
        ("one two\nthree", 3),
        ("one\u00a0two", 2),
        ("one\u2003two", 2),
        ("one\u3000two", 2),
        ("one\ufefftwo", 2),
        ("one\u0085two", 1),
        ("one\u200btwo", 1),
        ("one\x1ctwo", 1),
        ("don’t re-use", 2),
    ],
)
def test_words_are_what_stands_between_the_spaces_of_a_browser(text: str, count: int) -> None:
    assert count_words(text) == count


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from([*BROWSER_SPACES, "a", "é", "\u0085", "\u200b"])))
def test_counting_agrees_with_trimming_and_splitting(text: str) -> None:
    trimmed = text.strip(BROWSER_SPACES)
    parts = re.split(f"[{re.escape(BROWSER_SPACES)}]+", trimmed)

    assert count_words(text) == (len(parts) if trimmed else 0)


@settings(deadline=None)
@given(st.text())
def test_tidying_twice_changes_nothing_and_counts_the_same_words(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert count_words(tidy(text)) == count_words(text)
    assert "\r" not in tidy(text)


def test_every_end_of_line_is_one_newline() -> None:
    assert tidy("a\r\nb\rc\nd\x0be\x0cf") == "a\nb\nc\nd\ne\nf"


def test_marks_of_direction_and_of_no_width_stay() -> None:
    text = "\u200fשלום\u200e a\u200db\u200bc \u2067x\u2069"

    assert tidy(text) == text
    assert not has_unwritable(text)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_no_document_could_hold_is_found_and_shown_as_a_mark(character: str) -> None:
    assert has_unwritable(f"a{character}b")
    assert showable(f"a{character}b") == "a�b"


@pytest.mark.parametrize("text", ["a\tb\r\nc", "é", "漢字", "👩‍👧", "\x7f", "\u0085"])
def test_all_else_can_be_kept(text: str) -> None:
    assert not has_unwritable(text)


def test_a_long_wording_is_cut_after_a_whole_word() -> None:
    assert shorten("one two three", 9) == "one two…"
    assert shorten("one two three", 13) == "one two three"
    assert shorten("one, two", 6) == "one…"
