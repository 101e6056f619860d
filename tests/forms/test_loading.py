"""A file becomes a questionnaire, or a list of mistakes in the author's words."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.codebook import Category
from forms.loading import MistakesError, check, load_questionnaire
from forms.questions.number import Number
from forms.questions.scale import Scale
from tests.forms.questionnaires import SMALL, line_of, small

SHAPES = {
    "a key missing": (
        [("        text: Which industry?\n", "")],
        "add `text`: it is missing",
    ),
    "a key left empty": (
        [("text: Which industry?", "text:")],
        "write some words here, or take the key out",
    ),
    "an option without a label": (
        [("{key: hosting, label: Hosting}", "{key: hosting}")],
        "add `label`: it is missing",
    ),
    "a key of an option misspelt": (
        [("{key: hosting, label: Hosting}", "{key: hosting, label: Hosting, hnt: x}")],
        "there is no key `hnt` here: did you mean `hint`?",
    ),
    "a key like no other": (
        [("text: Which industry?", "text: Which industry?\n        colour: red")],
        "there is no key `colour` here: take it out",
    ),
    "an empty list": (
        [
            (
                (
                    "        rows:\n          - {key: one, label: The first}\n"
                    "          - {key: two, label: The second}\n"
                ),
                "        rows: []\n",
            )
        ],
        "at least 1 must stand here: there are none",
    ),
    "a scale too short": (
        [("    - {key: neither, label: Neither, side: middle}\n", "")],
        "at least 3 must stand here: there are 2",
    ),
    "words where a list is wanted": (
        [("serves: [OQ1]}", "serves: OQ1}")],
        "a list is wanted here: put it in [ ] or write one item a line with -",
    ),
    "words where a number is wanted": (
        [("words: 100", "words: many")],
        "a whole number is wanted here",
    ),
    "words where a bound is wanted": (
        [("at_least: 0", "at_least: none")],
        "a number is wanted here",
    ),
    "words where yes or no is wanted": (
        [("long: true", "long: perhaps")],
        "true or false is wanted here",
    ),
    "a key with a capital": (
        [("id: words, type", "id: Words, type")],
        (
            "“Words” cannot be a key: use up to 60 small letters, digits and _, "
            "beginning with a letter"
        ),
    ),
    "a kind of section that there is not": (
        [("kind: closing", "kind: end")],
        "“end” cannot stand here: write 'start', 'about', 'topics', 'topic' or 'closing'",
    ),
    "a question without a type": (
        [("        type: number\n", "")],
        (
            "add `type`: one of choice, choices, text, email, scale, grid, jurisdiction, number, "
            "points, ranking, references"
        ),
    ),
    "a way out that there is not": (
        [("ways_out: [dont_know, not_applicable]", "ways_out: [dont_know, do_not_know]")],
        "there is no scale or way out of the name `do_not_know`: did you mean `dont_know`?",
    ),
    "a way out without words": (
        [("not_applicable: Not applicable to me", "not_applicable:")],
        "write the wording of `not_applicable`",
    ),
    "a limit above what is allowed": (
        [("words: 100", "words: 2001")],
        "input should be less than or equal to 2000",
    ),
}


@pytest.mark.parametrize(("changes", "message"), SHAPES.values(), ids=SHAPES)
def test_a_mistaken_shape_is_told_in_words(
    tmp_path: Path, changes: list[tuple[str, str]], message: str
) -> None:
    _, mistakes = check(small(tmp_path, *changes))

    assert message in [each.message for each in mistakes]
    assert len({each.line for each in mistakes}) == 1


def test_the_small_questionnaire_is_in_order(tmp_path: Path) -> None:
    questionnaire, mistakes = check(small(tmp_path))

    assert mistakes == ()
    assert questionnaire is not None
    assert questionnaire.version == "1.10"
    assert questionnaire.language == "en"


def test_presets_are_spelled_out(tmp_path: Path) -> None:
    questionnaire = load_questionnaire(small(tmp_path))
    support = questionnaire.question("support")
    cost = questionnaire.question("cost")

    assert isinstance(support, Scale)
    assert support.points[0] == Category(key="disagree", label="Disagree", side="against")
    assert support.ways_out == (
        Category(key="dont_know", label="Don’t know", substantive=False),
        Category(key="not_applicable", label="Not applicable to me", substantive=False),
    )
    assert isinstance(cost, Number)
    assert (cost.at_least, type(cost.at_least)) == (0, int)
    assert [each.key for each in questionnaire.variable("topics").categories] == ["law", "after"]


def test_strings_stay_strings(tmp_path: Path) -> None:
    path = small(tmp_path, ("label: Hosting", "label: no"), ("label: Models", "label: 1.10"))

    labels = [each.label for each in load_questionnaire(path).variable("subtype_in").categories]

    assert labels == ["1.10", "no"]


def test_a_duplicate_key_is_refused(tmp_path: Path) -> None:
    path = small(tmp_path, ("text: Which industry?", "text: Which industry?\n        text: x"))

    with pytest.raises(MistakesError) as caught:
        load_questionnaire(path)

    first = line_of(path, "text: Which industry?")
    assert [(each.line, each.message) for each in caught.value.mistakes] == [
        (first + 1, f"`text` stands here twice: it is already on line {first}")
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [("label: Models", "&m label: Models"), ("{key: hosting", "*m : x, {key: hosting")],
            "“*m” is an alias: write out what it stands for",
        ),
        ([("label: Models", "label: !!int 3")], "take out the tag “tag:yaml.org,2002:int”"),
        (
            [("label: Models", "label: !!python/name:os.system x")],
            "take out the tag “tag:yaml.org,2002:python/name:os.system”",
        ),
        (
            [("title: A small consultation", "title: 'A small")],
            (
                "this is not YAML: found unexpected end of stream. "
                "Look at the spaces, quotes and colons here and just above"
            ),
        ),
        (
            [('text: "Why?"', "text: Why?")],
            "put quotes around words with a question mark between { and }",
        ),
        ([("title: A small", "title: A \x07 small")], "take out the control character here"),
    ],
)
def test_what_yaml_could_hide_is_refused(
    tmp_path: Path, changes: list[tuple[str, str]], message: str
) -> None:
    _, mistakes = check(small(tmp_path, *changes))

    assert message in [each.message for each in mistakes]


def test_a_file_that_is_not_utf_8_is_told_its_line(tmp_path: Path) -> None:
    path = tmp_path / "v1.yaml"
    path.write_bytes("key: a\ntitle: Café\n".encode("latin-1"))

    questionnaire, mistakes = check(path)

    assert questionnaire is None
    assert [str(each) for each in mistakes] == [
        f"{path}:2: this is not UTF-8: save the file as UTF-8"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a questionnaire begins with keys: key, version, title …"),
        ("- a list", "a questionnaire begins with keys: key, version, title …"),
        ("sections:", "a list is wanted here: put it in [ ] or write one item a line with -"),
        ("sections: x", "a list is wanted here: put it in [ ] or write one item a line with -"),
        ("sections: [a]", "a section has keys: key, kind, title, questions …"),
        ("sections: [{questions: [a]}]", "a question has keys: id, type, text …"),
        ("scales: {a: b}", "list the points of this scale"),
        ("[" * 5000, "too many levels inside each other: flatten the file"),
    ],
)
def test_a_file_far_from_a_questionnaire_is_told_kindly(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "v1.yaml"
    path.write_text(content)

    _, mistakes = check(path)

    assert message in [each.message for each in mistakes]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    _, mistakes = check(tmp_path / "none.yaml")

    assert [each.message for each in mistakes] == [
        "the file cannot be read: No such file or directory"
    ]


def test_a_mistaken_scale_is_told_once_where_it_stands(tmp_path: Path) -> None:
    path = small(tmp_path, ("{key: agree, label: Agree, side: for}", "{key: agree}"))

    _, mistakes = check(path)

    assert [(each.line, each.message) for each in mistakes] == [
        (line_of(path, "{key: agree}"), "add `label`: it is missing")
    ]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_an_author_does_to_a_file_there_is_a_line_and_a_word_for_it(
    tmp_path: Path, data: st.DataObject
) -> None:
    lines = SMALL.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        line = lines[number]
        lines[number] = data.draw(
            st.sampled_from(
                [
                    "",
                    line.partition(":")[0] + ":",
                    line.partition(":")[0] + ": x",
                    line.replace("key", "kye"),
                    line.replace("[", "").replace("]", ""),
                    line + "\n" + line,
                    line.replace("  ", " ", 1),
                ]
            )
        )
    path = tmp_path / "v1.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")

    questionnaire, mistakes = check(path)

    assert mistakes or questionnaire is not None
    assert all(each.line >= 1 and each.message for each in mistakes)
