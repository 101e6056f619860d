"""Every mistake that an author can make is met with its line and with what to do."""

from pathlib import Path

import pytest

from forms.loading import check
from tests.forms.questionnaires import line_of, small

MISTAKES = {
    "a question id used twice": (
        [("id: words, type", "id: reasons, type")],
        'id: reasons, type: text, text: "In your words?"',
        "there is already a question `reasons`: give this one another id",
    ),
    "a section key used twice": (
        [("key: after\n    kind: topic", "key: about\n    kind: closing")],
        "key: about\n    kind: closing",
        "there is already a section `about`: give this one another key",
    ),
    "an answer called like another's row": (
        [("id: words, type", "id: areas_one, type")],
        "id: areas_one",
        "its answer `areas_one` is also one of `areas`: rename either",
    ),
    "two options with one key": (
        [("{key: hosting, label: Hosting}", "{key: models, label: Hosting}")],
        "            options:",
        "two of its answers have the key `models`: rename one",
    ),
    "two options with one wording": (
        [("label: Hosting", "label: Models")],
        "            options:",
        "two of its answers read “Models”: reword one",
    ),
    "two rows with one key": (
        [("{key: two, label: The second}", "{key: one, label: The second}")],
        "rows:",
        "two rows have the key `one`: rename one",
    ),
    "a name kept for the service": (
        [("id: words, type", "id: channel, type")],
        "id: channel",
        "`channel` is kept for what the service itself notes: rename it",
    ),
    "a section called like the service's own": (
        [("key: models_only", "key: response")],
        "key: response",
        "there is already a section `response`: give this one another key",
    ),
    "a condition on what nobody asks": (
        [("{subtype_in: [models]}", "{subtype_inn: [models]}")],
        "ask_if: {subtype_inn",
        "no question has the answer `subtype_inn`: did you mean `subtype_in`?",
    ),
    "a condition on a value that there is not": (
        [("{subtype_in: [models]}", "{subtype_in: [model]}")],
        "ask_if: {subtype_in: [model]}",
        "`subtype_in` is never `model`: did you mean `models`?",
    ),
    "a condition on a value unlike any": (
        [("{subtype_in: [models]}", "{subtype_in: [xyz]}")],
        "ask_if: {subtype_in: [xyz]}",
        "`subtype_in` is never `xyz`: it can be models, hosting",
    ),
    "a condition on the same page": (
        [("whole: true\n        ask_if: {group: [industry]}", "ask_if: {support: [agree]}")],
        "ask_if: {support",
        (
            "`support` is asked in this same section: conditions look back to an earlier section, "
            "so move one of the two"
        ),
    ),
    "a condition that looks forward": (
        [
            (
                "text: Which industry?\n        ask_if: {group: [industry]}",
                "text: Which industry?\n        ask_if: {support: [agree]}",
            )
        ],
        "ask_if: {support",
        (
            "`support` is asked only later, in section `law`: conditions look back to an earlier "
            "section"
        ),
    ),
    "a condition on a text": (
        [("{subtype_in: [models]}", "{reasons: [models]}")],
        "ask_if: {reasons",
        "`reasons` is not answered by choosing: a condition needs a choice",
    ),
    "a question that nobody can reach": (
        [
            (
                'text: "In your words?",',
                'text: "In your words?", ask_if: {group: [police], subtype_in: [models]},',
            )
        ],
        "id: words",
        "nobody can be asked this: its conditions exclude each other",
    ),
    "a section that nobody can reach": (
        [("ask_if: {subtype_in: [models]}", "ask_if: {subtype_in: [models], group: [police]}")],
        "ask_if: {subtype_in: [models], group",
        "nobody can reach this section: its conditions exclude each other",
    ),
    "a topic that nobody can choose": (
        [("options: from_topics", "options: [{key: law, label: The law}]")],
        "key: after",
        "nobody can choose this topic: add it to the options of `topics`",
    ),
    "a scale without a way out": (
        [("        ways_out: [dont_know, not_applicable]\n", "")],
        "id: support",
        "add `ways_out`, at least [dont_know]: not everyone has a view",
    ),
    "a grid without a way out": (
        [("        ways_out: [dont_know]\n", "")],
        "id: areas",
        "add `ways_out`, at least [dont_know]: not everyone has a view",
    ),
    "a label left blank": (
        [("label: Hosting", 'label: " "')],
        "            options:",
        "`hosting` has no wording: write its label",
    ),
    "a question that serves nothing known": (
        [("serves: [OQ1]}", "serves: [OQ7]}")],
        "id: reasons",
        "there is no open question `OQ7`: did you mean `OQ2`?",
    ),
    "an open question without an open one": (
        [('text: "In your words?", serves: [OQ2]', 'text: "In your words?"')],
        "key: OQ2",
        "no open question serves OQ2: add it to `serves` of one",
    ),
    "an open question without a closed one": (
        [("ways_out: [dont_know]\n        serves: [OQ2]", "ways_out: [dont_know]")],
        "key: OQ2",
        "no closed question serves OQ2: add it to `serves` of one",
    ),
    "a role played by nobody": (
        [("topics: topics\n", "topics: topicz\n")],
        "topics: topicz",
        "no question has the answer `topicz`: did you mean `topics`?",
    ),
    "a role played by what cannot play it": (
        [("subtype: [subtype_in]", "subtype: [reasons]")],
        "subtype: [reasons]",
        "`reasons` is measured as text; `subtype` needs nominal",
    ),
    "a role that the service plays": (
        [("subtype: [subtype_in]", "channel: group")],
        "channel: group",
        "take out `channel`: the service itself fills it in",
    ),
    "more to choose than there is": (
        [("options: from_topics", "options: from_topics, at_most: 3")],
        "at_most: 3",
        "is 3, but there are only 2 options: lower it or drop it",
    ),
    "bounds the wrong way round": (
        [("        whole: true\n", "        at_most: 0\n")],
        "at_least: 0",
        "must be less than `at_most` (0)",
    ),
    "an order with an other": (
        [
            ("subtype: [subtype_in]", "subtype: []"),
            (
                "text: Which industry?\n",
                "text: Which industry?\n        ordered: true\n        other: Other\n",
            ),
        ],
        "other: Other",
        "an ordered choice cannot have `other`: drop one",
    ),
}


