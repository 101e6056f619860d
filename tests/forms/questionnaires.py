"""Small questionnaires for the tests of this folder."""

from pathlib import Path

SMALL = """\
key: small
version: 1.10
title: A small consultation
summary: One line.
roles:
  group: group
  subtype: [subtype_in]
  topics: topics
open_questions:
  - {key: OQ1, title: "How prepared is the law?", source: line 9}
  - {key: OQ2, title: "What follows?", source: line 10}
scales:
  agreement:
    - {key: disagree, label: Disagree, side: against}
    - {key: neither, label: Neither, side: middle}
    - {key: agree, label: Agree, side: for}
neutral:
  dont_know: Don’t know
  not_applicable: Not applicable to me
sections:
  - key: start
    kind: start
    title: About your role
    questions:
      - id: group
        type: choice
        text: Which group do you answer for?
        required: true
        options:
          - {key: police, label: Police}
          - {key: industry, label: Industry}
          - {key: charity, label: Charity}
  - key: about
    kind: about
    title: About you
    questions:
      - id: subtype_in
        type: choice
        text: Which industry?
        ask_if: {group: [industry]}
        options:
          - {key: models, label: Models}
          - {key: hosting, label: Hosting}
  - key: topics
    kind: topics
    title: Topics
    questions:
      - {id: topics, type: choices, text: "Which topics?", options: from_topics}
  - key: law
    kind: topic
    title: The law
    intro: |
      First paragraph.

      Second paragraph.
    questions:
      - id: support
        type: scale
        text: How far do you agree?
        points: agreement
        ways_out: [dont_know, not_applicable]
        serves: [OQ1]
      - {id: reasons, type: text, long: true, words: 100, text: "Why?", serves: [OQ1]}
      - id: cost
        type: number
        text: What does it cost?
        unit: euros
        at_least: 0
        whole: true
        ask_if: {group: [industry]}
        serves: [OQ1]
  - key: after
    kind: topic
    title: What follows
    questions:
      - id: areas
        type: grid
        text: How do you see these?
        rows:
          - {key: one, label: The first}
          - {key: two, label: The second}
        points: agreement
        ways_out: [dont_know]
        serves: [OQ2]
      - {id: words, type: text, text: "In your words?", serves: [OQ2]}
  - key: models_only
    kind: closing
    title: For model makers
    ask_if: {subtype_in: [models]}
    questions:
      - {id: weights, type: text, text: "What about weights?"}
"""


def small(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the small questionnaire with some lines changed; each must be there exactly once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, f"{text.count(old)} times in the questionnaire: {old}"
        text = text.replace(old, new)
    path = folder / "v1.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(path: Path, words: str) -> int:
    """Return the number of the first line that holds the words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)
