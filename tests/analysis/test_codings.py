"""What people decided about answers: read with the export, counted, and hidden like the rest."""

import json
from dataclasses import replace

import pytest

from analysis.attack import attack
from analysis.coded import CodeReliability
from analysis.codings import theme_table, with_themes
from analysis.disclosure import not_answers
from analysis.export import BrokenFileError, ChangedFileError, MissingFileError, read_export
from analysis.report.coding import frames, in_words, read_themes
from analysis.report.counting import count
from analysis.tables import find_table
from forms.folder import MANIFEST, digest
from tests.analysis.exports import make_export, rows

QUESTION = "oq1_why"


def codings(made, *, few=3, **changes):
    """Code every text: evidence for police, guidance for industry, both rare for the rest."""
    wrote = [row for row in made if row.get(QUESTION)]
    given = {"law_enforcement": ["evidence"], "industry": ["guidance"], "civil_society": []}
    final = {row["response_id"]: given[row["group"]] for row in wrote}
    rare = [row["response_id"] for row in wrote if row["group"] == "civil_society"][:few]
    final |= {key: ["evidence", "guidance"] for key in rare}
    codes = [
        {"key": key, "name": key.title(), "description": ""} for key in ("evidence", "guidance")
    ]
    figures = {"n": 40, "agreed": 0.95, "alpha": 0.8, "kappa": 0.81, "reason": None}
    none = {"n": 40, "agreed": 1.0, "alpha": None, "kappa": None, "reason": "no variation"}
    question = {
        "question": QUESTION,
        "codes": codes,
        "counts": {"texts": 90, "responses": 100, "coded": 90, "settled": 90},
        "codings": final,
        "reliability": {
            "second_share": 20,
            "double_coded": 40,
            "least": 10,
            "codes": [{"code": "evidence", **figures}, {"code": "guidance", **none}],
        },
    }
    return {"format": 1, "questions": [question | changes]}


def coded_export(folder, made=None, **changes):
    """Write an export whose answers were coded, its digest in the manifest."""
    made = made or rows(300)
    make_export(folder, made=made)
    content = json.dumps(codings(made, **changes)).encode()
    (folder / "codings.json").write_bytes(content)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["digests"]["codings.json"] = digest(content)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return made


def test_an_export_without_codings_is_read_as_before(tmp_path):
    make_export(tmp_path)
    responses = read_export(tmp_path)
    assert responses.codings == ()
    assert with_themes(responses) is responses
    assert frames(responses) == ()


def test_codes_are_counted_by_group_among_settled_answers(tmp_path):
    made = coded_export(tmp_path)
    responses = read_export(tmp_path)
    table = theme_table(responses, responses.codings[0])
    wrote = [row["group"] for row in made if row.get(QUESTION)]
    police, firms, charities = (
        wrote.count(key) for key in ("law_enforcement", "industry", "civil_society")
    )
    assert [cell.count for cell in table.row("evidence").cells] == [police, 0, 3, police + 3]
    assert [cell.count for cell in table.row("guidance").cells] == [0, firms, 3, firms + 3]
    assert table.row("no_code").cells[2].count == charities - 3
    assert [base.answered for base in table.bases] == [police, firms, charities, len(wrote)]
    assert table.base_words == "Base: answers whose coding is settled"


def test_small_counts_of_codes_are_hidden_with_all_tables_and_stand_an_attack(tmp_path):
    coded_export(tmp_path)
    responses = read_export(tmp_path)
    counted = count(responses)
    table = find_table(counted.tables, f"{QUESTION}_themes")
    assert table.row("evidence").cells[2].hidden
    assert table.coded_from == QUESTION
    answers = [each for each in counted.tables if each.variable is not None]
    assert attack(answers, 5, not_answers=not_answers(counted.codebook)).safe


