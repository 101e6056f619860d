"""Somebody else's file into an export folder: a made-up one always, the real one where present."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from analysis.agreement import tastle_wierman_consensus, van_der_eijk_agreement
from analysis.comparison import cliffs_delta, kruskal_wallis
from analysis.crosstabs import by_group
from analysis.damage import counted
from analysis.export import read_export
from analysis.ingest import SourceFileError, ingest
from analysis.mapping import MappingError
from analysis.written import answers_to, keys

SHARED = Path(__file__).parents[2] / ".." / "shared"
REAL = SHARED / "data" / "eu_ai_white_paper_2020" / "responses.csv"
CASES = SHARED / "cases" / "published.json"
MAPPING = Path(__file__).parents[2] / "analysis" / "mappings" / "eu_ai_white_paper_2020.yaml"

MADE_UP = """\
questionnaire: made_up
version: "1"
title: Made up
source: nobody
rows: 7
lost: ["#NAME?"]
cut_at: 30
id: {header: Number}
sent_on: {header: Sent, written: "%d.%m.%Y"}
roles: {group: group, jurisdiction: country}
open_questions: [{key: Q1, title: "Is it so?"}]
sections:
  - {key: about, title: About, kind: about}
  - {key: topic, title: Topic, kind: topic}
scales:
  agreement:
    - {key: "no", label: Disagree, side: against, words: ["1 - Disagree", "No"]}
    - {key: "yes", label: Agree, side: for, words: ["2 - Agree"]}
    - {key: no_opinion, label: No opinion, substantive: false}
questions:
  - key: group
    text: Who are you?
    section: about
    type: choice
    variables:
      - name: group
        column: 2
        header: Type
        measure: nominal
        blank: unknown
        missing: no type
        categories:
          - {key: firm, label: Firms, words: [Company, Association]}
          - {key: unknown, label: Not stated, substantive: false, words: [Not stated]}
  - key: country
    text: Where?
    section: about
    type: jurisdiction
    variables: [{name: country, header: Country, measure: jurisdiction, words: {Elsewhere: FR}}]
  - key: so
    text: Is it so?
    section: topic
    type: grid
    serves: [Q1]
    variables:
      - {name: so_today, column: 4, header: "so", measure: ordinal, scale: agreement, row: Today}
  - key: which
    text: Which?
    section: topic
    type: choices
    variables:
      - name: which
        header: Which
        measure: several
        categories: [{key: a, label: A}, {key: b, label: B}]
  - key: many
    text: How many?
    section: topic
    type: number
    variables:
      - name: many
        header: Many
        measure: number
        categories: [{key: no_idea, label: No idea, substantive: false}]
  - key: why
    text: Why?
    section: topic
    type: text
    kind: open
    serves: [Q1]
    variables: [{name: why, column: 7, measure: text}]
