import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.languages import count_languages, recognise_languages

TEXTS = {
    "en": "The law should protect children and private letters alike.",
    "de": "Das Gesetz soll Kinder ebenso schützen wie private Briefe.",
    "fr": "La loi devrait protéger les enfants et la correspondance privée.",
    "es": "La ley debería proteger tanto a los niños como las cartas privadas.",
    "it": "La legge dovrebbe proteggere i bambini e anche le lettere private.",
    "el": "Ο νόμος πρέπει να προστατεύει τα παιδιά και τις ιδιωτικές επιστολές.",
    "pl": "Prawo powinno chronić zarówno dzieci, jak i prywatne listy obywateli.",
    "hu": "A törvénynek védenie kell a gyermekeket és a magánleveleket egyaránt.",
}


@pytest.mark.parametrize("light", [False, True])
def test_each_text_is_recognised_by_itself(light):
    found = recognise_languages(list(TEXTS.values()), light=light)

    assert [language.code for language in found] == list(TEXTS)
    assert {language.reason for language in found} == {"recognised"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("bias", "too short"),
        ("", "too short"),
        ("See https://example.org/a-very-long-address-in-english.html", "too short"),
        ("? ???????? ??? ???? ???????????? ???????? ??? ?.?. ??? ??? ??", "letters lost"),
        ("Transformers, OpenStack, Kubernetes", "uncertain"),
    ],
)
def test_what_cannot_be_told_is_undetermined_with_a_reason(text, reason):
    (found,) = recognise_languages([text])

    assert (found.code, found.reason) == ("und", reason)


def test_a_lost_letter_here_and_there_does_no_harm():
    (found,) = recognise_languages(
        ["Tako?er, te tehnologije mogu unaprijediti zdravstvo uklju?ivanjem."]
    )

    assert found.code == "hr"


def test_languages_are_counted_commonest_first():
    found = recognise_languages([TEXTS["de"], TEXTS["en"], TEXTS["de"], "bias"])

    assert count_languages(found) == (("de", 2), ("en", 1), ("und", 1))


@settings(max_examples=15, deadline=None)
@given(st.permutations([*TEXTS.values(), "bias"]))
def test_a_language_does_not_depend_on_the_other_texts(texts):
    assert recognise_languages(texts) == tuple(recognise_languages([text])[0] for text in texts)


@pytest.mark.parametrize("among", [["en"], ["en", "xx"], []])
def test_languages_that_are_not_known_are_an_error(among):
    with pytest.raises(ValueError, match="ISO 639-1"):
        recognise_languages([TEXTS["en"]], among=among)
