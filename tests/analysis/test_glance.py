"""Where groups stand, and whether they agree: the rules, one by one."""

import pytest

from analysis.crosstabs import all_by_group
from analysis.export import read_export
from analysis.glance import can_stand, glance, serving
from analysis.positions import standing
from analysis.tables import Base, Cell, Row, Table
from forms.codebook import Codebook, Measure
from tests.analysis.exports import GROUPS, make_codebook, make_export, rows

CODEBOOK = make_codebook()
SCALE = "oq1_prepared"
CHOICE = "oq5_equal_penalty"
SEVERAL = "oq1_barriers"


def a_table(name, columns, hidden=(), chose=None):
    """Make a table of views: counts by group in the order of the codebook's categories."""
    variable = CODEBOOK.by_name[name]
    everybody = [sum(each) for each in zip(*columns, strict=True)]
    parted = [*columns, everybody]
    table_rows = tuple(
        Row(
            category.key,
            category.label,
            tuple(
                Cell(None, None, hidden=True)
                if (category.key, column) in hidden
                else Cell(parted[column][place], None)
                for column in range(4)
            ),
            category=category.key,
        )
        for place, category in enumerate(variable.substantive)
    )
    sizes = chose or [sum(column) for column in parted]
    return Table(
        key=name,
        title=variable.label,
        measure=variable.measure,
        columns=("Law enforcement", "Industry", "Civil society", "All"),
        rows=table_rows,
        bases=tuple(Base(size, size, size) for size in sizes),
        variable=name,
        column_keys=(*GROUPS, "all"),
    )


def states(found):
    return [each.state for each in found.positions]


def majorities(found):
    return [each.majority.key if each.majority else None for each in found.positions]


def test_a_side_of_a_scale_held_by_more_than_half_is_a_majority():
    found = standing(a_table(SCALE, [(1, 2, 5, 6, 7), (0, 0, 5, 5, 0), (0, 9, 2, 9, 0)]), CODEBOOK)
    assert majorities(found) == ["for", None, None]
    assert states(found) == ["majority", "no_majority", "no_majority"]
    assert found.positions[0].majority.count == 13
    assert found.positions[0].majority.percent == pytest.approx(100 * 13 / 21)
    assert found.positions[0].majority.label == "“Agree” or “Strongly agree”"


def test_exactly_half_is_no_majority():
    found = standing(a_table(CHOICE, [(10, 10, 0)] * 3), CODEBOOK)
    assert states(found) == ["no_majority"] * 3
    assert (found.verdict, found.shared) == ("mixed", None)


def test_the_same_majority_everywhere_is_common_ground():
    found = standing(a_table(SCALE, [(0, 0, 2, 9, 9), (0, 4, 0, 9, 0), (1, 1, 1, 1, 9)]), CODEBOOK)
    assert (found.verdict, found.shared) == ("common_ground", "for")
    assert found.common == pytest.approx((19 / 22) * (10 / 15) * (11 / 15))


def test_opposite_sides_of_a_scale_are_a_split():
    found = standing(a_table(SCALE, [(0, 0, 0, 9, 9), (9, 9, 0, 0, 0), (4, 4, 4, 4, 4)]), CODEBOOK)
    assert (found.verdict, found.shared) == ("split", None)


def test_the_middle_against_a_side_is_mixed_and_no_split():
    found = standing(a_table(SCALE, [(0, 0, 20, 1, 0), (0, 0, 0, 9, 9), (0, 0, 0, 9, 9)]), CODEBOOK)
    assert found.verdict == "mixed"


def test_a_group_without_majority_makes_it_mixed():
    found = standing(a_table(CHOICE, [(20, 1, 0), (20, 1, 0), (7, 7, 7)]), CODEBOOK)
    assert found.verdict == "mixed"


def test_different_single_choices_are_a_split():
    found = standing(a_table(CHOICE, [(20, 1, 0), (20, 1, 0), (1, 1, 20)]), CODEBOOK)
    assert found.verdict == "split"


