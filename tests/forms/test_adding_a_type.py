"""Adding a question type is adding one file: nothing else changes."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEW_TYPE = '''
"""A colour, by name."""

from typing import ClassVar, Literal

from forms.codebook import Measure
from forms.fields import line
from forms.question import Paper, Problem, Question, Specimen


class Colour(Question):
    control: ClassVar[str] = "text"
    type: Literal["colour"] = "colour"

    def fields(self):
        return {self.id: line(self.text)}

    def problems(self, data):
        if data.get(self.id) == "grey":
            return [Problem(self.id, "Choose a brighter colour")]
        return super().problems(data)

    def store(self, data):
        return {self.id: data.get(self.id) or None}

    def restore(self, answers):
        return {self.id: answers.get(self.id)}

    def record(self, answers):
        return {self.id: answers.get(self.id)}

    def measured(self):
        return (self.variable(measure=Measure.TEXT),)

    def display(self, answers):
        return (answers[self.id],) if answers.get(self.id) else ()

    def text_values(self, answers):
        return {self.id: answers[self.id]} if answers.get(self.id) else {}

    def paper(self):
        return Paper("Name a colour.", lines=1)

    @classmethod
    def specimens(cls):
        question = cls(id="paint", text="Which colour?")
        return (
            Specimen(
                question=question,
                valid=(({"paint": "red"}, {"paint": "red"}), ({}, {"paint": None})),
                invalid=(({"paint": "grey"}, Problem("paint", "Choose a brighter colour")),),
            ),
        )
'''
WALK = """
import sys
from werkzeug.datastructures import MultiDict
from forms.loading import load_questionnaire
from forms.printing import printed_html
from forms.questionnaire import Questionnaire
from forms.section_form import section_form

questionnaire = load_questionnaire(sys.argv[1])
questionnaire = Questionnaire.from_json(questionnaire.to_json())
section = questionnaire.section("colours")
wrong = section_form(section, {}, MultiDict({"paint": "grey"}))
assert not wrong.validate()
print(wrong.errors_in_order())
form = section_form(section, {}, MultiDict({"paint": " red "}))
assert form.validate()
answers = form.answers()
print(answers, questionnaire.settle(answers), questionnaire.record(answers)["paint"])
print(questionnaire.question("paint").display(answers))
print(questionnaire.codebook().by_name["paint"].columns)
print("Name a colour." in printed_html(questionnaire))
"""
QUESTIONNAIRE = """
key: paints
version: 1
title: Paints
roles: {group: group}
sections:
  - key: colours
    kind: start
    title: Colours
    questions:
      - id: group
        type: choice
        text: Who are you?
        options: [{key: one, label: One}, {key: two, label: Two}]
      - {id: paint, type: colour, text: Your colour}
"""


def test_one_new_file_is_loaded_asked_stored_shown_printed_and_recorded(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "forms", tmp_path / "forms", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "forms" / "questions" / "colour.py").write_text(NEW_TYPE, encoding="utf-8")
    (tmp_path / "paints.yaml").write_text(QUESTIONNAIRE, encoding="utf-8")

    walked = subprocess.run(
        [sys.executable, "-c", WALK, "paints.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert walked.stderr == ""
    assert walked.stdout.splitlines() == [
        "[('paint', 'Choose a brighter colour')]",
        "{'group': None, 'paint': 'red'} {'group': None, 'paint': 'red'} red",
        "('red',)",
        "('paint',)",
        "True",
    ]


def test_the_new_type_is_met_by_the_tests_of_all_types(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "forms", tmp_path / "forms", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "forms" / "questions" / "colour.py").write_text(NEW_TYPE, encoding="utf-8")
    test = ROOT / "tests" / "forms" / "test_question_types.py"
    shutil.copy(test, tmp_path / test.name)

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "colour", test.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert " passed" in run.stdout


def test_no_module_outside_a_type_knows_which_type_a_question_is() -> None:
    outside = [
        path
        for path in (ROOT / "forms").glob("*.py")
        if any(
            line.startswith(("match ", "from forms.questions.", "import forms.questions."))
            or ".type ==" in line
            for line in map(str.strip, path.read_text(encoding="utf-8").splitlines())
        )
    ]

    assert outside == []
