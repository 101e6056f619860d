"""Writing the export folder."""

import json

import pyarrow.parquet as pq
import pytest

from forms.folder import CODEBOOK, MANIFEST, RESPONSES, RowError, digest, write_folder
from tests.analysis.exports import make_codebook, make_export, make_manifest, rows

FILES = (RESPONSES, CODEBOOK, MANIFEST)


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path):
    made = rows(50)
    make_export(tmp_path / "a", made=made)
    make_export(tmp_path / "b", made=made[::-1])
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_manifest_holds_the_digests_of_what_was_written(tmp_path):
    made = rows(10)
    given = write_folder(tmp_path, made, make_codebook(), make_manifest(made))
    written = contents(tmp_path)
    assert given == {name: digest(content) for name, content in written.items()}
    noted = json.loads(written[MANIFEST])["digests"]
    assert noted == {
        "questionnaire": make_codebook().digest,
        RESPONSES: given[RESPONSES],
        CODEBOOK: given[CODEBOOK],
    }


def test_only_the_three_files_are_left_behind(tmp_path):
    make_export(tmp_path, responses=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_who_someone_is_leaves_only_with_a_full_export(tmp_path):
    made = rows(10)
    full = make_manifest(made)
    write_folder(tmp_path / "full", made, make_codebook(), full)
    without = full.model_copy(update={"contents": "without_identities"})
    write_folder(tmp_path / "without", made, make_codebook(), without)
    assert "organisation_name" in pq.read_schema(tmp_path / "full" / RESPONSES).names
    assert "organisation_name" not in pq.read_schema(tmp_path / "without" / RESPONSES).names
    assert b"Organisation 3" not in (tmp_path / "without" / RESPONSES).read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": "martians"}, "response r000003: group has no category “martians”"),
        ({"grup": "industry"}, "response r000003: the codebook has no column grup"),
        ({"oq5_days": "many"}, "response r000003: oq5_days cannot hold 'many'"),
        ({"oq2_first.train": 400}, "response r000003: oq2_first.train cannot hold 400"),
        ({"response_id": ""}, "a row has no response_id"),
        ({"response_id": "r000004"}, "response r000004: there are two rows"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path, change, message):
    made = rows(10)
    made[3] |= change
    manifest = make_manifest([*made[:3], *made[4:], rows(10)[3]])
    with pytest.raises(RowError, match=message):
        write_folder(tmp_path, made, make_codebook(), manifest)
    assert list(tmp_path.iterdir()) == []


def test_rows_and_manifest_must_agree(tmp_path):
    made = rows(10)
    with pytest.raises(RowError, match="there are 9 rows, but the manifest counts 10"):
        write_folder(tmp_path, made[:9], make_codebook(), make_manifest(made))