def test_what_all_texts_are_coded_of_gives_no_hidden_number_of_texts_away(tmp_path):
    made = rows(300)
    charities = [row for row in made if row["group"] == "civil_society" and row.get(QUESTION)]
    for row in charities[3:]:
        row[QUESTION] = None
    coded_export(tmp_path, made, few=0)
    counted = count(read_export(tmp_path))
    wrote = find_table(counted.tables, QUESTION)
    themes = find_table(counted.tables, f"{QUESTION}_themes")
    place = wrote.column("civil_society")
    assert wrote.rows[0].cells[place].hidden
    assert themes.bases[place].hidden


def test_a_code_is_no_position_of_a_group(tmp_path):
    coded_export(tmp_path)
    counted = count(read_export(tmp_path))
    assert f"{QUESTION}_themes" not in counted.standings
    shown = {each.table.key for line in counted.glance.lines for each in line.standings}
    assert f"{QUESTION}_themes" not in shown


def test_the_sentence_names_the_code_given_most_often_with_its_base(tmp_path):
    made = coded_export(tmp_path)
    responses = read_export(tmp_path)
    wrote = [row["group"] for row in made if row.get(QUESTION)].count("law_enforcement")
    said = read_themes(theme_table(responses, responses.codings[0]))
    assert said[0] == (
        "The code given most often to answers of law enforcement "
        f"(100%, {wrote} of {wrote}): “Evidence”."
    )
    assert not any("civil society" in each for each in said)  # both codes are as frequent there
    hidden = find_table(count(responses).tables, f"{QUESTION}_themes")
    assert read_themes(hidden) == ()


def test_the_annex_gives_reliability_code_by_code_or_the_reason(tmp_path):
    coded_export(tmp_path)
    (frame,) = frames(read_export(tmp_path))
    assert frame.rows == (
        ("Evidence", "–", "firm", "40", "95%", "0.80", "0.81"),
        (
            "Guidance",
            "–",
            "nothing to compare: both gave it to none, or to all",
            "40",
            "100%",
            "–",
            "–",
        ),
    )
    assert len(frame.heading) == len(frame.rows[0])
    assert frame.after[0].startswith("90 different texts of 100 respondents: 90 coded")


@pytest.mark.parametrize(
    ("alpha", "words"), [(0.796, "firm"), (0.79, "fair"), (0.666, "fair"), (0.66, "weak")]
)
def test_the_words_for_an_agreement_fit_the_figure_as_it_is_printed(alpha, words):
    assert in_words(CodeReliability(code="a", n=40, agreed=0.9, alpha=alpha, kappa=None)) == words


def test_the_annex_counts_no_texts_where_the_tables_hide_how_many_there_are(tmp_path):
    coded_export(tmp_path)
    responses = read_export(tmp_path)
    shown = {each.key: each for each in count(responses).tables}
    last = shown[QUESTION].bases[-1]
    hidden = replace(
        shown[QUESTION], bases=(*shown[QUESTION].bases[:-1], replace(last, hidden=True))
    )
    (frame,) = frames(responses, {QUESTION: hidden})
    assert frame.after == ("How many wrote is hidden, as it would give a small count away.",)
    assert [row[3] for row in frame.rows] == ["hidden", "hidden"]
    (frame,) = frames(responses, {})
    assert frame.rows[0][3] == "40"


def test_codings_that_were_changed_or_taken_out_are_refused(tmp_path):
    coded_export(tmp_path)
    (tmp_path / "codings.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ChangedFileError):
        read_export(tmp_path)
    (tmp_path / "codings.json").unlink()
    with pytest.raises(MissingFileError):
        read_export(tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question": "oq9_nothing"}, "codes oq9_nothing, which codebook.json does not have"),
        ({"codings": {"r000001": ["evidense"]}}, "oq1_why has no code evidense"),
        ({"counts": {}}, "cannot be understood at questions.0.counts.texts"),
    ],
)
def test_codings_that_do_not_fit_are_refused(tmp_path, changes, words):
    coded_export(tmp_path, **changes)
    with pytest.raises(BrokenFileError) as refused:
        read_export(tmp_path)
    assert words in str(refused.value)
