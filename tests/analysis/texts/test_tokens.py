import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.tokens import clean, fingerprint, normalise, sentences, words


def test_words_are_letters_and_digits_in_one_case_with_their_apostrophes_and_hyphens():
    assert words("Don’t  ban long-term AI, in 2020!") == (
        "don't",
        "ban",
        "long-term",
        "ai",
        "in",
        "2020",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The ﬁrst rule", "the first rule"),
        ("Straße", "STRASSE"),
        ("cafe\u0301 rights", "café rights"),
        ("a\u00a0b\u200b c", "A b\tc."),
        ("rights,\nprivacy", "Rights – privacy"),
    ],
)
def test_spelling_case_spacing_and_punctuation_make_no_difference(one, other):
    assert normalise(one) == normalise(other)
    assert fingerprint(one) == fingerprint(other)


def test_texts_without_words_still_differ_from_one_another():
    assert normalise(" - ") == "-"
    assert normalise("/") == "/"
    assert fingerprint("-") != fingerprint("/")


def test_a_sentence_ends_at_its_mark_or_at_a_line_break():
    text = 'We agree. "Is it fair?" Yes!\n- privacy\n- costs of 1.5 million'

    assert sentences(text) == (
        "We agree.",
        '"Is it fair?"',
        "Yes!",
        "- privacy",
        "- costs of 1.5 million",
    )


def test_the_fingerprint_is_the_same_on_any_machine():
    assert fingerprint("No further comments.") == "c60d76dc3c73e230"


@settings(deadline=None)
@given(st.text())
def test_reading_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)
    assert words(" ".join(words(text))) == words(text)


@settings(deadline=None)
@given(st.text())
def test_sentences_hold_every_word_in_order(text):
    assert tuple(w for sentence in sentences(text) for w in words(sentence)) == words(text)
