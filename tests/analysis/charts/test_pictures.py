"""What every picture promises: words beside it, nothing hidden drawn, the same each time."""

import re

import pytest
from lxml import etree

from analysis.charts.bars import scale_bars
from analysis.charts.bump import places, rank_lines
from analysis.charts.counts import count_bars
from analysis.charts.distribution import quartile_bars
from analysis.charts.dots import mean_dots, share_dots
from analysis.charts.drawing import borda_scores, draw_question
from analysis.charts.frame import columns_of
from analysis.charts.ground import Ground, Stand, _lanes, ground_map
from analysis.charts.palette import FOR
from analysis.charts.segments import Item
from analysis.tables import Base, Cell, Row, Table
from forms.codebook import Category, Measure, Variable
from tests.analysis.charts.tables_to_draw import (
    AGREEMENT,
    GROUPS,
    KEYS,
    SCALE,
    counted,
    scale_table,
)

SPACE = {"s": "http://www.w3.org/2000/svg"}
OPTIONS = tuple(Category(key=key, label=key.title()) for key in ("make", "supply", "possess"))
FORBIDDEN = {"style", "class", "href", "onload", "onclick"}


def choice_table(hidden=()):
    return counted(
        Measure.NOMINAL,
        OPTIONS,
        ([10, 30, 60], [50, 30, 20], [5, 5, 90]),
        hidden=hidden,
        key="acts",
    )


def valued(values, key="ranked", measure=Measure.RANKING, parts=None, hidden=()):
    """Make a table of means: one row a thing, one value a column."""
    rows = tuple(
        Row(
            name,
            name.title(),
            tuple(
                Cell(None, None, hidden=True) if (name, place) in hidden else Cell(50, None, value)
                for place, value in enumerate(line)
            ),
            kind="mean",
            category=name,
            part=(parts or {}).get(name, ""),
        )
        for name, line in values.items()
    )
    return Table(
        key, "What was asked", measure, GROUPS, rows, (Base(60, 50, 50),) * 4,
        variable=key, question=key, column_keys=KEYS, unit="days",
    )  # fmt: skip


RANKED = valued({"law": (3.0, 1.0, 2.0, 2.0), "staff": (1.0, 3.0, 2.5, 2.2), "tools": (2, 2, 1, 1)})
FIGURES = valued(
    {"low": (1, 2, 3, 2), "middle": (5, 6, 7, 6), "high": (9, 10, 20, 12)},
    measure=Measure.NUMBER,
    parts={"low": "lower_quartile", "middle": "median", "high": "upper_quartile"},
)


def a_map():
    first = (Stand(80), Stand(90), Stand(None, hidden=True))
    second = (Stand(20), Stand(85, at_least=True), Stand(None))
    grounds = [
        Ground("OQ1", "Should it?", "Agree", first, "Common ground", "common"),
        Ground("OQ2", "May it?", "Agree", second, "Split", "split"),
    ]
    return ground_map("glance", "Map", grounds, columns_of(scale_table())[:3], [scale_table()])


PICTURES = {
    "bars": lambda: scale_bars("bars", "Bars", [Item(scale_table(), SCALE)]),
    "hidden bars": lambda: scale_bars(
        "bars", "Bars", [Item(scale_table({("disagree", 0), ("dont_know", 0)}), SCALE)]
    ),
    "dots": lambda: share_dots("dots", "Dots", choice_table()),
    "means": lambda: mean_dots("means", "Means", RANKED, RANKED.rows, "points"),
    "ranks": lambda: rank_lines(
        "ranks", "Ranks", RANKED, RANKED.rows, lowest_first=False, rule="Borda points"
    ),
    "quartiles": lambda: quartile_bars("quartiles", "Quartiles", FIGURES),
    "counts": lambda: count_bars("counts", "Counts", choice_table()),
    "map": a_map,
}


def words_of(chart):
    return [each.text for each in etree.fromstring(chart.svg).iterfind(".//s:text", SPACE)]


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_drawn_from_presentation_attributes_alone(name):
    root = etree.fromstring(PICTURES[name]().svg)

    used = {attribute for each in root.iter() for attribute in each.attrib}
    kinds = {etree.QName(each).localname for each in root.iter()}
    assert used & FORBIDDEN == set()
    assert kinds & {"script", "style", "foreignObject", "image", "use", "a"} == set()


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_has_a_title_a_description_and_its_tables(name):
    chart = PICTURES[name]()
    root = etree.fromstring(chart.svg)

    assert root.findtext("s:title", namespaces=SPACE) == chart.title
    assert root.findtext("s:desc", namespaces=SPACE) == chart.description
    assert len(chart.description) > 20
    assert chart.tables


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_the_same_each_time(name):
    assert PICTURES[name]().svg == PICTURES[name]().svg


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_drawn_outside_the_picture(name):
    root = etree.fromstring(PICTURES[name]().svg)
    width, height = float(root.get("width")), float(root.get("height"))

    for each in root.iterfind(".//s:text", SPACE):
        assert 0 <= float(each.get("x")) <= width
        assert 0 <= float(each.get("y")) <= height
    for each in root.iterfind(".//s:rect", SPACE):
        assert float(each.get("x")) + float(each.get("width")) <= width + 0.2


def test_bars_are_as_long_as_their_shares():
    chart = PICTURES["bars"]()
    root = etree.fromstring(chart.svg)
    strongly_agree = [
        float(each.get("width"))
        for each in root.iterfind(".//s:rect", SPACE)
        if each.get("fill") == FOR[1] and each.get("height") == "18"
    ]

    law_enforcement, industry, civil_society, _ = strongly_agree
    assert law_enforcement / industry == pytest.approx(2, abs=0.02)
    assert civil_society / industry == pytest.approx(5, abs=0.02)


