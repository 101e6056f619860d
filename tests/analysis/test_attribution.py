"""Words are somebody's only as far as they agreed, and as far as their group is large enough."""

import pytest

from analysis.attribution import attribution, count_voices

LABELS = {"organisation": "organisation", "law_enforcement": "law enforcement"}
MANY = {("law_enforcement", "organisation"): 9, ("law_enforcement", "own_name"): 7}


def said(publication="without_name", **more):
    return {
        "publication": publication,
        "group": "law_enforcement",
        "capacity": "organisation",
        "organisation": "The Agency",
        **more,
    }


def test_who_agreed_to_be_named_is_named():
    assert attribution(said("with_name"), MANY) == "The Agency"


def test_who_did_not_is_an_organisation_of_its_group():
    assert attribution(said(), MANY, labels=LABELS) == "organisation, law enforcement"


@pytest.mark.parametrize("publication", ["count_only", None, "", "something else"])
def test_who_did_not_agree_is_not_quoted_at_all(publication):
    assert attribution(said(publication), MANY) is None


def test_a_named_response_without_a_name_is_nameless():
    named = said("with_name", organisation="  ", name=None)
    assert attribution(named, MANY) == "organisation, law enforcement"


def test_a_small_capacity_is_said_of_nobody_in_the_group():
    few = {("law_enforcement", "organisation"): 9, ("law_enforcement", "own_name"): 4}
    assert attribution(said(), few) == "law enforcement"
    assert attribution(said(capacity="own_name"), few) == "law enforcement"


def test_a_group_too_small_for_this_is_not_named():
    assert attribution(said(), {("law_enforcement", "organisation"): 4}) == "A respondent"
    five = {("law_enforcement", "organisation"): 5}
    assert attribution(said(), five) == "organisation, law enforcement"


def test_voices_are_counted_by_group_and_capacity():
    responses = [said(), said(), said(capacity=None), {"group": "industry"}]
    assert count_voices(responses) == {
        ("law_enforcement", "organisation"): 2,
        ("law_enforcement", ""): 1,
        ("industry", ""): 1,
    }