def test_choices_of_many_share_the_one_whose_weakest_group_is_strongest():
    columns = [(18, 15, 1, 0), (11, 15, 1, 0), (19, 15, 1, 0)]
    found = standing(a_table(SEVERAL, columns, chose=[20, 20, 20, 60]), CODEBOOK)
    assert (found.verdict, found.shared) == ("common_ground", "tools")


def test_choices_of_many_never_split():
    columns = [(18, 1, 1, 0), (1, 15, 1, 0), (1, 1, 16, 0)]
    found = standing(a_table(SEVERAL, columns, chose=[20, 20, 20, 60]), CODEBOOK)
    assert found.verdict == "mixed"


def test_a_group_under_the_minimum_is_not_judged():
    table = a_table(CHOICE, [(20, 1, 0), (9, 0, 0), (1, 20, 0)])
    found = standing(table, CODEBOOK, minimum=10)
    assert states(found) == ["majority", "too_few", "majority"]
    assert found.positions[1].shares == ()
    assert [each.group for each in found.named] == ["law_enforcement", "civil_society"]
    assert found.verdict == "split"
    assert found.difference.groups == ("law_enforcement", "civil_society")
    assert standing(table, CODEBOOK, minimum=9).positions[1].state == "majority"


def test_one_group_alone_is_too_few():
    found = standing(a_table(CHOICE, [(20, 1, 0), (3, 0, 0), (1, 2, 0)]), CODEBOOK)
    assert (found.verdict, found.common) == ("too_few", None)


def test_a_majority_shows_through_hidden_cells_only_where_what_is_shown_proves_it():
    columns = [(1, 2, 2, 15, 10), (1, 2, 9, 9, 9), (0, 0, 0, 20, 20)]
    hidden = {("strongly_disagree", 0), ("disagree", 0), ("agree", 1), ("disagree", 1)}
    found = standing(a_table(SCALE, columns, hidden=hidden), CODEBOOK)
    assert states(found) == ["majority", "hidden", "majority"]
    assert found.positions[0].agreement is None
    assert found.positions[2].agreement is not None
    side = {share.key: share for share in found.positions[1].shares}
    assert (side["for"].count, side["for"].at_least) == (9, True)
    assert (side["middle"].count, side["middle"].at_least) == (9, False)


def test_a_hidden_base_is_not_judged():
    table = a_table(CHOICE, [(20, 1, 0)] * 3)
    bases = (Base(0, 0, 0, hidden=True), *table.bases[1:])
    other = Table(**{f: getattr(table, f) for f in table.__slots__} | {"bases": bases})
    assert states(standing(other, CODEBOOK)) == ["too_few", "majority", "majority"]


def test_consensus_is_the_threshold_that_was_fixed_beforehand():
    table = a_table(CHOICE, [(15, 5, 0), (14, 6, 0), (16, 4, 0)])
    found = standing(table, CODEBOOK, threshold=0.75)
    assert [each.consensus for each in found.positions] == [True, False, True]


def test_agreement_is_van_der_eijks_on_all_points_empty_ones_too():
    found = standing(a_table(SCALE, [(0, 0, 0, 0, 20), (10, 0, 0, 0, 10), (4,) * 5]), CODEBOOK)
    assert [each.agreement for each in found.positions] == pytest.approx([1.0, -1.0, 0.0])


def test_a_group_that_is_no_view_is_not_compared(tmp_path):
    made = rows(200)
    make_export(tmp_path, made=made)
    responses = read_export(tmp_path)
    group = CODEBOOK.by_name["group"]
    other = group.categories[2].model_copy(update={"substantive": False})
    changed = group.model_copy(update={"categories": (*group.categories[:2], other)})
    variables = (changed, *CODEBOOK.variables[1:])
    codebook = Codebook.model_validate({**CODEBOOK.model_dump(), "variables": variables})
    found = glance(all_by_group(responses), codebook).lines[0].lead
    assert [each.group for each in found.positions] == ["law_enforcement", "industry"]


