"""How a text is read: one spelling of its characters, its words, its sentences, its fingerprint."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)\]]*\s+|\n+")


def clean(text: str) -> str:
    """Give the text in one Unicode spelling, without invisible characters or doubled spaces.

    Parameters
    ----------
    text : str
        Any text. Case, punctuation and line breaks are kept.

    Returns
    -------
    str
        NFKC (Unicode Standard Annex 15); spaces and tabs made single; no space at either end.
    """
    visible = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    lines = (" ".join(line.split()) for line in visible.splitlines())
    return "\n".join(line for line in lines if line)


def words(text: str) -> tuple[str, ...]:
    """Give the words of a text in order: letters and digits, in one case.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    tuple of str
        Case-folded words. An apostrophe or hyphen inside a word belongs to it (``don't``,
        ``long-term``). Punctuation and symbols are no words.
    """
    return tuple(WORD.findall(clean(text).casefold().translate(APOSTROPHES)))


def normalise(text: str) -> str:
    """Give the words of a text joined by single spaces: what two texts must share to be the same.

    Case, punctuation, spacing and line breaks make no difference. A text without words (``-``,
    ``???``) is its own visible characters, so that such texts still differ from one another.
    """
    return " ".join(words(text)) or "".join(clean(text).split())


def sentences(text: str) -> tuple[str, ...]:
    """Give the sentences of a text in order, ends included; a line break also ends a sentence."""
    return tuple(_sentences(clean(text)))


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in SENTENCE_END.finditer(text):
        sentence = text[start : end.end()].strip()
        if sentence:
            yield sentence
        start = end.end()
    if rest := text[start:].strip():
        yield rest


def fingerprint(text: str) -> str:
    """Give sixteen hexadecimal digits that stand for the normalised text, the same on any machine.

    SHA-256 cut to 64 bits: among a million different texts two would share one about once in
    37 million such collections (birthday bound, n² / 2⁶⁵).
    """
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:16]
