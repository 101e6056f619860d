"""Whose answers are counted."""

import pytest

from analysis.crosstabs import by_group
from analysis.export import read_export
from analysis.filters import Filter, FilterError, narrow
from tests.analysis.exports import make_export, rows


@pytest.fixture(scope="module")
def made():
    return rows(200, seed=5)


@pytest.fixture(scope="module")
def responses(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("export")
    make_export(folder, made=made)
    return read_export(folder)


def ids(responses):
    return list(responses.frame.index)


def test_a_filter_that_lets_everybody_through_changes_nothing(responses):
    assert narrow(responses, Filter()) is responses


@pytest.mark.parametrize(("flag", "key"), [(True, "verified"), (False, "declared")])
def test_verified_and_declared_are_kept_apart(responses, made, flag, key):
    kept = narrow(responses, Filter(verified=flag))
    assert ids(kept) == [row["response_id"] for row in made if row["verified"] == key]
    assert kept.filters == f"only {key}"


def test_a_jurisdiction_is_found_among_several(responses, made):
    kept = narrow(responses, Filter(jurisdiction=("NL",)))
    wanted = [r["response_id"] for r in made if "NL" in (r["jurisdiction"] or "").split()]
    assert ids(kept) == wanted
    assert len(wanted) > 0


def test_filters_add_up_and_are_said_in_words(responses, made):
    kept = narrow(
        responses, Filter(verified=True, capacity=("organisation",), jurisdiction=("GB", "DE"))
    )
    assert ids(kept) == [
        row["response_id"]
        for row in made
        if row["verified"] == "verified"
        and row["capacity"] == "organisation"
        and row["jurisdiction"] in ("GB", "DE")
    ]
    assert kept.filters == "only verified, only An organisation, only jurisdiction GB or DE"
    assert by_group(kept, "capacity").filters == kept.filters


def test_bases_are_counted_anew(responses, made):
    kept = narrow(responses, Filter(verified=True))
    base = by_group(kept, "oq1_prepared").bases[-1]
    verified = [row for row in made if row["verified"] == "verified"]
    assert base.asked == sum(row.get("asked.oq1_prepared", False) for row in verified)
    assert base.answered == sum(row.get("oq1_prepared") is not None for row in verified)


def test_a_campaign_counts_once_whatever_its_order(responses):
    campaign = ("r000009", "r000003", "r000150")
    for order in (campaign, campaign[::-1]):
        kept = narrow(responses, Filter(without_campaigns=True, campaigns=(order,)))
        assert sorted(set(ids(responses)) - set(ids(kept))) == ["r000009", "r000150"]
    assert narrow(responses, Filter(campaigns=(campaign,))) is responses


def test_an_unknown_capacity_is_said(responses):
    with pytest.raises(FilterError, match="capacity has no martian: choose from organisation"):
        narrow(responses, Filter(capacity=("martian",)))


def test_what_was_not_noted_cannot_be_filtered(responses):
    roles = responses.codebook.roles.model_copy(update={"verified": None})
    codebook = responses.codebook.model_copy(update={"roles": roles})
    other = type(responses)(responses.frame, responses.asked, codebook, responses.manifest)
    with pytest.raises(FilterError, match="did not note the verified"):
        narrow(other, Filter(verified=True))