"""
HEADERS = ["Number", "Sent", "Type", "Country", "Is it\nso?", "Which", "Many", "Why?", "Why?"]
ROWS = [
    ["1", "05.05.2026", "Company", "Germany", "2 - Agree", "A; B", "12", "None", ""],
    ["2", "06.05.2026", "Association", "Elsewhere", "no", "A", "No idea", "-", ""],
    ["3", "long ago", "", "Atlantis", "Maybe", "C;A", "lots", "#NAME?", ""],
    ["4", "07.05.2026", "Company", "", "No opinion", "", "1,000", "x" * 30, ""],
    ["4", "07.05.2026", "Company", "", "2 - Agree", "", "", "", ""],
    ["", "", "", "", "", "", "", "", ""],
    ["7", "07.05.2026", "Martians", "", "", "", "", "=1+1 they said", "", "too much"],
]


@pytest.fixture
def source(tmp_path):
    (tmp_path / "mapping.yaml").write_text(MADE_UP, encoding="utf-8")
    with (tmp_path / "answers.csv").open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([HEADERS, *ROWS])
    return tmp_path


def bring_in(source, file="answers.csv"):
    return ingest(source / file, source / "mapping.yaml", source / "export")


def test_their_words_become_our_keys(source):
    bring_in(source)
    responses = read_export(source / "export")
    frame = responses.frame
    assert list(frame.index) == ["1", "2", "3", "4", "7"]
    assert keys(frame, "group").tolist() == [
        "firm",
        "firm",
        "unknown",
        "firm",
        None,
    ]
    assert keys(frame, "so_today").tolist() == [
        "yes",
        "no",
        None,
        "no_opinion",
        None,
    ]
    assert frame["which.a"].fillna(value=False).tolist() == [True, True, True, False, False]
    assert frame["which.b"].fillna(value=False).tolist() == [True, False, False, False, False]
    assert frame["many"].fillna(-1).tolist() == [12, -1, -1, 1000, -1]
    assert frame["many.no_idea"].fillna(0).tolist() == [0, 1, 0, 0, 0]
    assert frame["country"].fillna("").tolist() == ["DE", "FR", "", "", ""]
    assert frame["submitted_on"].fillna("").tolist() == [
        "2026-05-05",
        "2026-05-06",
        "",
        "2026-05-07",
        "2026-05-07",
    ]
    assert answers_to(responses, "why")["text"].tolist() == [
        "None",
        "-",
        "x" * 30,
        "=1+1 they said",
    ]


def test_whatever_cannot_be_placed_is_listed_with_row_and_column(source):
    done = bring_in(source)
    placed = [(each.kind, each.row, each.column, each.value) for each in done.damage]
    assert sorted(placed) == sorted(
        [
            ("same_header", 1, "H", "Why?"),
            ("same_header", 1, "I", "Why?"),
            ("unused_column", 1, "I", ""),
            ("looks_empty", 2, "H", "None"),
            ("filler", 3, "H", "-"),
            ("bad_date", 4, "B", "long ago"),
            ("no_group", 4, "C", ""),
            ("unknown_place", 4, "D", "Atlantis"),
            ("unknown_word", 4, "E", "Maybe"),
            ("unknown_word", 4, "F", "C"),
            ("bad_number", 4, "G", "lots"),
            ("lost_answer", 4, "H", "#NAME?"),
            ("cut_off", 5, "H", "x" * 30),
            ("repeated_id", 6, "A", "4"),
            ("blank_row", 7, "", "row_000007"),
            ("wrong_width", 8, "", "too much"),
            ("unknown_word", 8, "C", "Martians"),
        ]
    )


def test_the_damage_is_written_as_a_list_and_as_data(source):
    done = bring_in(source)
    table, document = done.report
    assert (table.name, document.name) == ("ingest-report.csv", "ingest-report.json")
    with table.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert len(lines) == len(done.damage)
    filler = next(line for line in lines if line["kind"] == "filler")
    assert filler["value"] == "'-"
    data = json.loads(document.read_text(encoding="utf-8"))
    assert data["counts"] == counted(done.damage)
    assert [each["value"] for each in data["damage"]] == [each.value for each in done.damage]


def test_rows_left_out_are_accounted_for(source):
    bring_in(source)
    manifest = read_export(source / "export").manifest
    assert manifest.accounting.received == 7
    assert manifest.accounting.removed == {"duplicate": 1, "blank": 1}
    assert manifest.accounting.included == 5
    assert manifest.warnings[0] == (
        "Answers swallowed by a spreadsheet before we got them (kept as blank): 1"
    )


def test_the_same_file_gives_the_same_bytes(source):
    bring_in(source)
    first = {path.name: path.read_bytes() for path in (source / "export").iterdir()}
    bring_in(source)
    assert {path.name: path.read_bytes() for path in (source / "export").iterdir()} == first


def test_a_spreadsheet_is_read_as_well(source):
    bring_in(source)
    before = read_export(source / "export").frame
    book = Workbook()
    for row in [HEADERS, *(row[:9] for row in ROWS)]:
        book.active.append([int(cell) if cell == "12" else cell or None for cell in row])
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.save(source / "answers.xlsx")
    bring_in(source, "answers.xlsx")
    assert read_export(source / "export").frame.equals(before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("column: 2", "column: 3"), "column 3 is headed “Country”, not “Type”"),
        (("column: 2", "column: 40"), "the file has no column 40"),
        (("header: Which", "header: Why?"), "2 columns are headed “Why\\?”"),
        (("rows: 7", "rows: 7\nrows: 8"), "line 6: rows stands there twice"),
        (("scale: agreement", "scale: liking"), "there is no scale liking"),
        (("blank: unknown", "blank: nobody"), "an empty cell cannot be nobody"),
        (("measure: text", "measure: ranking"), "a ranking cannot be read from a cell"),
        (("source: nobody", "sauce: nobody"), "at source: Field required"),
        (("name: why", "name: many"), "there are two variables of this name"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_the_reason(source, change, message):
    (source / "mapping.yaml").write_text(MADE_UP.replace(*change), encoding="utf-8")
    with pytest.raises(MappingError, match=message):
        bring_in(source)


def test_a_file_that_is_not_there_is_said(source):
    with pytest.raises(SourceFileError, match="there is no file"):
        bring_in(source, "nowhere.csv")


def test_a_file_in_another_encoding_is_said(source):
    (source / "answers.csv").write_bytes("Número".encode("latin-1"))
    with pytest.raises(SourceFileError, match="change encoding in the mapping"):
        bring_in(source)


def test_another_number_of_rows_is_listed(source):
    (source / "mapping.yaml").write_text(MADE_UP.replace("rows: 7", "rows: 9"), encoding="utf-8")
    assert counted(bring_in(source).damage)["row_count"] == 1


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    if not REAL.exists():
        pytest.skip("the Commission's file is not on this machine")
    return ingest(REAL, MAPPING, tmp_path_factory.mktemp("eu"))


@pytest.fixture(scope="module")
def responses(real):
    return read_export(real.folder)


def case(name):
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return next(each for each in cases if each["id"] == name)


def percent(responses, name, *keys):
    """Give the share of some categories among all who answered, "No opinion" too."""
    table = by_group(responses, name)
    return sum(table.row(key).cells[-1].percent for key in keys)


def top_two(responses, name):
    return percent(responses, name, "important", "very_important")


def test_the_commissions_shares_of_important_come_out(responses):
    variables = {
        "Skills": "actions_skills",
        "research and innovation community": "actions_research",
        "Working with Member states": "actions_member_states",
        "Partnership with the private sector": "actions_private_sector",
        "Promoting the adoption of AI by the public sector": "actions_public_sector",
        "Focus on SMEs": "actions_smes",
        "Strengthen excellence in research": "areas_excellence",
        "Develop skills / training programmes": "areas_skills",
        "testing facilities": "areas_testing",
        "European data space": "areas_data_space",
    }
    published = case("eu_ai_wp_top2")
    found = {key: top_two(responses, name) for key, name in variables.items()}
    assert found == pytest.approx(published["expected"], abs=published["tolerance"])


def test_the_commissions_shares_on_new_rules_come_out(responses):
    published = case("eu_ai_wp_single")
    keys = {"new legislation": "new_legislation", "gaps": "gaps", "sufficient": "sufficient"}
    found = {words: percent(responses, "legislation", key) for words, key in keys.items()}
    assert found == pytest.approx(published["expected"], abs=published["tolerance"])


def test_the_commissions_shares_to_one_decimal_come_out(responses):
    published = case("eu_ai_wp_onerow")
    found = {
        "yes": percent(responses, "high_risk_only", "yes"),
        "no": percent(responses, "high_risk_only", "no"),
        "pld_yes": percent(responses, "product_liability", "yes"),
        "liab_all": percent(responses, "national_liability", "all"),
    }
    # Published to one decimal, so compared at one decimal.
    found = {key: round(value, 1) for key, value in found.items()}
    assert found == pytest.approx(published["expected"], abs=published["tolerance"] + 1e-9)


def test_the_commissions_share_on_fundamental_rights_comes_out(responses):
    published = case("eu_ai_wp_rights")
    found = top_two(responses, "concerns_rights")
    assert found == pytest.approx(published["expected"]["pct"], abs=published["tolerance"])


def test_the_groups_on_fundamental_rights_come_out(responses):
    published = case("eu_groups_rights")
    expected, near = published["expected"], published["tolerance"]
    table = by_group(responses, "concerns_rights")
    rows = [row for row in table.rows if row.substantive]
    counts = {
        key: [row.cells[table.column(key)].count for row in rows]
        for key in ("public", "industry", "civil")
    }
    assert counts == expected["freq"]
    views = responses.views("concerns_rights").cat.codes
    points = {
        key: views[(responses.frame["group"] == key) & (views >= 0)].tolist() for key in counts
    }
    test = kruskal_wallis(points)
    assert test.statistic == pytest.approx(expected["H"], abs=near)
    assert test.p == pytest.approx(expected["p"], abs=near)
    delta = cliffs_delta(points["industry"], points["civil"])
    assert delta.value == pytest.approx(expected["cliff_ind_civ"], abs=near)
    for key, column in counts.items():
        agreement = van_der_eijk_agreement(column).value
        assert agreement == pytest.approx(expected["A"][key], abs=near)
        consensus = tastle_wierman_consensus(column).value
        assert consensus == pytest.approx(expected["Cns"][key], abs=near)


def test_each_damage_of_the_commissions_file_is_listed(real, responses):
    found = counted(real.damage)
    assert found["no_group"] == 460
    assert found["lost_answer"] == 41
    assert {each.column for each in real.damage if each.kind == "same_header"} >= {
        "AQ",
        "AS",
        "BM",
        "BP",
    }
    fillers = [each.value for each in real.damage if each.kind == "filler"]
    assert (fillers.count("-"), fillers.count("/")) == (49, 17)
    nones = [each for each in real.damage if each.value == "None"]
    assert len(nones) == 18
    assert {each.kind for each in nones} == {"looks_empty"}
    together = [each for each in real.damage if each.what.startswith("set 1: ")]
    assert 8 <= len(together) <= 14
    assert "unknown_word" not in found
    assert "bad_date" not in found
    assert len(responses) == 1216


def test_none_is_kept_as_an_answer_of_the_commissions_respondents(real, responses):
    with REAL.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))[1:]
    expected = sum(row[25] == "None" for row in rows)
    texts = answers_to(responses, "research_others")["text"].tolist()
    assert texts.count("None") == expected > 0


def test_every_cell_of_the_commissions_file_is_placed_or_listed(real, responses):
    """Count the filled cells of every mapped column against the export and the damage."""
    with REAL.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))[1:]
    lost = [each.column for each in real.damage if each.kind == "lost_answer"]
    for name, place, column in (("actions_others", 14, "O"), ("biometric_why", 53, "BB")):
        filled = sum(row[place].strip() != "" for row in rows)
        assert len(answers_to(responses, name)) == filled - lost.count(column)
    for name, place in (("biometric", 52), ("country", 6), ("enforcement", 56)):
        assert by_group(responses, name).bases[-1].answered == sum(bool(r[place]) for r in rows)
