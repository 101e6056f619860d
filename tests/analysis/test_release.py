"""Data for publication, opened again by readers that are not ours."""

import csv
import io
import json
from dataclasses import replace

import frictionless
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from lxml import etree

from analysis.anonymity import k_anonymity
from analysis.attack import ExposureError, attack
from analysis.crosstabs import by_group
from analysis.deposit import cut, spss_names, write_sav
from analysis.disclosure import not_answers
from analysis.export import read_export
from analysis.records import Records, public_records
from analysis.release import read_tables, write_release
from forms.codebook import Category, Measure, Variable
from tests.analysis.exports import make_export, rows

CANARY = "canaryword"
NAMESPACE = {"d": "ddi:codebook:2_5"}


@pytest.fixture(scope="module")
def responses(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    made = rows(600)
    for row in made:
        row["organisation_name"] = f"{CANARY} organisation"
        for name in ("oq1_why", "oq2_how", "oq5_why"):
            if row.get(name):
                row[name] = f"{CANARY} {row[name]}"
    make_export(folder, made=made)
    return read_export(folder)


@pytest.fixture(scope="module")
def release(responses, tmp_path_factory):
    return write_release(responses, tmp_path_factory.mktemp("out") / "release")


def read_records(release):
    content = (release.folder / "records" / "records.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_a_release_is_a_folder_of_tables_and_records(release):
    assert [name for name in release.files if not name.startswith("tables/")] == [
        "codebook.json",
        "records/codebook.xml",
        "records/datapackage.json",
        "records/records.csv",
        "records/records.sav",
        "release.json",
        "tables.json",
        "tables.xlsx",
    ]
    assert "tables/oq1_prepared.csv" in release.files
    assert list(release) == [release.folder / name for name in release.files]


def test_no_words_and_no_names_are_in_any_file(release):
    for path in release.folder.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path.name
    book = openpyxl.load_workbook(release.folder / "tables.xlsx")
    words = {str(cell.value) for sheet in book.worksheets for row in sheet.rows for cell in row}
    assert not any(CANARY in each for each in words)


def test_only_those_who_agreed_have_a_record(release, responses):
    agreed = responses.frame["publication"].isin(["with_name", "without_name"]).sum()
    assert len(read_records(release)) <= agreed
    assert len(read_records(release)) == len(release.records.frame)
    summary = json.loads((release.folder / "release.json").read_text(encoding="utf-8"))
    withheld = summary["left_out"]["Responses that are counted but not to be published"]
    assert int(withheld) == len(responses) - agreed


def test_every_record_shares_its_keys_with_enough_others(release):
    records = pd.DataFrame(read_records(release))
    found = k_anonymity(records, list(release.records.keys))
    assert found.k >= 5
    assert found.k == release.records.k


def test_confidential_answers_are_blank_in_the_records(responses):
    marked = responses.frame["confidential"].str.contains("oq1_why")
    frame = responses.frame.copy()
    frame["confidential"] = frame["confidential"].where(~marked, "oq1_prepared")
    records = public_records(replace(responses, frame=frame), ())
    open_to_all = frame["publication"].isin(["with_name", "without_name"]) & ~marked
    assert records.frame["oq1_prepared"].notna().sum() <= (
        frame.loc[open_to_all, "oq1_prepared"].notna().sum()
    )


def test_the_tables_minus_the_records_expose_nobody(release, responses):
    tables = {table.variable: table for table in release.tables}
    never = not_answers(responses.codebook)
    checked = 0
    for variable in release.records.variables:
        if variable.measure is not Measure.ORDINAL:
            continue
        shown = release.records.frame
        frame = responses.frame.iloc[: len(shown)].copy()
        for name in ("group", variable.name):
            frame[name] = pd.Categorical(
                shown[name].to_numpy(), categories=list(responses.frame[name].cat.categories)
            )
        asked = responses.asked.iloc[: len(shown)].copy()
        asked[:] = True
        published = replace(responses, frame=frame, asked=asked)
        part = replace(by_group(published, variable.name), key="records", filters="records")
        result = attack([tables[variable.name], part], not_answers=never, agreed=["records"])
        assert result.exposed == (), variable.name
        checked += 1
    assert checked >= 2


def test_the_data_package_is_valid_to_frictionless(release):
    report = frictionless.validate(str(release.folder / "records" / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    package = frictionless.Package(str(release.folder / "records" / "datapackage.json"))
    assert package.resources[0].schema.field_names == ["record", *release.records.frame.columns]


def test_the_spss_file_reads_back_with_its_labels(release):
    frame, meta = pyreadstat.read_sav(str(release.folder / "records" / "records.sav"))
    assert len(frame) == len(release.records.frame)
    assert meta.variable_value_labels["group"] == {
        1.0: "Law enforcement",
        2.0: "Industry",
        3.0: "Civil society",
    }
    assert meta.column_names_to_labels["oq1_prepared"] == "The law where I work is prepared"
    assert meta.variable_measure["oq1_prepared"] == "ordinal"
    raw, raw_meta = pyreadstat.read_sav(
        str(release.folder / "records" / "records.sav"), user_missing=True
    )
    assert raw_meta.missing_ranges["oq1_prepared"] == [{"lo": 6.0, "hi": 7.0}]
    ours = release.records.frame["oq1_prepared"]
    (variable,) = (each for each in release.records.variables if each.name == "oq1_prepared")
    labels = {each.key: number for number, each in enumerate(variable.categories, start=1)}
    assert [None if pd.isna(x) else x for x in raw["oq1_prepared"]] == [
        None if pd.isna(each) else float(labels[each]) for each in ours
    ]


def test_the_ddi_codebook_describes_every_column(release):
    root = etree.parse(str(release.folder / "records" / "codebook.xml")).getroot()
    assert root.tag == "{ddi:codebook:2_5}codeBook"
    assert root.get("version") == "2.5"
    assert [etree.QName(child).localname for child in root] == ["stdyDscr", "fileDscr", "dataDscr"]
    assert root.xpath("string(//d:titl)", namespaces=NAMESPACE) == "A made-up consultation"
    variables = root.xpath("//d:var", namespaces=NAMESPACE)
    assert [each.get("name") for each in variables] == list(release.records.frame.columns)
    assert len({each.get("ID") for each in variables}) == len(variables)
    assert {each.get("files") for each in variables} == {"F1"}
    order = ["labl", "qstn", "catgry", "varFormat"]
    for each in variables:
        tags = [etree.QName(child).localname for child in each]
        assert tags == sorted(tags, key=order.index)
    cases = root.xpath("string(//d:caseQnty)", namespaces=NAMESPACE)
    assert int(cases) == len(release.records.frame)
    path = "//d:var[@name='oq1_prepared']/d:catgry[@missing='Y']/d:catValu/text()"
    missing = root.xpath(path, namespaces=NAMESPACE)
    assert missing == ["dont_know", "cannot_say"]


def test_the_workbook_says_what_the_tables_say(release):
    book = openpyxl.load_workbook(release.folder / "tables.xlsx")
    assert book.sheetnames[0] == "Contents"
    assert len(book.sheetnames) == len(release.tables) + 1
    for number, table in enumerate(release.tables, start=1):
        lines = list(book[str(number)].iter_rows(min_row=5, values_only=True))
        for row, line in zip(table.rows, lines, strict=False):
            for place, cell in enumerate(row.cells):
                if cell.hidden:
                    assert line[1 + 2 * place] == line[2 + 2 * place] == "[hidden]"
                elif row.kind == "count":
                    assert line[1 + 2 * place] == cell.count


def test_the_tables_read_back_as_they_were(release):
    assert read_tables(release.folder / "tables.json") == release.tables


def test_the_same_export_gives_the_same_files(responses, release, tmp_path):
    again = write_release(responses, tmp_path / "again")
    assert again.files == release.files
    for name in release.files:
        if not name.endswith(".sav"):  # the format holds the time of writing
            assert (again.folder / name).read_bytes() == (release.folder / name).read_bytes(), name


def test_a_folder_with_something_in_it_is_refused(responses, tmp_path):
    (tmp_path / "old.txt").write_text("old")
    with pytest.raises(FileExistsError, match="not empty"):
        write_release(responses, tmp_path)


def test_three_more_responses_are_no_second_release(release, tmp_path):
    made = rows(603)
    make_export(tmp_path / "export", made=made)
    with pytest.raises(ExposureError, match="Wait for more responses"):
        write_release(
            read_export(tmp_path / "export"), tmp_path / "second", previous=release.folder
        )
    assert not (tmp_path / "second").exists()


def test_a_second_release_gives_nobody_in_between_away(release, tmp_path):
    make_export(tmp_path / "export", made=rows(900))
    later = read_export(tmp_path / "export")
    second = write_release(later, tmp_path / "second", previous=release.folder)
    before = [
        replace(table, key=f"{table.key} before", filters="before") for table in release.tables
    ]
    together = [*second.tables, *before]
    assert attack(together, not_answers=not_answers(later.codebook)).exposed == ()


def test_where_nobody_was_asked_no_record_is_published(responses, tmp_path):
    roles = responses.codebook.roles.model_copy(update={"publication": None})
    codebook = responses.codebook.model_copy(update={"roles": roles})
    release = write_release(replace(responses, codebook=codebook), tmp_path / "out")
    assert release.records is None
    assert "records/records.csv" not in release.files
    assert "nobody was asked" in release.no_records


def test_spss_names_are_allowed_and_none_stands_twice():
    names = spss_names(["a.b", "a_b", "with", "9lives", "é", "x" * 80, "x" * 70])
    assert list(names.values()) == [
        "a_b", "a_b_2", "v_with", "v_9lives", "v", "x" * 64, "x" * 62 + "_2",
    ]  # fmt: skip


def test_long_and_odd_labels_survive_the_spss_file(tmp_path):
    label = "€" * 60 + "\x00"
    variable = Variable(
        name="odd", label="=1+1 " + "ß" * 200, question="odd", section="s", measure=Measure.NOMINAL,
        categories=(Category(key="a", label=label), Category(key="b", label="@b")),
    )  # fmt: skip
    frame = pd.DataFrame({"odd": ["a", "b", None]})
    write_sav(tmp_path / "odd.sav", Records(frame, (variable,), (), 3, ()), title="T" * 100)
    _, meta = pyreadstat.read_sav(str(tmp_path / "odd.sav"))
    assert meta.variable_value_labels["odd"] == {1.0: "€" * 40, 2.0: "@b"}
    assert meta.column_names_to_labels["odd"] == "=1+1 " + "ß" * 125
    assert cut("€€", 4) == "€"
