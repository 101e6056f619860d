import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.quotes import pick_quotes

VIEWS = (
    "Courts alone should order the search of anybody's private letters, and say why in public.",
    "Parents need help at home long before any service begins to look at what children write.",
    "Schools can teach what a stranger may not ask; no filter replaces a teacher who listens.",
    "Police forces lack people rather than data, and every week of waiting costs a child dearly.",
    "Small firms cannot carry the audits that giants shrug off, so duties must follow the risk.",
    "Researchers should be able to test each detector on fresh material under a court's eyes.",
    "Doctors hear about abuse first and know best how much a false alarm harms a whole family.",
)


def answers(**changes):
    """Seven respondents in each of two groups, all of whom may be quoted."""
    rows = []
    for group in ("civil_society", "law_enforcement"):
        for i, view in enumerate(VIEWS):
            rows.append(
                {
                    "response_id": f"{group[0]}{i}",
                    "group": group,
                    "text": view
                    if group == "civil_society"
                    else " ".join(view.split()[::-1]) + ".",
                    "publication": "without_name",
                    "confidential": False,
                    "held": False,
                    "capacity": "organisation",
                    "organisation": f"Body {group[0]}{i}",
                    "position": "agree" if i < 5 else "disagree",
                }
            )
    frame = pd.DataFrame(rows)
    for column, value in changes.items():
        frame[column] = value
    return frame


def one(text, **changes):
    """A frame in which one answer alone may be quoted: the first of civil society."""
    frame = answers(publication="no")
    frame.loc[0, ["text", "publication"]] = [text, "without_name"]
    for column, value in changes.items():
        frame.loc[0, column] = value
    return frame


def test_quotes_are_spread_over_groups_and_positions():
    found = pick_quotes(answers(), per_group=2)

    assert [(quote.group, quote.position) for quote in found.quotes] == [
        ("civil_society", "agree"),
        ("civil_society", "disagree"),
        ("law_enforcement", "agree"),
        ("law_enforcement", "disagree"),
    ]
    assert found.available == 14


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("publication", "do_not_publish", "publication not agreed to"),
        ("publication", None, "publication not agreed to"),
        ("publication", "", "publication not agreed to"),
        ("publication", pd.NA, "publication not agreed to"),
        ("confidential", True, "marked confidential"),
        ("confidential", None, "marked confidential"),
        ("held", pd.NA, "held back by the team"),
        ("held", True, "held back by the team"),
        ("held", float("nan"), "held back by the team"),
        ("text", "See attached document", "no view of its own"),
        ("text", "None", "no view of its own"),
        ("text", "Ban it.", "no passage of a fitting length"),
    ],
)
def test_what_may_not_be_quoted_is_counted_with_its_reason(column, value, reason):
    found = pick_quotes(answers(**{column: value}))

    assert found.quotes == ()
    assert found.left_out == ((reason, 14),)


def test_a_group_under_the_threshold_is_never_quoted_even_by_name():
    frame = answers(publication="with_name").drop(index=[7, 8, 9])

    found = pick_quotes(frame)

    assert {quote.group for quote in found.quotes} == {"civil_society"}
    assert found.left_out == (("group of fewer than 5", 4),)


def test_the_base_of_a_group_may_be_everybody_who_answered():
    small = answers().drop(index=[7, 8, 9])

    assert len(pick_quotes(small, bases={"civil_society": 7, "law_enforcement": 40}).quotes) == 6
    assert pick_quotes(answers(), bases={"civil_society": 4}).quotes == ()


def test_who_agreed_to_be_named_is_named_and_others_are_not():
    named = pick_quotes(answers(publication="with_name")).quotes
    nameless = pick_quotes(answers()).quotes

    assert {quote.attribution for quote in named} == {
        f"Body {quote.response_id}" for quote in named
    }
    assert {quote.attribution for quote in nameless} == {
        "organisation, civil society",
        "organisation, law enforcement",
    }


def test_what_is_not_known_of_a_respondent_is_not_said():
    frame = answers(capacity=pd.NA, organisation=None, position=pd.NA, publication="with_name")

    found = pick_quotes(frame).quotes

    assert {quote.attribution for quote in found} == {"civil society", "law enforcement"}
    assert {quote.position for quote in found} == {None}


def test_labels_are_the_callers_words():
    labels = {"organisation": "a body", "civil_society": "NGOs", "law_enforcement": "the police"}

    assert {quote.attribution for quote in pick_quotes(answers(), labels=labels).quotes} == {
        "a body, NGOs",
        "a body, the police",
    }


def test_no_capacity_is_named_where_one_of_them_is_small_lest_silence_name_it():
    frame = answers()
    frame.loc[0, "capacity"] = "individual"

    attributions = {(q.group, q.attribution) for q in pick_quotes(frame, per_group=9).quotes}

    assert attributions == {
        ("civil_society", "civil society"),
        ("law_enforcement", "organisation, law enforcement"),
    }


def test_the_name_of_a_nameless_organisation_is_taken_out_of_its_text():
    text = "We at BODY C0 think that every court should decide before anybody else does so."

    nameless = pick_quotes(one(text)).quotes
    named = pick_quotes(one(text, publication="with_name")).quotes

    assert nameless[0].text.startswith("We at [name] think")
    assert named[0].text == text


def test_a_quote_is_redacted_before_anything_else():
    text = "Write to jane@example.org if you think that every court should decide before others do."

    assert pick_quotes(one(text)).quotes[0].text.startswith("Write to [email] if")
    assert pick_quotes(one(text), redact=str.upper).quotes[0].text.startswith("WRITE TO JANE@")


def test_a_long_answer_is_cut_at_the_end_of_a_sentence():
    first = "Every court should decide about each of these cases before anybody else does so."
    text = f"{first}\nA second sentence follows here. A third one is too long for the limit."

    (quote,) = pick_quotes(one(text), longest=130).quotes

    assert quote.text == f"{first}\nA second sentence follows here."
    assert quote.shortened
    assert pick_quotes(one(text), longest=50, shortest=10).quotes == ()


def test_an_answer_that_breaks_off_loses_its_last_words():
    first = "Every court should decide about each of these cases before anybody else does so."

    (quote,) = pick_quotes(one(f"{first} The form allowed no more than this and")).quotes

    assert quote.text == first
    assert quote.shortened


def test_a_campaign_does_not_fill_the_page_and_nobody_is_quoted_twice():
    campaign = "Every court should decide about each of these cases before anybody else does so."
    same_text = answers(text=campaign)
    same_sender = answers(response_id="R1")

    assert len(pick_quotes(same_text, per_group=5).quotes) == 1
    assert (
        len(pick_quotes(same_sender, bases={"civil_society": 9, "law_enforcement": 9}).quotes) == 1
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000))
def test_the_order_of_rows_makes_no_difference(seed):
    frame = answers()
    before = frame.copy(deep=True)

    assert pick_quotes(frame.sample(frac=1, random_state=seed)) == pick_quotes(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("options", [{"threshold": 0}, {"shortest": 500}])
def test_an_impossible_request_is_an_error(options):
    with pytest.raises(ValueError, match="threshold"):
        pick_quotes(answers(), **options)


@pytest.mark.parametrize("column", ["publication", "confidential", "held"])
def test_a_frame_that_does_not_say_what_may_be_published_is_an_error(column):
    with pytest.raises(ValueError, match=column):
        pick_quotes(answers().drop(columns=column))
