"""Every response that came in is accounted for."""

import json
from pathlib import Path

import pytest

from analysis.accounting import UnaccountedError, account, account_of, accounting_tables
from analysis.export import read_export
from tests.analysis.exports import GROUPS, make_export, rows

CASES = Path(__file__).parents[2] / ".." / "shared" / "cases" / "published.json"


def test_the_scottish_account_of_2017_comes_out():
    if not CASES.exists():
        pytest.skip("the published cases are not on this machine")
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    case = next(each for each in cases if each["id"] == "scot_referendum_waterfall")
    found = account(case["input"]["received"], case["input"]["removed"])
    assert {"included": found.included, "removed_total": found.removed_total} == case["expected"]


def test_received_is_included_plus_removed():
    found = account(120, {"withdrawn": 4, "held": 2}, included=114, drafts=9)
    assert (found.received, found.included, found.removed_total, found.drafts) == (120, 114, 6, 9)
    assert found.removed == (("withdrawn", 4), ("held", 2))


def test_a_response_lost_is_an_error():
    with pytest.raises(UnaccountedError, match="120 received is not 115 included plus 6 removed"):
        account(120, {"withdrawn": 4, "held": 2}, included=115)


def test_more_removed_than_received_is_an_error():
    with pytest.raises(UnaccountedError, match="below zero"):
        account(3, {"withdrawn": 4})


def test_the_account_is_given_by_reason_group_channel_capacity_and_verification(tmp_path):
    made = rows(90)
    make_export(tmp_path, made=made)
    responses = read_export(tmp_path)
    tables = accounting_tables(responses)
    assert [table.key for table in tables] == [
        "accounting",
        "accounting.by_group",
        "channel",
        "capacity",
        "verified",
    ]
    by_reason, by_group = tables[:2]
    assert {row.key: row.cells[0].count for row in by_reason.rows} == {
        "received": 95,
        "removed.withdrawn": 3,
        "removed.held": 2,
        "included": 90,
    }
    assert by_reason.note == "7 drafts were begun and never sent."
    included = [sum(row["group"] == group for row in made) for group in GROUPS]
    assert [cell.count for cell in by_group.row("included").cells] == [*included, 90]
    assert [cell.count for cell in by_group.row("removed").cells] == [2, 2, 1, 5]
    assert account_of(responses).removed_total == 5
    for table in tables[2:]:
        assert sum(row.cells[-1].count for row in table.rows) == 90
