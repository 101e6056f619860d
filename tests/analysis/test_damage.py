"""The damage report."""

import csv
import json

from analysis.damage import Damage, counted, in_words, letters, write_damage

FOUND = [
    Damage("filler", 3, "H", "Why?", "-", "kept"),
    Damage("note", 0, "", "", "", "Names were taken out."),
    Damage("lost_answer", 4, "H", "Why?", "#NAME?", "kept as blank"),
    Damage("filler", 5, "H", "Why?", "=1+1", "kept"),
]


def test_columns_are_lettered_as_a_spreadsheet_does():
    assert [letters(n) for n in (0, 25, 26, 51, 52, 67, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "BP",
        "ZZ",
        "AAA",
    ]


def test_kinds_are_counted_and_said_in_a_fixed_order():
    assert list(counted(FOUND).items()) == [("lost_answer", 1), ("filler", 2), ("note", 1)]
    assert in_words(FOUND) == (
        "Answers swallowed by a spreadsheet before we got them (kept as blank): 1",
        "Answers without a view of their own, such as a dash (kept as they are): 2",
        "Names were taken out.",
    )


def test_no_cell_of_the_list_is_a_formula_and_the_data_is_as_it_was(tmp_path):
    table, document = write_damage(FOUND, tmp_path)
    with table.open(encoding="utf-8-sig", newline="") as opened:
        values = [line["value"] for line in csv.DictReader(opened)]
    assert values == ["'-", "", "#NAME?", "'=1+1"]
    data = json.loads(document.read_text(encoding="utf-8"))
    assert [each["value"] for each in data["damage"]] == ["-", "", "#NAME?", "=1+1"]
