"""What screening looks for: kinds, and the pattern of each beside what it is meant to find.

Patterns meet the plain copy of a text. They are kept from ordinary policy prose on purpose: years,
statutes, articles and the numbers of courts are no telephone numbers, names with ages or cases.
"""

import re

KINDS = {
    "address": "a web address",
    "onion": "an onion (dark web) address",
    "fingerprint": "a hash or digital fingerprint",
    "picture": "an image or file written as text",
    "sharing": "a file-sharing (magnet or IPFS) link",
    "email": "an e-mail address",
    "telephone": "a telephone number",
    "birth": "a date of birth",
    "name_age": "a name with an age",
    "case_number": "a case or reference number",
}
Patterns = tuple[tuple[str, re.Pattern[str]], ...]

# Capitalised words that stand before a number in ordinary prose and are nobody's name.
NO_NAME = """
About Act After Age Aged Ages Also And Annex Anyone Appendix Approximately April Around Art Article
Articles At August Before Being Between By Chapter Chapters Child Children Class Clause Day December
Directive Every Everyone Except February Fig Figure Footnote For Friday From Girl Girls Goal Grade
Group If In Item January July June Kids Least Level March May Minors Monday No Note November Nr
Number October Of On Only Option Over Page Pages Para Paragraph Part People Persons Phase Point
Points Principle Pupils Question Questions Recital Regulation Rule Saturday Schedule Section
Sections See September Some Step Students Sunday Table Teenagers The Those Thursday Title
Tuesday Under Until Users Version Victims Vol Volume Wednesday Week When Where With Year Years
Young Youth Boy Boys Most Up Than This That These Our Their His Her Its
"""
MONTH = (
    r"(?:jan|feb|m[aä]r|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|f[eé]vr|avr|juin|juil"
    r"|ao[uû]t|d[eé]c|ene|abr|ago|dic|gen|mag|giu|lug|set|ott)[a-zéû]{0,6}\.?"
)
DATE = (
    r"(?:\d{1,4}[./\- ]\d{1,2}[./\- ]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?{MONTH},?\s+(?:de\s+)?\d{{4}}"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})"
)
BORN = (
    r"(?:\bborn\b|\bd\.?\s?o\.?\s?b\b\.?|\bdate of birth\b|\bbirth\s?(?:date|day)\b|\bgeboren\b"
    r"|\bgeburtsdatum\b|\bn[ée]e?\s+le\b|\bnacid[oa]\b|\bnat[oa]\s+il\b|\bgeb\.)"
)
NUMERIC_DAY = r"\b(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19[4-9]\d|20[0-2]\d)"
WORD = r"[A-ZÀ-Þ][a-zà-ÿ’'-]{1,20}"
NAME = rf"\b(?!(?:{'|'.join(NO_NAME.split())})\b){WORD}(?:\s{WORD}|\s[A-Z]\.?)?"
AGE = r"(?:1[0-7]|[1-9])"
CHILD = r"(?:girl|boy|child|victim|daughter|son|pupil|niece|nephew)"
SAYS = r"(?=\s+(?:was|is|has|had|told|said|from|who|whose|sent)\b)"
HEX = r"[0-9a-f]"
ALONE, ENDS = r"(?<![0-9a-zA-Z])", r"(?![0-9a-zA-Z])"
MIXED = r"(?=[\w+/-]*[0-9])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])"


def any_case(*parts: str) -> re.Pattern[str]:
    """A pattern of these parts in a row, in capitals or not."""
    return re.compile("".join(parts), re.IGNORECASE)


def exact(*parts: str) -> re.Pattern[str]:
    """A pattern of these parts in a row, where capitals tell."""
    return re.compile("".join(parts))


