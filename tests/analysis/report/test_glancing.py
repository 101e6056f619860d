"""The page at a glance: what its cells and its picture say of groups in doubt."""

import pytest

from analysis.glance import glance
from analysis.report.glancing import glance_page, shortened
from analysis.report.standing_lines import Shelf, missing
from tests.analysis.test_glance import CHOICE, CODEBOOK, SCALE, a_ranking, a_table


def page(*tables):
    return glance_page(glance(tables, CODEBOOK), CODEBOOK)


def test_another_majority_with_hidden_counts_is_at_least_so_many():
    hidden = {("strongly_disagree", 1), ("strongly_agree", 1)}
    tables = a_table(SCALE, [(0, 0, 0, 9, 9), (2, 16, 1, 0, 1), (4,) * 5], hidden=hidden)
    cell = page(tables).lines[0].cells[1]
    assert cell == "hidden"
    tables = a_table(SCALE, [(0, 0, 0, 9, 9), (2, 16, 1, 3, 3), (4,) * 5], hidden=hidden)
    cell = page(tables).lines[0].cells[1]
    assert cell == "at least 12%; at least 64% “Strongly disagree” or “Disagree”"


def test_a_group_that_cannot_be_judged_has_no_mark_on_the_map():
    hidden = {("strongly_disagree", 0), ("strongly_agree", 0)}
    found = page(a_table(SCALE, [(2, 1, 2, 8, 9), *[(0, 0, 0, 20, 0)] * 2], hidden=hidden))
    assert found.lines[0].cells[0] == "at least 36%"
    assert "Law enforcement hidden, Industry 100%" in found.chart.description


def test_the_row_of_a_grid_and_the_places_of_a_ranking_are_named():
    grid = a_table("oq2_trust_detection", [(0, 0, 0, 20, 0)] * 3)
    assert page(grid).lines[1].measured == ("“Trust in detection”: “Agree” or “Strongly agree”")
    placed = page(a_ranking([(15, 1, 3, 3)] * 3, (20,) * 3)).lines[1]
    assert placed.measured.endswith("“Training” among the first three")


def test_a_long_question_is_cut_between_words():
    assert shortened("Is it so?") == "Is it so?"
    cut = shortened("word, " * 40)
    assert cut.endswith(" word…")
    assert len(cut) <= 151


def test_a_table_without_hidden_counts_gives_plain_shares():
    assert page(a_table(CHOICE, [(12, 8, 0)] * 3)).lines[2].cells == ("60%",) * 3


def only_asked_of(*groups: str):
    """The codebook, with one question put to these groups only."""
    questions = tuple(
        each.model_copy(update={"groups": groups}) if each.key == SCALE else each
        for each in CODEBOOK.questions
    )
    return CODEBOOK.model_copy(update={"questions": questions})


@pytest.mark.parametrize(
    ("codebook", "cell", "sentence"),
    [
        (CODEBOOK, "nobody", "Nobody in industry reached the leading question."),
        (
            only_asked_of("law_enforcement", "civil_society"),
            "not asked",
            "The leading question was not put to industry.",
        ),
    ],
)
def test_a_group_that_stayed_away_is_not_said_to_have_been_left_out(codebook, cell, sentence):
    table = a_table(SCALE, [(0, 0, 0, 20, 0), (0,) * 5, (0, 0, 0, 20, 0)])
    made = glance([table], codebook)
    shelf = Shelf(codebook, {SCALE: table}, {}, made, lambda _: None)

    assert glance_page(made, codebook).lines[0].cells[1] == cell
    assert next(iter(missing(shelf, made.lines[0], ()))) == sentence
