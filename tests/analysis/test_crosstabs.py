"""Tables by group, each variable counted again by hand from the rows that were written."""

from collections import Counter
from statistics import mean, median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.crosstabs import all_by_group, by_group, by_variable
from analysis.export import read_export
from analysis.responses import UnknownVariableError
from analysis.tables import Base
from forms.codebook import Measure
from tests.analysis.exports import GROUPS, make_codebook, make_export, rows


@pytest.fixture(scope="module")
def made():
    return rows(400, seed=3)


@pytest.fixture(scope="module")
def responses(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("export")
    make_export(folder, made=made)
    return read_export(folder)


def split(made):
    """Give the rows of each column: the three groups, then everybody."""
    return [[row for row in made if row["group"] == group] for group in GROUPS] + [made]


def counts(table, key):
    return [cell.count for cell in table.row(key).cells]


@pytest.mark.parametrize("name", ["oq1_prepared", "oq5_equal_penalty", "capacity"])
def test_one_answer_out_of_several_is_counted_by_group(responses, made, name):
    table = by_group(responses, name)
    for category in make_codebook().by_name[name].categories:
        expected = [sum(row.get(name) == category.key for row in part) for part in split(made)]
        assert counts(table, category.key) == expected


def test_the_three_bases_are_asked_answered_and_with_a_view(responses, made):
    table = by_group(responses, "oq1_prepared")
    views = {each.key for each in make_codebook().by_name["oq1_prepared"].substantive}
    assert table.bases == tuple(
        Base(
            asked=sum(row.get("asked.oq1_prepared", False) for row in part),
            answered=sum(row.get("oq1_prepared") is not None for row in part),
            with_a_view=sum(row.get("oq1_prepared") in views for row in part),
        )
        for part in split(made)
    )


def test_per_cents_are_of_the_base_that_was_asked_for(responses):
    for name in ("asked", "answered", "with_a_view"):
        table = by_group(responses, "oq1_prepared", base=name)
        row = table.row("agree")
        assert [cell.percent for cell in row.cells] == [
            100 * cell.count / base.of(name)
            for cell, base in zip(row.cells, table.bases, strict=True)
        ]


def test_dont_know_stands_below_and_has_no_share_of_those_with_a_view(responses):
    table = by_group(responses, "oq1_prepared", base="with_a_view")
    assert [row.substantive for row in table.rows] == [True] * 5 + [False] * 2
    assert {cell.percent for cell in table.row("dont_know").cells} == {None}
    assert all(cell.count is not None for cell in table.row("dont_know").cells)


def test_left_blank_is_a_row_where_the_base_is_everybody_asked(responses, made):
    table = by_group(responses, "oq1_prepared", base="asked")
    blank = [
        sum(r.get("asked.oq1_prepared", False) and r.get("oq1_prepared") is None for r in part)
        for part in split(made)
    ]
    assert blank[-1] > 0
    assert counts(table, "left.blank") == blank
    for place in range(4):
        assert sum(row.cells[place].percent for row in table.rows) == pytest.approx(100)


def test_the_bases_do_not_depend_on_the_base_asked_for(responses):
    tables = [by_group(responses, "oq1_barriers", base=b) for b in ("asked", "with_a_view")]
    assert tables[0].bases == tables[1].bases


def test_choices_of_many_are_of_those_who_chose_at_least_one(responses, made):
    table = by_group(responses, "oq1_barriers")
    keys = ("law", "tools", "staff", "money", "dont_know")
    for key in keys:
        expected = [sum(bool(r.get(f"oq1_barriers.{key}")) for r in part) for part in split(made)]
        assert counts(table, key) == expected
    chose = [
        sum(any(r.get(f"oq1_barriers.{key}") for key in keys) for r in part) for part in split(made)
    ]
    viewed = [
        sum(any(r.get(f"oq1_barriers.{key}") for key in keys[:-1]) for r in part)
        for part in split(made)
    ]
    assert [base.answered for base in table.bases] == chose
    assert [base.with_a_view for base in table.bases] == viewed
    assert table.base_words == "Base: chose at least one answer"


def test_a_ranking_gives_ranked_first_and_mean_rank(responses, made):
    table = by_group(responses, "oq2_first")
    ranks = [[r["oq2_first.law"] for r in p if r.get("oq2_first.law")] for p in split(made)]
    assert counts(table, "law.placed") == [len(each) for each in ranks]
    assert counts(table, "law.first") == [each.count(1) for each in ranks]
    means = [cell.value for cell in table.row("law.mean_rank").cells]
    assert means == pytest.approx([mean(each) for each in ranks])
    assert {cell.percent for cell in table.row("law.mean_rank").cells} == {None}


def test_points_give_mean_median_and_who_gave_nothing(responses, made):
    table = by_group(responses, "oq5_share")
    shares = [
        [r["oq5_share.law"] for r in part if r.get("oq5_share.law") is not None]
        for part in split(made)
    ]
    values = {p: [c.value for c in table.row(f"law.{p}").cells] for p in ("mean", "median")}
    assert values["mean"] == pytest.approx([mean(each) for each in shares])
    assert values["median"] == pytest.approx([median(each) for each in shares])
    assert counts(table, "law.zero") == [each.count(0.0) for each in shares]
    assert [base.with_a_view for base in table.bases] == [len(each) for each in shares]


def test_mean_shares_add_up_to_the_total(responses):
    table = by_group(responses, "oq5_share")
    for place in range(4):
        means = [row.cells[place].value for row in table.rows if row.part == "mean"]
        assert sum(means) == pytest.approx(100)


def test_a_number_gives_mean_and_quartiles_and_no_extremes(responses, made):
    table = by_group(responses, "oq5_days")
    days = [[r["oq5_days"] for r in p if r.get("oq5_days") is not None] for p in split(made)]
    assert [row.part for row in table.rows if row.kind == "mean"] == [
        "mean",
        "lower_quartile",
        "median",
        "upper_quartile",
    ]
    values = [cell.value for cell in table.row("figure.upper_quartile").cells]
    assert values == pytest.approx([np.quantile(each, 0.75) for each in days])
    assert table.unit == "days"
    know = [sum(r.get("oq5_days.dont_know") == 1 for r in part) for part in split(made)]
    assert counts(table, "dont_know") == know
    assert [b.answered - b.with_a_view for b in table.bases] == know


def test_jurisdictions_are_named_and_the_most_frequent_stands_first(responses, made):
    table = by_group(responses, "jurisdiction")
    named = Counter(code for row in made for code in (row["jurisdiction"] or "").split())
    assert [(row.key, row.cells[-1].count) for row in table.rows] == sorted(
        named.items(), key=lambda item: (-item[1], item[0])
    )
    assert table.row("DE").label == "Germany"
    assert table.bases[-1].answered == sum(row["jurisdiction"] is not None for row in made)


def test_what_is_written_is_counted_of_those_who_were_asked(responses, made):
    table = by_group(responses, "oq1_why")
    wrote = [[r["oq1_why"] for r in part if r.get("oq1_why")] for part in split(made)]
    assert counts(table, "wrote") == [len(each) for each in wrote]
    assert table.base == "asked"
    words = [cell.value for cell in table.row("wrote.words").cells]
    assert words == [median(len(text.split()) for text in each) for each in wrote]


def test_another_variable_can_part_the_respondents(responses, made):
    table = by_variable(responses, "oq5_equal_penalty", "verified")
    assert table.column_keys == ("verified", "declared", "all")
    expected = [
        sum(r.get("oq5_equal_penalty") == "equal" and r["verified"] == key for r in made)
        for key in ("verified", "declared")
    ]
    assert counts(table, "equal")[:2] == expected
    assert counts(table, "equal")[2] == sum(expected)


def test_only_one_answer_out_of_several_can_part_the_respondents(responses):
    with pytest.raises(ValueError, match="oq1_barriers cannot part the respondents"):
        by_variable(responses, "capacity", "oq1_barriers")


def test_an_unknown_variable_is_said(responses):
    with pytest.raises(UnknownVariableError, match="there is no variable oq9"):
        by_group(responses, "oq9")


def test_every_variable_but_the_identifying_ones_has_a_table(responses):
    names = [table.variable for table in all_by_group(responses)]
    assert names == [each.name for each in make_codebook().variables if not each.identifying]


def test_nobody_answering_is_a_table_and_not_a_crash(tmp_path):
    make_export(tmp_path, made=[])
    for table in all_by_group(read_export(tmp_path)):
        assert {(b.asked, b.answered, b.with_a_view) for b in table.bases} == {(0, 0, 0)}
        assert {cell.percent for row in table.rows for cell in row.cells} <= {None}
        assert {cell.value for row in table.rows for cell in row.cells} <= {None}
        assert table.as_frame().shape[0] == len(table.rows) + 1


def test_one_respondent_is_a_table(tmp_path):
    make_export(tmp_path, made=rows(1))
    assert [t.bases[-1].asked for t in all_by_group(read_export(tmp_path))].count(1) > 0


def test_those_in_no_group_are_in_all_and_the_note_says_so(tmp_path):
    made = rows(60)
    for row in made[:7]:
        row["group"] = None
    make_export(tmp_path, made=made)
    table = by_group(read_export(tmp_path), "capacity")
    own = sum(sum(counts(table, key)[:3]) for key in ("organisation", "own_name"))
    every = sum(counts(table, key)[3] for key in ("organisation", "own_name"))
    assert (own, every) == (53, 60)
    assert table.note == "7 respondents are in no column of their own, and in “All” only."


def test_the_order_of_responses_changes_nothing(tmp_path, responses):
    order = np.random.default_rng(0).permutation(len(responses))
    shuffled = responses.only(order >= 0, "")
    shuffled = type(responses)(
        frame=responses.frame.iloc[order],
        asked=responses.asked.iloc[order],
        codebook=responses.codebook,
        manifest=responses.manifest,
    )
    assert all_by_group(shuffled) == all_by_group(responses)


def test_counting_leaves_the_responses_as_they_were(responses):
    before = responses.frame.copy(deep=True)
    all_by_group(responses)
    assert responses.frame.equals(before)


@settings(max_examples=15, deadline=None)
@given(size=st.integers(0, 60), seed=st.integers(0, 1000))
def test_groups_add_up_and_bases_hold_each_other(tmp_path_factory, size, seed):
    folder = tmp_path_factory.mktemp("export")
    make_export(folder, responses=size, seed=seed)
    for table in all_by_group(read_export(folder)):
        for base in table.bases:
            assert base.asked >= base.answered >= base.with_a_view >= 0
        for row in table.rows:
            if row.kind == "count":
                assert sum(cell.count for cell in row.cells[:-1]) == row.cells[-1].count
        if table.measure in (Measure.NOMINAL, Measure.ORDINAL):
            for place, base in enumerate(table.bases):
                assert sum(row.cells[place].count for row in table.rows) == base.answered


def test_five_lines_in_a_notebook(tmp_path):
    make_export(tmp_path)
    from analysis.crosstabs import by_group
    from analysis.export import read_export

    r = read_export(str(tmp_path))
    frame = by_group(r, "oq5_equal_penalty").as_frame()
    assert frame.loc["Equal penalties", ("All", "count")] == sum(
        row.get("oq5_equal_penalty") == "equal" for row in rows()
    )
