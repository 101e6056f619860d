"""What was written, and what may be shown of it."""

import pytest

from analysis.export import read_export
from analysis.written import answers_to, may_be_shown, open_variables, written_tables
from tests.analysis.exports import make_export, rows


@pytest.fixture(scope="module")
def made():
    return rows(150, seed=2)


@pytest.fixture(scope="module")
def responses(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("export")
    make_export(folder, made=made)
    return read_export(folder)


def test_texts_of_open_questions_are_found_and_others_are_not(responses):
    assert [each.name for each in open_variables(responses)] == ["oq1_why", "oq2_how", "oq5_why"]
    assert [each.name for each in open_variables(responses, "OQ2")] == ["oq2_how"]


def test_every_text_comes_with_what_decides_whether_it_may_be_shown(responses, made):
    found = answers_to(responses, "oq1_why", position="oq1_prepared")
    wrote = [row for row in made if row.get("oq1_why")]
    assert found["response_id"].tolist() == [row["response_id"] for row in wrote]
    assert found["text"].tolist() == [row["oq1_why"] for row in wrote]
    assert found["group"].tolist() == [row["group"] for row in wrote]
    assert found["confidential"].tolist() == ["oq1_why" in r["confidential"] for r in wrote]
    assert [None if p is None else p for p in found["position"].tolist()] == [
        row.get("oq1_prepared") for row in wrote
    ]


def test_only_what_was_agreed_to_and_not_marked_confidential_may_be_shown(responses, made):
    shown = may_be_shown(answers_to(responses, "oq1_why"))
    assert shown["response_id"].tolist() == [
        row["response_id"]
        for row in made
        if row.get("oq1_why")
        and row["publication"] in ("with_name", "without_name")
        and "oq1_why" not in row["confidential"].split()
    ]
    assert 0 < len(shown) < len(answers_to(responses, "oq1_why"))


def test_without_a_publication_choice_nothing_is_shown(tmp_path):
    made = rows(50)
    for row in made:
        row["publication"] = None
    make_export(tmp_path, made=made)
    found = answers_to(read_export(tmp_path), "oq1_why")
    assert len(found) > 0
    assert len(may_be_shown(found)) == 0


def test_none_as_an_answer_is_kept(tmp_path):
    made = rows(30)
    place = next(n for n, row in enumerate(made) if row.get("oq1_why"))
    made[place]["oq1_why"] = "None"
    make_export(tmp_path, made=made)
    assert "None" in answers_to(read_export(tmp_path), "oq1_why")["text"].tolist()


def test_who_someone_is_is_no_text_to_read(responses):
    with pytest.raises(ValueError, match="organisation_name is not a text that may be read"):
        answers_to(responses, "organisation_name")
    with pytest.raises(ValueError, match="oq5_days is not a text"):
        answers_to(responses, "oq5_days")


def test_how_many_wrote_is_a_table_by_group(responses, made):
    tables = written_tables(responses)
    assert [table.key for table in tables] == ["oq1_why", "oq2_how", "oq5_why"]
    wrote = sum(bool(row.get("oq1_why")) for row in made)
    assert tables[0].row("wrote").cells[-1].count == wrote


def test_nobody_writing_is_an_empty_list(tmp_path):
    make_export(tmp_path, made=[])
    responses = read_export(tmp_path)
    assert len(may_be_shown(answers_to(responses, "oq1_why"))) == 0
