"""What people wrote stays text in a sheet, and reads back as they wrote it."""

import csv

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.sheets import read_cell, safe_cell, write_csv, write_workbook
from analysis.tables import Base, Cell, Row, Table, share
from forms.codebook import Measure

HOSTILE = (
    "=1+1",
    '=HYPERLINK("https://example.org","here")',
    "+44 20 7946 0000",
    "-5",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\x00=1+1",
    "  =1+1",
    "＝1+1",
    "'quoted'",
    "a\tb\r\nc",
    r"\x{41} stays",
    r"\x{5c}x{41}",
    "_x0041_",
    "None",
    "",
    "ends with NUL\x00",
    "half a pair \ud83d",
    "right to left \u202e and back",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_back_as_it_was(text):
    safe = safe_cell(text)
    assert read_cell(safe) == text
    assert not safe.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\x00", "＝"))


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_reads_back_as_it_was(text):
    assert read_cell(safe_cell(text)) == text


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), min_size=1, max_size=4))
@settings(max_examples=50)
def test_a_csv_file_reads_back_as_it_was(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    lines = [line if any(line) else ["x"] for line in lines]
    write_csv(path, lines)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [[read_cell(cell) for cell in line] for line in csv.reader(file)] == lines


def hostile_table(text: str) -> Table:
    return Table(
        key="hostile",
        title=text,
        measure=Measure.NOMINAL,
        columns=(text, "All"),
        rows=(
            Row("a", text, (Cell(12, share(12, 30)), Cell(None, None, hidden=True))),
            Row("b", "Other", (Cell(18, share(18, 30)), Cell(50, share(50, 70)))),
        ),
        bases=(Base(33, 30, 30), Base(80, 70, 70, view_hidden=True)),
        note=text,
    )


@pytest.mark.parametrize("text", [each for each in HOSTILE if each])
def test_a_workbook_reads_back_as_it_was_in_openpyxl(tmp_path, text):
    path = tmp_path / "tables.xlsx"
    write_workbook(path, [hostile_table(text)], title=text, notes=[text])
    book = openpyxl.load_workbook(path)
    contents, sheet = book.worksheets
    assert read_cell(contents["A1"].value) == text
    assert read_cell(contents["A2"].value) == text
    assert contents["A5"].hyperlink.location == "'1'!A1"
    assert read_cell(sheet["A1"].value) == text
    assert read_cell(sheet["A5"].value) == text
    assert read_cell(sheet["B4"].value) == f"{text}: number"
    assert [cell.value for cell in sheet[5]][1:] == [12, 40, "[hidden]", "[hidden]"]
    assert [cell.value for cell in sheet[9]][1::2] == [30, "[hidden]"]
    kinds = {cell.data_type for row in (*contents.rows, *sheet.rows) for cell in row}
    assert "f" not in kinds


def test_the_same_tables_give_the_same_workbook(tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, [hostile_table("=1")], title="Tables")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_text_too_long_for_a_cell_says_that_it_was_cut(tmp_path):
    path = tmp_path / "long.xlsx"
    write_workbook(path, [hostile_table("a" * 40_000)], title="Tables")
    value = openpyxl.load_workbook(path).worksheets[1]["A1"].value
    assert len(value) == 32_767
    assert value.endswith("[cut: too long for a cell]")
