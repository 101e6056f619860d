"""The copy of a text that screening looks in: disguises undone, and the way back to the original.

The original is never altered. Each character of the copy knows which stretch of the original it
stands for, so a finding can be shown, and taken out, exactly as it was written.
"""

import re
import unicodedata
from dataclasses import dataclass

HIDDEN = ("Cf", "Mn", "Cc", "Co", "Cn")
KEPT_CONTROLS = "\n\t\r"
OPEN, SHUT = r"[\[({<]", r"[\])}>]"
DOTS = str.maketrans(dict.fromkeys("\u3002\u2024\u00b7\u2022\u30fb\u0660\uff61", "."))

DISGUISES = (
    (re.compile(r"\bh[\s.]*[xt*][\s.]*[xt*][\s.]*p(?=s?\W{0,2}:)", re.IGNORECASE), "http"),
    (re.compile(r"\bh[xt*]{2}p(?=s?\s*[\[({]?\s*:)", re.IGNORECASE), "http"),
    (re.compile(rf"\s*{OPEN}\s*:\s*(?://)?\s*{SHUT}\s*(?=/|\w)"), ":"),
    (re.compile(r"(?<=http)(s?)\s*:\s*/\s*/\s*|(?<=http)(s?)\s*:\s*\\\\\s*", re.IGNORECASE), None),
    (re.compile(rf"\s*{OPEN}\s*(?:\.|dot|punkt|point|punto)\s*{SHUT}\s*", re.IGNORECASE), "."),
    (re.compile(r"(?<=\w)\s+(?:dot|DOT)\s+(?=[a-z]{2,24}\b)"), "."),
    (re.compile(rf"\s*{OPEN}\s*(?:@|at|arroba)\s*{SHUT}\s*", re.IGNORECASE), "@"),
    (re.compile(rf"\s*{OPEN}\s*(?:/|slash)\s*{SHUT}\s*", re.IGNORECASE), "/"),
)


@dataclass(frozen=True)
class Copy:
    """The copy, and for each of its characters the stretch of the original."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def passage(self, start: int, end: int) -> str:
        """What stands in the original for a stretch of the copy."""
        first, last = self.place(start, end)
        return self.original[first:last]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the copy stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def replace(self, pattern: re.Pattern[str], meant: str | None) -> "Copy":
        """The copy with each match written as it was meant."""
        text, starts, ends, at = "", [*self.starts], [*self.ends], 0
        new_starts: list[int] = []
        new_ends: list[int] = []
        for match in pattern.finditer(self.text):
            words = meant if meant is not None else f"{match[1] or match[2] or ''}://"
            text += self.text[at : match.start()] + words
            new_starts += starts[at : match.start()] + [starts[match.start()]] * len(words)
            new_ends += ends[at : match.start()] + [ends[match.end() - 1]] * len(words)
            at = match.end()
        if not at:
            return self
        rest = (text + self.text[at:], (*new_starts, *starts[at:]), (*new_ends, *ends[at:]))
        return Copy(self.original, *rest)


def plain_copy(original: str) -> Copy:
    """Compatibility forms (NFKC), no invisible characters, disguised addresses undone."""
    if original.isascii():
        places = tuple(range(len(original) + 1))
        copy = Copy(original, original, places[:-1], places[1:])
    else:
        copy = _unfolded(original)
    for pattern, meant in DISGUISES:
        copy = copy.replace(pattern, meant)
    return copy


def _unfolded(original: str) -> Copy:
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(original):
        for each in unicodedata.normalize("NFKC", character).translate(DOTS):
            if each not in KEPT_CONTROLS and unicodedata.category(each) in HIDDEN:
                continue
            text.append(each)
            starts.append(place)
            ends.append(place + 1)
    return Copy(original, "".join(text), tuple(starts), tuple(ends))
