"""`python -m analysis`: commands that a person can guess, and errors that say what to do."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.commands.screen import grid
from analysis.texts.decisions import read_decisions, write_decisions
from forms.folder import MANIFEST, RESPONSES, digest
from tests.analysis.exports import make_export, rows

COMMANDS = ("report", "table", "compare", "texts", "release", "ingest", "check")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    make_export(folder)
    return folder


def test_it_runs_as_a_module_and_names_its_commands():
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in COMMANDS if f"    {name}" not in done.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"examples:\n  python -m analysis {command} " in capsys.readouterr().out


def test_an_unknown_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["tabel"])
    assert stopped.value.code == 2


def test_a_missing_folder_says_what_to_give(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err == (
        f"Cannot check: there is no folder {tmp_path / 'nowhere'}: "
        "give the folder that `flask export` wrote\n"
    )


def test_a_broken_export_is_said(tmp_path, capsys):
    make_export(tmp_path, responses=5)
    (tmp_path / RESPONSES).write_bytes(b"broken")
    assert main(["table", str(tmp_path), "group"]) == 1
    assert capsys.readouterr().err.startswith(
        "Cannot table: responses.parquet was changed after the export"
    )


def test_an_unknown_variable_gets_the_nearest_name(export, capsys):
    assert main(["table", str(export), "oq5_equal_penalti"]) == 1
    assert "did you mean oq5_equal_penalty" in capsys.readouterr().err


def test_check_lists_every_variable_with_its_bases(export, capsys):
    assert main(["check", str(export)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "A made-up consultation"
    assert lines[1] == "Made-up responses: nobody sent them."
    assert lines[2] == "305 received, 300 included; taken out: 3 withdrawn, 2 held"
    made = rows()
    asked = sum(row.get("asked.oq1_why", False) for row in made)
    wrote = sum(bool(row.get("oq1_why")) for row in made)
    assert [line.split() for line in lines if line.startswith("oq1_why")] == [
        ["oq1_why", "text", str(asked), str(wrote)]
    ]
    assert lines[-1] == "The folder is whole: digests, columns, categories and routes agree."


def test_a_table_hides_small_counts_unless_the_team_asks(export, capsys):
    main(["table", str(export), "oq5_equal_penalty"])
    hidden = capsys.readouterr()
    assert "[hidden]" in hidden.out
    main(["table", str(export), "oq5_equal_penalty", "--show-small-counts"])
    shown = capsys.readouterr()
    assert "[hidden]" not in shown.out
    assert shown.err == "Small counts are shown. Do not publish these tables.\n"


def test_a_table_may_be_filtered_and_says_so(export, capsys):
    main(["table", str(export), "capacity", "--verified", "--base", "asked"])
    lines = capsys.readouterr().out.splitlines()
    verified = sum(row["verified"] == "verified" for row in rows())
    assert lines[:2] == ["Capacity", "only verified"]
    base = next(line for line in lines if line.startswith("Base: everybody who was asked"))
    assert base.split()[-1] == str(verified)


def test_tables_are_written_as_csv(export, tmp_path, capsys):
    out = tmp_path / "tables.csv"
    main(["table", str(export), "capacity", "channel", "--csv", str(out)])
    with out.open(encoding="utf-8-sig", newline="") as opened:
        first = [line[0] for line in csv.reader(opened) if line]
    assert [first.count(title) for title in ("Capacity", "Channel")] == [1, 1]


def test_compare_puts_the_largest_difference_first(export, capsys):
    assert main(["compare", str(export), "--show-small-counts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines[1:6]]
    assert listed[:3] == ["oq2_trust_detection", "oq2_trust_reporting", "oq1_prepared"]
    sizes = [float(line.split()[1]) for line in lines[1:6]]
    assert sizes == sorted(sizes, reverse=True)


def test_compare_refuses_a_group_that_is_not_there(export, capsys):
    assert main(["compare", str(export), "--groups", "industry", "martians"]) == 1
    assert "there is no group martians" in capsys.readouterr().err


def test_texts_writes_its_lists(export, tmp_path, capsys):
    assert main(["texts", str(export), "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "campaigns.csv",
        "fillers.csv",
        "vocabulary.csv",
    ]
    with (tmp_path / "vocabulary.csv").open(encoding="utf-8-sig", newline="") as opened:
        words = {(line["group"], line["word"]) for line in csv.DictReader(opened)}
    assert ("law_enforcement", "warrants") in words
    assert ("industry", "warrants") not in words


def test_report_writes_a_page_that_holds_the_title(export, tmp_path, capsys):
    assert main(["report", str(export), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "A made-up consultation" in page
    assert str(tmp_path / "report.html") in capsys.readouterr().out.splitlines()


def test_ingest_refuses_a_missing_mapping(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    command = ["ingest", str(tmp_path / "a.csv"), str(tmp_path / "none.yaml"), "--out"]
    assert main([*command, str(tmp_path / "export")]) == 1
    assert "there is no mapping" in capsys.readouterr().err
    assert not (tmp_path / "export").exists()


def test_figures_line_up_to_the_right():
    assert list(grid([("", "n"), ("Equal", "10"), ("No", "5")])) == [
        "        n",
        "Equal  10",
        "No      5",
    ]


@pytest.fixture
def broken(export, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(export, folder)
    content = b"PAR1 and then nothing of the kind"
    (folder / RESPONSES).write_bytes(content)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["digests"][RESPONSES] = digest(content)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def arguments(command, folder, out):
    """Give the arguments with which each command reads an export."""
    more = {
        "table": ["capacity"],
        "report": ["--out", str(out)],
        "texts": ["--out", str(out)],
        "release": ["--out", str(out)],
    }
    return [command, str(folder), *more.get(command, [])]


READERS = tuple(command for command in COMMANDS if command != "ingest")


@pytest.mark.parametrize("command", READERS)
def test_every_command_refuses_a_parquet_file_that_is_none(command, broken, tmp_path, capsys):
    assert main(arguments(command, broken, tmp_path / "out")) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"Cannot {command}: responses.parquet is not a Parquet file")
    assert said.endswith("export again")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", READERS)
def test_every_command_says_which_folder_is_missing(command, tmp_path, capsys):
    assert main(arguments(command, tmp_path / "nowhere", tmp_path / "out")) == 1
    assert f"there is no folder {tmp_path / 'nowhere'}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "more",
    [
        ["table", "oq5_equal_penalti"],
        ["table", "capacity", "--by", "oq5_equal_penalti"],
        ["compare", "oq5_equal_penalti"],
    ],
)
def test_a_misspelt_variable_gets_the_nearest_name_everywhere(more, export, capsys):
    command, *rest = more
    assert main([command, str(export), *rest]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"Cannot {command}: there is no variable oq5_equal_penalti: did you")
    assert "oq5_equal_penalty" in said


def test_texts_gives_the_nearest_name_of_a_misspelt_question(export, tmp_path, capsys):
    out = tmp_path / "texts"
    assert main(["texts", str(export), "--out", str(out), "--variable", "oq5_whi"]) == 1
    assert "did you mean oq5_why" in capsys.readouterr().err
    assert not out.exists()


def copied(folder):
    """Write an export in which five respondents sent two nearly identical texts, and two more."""
    made = rows(60)
    wide = [row for row in made if row.get("asked.oq1_why") and row.get("asked.oq5_why")]
    words = "every zebrawood platform must keep careful records of each request that it receives"
    other = "no zebrawood company may be asked to look into letters that only two people can read"
    for row in wide[:5]:
        row["oq1_why"], row["oq5_why"] = words, other
    near = f"{words} and answer in time"
    wide[5]["oq1_why"], wide[6]["oq1_why"] = near, near + " on it"
    wide[7]["oq1_why"] = "n/a"
    make_export(folder, made=made)
    return [row["response_id"] for row in wide[:5]]


def test_copies_and_fillers_are_in_no_groups_own_words(tmp_path, capsys):
    members = copied(tmp_path / "export")
    assert main(["texts", str(tmp_path / "export"), "--out", str(tmp_path / "texts")]) == 0
    with (tmp_path / "texts" / "campaigns.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert sorted(line["response_id"] for line in csv.DictReader(opened)) == sorted(members)
    with (tmp_path / "texts" / "vocabulary.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert "zebrawood" not in {line["word"] for line in csv.DictReader(opened)}


def test_decisions_are_offered_kept_and_followed(tmp_path, capsys):
    copied(tmp_path / "export")
    path = tmp_path / "decisions.yaml"
    command = ["texts", str(tmp_path / "export"), "--out", str(tmp_path / "texts")]
    command += ["--decisions", str(path)]
    assert main(command) == 0
    offered = read_decisions(path)
    assert offered
    assert {each.same for each in offered} == {None}
    assert f"{len(offered)} new pairs were added" in capsys.readouterr().out
    decided = [each.model_copy(update={"same": True}) for each in offered]
    write_decisions(path, decided)
    assert main(command) == 0
    said = capsys.readouterr().out
    assert f"{len(decided)} decisions of {path} were followed; 0 new pairs" in said
    assert set(decided) <= set(read_decisions(path))


def test_a_decisions_file_that_cannot_be_read_is_left_as_it_is(export, tmp_path, capsys):
    path = tmp_path / "decisions.yaml"
    path.write_text("decisions: [", encoding="utf-8")
    out = tmp_path / "texts"
    assert main(["texts", str(export), "--out", str(out), "--decisions", str(path)]) == 1
    assert capsys.readouterr().err.startswith("Cannot texts: decisions.yaml:")
    assert path.read_text(encoding="utf-8") == "decisions: ["
    assert not out.exists()


def test_report_refuses_an_unknown_format(export, tmp_path, capsys):
    out = tmp_path / "report"
    assert main(["report", str(export), "--out", str(out), "--format", "odt"]) == 1
    assert "there is no format odt: choose from html, docx, pdf" in capsys.readouterr().err
    assert not out.exists()