def test_the_lead_is_a_scale_before_a_choice_before_a_row_before_several():
    assert [each.name for each in serving(CODEBOOK, "OQ1")] == [SCALE, SEVERAL]
    assert [each.name for each in serving(CODEBOOK, "OQ2")] == [
        "oq2_trust_detection",
        "oq2_trust_reporting",
        "oq2_first",
    ]
    assert [each.name for each in serving(CODEBOOK, "OQ5")] == [CHOICE]
    assert [each.name for each in serving(CODEBOOK, "OQ1", lead=SEVERAL)] == [SEVERAL, SCALE]


def test_a_question_put_to_every_group_leads_before_one_put_to_some():
    questions = tuple(
        each.model_copy(update={"groups": ("industry",)}) if each.key == SCALE else each
        for each in CODEBOOK.questions
    )
    codebook = CODEBOOK.model_copy(update={"questions": questions})
    assert [each.name for each in serving(codebook, "OQ1")] == [SEVERAL, SCALE]


def test_every_open_question_has_a_line_even_without_tables():
    found = glance([], CODEBOOK)
    assert [line.open_question.key for line in found.lines] == ["OQ1", "OQ2", "OQ5"]
    assert {line.verdict for line in found.lines} == {"too_few"}


def test_common_ground_and_divergence_are_put_in_order():
    tables = [
        a_table(CHOICE, [(12, 8, 0), (12, 8, 0), (12, 8, 0)]),
        a_table(SCALE, [(0, 0, 0, 20, 0), (0, 0, 0, 20, 0), (0, 0, 0, 20, 0)]),
        a_table("oq2_trust_detection", [(0, 0, 0, 12, 8), (5, 6, 4, 5, 0), (4,) * 5]),
        a_table("oq2_trust_reporting", [(0, 0, 0, 0, 20), (20, 0, 0, 0, 0), (4,) * 5]),
    ]
    found = glance(tables, CODEBOOK)
    assert [each.table.key for each in found.common_ground()] == [SCALE, CHOICE]
    assert [each.table.key for each in found.divergence()] == [
        "oq2_trust_reporting",
        "oq2_trust_detection",
    ]
    assert CODEBOOK.by_name[SCALE].measure is Measure.ORDINAL


RANKING = "oq2_first"


def a_ranking(placed, ranked):
    """Make a table of a ranking: how many of each group placed each item among the first three."""
    variable = CODEBOOK.by_name[RANKING]
    parted = [*placed, [sum(each) for each in zip(*placed, strict=True)]]
    table_rows = [
        Row(
            f"{item.key}.{part}",
            item.label,
            tuple(Cell(counts[place] if part == "placed" else 0, None) for counts in parted),
            category=item.key,
            part=part,
        )
        for part in ("placed", "first")
        for place, item in enumerate(variable.substantive)
    ]
    sizes = [*ranked, sum(ranked)]
    return Table(
        key=RANKING,
        title=variable.label,
        measure=variable.measure,
        columns=("Law enforcement", "Industry", "Civil society", "All"),
        rows=tuple(table_rows),
        bases=tuple(Base(size, size, size) for size in sizes),
        variable=RANKING,
        column_keys=(*GROUPS, "all"),
    )


def test_an_item_that_most_placed_among_the_first_in_every_group_is_common_ground():
    found = standing(
        a_ranking([(15, 11, 3, 20), (11, 12, 9, 3), (20, 11, 9, 9)], (20,) * 3), CODEBOOK
    )
    assert (found.verdict, found.shared, found.first) == ("common_ground", "train", 3)
    assert [each.shares[0].count for each in found.positions] == [15, 11, 20]
    assert found.common == pytest.approx((16 / 22) * (12 / 22) * (21 / 22))


def test_half_who_placed_an_item_are_no_majority():
    found = standing(a_ranking([(10, 1, 1, 1)] * 3, (20,) * 3), CODEBOOK)
    assert (found.verdict, states(found)) == ("mixed", ["no_majority"] * 3)


def test_rankings_never_split_as_one_respondent_may_place_several():
    found = standing(a_ranking([(20, 0, 0, 0), (0, 20, 0, 0), (0, 0, 20, 0)], (20,) * 3), CODEBOOK)
    assert (majorities(found), found.verdict) == (["train", "law", "tools"], "mixed")


