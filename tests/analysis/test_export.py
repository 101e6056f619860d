"""Reading an export folder: everything that can be wrong is said in words."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.export import (
    BrokenFileError,
    ChangedFileError,
    ColumnsError,
    ExportError,
    MissingFileError,
    NotAskedError,
    UnknownCategoryError,
    read_export,
    read_references,
)
from analysis.responses import UnknownVariableError
from forms.folder import CODEBOOK, MANIFEST, RESPONSES, digest
from tests.analysis.exports import make_codebook, make_export, rows


def rewrite(folder: Path, table: pa.Table) -> None:
    """Put another table in a folder, with its digest in the manifest."""
    pq.write_table(table, folder / RESPONSES)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["digests"][RESPONSES] = digest((folder / RESPONSES).read_bytes())
    (folder / MANIFEST).write_text(json.dumps(manifest))


def column_replaced(folder: Path, name: str, values: pa.Array) -> None:
    table = pq.read_table(folder / RESPONSES)
    rewrite(folder, table.set_column(table.column_names.index(name), name, values))


@pytest.fixture
def export(tmp_path):
    make_export(tmp_path, responses=80)
    return tmp_path


def test_what_was_written_is_read_back(tmp_path):
    made = rows(40)
    make_export(tmp_path, made=made)
    responses = read_export(tmp_path)
    by_id = {row["response_id"]: row for row in made}
    assert len(responses) == 40
    for name in ("group", "oq1_prepared", "oq5_equal_penalty", "oq1_why", "oq5_days"):
        read = responses.frame[name]
        assert {key: None if pd.isna(value) else value for key, value in read.items()} == {
            key: row.get(name) for key, row in by_id.items()
        }
    asked = responses.asked["oq2_first"]
    assert asked.to_dict() == {k: r.get("asked.oq2_first", False) for k, r in by_id.items()}
    ranks = responses.frame["oq2_first.train"]
    assert {k: None if pd.isna(v) else v for k, v in ranks.items()} == {
        key: row.get("oq2_first.train") for key, row in by_id.items()
    }


def test_categories_stand_in_the_order_of_the_codebook(export):
    responses = read_export(export)
    keys = [each.key for each in make_codebook().by_name["oq1_prepared"].categories]
    assert list(responses.frame["oq1_prepared"].cat.categories) == keys
    assert not responses.frame["oq1_prepared"].cat.ordered


def test_views_are_ordered_and_leave_out_dont_know(export):
    responses = read_export(export)
    views = responses.views("oq1_prepared")
    assert list(views.cat.categories) == [
        "strongly_disagree",
        "disagree",
        "neither",
        "agree",
        "strongly_agree",
    ]
    assert views.cat.ordered
    dont_know = responses.frame["oq1_prepared"] == "dont_know"
    assert dont_know.sum() > 0
    assert views[dont_know].isna().all()


def test_codes_are_minus_one_where_there_is_no_answer(export):
    responses = read_export(export)
    blank = responses.frame["oq1_prepared"].isna().to_numpy()
    assert blank.sum() > 0
    assert (responses.codes("oq1_prepared") == -1).tolist() == blank.tolist()


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingFileError, match="there is no folder"):
        read_export(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [RESPONSES, CODEBOOK, MANIFEST])
def test_a_missing_file_is_named(export, name):
    (export / name).unlink()
    with pytest.raises(MissingFileError, match=f"holds no {name}"):
        read_export(export)


@pytest.mark.parametrize("name", [RESPONSES, CODEBOOK])
def test_a_changed_file_is_refused(export, name):
    (export / name).write_bytes((export / name).read_bytes() + b"\n")
    with pytest.raises(ChangedFileError, match=f"{name} was changed after the export"):
        read_export(export)


def test_a_broken_parquet_is_said_to_be_broken(export):
    (export / RESPONSES).write_bytes(b"not a parquet file")
    manifest = json.loads((export / MANIFEST).read_text())
    manifest["digests"][RESPONSES] = digest(b"not a parquet file")
    (export / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BrokenFileError, match="not a Parquet file"):
        read_export(export)


def test_a_broken_manifest_is_said_with_its_place(export):
    manifest = json.loads((export / MANIFEST).read_text())
    manifest["accounting"]["received"] = 1
    (export / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BrokenFileError, match=r"at accounting: .*1 received is not 80 included"):
        read_export(export)


def test_an_unknown_key_is_an_error_and_not_a_silent_missing_value(export):
    size = pq.read_table(export / RESPONSES).num_rows
    column_replaced(export, "group", pa.array(["industry"] * (size - 1) + ["martians"]))
    with pytest.raises(UnknownCategoryError, match="group holds “martians”"):
        read_export(export)


def test_plain_strings_in_any_order_do_as_well_as_dictionaries(export):
    before = read_export(export).frame["group"]
    column_replaced(export, "group", pa.array(before.tolist()))
    pd.testing.assert_series_equal(read_export(export).frame["group"], before)


def test_missing_and_unknown_columns_are_named(export):
    table = pq.read_table(export / RESPONSES).rename_columns(
        {"oq1_why": "oq1_whx"}
        | {name: name for name in pq.read_schema(export / RESPONSES).names if name != "oq1_why"}
    )
    rewrite(export, table)
    with pytest.raises(ColumnsError, match="missing: oq1_why; unknown: oq1_whx"):
        read_export(export)


def test_figures_where_flags_are_wanted_are_refused(export):
    size = pq.read_table(export / RESPONSES).num_rows
    column_replaced(export, "oq5_days", pa.array(["many"] * size))
    with pytest.raises(ColumnsError, match="oq5_days holds string where double is wanted"):
        read_export(export)


def test_an_answer_to_a_question_that_was_not_asked_is_refused(export):
    size = pq.read_table(export / RESPONSES).num_rows
    column_replaced(export, "asked.oq1_why", pa.array([False] * size))
    with pytest.raises(NotAskedError, match=r"oq1_why holds .* not asked oq1_why"):
        read_export(export)


def test_the_same_response_twice_is_refused(export):
    table = pq.read_table(export / RESPONSES)
    ids = table.column("response_id").to_pylist()
    column_replaced(export, "response_id", pa.array([ids[1], *ids[1:]]))
    with pytest.raises(ColumnsError, match="two rows for response"):
        read_export(export)


def test_an_unknown_variable_gets_the_nearest_name(export):
    responses = read_export(export)
    with pytest.raises(UnknownVariableError, match="did you mean oq5_equal_penalty"):
        responses.variable("oq5_equal_penalti")


def test_every_trouble_is_an_export_error():
    errors = (MissingFileError, BrokenFileError, ChangedFileError, ColumnsError)
    errors += (UnknownCategoryError, NotAskedError, UnknownVariableError)
    assert [each for each in errors if not issubclass(each, ExportError)] == []


def test_an_empty_export_is_read(tmp_path):
    make_export(tmp_path, made=[])
    assert len(read_export(tmp_path)) == 0


def test_references_are_read_from_their_cell():
    assert read_references(None) == ()
    cell = '[{"title": "A", "address": "https://example.org", "shows": "B"}]'
    assert read_references(cell) == (
        {"title": "A", "address": "https://example.org", "shows": "B"},
    )
