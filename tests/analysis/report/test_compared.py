"""The annex on differences: size first, one family of tests, nothing from hidden columns."""

from analysis.differences import difference
from analysis.report.compared import compared, probability
from tests.analysis.test_differences import FAR, NEAR
from tests.analysis.test_glance import CHOICE, CODEBOOK, SCALE, SEVERAL, a_table

DETECTION = "oq2_trust_detection"


def by_key(*tables):
    return {table.key: table for table in tables}


def test_the_largest_difference_stands_first_with_its_test_and_holms_p():
    found = compared(by_key(a_table(DETECTION, NEAR), a_table(SCALE, FAR)), CODEBOOK)
    far = difference(a_table(SCALE, FAR), tested=True)
    assert [row[0].split(":")[0] for row in found.rows] == ["OQ1", "OQ2"]
    assert found.rows[0][1:] == (
        f"{far.size:.2f} (Cliff’s delta)",
        "Law enforcement and Industry",
        "60",
        "Kruskal-Wallis",
        probability(far.p),
        probability(2 * far.p),
    )
    assert "2 tests stand in this table" in found.before[2]


def test_groups_with_few_views_or_hidden_counts_are_in_no_comparison():
    tables = by_key(
        a_table(SCALE, FAR, hidden={("agree", 0)}),
        a_table(CHOICE, [(9, 0, 0), (8, 1, 0), (20, 20, 20)]),
    )
    found = compared(tables, CODEBOOK)
    assert [(row[0].split(":")[0], row[2]) for row in found.rows] == [
        ("OQ1", "Industry and Civil society")
    ]
    assert found.before[-1].startswith("Withheld on 1 of 2: fewer than two groups gave 10 views")


def test_choices_of_many_name_their_option_and_are_not_tested():
    columns = [(20, 10, 5, 5), (1, 10, 5, 5), (20, 10, 5, 5)]
    found = compared(by_key(a_table(SEVERAL, columns, chose=[22, 22, 22, 66])), CODEBOOK)
    assert "“Unclear law”" in found.rows[0][1]
    assert found.rows[0][4:] == ("none", "–", "–")


def test_it_says_that_respondents_chose_themselves():
    found = compared(by_key(a_table(SCALE, FAR)), CODEBOOK)
    assert any("Respondents chose themselves" in words for words in found.before)


def test_nothing_to_compare_is_no_table_and_consent_is_never_compared():
    assert compared({}, CODEBOOK) is None
    assert compared(by_key(a_table(SCALE, FAR)), CODEBOOK, skipped=["oq1_prepared"]) is None
    assert compared(by_key(a_table(SCALE, FAR)), CODEBOOK, skipped=["consent"]).rows