BEFORE_ADDRESSES: Patterns = (
    ("picture", any_case(r"\bdata:\s*[\w.+-]+/[\w.+-]+\s*[;,]\S*")),
    ("sharing", any_case(r"\bmagnet:\s*\?\S+|\bip[fn]s://\S+|\bed2k://\S+")),
    ("sharing", any_case(r"\burn:(?:btih|sha1|ed2k)\S+")),
    ("sharing", exact(r"\b(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|baf[ky][a-z2-7]{50,})\b")),
    ("onion", any_case(r"(?:\b[a-z]{3,5}://)?[\w.-]*\w\.(?:onion|i2p)\b(?:[/:?]\S*)?")),
    ("onion", any_case(r"\b(?=[a-z2-7]*[2-7])[a-z2-7]{55}d\b")),
)
ADDRESS = any_case(
    r"(?:\b[a-z][a-z0-9+.-]{1,9}://|\bwww\d?\.)[^\s<>\"'“”]+",
    r"|(?<![\w.@-])(?:[\w-]+\.)+[a-z]{2,24}\b(?![\w.-]*@)(?::\d{2,5})?(?:[/?#][^\s<>\"'“”]*)?",
    r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])(?::\d{2,5})?(?:/\S*)?",
)
AFTER_ADDRESSES: Patterns = (
    ("email", any_case(r"(?<![\w/])[\w.+'-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}\b")),
    (
        "fingerprint",
        any_case(
            rf"{ALONE}(?={HEX}*[0-9])",
            rf"(?:{HEX}{{128}}|{HEX}{{96}}|{HEX}{{64}}|{HEX}{{40}}|{HEX}{{32}}){ENDS}",
        ),
    ),
    ("fingerprint", any_case(rf"{ALONE}(?:{HEX}{{2}}[ :-]){{15,63}}{HEX}{{2}}{ENDS}")),
    (
        "fingerprint",
        any_case(
            rf"{ALONE}(?=[0-9a-f -]*[a-f])(?=[0-9a-f -]*[0-9])",
            rf"(?:{HEX}{{8}}[ -]){{3,15}}{HEX}{{8}}{ENDS}"
            rf"|{ALONE}(?=[0-9a-f -]*[a-f])(?:{HEX}{{4}}[ -]){{7,31}}{HEX}{{4}}{ENDS}",
        ),
    ),
    (
        "picture",
        exact(
            rf"(?<![\w+/]){MIXED}(?:[\w+/-]{{76,}}(?:\r?\n(?=[\w+/-]{{20,}}))?)+[\w+/-]*={{0,2}}"
        ),
    ),
    ("birth", any_case(rf"{BORN}[^.\n]{{0,25}}?{DATE}")),
    ("birth", any_case(rf"{NUMERIC_DAY}\s*\(?\s*(?:d\.?o\.?b\b|birth)")),
    (
        "name_age",
        exact(
            rf"{NAME}\s*(?:,\s*|\(\s*|\s)(?:is\s+|was\s+|now\s+)?",
            rf"(?:aged?\s*:?\s*{AGE}\b|{AGE}\s?yo\b",
            rf"|{AGE}\s*[- ]?(?:years?|yrs?|y)[- ]?(?:old|o)\b)",
        ),
    ),
    ("name_age", exact(rf"{NAME}\s\({AGE}\)", SAYS)),
    ("name_age", exact(rf"{NAME},\s{AGE},", SAYS)),
    (
        "name_age",
        exact(
            rf"\b{AGE}[- ]years?[- ]old\s+(?:{CHILD}\s+)?(?:(?:named|called)\s+)?{NAME}\b",
        ),
    ),
    (
        "name_age",
        exact(
            rf"\b{CHILD}\b[^.\n]{{0,20}}?\b(?:named|called|whose name is|by the name of)\s+",
            rf"[“\"']?{WORD}",
        ),
    ),
)
CASE_NUMBER = any_case(
    r"\b(?:case|crime|incident|offence|file|report|warrant|docket|exhibit|evidence|matter|custody|",
    r"investigation|cyber\s?tip(?:line)?(?:\s+report)?|ncmec(?:\s+report)?|urn|prn|pnc(?:\s?id)?|",
    r"aktenzeichen|az|dossier|expediente|our\s+ref|your\s+ref|ref(?:erence)?)",
    r"(?:\s*(?:no|number|nr|num|ref(?:erence)?(?:\s+(?:no|number))?|id)\b\.?)?",
    r"\s*(?:[:#№]\s*|\bis\s+|\s(?=[A-Z]{0,6}[-/]?\d{2,}[-/]?\d))",
    r"(?P<value>(?=[\w/.-]*\d{3})(?=[\w/.-]*\d[\w/.-]*\d)[A-Z0-9][\w/.-]{4,}\w)",
)
# How courts, legislators and standards number what anybody may look up.
PUBLIC_NUMBER = any_case(
    r"[CTF][-‑–]\d{1,4}/\d{2}(?:\s?P)?|\d{4}/\d{1,4}|\d{1,4}/\d{4}|\d{1,5}/\d{2}|COM[\d/()-]+",
    r"|(?:19|20)\d{2}(?:[-–/](?:19|20)?\d{2})?|ISO[\w/.-]*|10\.\d{4,}/\S+|[AES]/\S+",
)
TELEPHONE_WORD = any_case(
    r"\b(?:tel|telephone|phone|mobile|mob|cell|whats\s?app|signal|fax|call me|ring me|text me)\b",
    r"[^\d\n+]{0,14}(?P<number>\+?[\d(][\d\s()./-]{5,18}\d)",
)
TELEPHONE_START = exact(r"\+|00\s?\d|0\d|\(0|\(\+")