def test_a_group_that_ranked_too_little_is_not_named():
    found = standing(a_ranking([(20, 0, 0, 0), (9, 0, 0, 0), (20, 0, 0, 0)], (20, 9, 20)), CODEBOOK)
    assert states(found) == ["majority", "too_few", "majority"]


def test_a_ranking_of_every_item_and_shared_points_are_nobodys_position():
    ranking = CODEBOOK.by_name[RANKING]
    assert can_stand(ranking)
    assert not can_stand(ranking.model_copy(update={"at_most": 4}))
    assert not can_stand(ranking.model_copy(update={"at_most": None}))
    assert not can_stand(CODEBOOK.by_name["oq5_share"])


def test_the_author_of_the_questionnaire_may_name_the_lead():
    named = tuple(
        each.model_copy(update={"lead": SEVERAL}) if each.key == "OQ1" else each
        for each in CODEBOOK.open_questions
    )
    codebook = CODEBOOK.model_copy(update={"open_questions": named})
    assert [each.name for each in serving(codebook, "OQ1")] == [SEVERAL, SCALE]
    assert [each.name for each in serving(codebook, "OQ1", lead=SCALE)] == [SCALE, SEVERAL]
    tables = [
        a_table(SCALE, [(0, 0, 0, 20, 0)] * 3),
        a_table(SEVERAL, [(18, 15, 1, 0)] * 3, chose=[20, 20, 20, 60]),
    ]
    assert glance(tables, codebook).lines[0].lead.table.key == SEVERAL
    assert glance(tables, CODEBOOK).lines[0].lead.table.key == SCALE
    assert glance(tables, codebook, leads={"OQ1": SCALE}).lines[0].lead.table.key == SCALE


def test_hidden_cells_of_one_side_alone_are_the_rest_of_those_with_a_view():
    hidden = {("strongly_disagree", 0), ("disagree", 0)}
    found = standing(a_table(SCALE, [(1, 14, 2, 3, 4), *[(4,) * 5] * 2], hidden=hidden), CODEBOOK)
    against = found.positions[0].shares[0]
    assert (against.count, against.at_least, against.at_most) == (15, False, 15)
    assert majorities(found) == ["against", None, None]


def test_no_majority_is_said_where_what_is_hidden_leaves_no_room_for_one():
    hidden = {("strongly_disagree", 0), ("strongly_agree", 0)}
    found = standing(a_table(SCALE, [(2, 7, 4, 8, 2), *[(4,) * 5] * 2], hidden=hidden), CODEBOOK)
    assert states(found) == ["hidden", "no_majority", "no_majority"]
    found = standing(a_table(SCALE, [(2, 5, 8, 6, 2), *[(4,) * 5] * 2], hidden=hidden), CODEBOOK)
    assert [each.at_most for each in found.positions[0].shares] == [9, 8, 10]
    assert states(found) == ["no_majority"] * 3


def test_a_group_in_doubt_that_cannot_share_a_majority_leaves_no_common_ground():
    hidden = {("strongly_disagree", 0), ("strongly_agree", 0)}
    for_it = (0, 0, 0, 20, 0)
    doubt = standing(a_table(SCALE, [(2, 1, 2, 8, 9), for_it, for_it], hidden=hidden), CODEBOOK)
    assert (states(doubt)[0], doubt.verdict) == ("hidden", "common_ground")
    against = (3, 10, 5, 3, 1)
    doubt = standing(a_table(SCALE, [against, for_it, for_it], hidden=hidden), CODEBOOK)
    assert (states(doubt)[0], doubt.shared, doubt.verdict) == ("hidden", None, "mixed")


def test_common_ground_of_more_groups_stands_first():
    of_two = a_table(SCALE, [(0, 0, 0, 90, 0), (0, 0, 0, 90, 0), (0, 0, 0, 1, 0)])
    of_three = a_table(CHOICE, [(12, 8, 0)] * 3)
    assert [each.table.key for each in glance([of_two, of_three], CODEBOOK).common_ground()] == [
        CHOICE,
        SCALE,
    ]
