from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.boilerplate import strip_boilerplate

SALUTATION = "We thank the Commission for this opportunity."
OWN = (
    "Encryption protects every child who writes to a friend.",
    "Detection must be tested by an independent laboratory each year.",
    "Courts alone should order the search of a private telephone.",
    "Small firms cannot pay for so many audits at once.",
    "Police forces need clear rules on evidence from abroad.",
)


def test_a_salutation_that_otherwise_different_texts_share_is_left_out():
    stripped = strip_boilerplate([f"{SALUTATION} {own}" for own in OWN])

    assert [(b.sentence, b.texts, b.given) for b in stripped.boilerplate] == [
        ("we thank the commission for this opportunity", 5, False)
    ]
    assert stripped.texts[2] == "courts alone should order the search of a private telephone"


def test_the_sentences_of_a_campaign_are_no_boilerplate():
    campaign = "Keep encryption strong for everybody. Scanning is mass surveillance. Stop it now."
    names = ("one", "two", "three", "four", "five")
    texts = [f"{campaign} Yours, number {name} of many." for name in names]

    stripped = strip_boilerplate(texts)

    assert stripped.boilerplate == ()


def test_a_given_passage_is_left_out_wherever_it_stands():
    stripped = strip_boilerplate(
        ["Are there other risks? Yes, to privacy.", "Nothing here."], ["Are there other risks?"]
    )

    assert stripped.texts == ("yes to privacy", "nothing here")
    assert [(b.texts, b.given) for b in stripped.boilerplate] == [(1, True)]


def test_a_text_that_is_nothing_but_boilerplate_keeps_it():
    assert strip_boilerplate([SALUTATION], [SALUTATION]).texts == (
        "we thank the commission for this opportunity",
    )


@settings(deadline=None)
@given(st.permutations([f"{SALUTATION} {own}" for own in OWN] + ["Another."]))
def test_the_order_of_texts_makes_no_difference(texts):
    stripped = strip_boilerplate(texts)

    assert sorted(stripped.texts) == sorted(strip_boilerplate(sorted(texts)).texts)
    assert stripped.boilerplate == strip_boilerplate(sorted(texts)).boilerplate