@pytest.mark.parametrize(("changes", "words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_the_mistake_is_told_with_its_line(
    tmp_path: Path, changes: list[tuple[str, str]], words: str, message: str
) -> None:
    path = small(tmp_path, *changes)

    _, mistakes = check(path)

    assert [(each.message) for each in mistakes] == [message]
    if "\n" not in words and not words.startswith("  "):
        assert mistakes[0].line == line_of(path, words)


@pytest.mark.parametrize("key", ["way_out", "hint", "error"])
def test_an_item_may_not_take_the_id_of_a_part_of_the_page(tmp_path: Path, key: str) -> None:
    old = '{id: weights, type: text, text: "What about weights?"}'
    options = f"[{{key: {key}, label: X}}, {{key: y, label: Y}}]"
    new = f"{{id: weights, type: ranking, text: Rank, options: {options}}}"
    path = small(tmp_path, (old, new))

    _, mistakes = check(path)

    assert [each.message for each in mistakes] == [
        f"the key `{key}` is kept for a part of the page: rename it"
    ]


def test_a_group_asked_nothing_on_an_open_question_is_named(tmp_path: Path) -> None:
    only_industry = "ask_if: {group: [industry]}"
    path = small(
        tmp_path,
        ("key: after\n    kind: topic\n", f"key: after\n    kind: topic\n    {only_industry}\n"),
    )

    _, mistakes = check(path)

    assert [each.message for each in mistakes] == [
        "OQ2 asks the group `police` nothing: let them answer one",
        "OQ2 asks the group `charity` nothing: let them answer one",
    ]


@pytest.mark.parametrize(
    ("lead", "message"),
    [
        ("support", None),
        ("areas", "no question has the answer `areas`: name one of support"),
        ("areas_one", "`areas_one` is no closed answer that serves OQ1: name one of support"),
        ("suport", "no question has the answer `suport`: did you mean `support`?"),
        ("reasons", "`reasons` is no closed answer that serves OQ1: name one of support"),
        ("cost", "`cost` is no closed answer that serves OQ1: name one of support"),
    ],
)
def test_a_closed_answer_that_serves_an_open_question_may_lead_it(
    tmp_path: Path, lead: str, message: str | None
) -> None:
    path = small(tmp_path, ("source: line 9}", f"source: line 9, lead: {lead}}}"))

    _, mistakes = check(path)

    assert [each.message for each in mistakes] == ([] if message is None else [message])


def test_topics_stand_after_the_page_where_they_are_chosen(tmp_path: Path) -> None:
    path = small(tmp_path)
    text = path.read_text()
    start = text.index("  - key: topics\n    kind: topics")
    end = text.index("  - key: law\n    kind: topic")
    path.write_text(text[:start] + text[end:] + text[start:end])

    _, mistakes = check(path)

    assert [each.message for each in mistakes] == [
        "move this topic after section `topics`, where it is chosen",
        "move this topic after section `topics`, where it is chosen",
    ]


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = small(
        tmp_path,
        ("title: A small consultation", "tittle: A small consultation"),
        ("text: Which industry?", "txt: Which industry?"),
        (
            "points: agreement\n        ways_out: [dont_know, not",
            "points: agrement\n        ways_out: [dont_know, not",
        ),
        ("type: number", "type: nmber"),
        ("{subtype_in: [models]}", "{grupp: [models]}"),
    )

    _, mistakes = check(path)

    assert [(each.line, each.message) for each in mistakes] == [
        (line_of(path, "tittle"), "there is no key `tittle` here: did you mean `title`?"),
        (line_of(path, "txt:"), "there is no key `txt` here: did you mean `text`?"),
        (
            line_of(path, "points: agrement"),
            "there is no scale or way out of the name `agrement`: did you mean `agreement`?",
        ),
        (line_of(path, "nmber"), "there is no question type `nmber`: did you mean `number`?"),
        (
            line_of(path, "grupp"),
            "no question has the answer `grupp`: did you mean `group`?",
        ),
    ]
    assert str(mistakes[0]).startswith(f"{path}:{line_of(path, 'tittle')}: there is no key")
