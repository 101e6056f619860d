"""How far groups differ, from their tables."""

import math

import pytest
from scipy import stats

from analysis.differences import difference, differences
from tests.analysis.test_glance import CHOICE, SCALE, SEVERAL, a_table

FAR = [(0, 0, 1, 9, 10), (10, 9, 1, 0, 0), (4, 4, 4, 4, 4)]
NEAR = [(4, 4, 4, 4, 4), (4, 4, 4, 4, 5), (5, 4, 4, 4, 4)]


def expand(column):
    return [point for point, count in enumerate(column) for _ in range(count)]


def delta(x, y):
    return sum((a > b) - (a < b) for a in x for b in y) / len(x) / len(y)


def test_a_scale_is_compared_by_cliffs_delta_and_kruskal_wallis():
    found = difference(a_table(SCALE, FAR), tested=True)
    first = delta(expand(FAR[0]), expand(FAR[1]))
    assert found.size == pytest.approx(abs(first))
    assert (found.pairs[0].first, found.pairs[0].second) == ("law_enforcement", "industry")
    assert found.pairs[0].size == pytest.approx(first)
    assert found.pairs[0].low < first < found.pairs[0].high
    assert found.test == "Kruskal-Wallis"
    assert found.p == pytest.approx(stats.kruskal(*map(expand, FAR)).pvalue)
    assert found.n == 60


def test_a_choice_is_compared_by_cramers_v_and_chi_square():
    columns = [(40, 10, 10), (20, 20, 20), (10, 40, 10)]
    found = difference(a_table(CHOICE, columns), tested=True)
    chi = stats.chi2_contingency(columns)
    assert found.size == pytest.approx(math.sqrt(chi.statistic / (180 * 2)))
    assert (found.test, found.p) == ("chi-square", pytest.approx(chi.pvalue))


def test_small_expected_counts_are_tested_exactly():
    found = difference(a_table(CHOICE, [(8, 1, 1), (2, 7, 1), (4, 4, 2)]), tested=True)
    assert found.test == "Freeman-Halton (exact)"
    assert 0 < found.p < 1


def test_choices_of_many_name_the_option_that_differs_most():
    columns = [(20, 10, 5, 5), (1, 10, 5, 5), (20, 10, 5, 5)]
    found = difference(a_table(SEVERAL, columns, chose=[22, 22, 22, 66]), tested=True)
    assert found.option == "Unclear law"
    assert (found.test, found.p) == ("", None)
    assert found.size > 0.8


def test_everybody_saying_the_same_is_no_difference():
    found = difference(a_table(CHOICE, [(20, 0, 0)] * 3))
    assert (found.size, found.reason) == (0.0, None)


def test_hidden_and_small_groups_are_left_out():
    table = a_table(CHOICE, [(20, 1, 0), (9, 0, 0), (1, 20, 0)], hidden={("other", 0)})
    assert difference(table).groups == ("industry", "civil_society")
    assert difference(table, minimum=10).reason == "fewer than two groups can be compared"


def test_the_largest_difference_stands_first_with_holm_over_the_family():
    tables = [a_table("oq2_trust_detection", NEAR), a_table(SCALE, FAR)]
    found = differences(tables)
    assert [each.key for each in found] == [SCALE, "oq2_trust_detection"]
    assert found[0].adjusted_p == pytest.approx(2 * found[0].p)
    assert found[1].adjusted_p == pytest.approx(found[1].p)


def test_two_groups_may_be_chosen():
    found = difference(a_table(SCALE, FAR), groups=("industry", "civil_society"))
    assert [(pair.first, pair.second) for pair in found.pairs] == [("industry", "civil_society")]


def test_the_groups_themselves_are_not_compared():
    table = a_table("group", [(20, 0, 0), (0, 20, 0), (0, 0, 20)])
    assert difference(table).reason == "these are the groups themselves"
    assert differences([table]) == ()


def test_of_choices_of_many_the_options_that_are_shown_are_compared():
    columns = [(20, 10, 5, 5), (1, 10, 5, 5), (20, 10, 5, 15)]
    table = a_table(SEVERAL, columns, hidden={("law", 0)}, chose=[22, 22, 22, 66])
    found = difference(table)
    assert found.groups == ("law_enforcement", "industry", "civil_society")
    assert (found.option, found.reason) == ("Cost", None)
    every = {(category, 0) for category in ("law", "tools", "staff", "money")}
    none = difference(a_table(SEVERAL, columns, hidden=every, chose=[22, 22, 22, 66]))
    assert none.groups == ("industry", "civil_society")
