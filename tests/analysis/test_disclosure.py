"""Hidden counts stay hidden: planted leaks are found, and what we hide an attack does not find."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.attack import ExposureError, attack, require_hidden
from analysis.disclosure import compare_releases, hide_small_counts
from analysis.feasibility import ContradictionError, Interval, feasibility_interval
from analysis.tables import Base, Cell, Row, Table, share
from forms.codebook import Measure

CASES = Path(__file__).parents[2] / ".." / "shared" / "cases" / "published.json"
GROUPS = ("Law enforcement", "Industry", "Civil society")


def table_of(
    counts: list[list[int]],
    *,
    key: str = "support",
    measure: Measure = Measure.ORDINAL,
    views: int | None = None,
    bases: list[int] | None = None,
    blank: int = 3,
    filters: str = "",
    variable: str | None = None,
) -> Table:
    """Make a table from counts by row and group; everybody is added as the last column."""
    wide = [[*row, sum(row)] for row in counts]
    views = len(counts) if views is None else views
    groups = len(counts[0])
    if bases is None:
        answered = [sum(row[place] for row in wide) for place in range(groups + 1)]
        viewed = [sum(row[place] for row in wide[:views]) for place in range(groups + 1)]
    else:
        answered = viewed = [*bases, sum(bases)]
    asked = [each + blank for each in answered[:-1]]
    asked.append(sum(asked))
    rows = tuple(
        Row(
            key=f"row{line}",
            label=f"Row {line}",
            cells=tuple(
                Cell(count, share(count, base)) for count, base in zip(row, answered, strict=True)
            ),
            substantive=line < views,
            category=f"row{line}",
        )
        for line, row in enumerate(wide)
    )
    return Table(
        key=key,
        title=key,
        measure=measure,
        columns=(*GROUPS[:groups], "All"),
        rows=rows,
        bases=tuple(Base(*each) for each in zip(asked, answered, viewed, strict=True)),
        variable=variable or key.partition("/")[0],
        question=key,
        filters=filters,
        column_keys=(*("law_enforcement", "industry", "civil_society")[:groups], "all"),
    )


def without(table: Table, *places: tuple[int, int]) -> Table:
    """Hide some cells by hand, as somebody careless would."""
    rows = tuple(
        replace(
            row,
            cells=tuple(
                Cell(None, None, hidden=True) if (line, place) in places else cell
                for place, cell in enumerate(row.cells)
            ),
        )
        for line, row in enumerate(table.rows)
    )
    return replace(table, rows=rows)


def rounded(cell: Cell) -> Cell:
    return replace(cell, percent=None if cell.percent is None else round(cell.percent, 1))


def hidden_places(table: Table) -> set[tuple[int, int]]:
    return {
        (line, place)
        for line, row in enumerate(table.rows)
        for place, cell in enumerate(row.cells)
        if cell.hidden
    }


def test_the_published_interval_of_a_suppressed_cell_is_found():
    assert feasibility_interval(
        [[None, None], [None, None], [3, 3]], [7, 3, 6], [9, 7], cell=(0, 0)
    ) == Interval(3, 6)


def test_a_cell_left_out_of_a_row_with_its_total_is_found():
    assert feasibility_interval([[47600, 8002, None]], [56600], cell=(0, 2)) == Interval(998, 998)


@pytest.mark.skipif(not CASES.exists(), reason="the published cases are not beside the repository")
def test_the_shared_cases_hold():
    cases = {each["id"]: each for each in json.loads(CASES.read_text(encoding="utf-8"))["cases"]}
    geurts, difference = cases["sdc_geurts_1992"], cases["sdc_difference_998"]
    given = geurts["input"]
    found = feasibility_interval(
        given["table"], given["row_totals"], given["col_totals"], cell=(0, 0)
    )
    assert [found.low, found.high] == pytest.approx(geurts["expected"]["x11"])
    published = difference["input"]["published"]
    lone = feasibility_interval([[*published, None]], [difference["input"]["total"]], cell=(0, 2))
    assert lone.low == lone.high == difference["expected"]["recovered"]


def test_figures_that_contradict_one_another_are_refused():
    with pytest.raises(ContradictionError):
        feasibility_interval([[5, None]], [4], cell=(0, 1))


WIDE = [[40, 30, 60], [3, 20, 30], [25, 18, 40]]


def test_a_small_count_that_is_printed_is_found():
    exposed = attack([table_of(WIDE)]).exposed
    assert [(each.row, each.column, each.low) for each in exposed] == [
        ("Row 1", "Law enforcement", 3)
    ]


def test_a_lone_hidden_count_is_found_by_subtraction():
    leak = without(table_of(WIDE), (1, 0))
    (found,) = attack([leak]).exposed
    assert (found.row, found.column, found.low, found.high) == ("Row 1", "Law enforcement", 3, 3)


def test_a_count_hidden_with_one_second_in_its_row_is_found_from_the_columns():
    leak = without(table_of(WIDE), (1, 0), (1, 1))
    assert {(each.low, each.high) for each in attack([leak]).exposed} == {(3, 3), (20, 20)}


def test_four_hidden_cells_that_hold_each_other_up_are_not_found():
    result = attack([without(table_of(WIDE), (1, 0), (1, 1), (2, 0), (2, 1))])
    assert result.exposed == ()
    assert result.narrowest is not None
    assert (result.narrowest.low, result.narrowest.high) in {(1, 22), (6, 27), (1, 22), (16, 37)}


def test_an_interval_of_four_values_is_too_narrow_and_one_of_five_is_not():
    four = table_of([[40, 40], [2, 3], [3, 2]])
    five = table_of([[40, 40], [2, 4], [4, 2]])
    places = [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert {(each.low, each.high) for each in attack([without(four, *places)]).exposed} == {(1, 4)}
    assert attack([without(five, *places)]).exposed == ()


def test_a_count_hidden_in_one_table_and_shown_in_another_is_found():
    places = [(1, 0), (1, 1), (2, 0), (2, 1)]
    first = without(table_of(WIDE), *places)
    # The same variable, as per cents of another base: a careless second table.
    second = without(table_of(WIDE, key="support/again"), *places[1:])
    assert attack([first]).safe
    assert not attack([first, second]).safe


def test_a_per_cent_left_beside_a_hidden_count_gives_it_back():
    safe = without(table_of(WIDE), (1, 0), (1, 1), (2, 0), (2, 1))
    cells = list(safe.rows[1].cells)
    cells[0] = Cell(None, round(100 * 3 / 68, 1), hidden=True)
    rows = (safe.rows[0], replace(safe.rows[1], cells=tuple(cells)), safe.rows[2])
    # As a report would print them: to one decimal.
    printed = tuple(replace(row, cells=tuple(rounded(cell) for cell in row.cells)) for row in rows)
    exposed = attack([replace(safe, rows=printed)]).exposed
    assert {(each.row, each.column) for each in exposed} == {
        (row, column) for row in ("Row 1", "Row 2") for column in ("Law enforcement", "Industry")
    }
    (leak,) = (each for each in exposed if (each.row, each.column) == ("Row 1", "Law enforcement"))
    assert 2.9 < leak.low <= 3 <= leak.high < 3.1


def test_a_mean_left_over_hidden_counts_gives_them_back():
    safe = without(table_of(WIDE), (1, 0), (1, 1), (2, 0), (2, 1))
    mean = (40 * 1 + 3 * 2 + 25 * 3) / 68
    cells = (Cell(68, None, mean), *(Cell(None, None, None, hidden=True),) * 3)
    row = Row("mean", "Mean", cells, kind="mean", part="mean")
    leak = replace(safe, rows=(*safe.rows, row))
    assert "Law enforcement" in {each.column for each in attack([leak]).exposed}


def test_a_filter_and_its_complement_give_a_count_back():
    whole = table_of([[40, 30], [28, 20], [25, 18]])
    inside = [[20, 15], [3, 10], [15, 9]]
    part = table_of(inside, key="support/organisations", filters="organisations")
    part = without(part, (1, 0), (1, 1), (2, 0), (2, 1))
    rest = table_of([[20, 15], [25, 10], [10, 9]], key="support/own", filters="own name", blank=0)
    assert attack([part]).safe
    leaks = {
        (each.table, each.low, each.high)
        for each in attack([whole, part, rest]).exposed
        if (each.row, each.column) == ("Row 1", "Law enforcement")
    }
    assert ("support/organisations", 3, 3) in leaks


def test_what_a_filter_leaves_out_is_found_too():
    whole = table_of([[40, 30], [28, 20], [25, 18]])
    part = table_of(
        [[20, 15], [26, 10], [15, 9]], key="support/organisations", filters="organisations"
    )
    exposed = attack([whole, part]).exposed
    assert [(each.row, each.column, each.low) for each in exposed] == [
        ("Row 1", "Law enforcement", 2)
    ]
    assert attack(hide_small_counts([whole, part])).safe


def test_two_dates_give_the_few_in_between_away():
    before = table_of([[40, 30, 60], [13, 20, 30], [25, 18, 40]])
    after = table_of([[45, 30, 60], [15, 20, 30], [30, 18, 40]])
    # Each release is safe alone; the difference of 2 is not.
    assert attack([before]).safe
    assert attack([after]).safe
    together = [after, replace(before, key="before", filters="before")]
    assert not attack(together).safe
    released = compare_releases([before], [after])
    assert (1, 0) in hidden_places(released[0])
    assert attack([released[0], together[1]]).safe


def test_a_release_with_three_more_responses_is_refused():
    before = table_of([[40, 30, 60], [13, 20, 30], [25, 18, 40]])
    after = table_of([[42, 30, 60], [14, 20, 30], [25, 18, 40]])
    with pytest.raises(ExposureError, match="Wait for more responses"):
        compare_releases([before], [after])


def test_the_same_release_again_is_the_same():
    table = table_of(WIDE)
    published = hide_small_counts([table])
    assert compare_releases(published, [table]) == published


def test_a_row_that_holds_all_of_a_group_is_hidden_with_its_noughts():
    table = table_of([[0, 30, 60], [12, 20, 30], [0, 18, 40]])
    assert [(each.row, each.why) for each in attack([table]).exposed] == [
        ("Row 1", "the row holds all of a group")
    ]
    (hidden,) = hide_small_counts([table])
    assert {(0, 0), (1, 0), (2, 0)} <= hidden_places(hidden)
    assert attack([hidden]).safe


def test_who_did_not_choose_is_a_count_as_well():
    table = table_of([[28, 20, 50], [15, 30, 20]], measure=Measure.SEVERAL, bases=[30, 40, 70])
    assert [(each.row, each.column) for each in attack([table]).exposed] == [
        ("Row 0", "Law enforcement")
    ]
    (hidden,) = hide_small_counts([table])
    assert (0, 0) in hidden_places(hidden)
    assert attack([hidden]).safe


def test_a_small_dont_know_is_not_given_back_by_the_bases():
    table = table_of([[40, 30, 60], [10, 20, 30], [3, 18, 40]], views=2)
    leak = without(table, (2, 0), (2, 1))
    assert not attack([leak]).safe
    (hidden,) = hide_small_counts([table])
    assert hidden.bases[0].shown("with_a_view") is None
    assert attack([hidden]).safe


def test_a_group_of_three_is_hidden_with_the_last_column():
    (hidden,) = hide_small_counts([table_of([[40, 30, 1], [23, 20, 2], [25, 18, 0]], blank=0)])
    assert {(line, 2) for line in range(3)} <= hidden_places(hidden)
    assert hidden.bases[2].hidden
    assert hidden.bases[2].asked == 0
    # The larger groups are still there to be read.
    assert not any(place in (0, 1) for _, place in hidden_places(hidden))


def test_the_group_itself_may_be_everybody_of_its_column():
    table = table_of([[40, 0, 0], [0, 30, 0], [0, 0, 50]], key="group")
    assert hide_small_counts([table], not_answers=["group"]) == (table,)
    assert hide_small_counts([table]) != (table,)


def test_tables_without_small_counts_are_left_alone():
    table = table_of([[40, 30, 60], [13, 20, 30], [25, 18, 40]])
    assert hide_small_counts([table]) == (table,)


def test_hidden_tables_hold_no_figures_where_they_are_hidden():
    (hidden,) = hide_small_counts([table_of(WIDE)])
    cells = [cell for row in hidden.rows for cell in row.cells if cell.hidden]
    assert cells
    assert {(cell.count, cell.percent, cell.value) for cell in cells} == {(None, None, None)}


def test_a_report_that_fails_is_refused_without_saying_the_figure():
    with pytest.raises(ExposureError, match="nothing was written: support, Row 1, Law") as refusal:
        require_hidden([without(table_of(WIDE), (1, 0))])
    assert "3" not in str(refusal.value)


def test_hiding_only_the_small_counts_is_caught():
    table = table_of(WIDE)
    weak = without(
        table, *[(line, place) for line, row in enumerate(table.rows)
                 for place, cell in enumerate(row.cells) if 1 <= (cell.count or 0) < 5]
    )  # fmt: skip
    assert not attack([weak]).safe


COUNTS = st.integers(0, 4).flatmap(
    lambda rows: st.lists(
        st.lists(st.one_of(st.integers(0, 6), st.integers(0, 60)), min_size=3, max_size=3),
        min_size=rows + 1,
        max_size=rows + 1,
    )
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    counts=COUNTS, blank=st.integers(0, 6), ways_out=st.integers(0, 1), threshold=st.integers(3, 6)
)
def test_an_attack_finds_nothing_in_what_was_hidden(counts, blank, ways_out, threshold):
    table = table_of(counts, views=max(1, len(counts) - ways_out), blank=blank)
    hidden = hide_small_counts([table], threshold)
    assert attack(hidden, threshold).exposed == ()
    for old, new in zip(table.rows, hidden[0].rows, strict=True):
        for before, after in zip(old.cells, new.cells, strict=True):
            assert after.hidden or after.count == before.count
            assert after.hidden or not 1 <= (after.count or 0) < threshold


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    counts=COUNTS,
    more=st.lists(st.integers(0, 30), min_size=3, max_size=3),
)
def test_choices_of_many_are_hidden_as_well(counts, more):
    bases = [
        max(*(row[place] for row in counts), min(more[place], sum(row[place] for row in counts)), 0)
        for place in range(3)
    ]
    table = table_of(counts, measure=Measure.SEVERAL, bases=bases)
    assert attack(hide_small_counts([table])).exposed == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(counts=COUNTS, seed=st.integers(0, 1000))
def test_a_filter_is_hidden_together_with_what_it_leaves_out(counts, seed):
    generator = np.random.default_rng(seed)
    inside = [[int(generator.binomial(cell, 0.5)) for cell in row] for row in counts]
    whole = table_of(counts)
    part = table_of(inside, key="support/some", filters="some", blank=1)
    assert attack(hide_small_counts([whole, part])).exposed == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(counts=COUNTS, place=st.integers(0, 1000))
def test_one_hidden_cell_printed_again_is_found_or_harmless(counts, place):
    table = table_of(counts)
    (hidden,) = hide_small_counts([table])
    places = sorted(hidden_places(hidden))
    small = [(a, b) for a, b in places if 1 <= (table.rows[a].cells[b].count or 0) < 5]
    if not small:
        assert attack([hidden]).safe
        return
    line, column = small[place % len(small)]
    cells = list(hidden.rows[line].cells)
    cells[column] = table.rows[line].cells[column]
    rows = list(hidden.rows)
    rows[line] = replace(rows[line], cells=tuple(cells))
    assert not attack([replace(hidden, rows=tuple(rows))]).safe
