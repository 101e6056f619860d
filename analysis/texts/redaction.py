"""Taking what identifies a person out of a text before anybody else reads it.

Patterns find what has a form: addresses, numbers, names with an age. They do not find a name that
stands by itself, so a person must read every quotation before it is published.
"""

import re
from collections.abc import Sequence

import phonenumbers

from analysis.texts.tokens import clean, words

EMAIL = re.compile(
    r"[\w.+%-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+|\s?(?:\(dot\)|\[dot\])\s?[\w-]+)+"
)
URL = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"')\]]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^\s<>\"')\]]+",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@])@\w{3,}")
CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]+(?:[-'’][^\W\d_]+)*"
NAME = rf"{CAPITALISED}(?:\s+{CAPITALISED}){{0,3}}"
YEARS = r"(?i:years?(?:[\s-]old)?|yrs?|jahre(?:\s+alt)?|ans|años|anni|jaar)\b"
AGE = (
    rf"(?:\s*,\s*\d{{1,2}}(?=\s*(?:[,);]|\.(?!\d)|{YEARS}|$))"
    r"|\s*\(\s*\d{2}(?=\s*\))"
    r"|\s*[,(]?\s*(?:is\s+|was\s+)?aged?\s+\d{1,2}\b"
    rf"|\s*[,(]?\s*(?:is\s+|was\s+)?\d{{1,2}}(?=[\s-]{YEARS}))"
    rf"(?:[\s-]{YEARS})?\s*\)?"
)
NAME_AND_AGE = re.compile(rf"\b{NAME}{AGE}")
# Nine digits or more with spaces or hyphens: a telephone, account or identity number, not a date.
LONG_NUMBER = re.compile(
    r"(?<![\w.])(?!\d{1,2}[./-]\d{1,2}[./-]\d{4}\b)\+?\d(?:[ ./()-]{0,2}\d){8,}(?!\w)"
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")


def redact(text: str, names: Sequence[str] = ()) -> str:
    """Put a word in square brackets in place of what may identify a person.

    Parameters
    ----------
    text : str
        One answer.
    names : sequence of str
        Names known to the caller, such as that of a respondent's own organisation; found in any
        case, whole words only.

    Returns
    -------
    str
        The text with ``[email]``, ``[web address]``, ``[telephone]``, ``[account]``, ``[number]``,
        ``[name]`` and ``[name and age]``. A redacted text stays as it is when redacted again.

    Notes
    -----
    Telephone numbers in international form are found by Google's libphonenumber (phonenumbers).
    """
    shown = clean(text)
    shown = EMAIL.sub("[email]", shown)
    shown = URL.sub("[web address]", shown)
    shown = HANDLE.sub("[account]", shown)
    shown = IBAN.sub("[number]", shown)
    found = phonenumbers.PhoneNumberMatcher(shown, None, leniency=phonenumbers.Leniency.POSSIBLE)
    for match in sorted(found, key=lambda match: -match.start):
        shown = f"{shown[: match.start]}[telephone]{shown[match.end :]}"
    shown = LONG_NUMBER.sub("[number]", shown)
    shown = NAME_AND_AGE.sub("[name and age]", shown)
    return take_out_names(shown, names)


def take_out_names(text: str, names: Sequence[str]) -> str:
    """Put ``[name]`` in place of each given name: in any case, whole words only, longest first."""
    for name in sorted(names, key=lambda name: (-len(name), name)):
        if parts := words(name):
            spelt = r"\W+".join(map(re.escape, parts))
            text = re.sub(rf"(?<!\w){spelt}(?!\w)", "[name]", text, flags=re.IGNORECASE)
    return text
