"""The command line: `python -m forms`."""

from pathlib import Path

import pytest

from forms.__main__ import main
from tests.forms.questionnaires import line_of, small


def test_a_sound_file_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small(tmp_path)

    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: in order. 9 questions in 6 sections.\n"


def test_a_mistaken_file_fails_the_check_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small(tmp_path, ("type: number", "type: nmber"))

    assert main(["check", str(path)]) == 1
    line = line_of(path, "nmber")
    told = f"{path}:{line}: there is no question type `nmber`: did you mean `number`?\n"
    assert capsys.readouterr() == (told, "1 to mend\n")


def test_coverage_prints_a_row_for_each_open_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")

    assert main(["coverage", str(small(tmp_path))]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "OQ1" in line]

    assert len(rows) == 1
    assert [cell.strip() for cell in rows[0].split("│")[1:-1]] == [
        "OQ1",
        "How prepared is the law?",
        "1 + 1",
        "2 + 1",
        "1 + 1",
    ]


def test_coverage_fails_where_an_open_question_lacks_a_kind_and_still_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small(tmp_path, ('"In your words?", serves: [OQ2]', '"In your words?"'))

    assert main(["coverage", str(path)]) == 1
    printed = capsys.readouterr().out
    assert "1 + 0" in printed
    assert "no open question serves OQ2: add it to `serves` of one" in printed
