"""A questionnaire file that was uploaded: read, or every mistake with the line where it stands."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from forms.loading import Mistake, check
from forms.questionnaire import Questionnaire

LARGEST_FILE, MOST_LINES = 400_000, 200
TOO_LARGE = "this is larger than 400 kB, and no questionnaire that somebody could answer is"
QUOTED = re.compile(r"`([^`]*)`")


@dataclass(frozen=True)
class Marked:
    """A line of an uploaded file, and what has to be put right there."""

    line: int
    text: str
    messages: tuple[str, ...]


def marked(content: bytes, mistakes: tuple[Mistake, ...]) -> tuple[Marked, ...]:
    """The first lines that hold mistakes, in order, each with all that is wrong with it."""
    lines = content.decode("utf-8", "replace").splitlines()
    found: dict[int, list[str]] = {}
    for each in mistakes:
        found.setdefault(each.line, []).append(QUOTED.sub(r"“\1”", each.message))
    return tuple(
        Marked(line, lines[line - 1][:200] if 0 < line <= len(lines) else "", tuple(messages))
        for line, messages in sorted(found.items())[:MOST_LINES]
    )


def check_upload(content: bytes) -> tuple[Questionnaire | None, tuple[Mistake, ...]]:
    """Read an uploaded questionnaire file: the questionnaire, or every mistake with its line."""
    if len(content) > LARGEST_FILE:
        return None, (Mistake("", 1, TOO_LARGE),)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questionnaire.yaml"
        path.write_bytes(content)
        questionnaire, mistakes = check(path)
    return (None if mistakes else questionnaire), mistakes
