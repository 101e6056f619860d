"""What counts as a character, a word and a blank in what people write."""

import re

BROWSER_SPACES = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_WORD = re.compile(f"[^{re.escape(BROWSER_SPACES)}]+")
_LINE_END = re.compile("\r\n|[\r\v\f]")
_UNWRITABLE = re.compile("[^\t\n\r\v\f\u0020-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")


def count_words(text: str) -> int:
    r"""Count words as a browser does: whatever stands between the spaces that `\s` means there.

    Python's own idea of a space differs from a browser's in a few characters (U+0085, U+FEFF);
    the page and the server must never disagree about a limit.
    """
    return sum(1 for _ in _WORD.finditer(text))


def tidy(text: str) -> str:
    """Return the text with every end of line as one newline and no space around it.

    Word's manual line break and a page break out of a PDF are ends of lines too. Everything else
    stays, right-to-left marks and zero-width characters among them.
    """
    return _LINE_END.sub("\n", text).strip(BROWSER_SPACES)


def has_unwritable(text: str) -> bool:
    """Say whether there is a character that no document, page or table of ours could hold.

    Those that XML has no room for: NUL and other control characters, halves of a
    surrogate pair, U+FFFE and U+FFFF; and the mark (�) that stands where something was lost on the
    way, such as half a surrogate pair in what a browser sent.
    """
    return _UNWRITABLE.search(text) is not None


def showable(text: str) -> str:
    """Return the text with a mark (�) in place of each unwritable character."""
    return _UNWRITABLE.sub("\ufffd", text)


def shorten(text: str, limit: int = 80) -> str:
    """Return the text, cut after a whole word with … where it is longer than `limit`."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(maxsplit=1)[0].rstrip(",;:") + "…"
