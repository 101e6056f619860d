"""Tables, and how they are written."""

import pandas as pd
import pytest

from analysis.tables import Base, Cell, Row, Table, base_words, find_table, share
from forms.codebook import Measure

BASE = Base(asked=10, answered=8, with_a_view=6)


def a_table(**more):
    given = {
        "key": "penalty",
        "title": "Penalties",
        "measure": Measure.NOMINAL,
        "columns": ("Industry", "All"),
        "column_keys": ("industry", "all"),
        "rows": (
            Row("equal", "Equal", (Cell(2, 25.0), Cell(6, 75.0))),
            Row("mean", "Mean", (Cell(8, None, 1.5), Cell(8, None, None)), kind="mean"),
            Row("few", "Few", (Cell(None, None, hidden=True), Cell(2, 25.0))),
        ),
        "bases": (BASE, BASE),
    }
    return Table(**(given | more))


def test_rows_bases_and_headings_must_be_equally_wide():
    with pytest.raises(ValueError, match="penalty: rows, bases and headings"):
        a_table(bases=(BASE,))


def test_a_frame_holds_counts_per_cents_and_values_with_the_base_below():
    frame = a_table().as_frame()
    assert list(frame.columns) == [
        (heading, part) for heading in ("Industry", "All") for part in ("count", "percent", "value")
    ]
    assert frame.loc["Equal", ("Industry", "count")] == 2
    assert frame.loc["Equal", ("All", "percent")] == 75.0
    assert frame.loc["Mean", ("Industry", "value")] == 1.5
    assert frame.loc["Few", ("Industry", "count")] is pd.NA
    assert frame.iloc[-1].name == "Base: everybody who answered"
    assert frame.iloc[-1]["All", "count"] == 8


def test_records_name_all_three_bases_and_mark_the_one_used():
    records = list(a_table().as_records())
    assert records[0] == ("", "Industry number", "Industry %", "All number", "All %")
    assert records[1] == ("Equal", "2", "25.0", "6", "75.0")
    assert records[2] == ("Mean", "1.50", "", "–", "")
    assert records[3] == ("Few", "[hidden]", "[hidden]", "2", "25.0")
    assert [record[0] for record in records[4:]] == [
        "Base: everybody who was asked",
        "Base: everybody who answered (per cent are of these)",
        "Base: everybody who gave a view",
    ]
    assert [record[1] for record in records[4:]] == ["10", "8", "6"]


def test_a_hidden_base_is_not_written():
    hidden = Base(0, 0, 0, hidden=True)
    records = list(a_table(bases=(hidden, BASE)).as_records())
    assert [record[1] for record in records[4:]] == ["[hidden]"] * 3
    assert a_table(bases=(hidden, BASE)).as_frame().iloc[-1]["Industry", "count"] is pd.NA


def test_a_share_of_nobody_is_no_figure():
    assert share(0, 0) is None
    assert share(0, 4) == 0.0
    assert share(1, 4) == 25.0


def test_the_base_of_choices_of_many_is_named_for_what_it_is():
    assert base_words("answered", Measure.SEVERAL) == "Base: chose at least one answer"


def test_only_one_answer_out_of_several_adds_up():
    assert a_table().exclusive
    assert not a_table(measure=Measure.SEVERAL).exclusive


def test_rows_columns_and_tables_are_found_by_key():
    table = a_table()
    assert table.row("equal").label == "Equal"
    assert table.column("all") == 1
    assert find_table([table], "penalty") is table
    with pytest.raises(KeyError):
        table.row("unequal")
    with pytest.raises(KeyError):
        find_table([table], "other")