def test_the_middle_answer_lies_half_on_either_side_of_the_line():
    chart = scale_bars("b", "B", [Item(scale_table(columns=([20, 0, 50, 30, 0, 0],) * 3), SCALE)])
    root = etree.fromstring(chart.svg)
    rects = [each for each in root.iterfind(".//s:rect", SPACE) if each.get("height") == "18"]
    zero = float(root.find(".//s:line", SPACE).get("x1"))

    against, middle, agreeing = rects[:3]
    half = float(middle.get("width")) / 2
    assert float(middle.get("x")) + half == pytest.approx(zero, abs=0.2)
    assert float(against.get("x")) + float(against.get("width")) == pytest.approx(
        zero - half, abs=0.2
    )
    assert float(agreeing.get("x")) == pytest.approx(zero + half, abs=0.2)


def test_a_hidden_count_is_left_out_of_the_bar_and_marked():
    chart = PICTURES["hidden bars"]()

    assert "⋯" in words_of(chart)
    assert "Law enforcement (100): Strongly disagree 10%, Disagree hidden, Neither 20%" in (
        chart.description
    )


def test_a_group_of_which_little_is_printed_gets_no_bar():
    hidden = {(each.key, 0) for each in AGREEMENT if each.key != "neither"}
    chart = scale_bars("b", "B", [Item(scale_table(hidden), SCALE)], everybody=False)
    root = etree.fromstring(chart.svg)
    bars = [each for each in root.iterfind(".//s:rect", SPACE) if each.get("height") == "18"]

    assert words_of(chart).count("hidden") == 1
    assert len({each.get("y") for each in bars}) == 2


def test_a_hidden_share_has_no_dot_and_reads_hidden():
    shown = share_dots("d", "D", choice_table())
    hidden = share_dots("d", "D", choice_table({("make", 1)}))

    assert len(re.findall("<circle", shown.svg)) == len(re.findall("<circle", hidden.svg))
    assert hidden.svg.count("50%") == shown.svg.count("50%") - 2
    assert "Make: Law enforcement 10% of 100, Industry hidden of 100" in hidden.description


def test_the_most_chosen_stands_first():
    words = words_of(share_dots("d", "D", choice_table()))

    order = [word for word in words if word in {"Make", "Supply", "Possess"}]
    assert order == ["Possess", "Make", "Supply"]


def test_places_share_a_number_where_values_are_equal():
    table = valued({"a": (3, 1, 1, 1), "b": (3, 2, 2, 2), "c": (1, 3, 3, 3)})
    column = columns_of(table)[0]

    assert places(table, table.rows, column, lowest_first=False) == {"a": 1, "b": 1, "c": 3}
    assert places(table, table.rows, column, lowest_first=True) == {"a": 2, "b": 2, "c": 1}


def test_a_ranking_with_something_hidden_has_no_line():
    table = valued({"a": (3, 1, 1, 1), "b": (2, 2, 2, 2)}, hidden={("a", 0)})
    chart = rank_lines("r", "R", table, table.rows, lowest_first=False, rule="Borda points")

    assert "Law enforcement (50): hidden." in chart.description
    assert words_of(chart).count("hidden") == 1


def test_a_map_says_what_it_shows_and_what_it_hides():
    assert a_map().description == (
        "OQ1 Should it? (Agree): Law enforcement 80%, Industry 90% and Civil society hidden. "
        "Common ground. OQ2 May it? (Agree): Law enforcement 20%, Industry at least 85% and "
        "Civil society –. Split."
    )


def test_a_group_that_was_not_asked_is_not_drawn():
    table = counted(
        Measure.NOMINAL, OPTIONS, ([10, 30, 60], [0, 0, 0], [0, 0, 0]), asked=[100, 0, 0, 100]
    )

    assert [each.heading for each in columns_of(table)] == ["Law enforcement"]


def test_borda_points_come_from_what_is_printed():
    def row(part, kind, cells):
        return Row(f"law.{part}", "Law", cells, kind=kind, category="law", part=part)

    # Four ranked it: first, first, second, third. Of three places: 3 + 3 + 2 + 1 = 9 points.
    rows = (
        row("placed", "count", (Cell(4, 40.0), Cell(None, None, hidden=True))),
        row("mean_rank", "mean", (Cell(4, None, 1.75), Cell(4, None, 1.75))),
    )
    table = Table(
        "r", "R", Measure.RANKING, ("A", "All"), rows, (Base(20, 12, 10),) * 2,
        variable="r", question="r", column_keys=("a", "all"),
    )  # fmt: skip
    variable = Variable(
        name="r", label="R", question="r", section="s", measure=Measure.RANKING,
        categories=(Category(key="law", label="Law"),), at_most=3,
    )  # fmt: skip

    (score,) = borda_scores(table, variable)
    assert score.cells[0].value == pytest.approx(0.9)
    assert score.cells[1].hidden


def test_rows_of_a_grid_stand_on_one_picture():
    variables = {
        name: SCALE.model_copy(update={"name": name, "row": name.title()}) for name in ("a", "b")
    }
    charts = draw_question("What?", [scale_table(key="a"), scale_table(key="b")], variables)

    assert [chart.tables for chart in charts] == [("a", "b")]


def test_marks_that_would_cover_each_other_stand_one_above_the_other():
    assert _lanes([50.0, 150.0, 250.0]) == [0.0, 0.0, 0.0]
    assert len(set(_lanes([50.0, 50.5, 51.0]))) == 3
