"""Screening: looks for words that must not be sent, without judging anything else.

It looks in a normalised copy (NFKC, format characters removed, disguised addresses undone); what
the respondent wrote stays untouched. A finding holds a response until someone has looked; it never
refuses one. Public citations (legislation, courts, known organisations' reports) pass.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import phonenumbers
import tldextract

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

PUBLIC_SUFFIXES = (
    "legislation.gov.uk", "parliament.uk", "gov.uk", "europa.eu", "coe.int", "un.org", "unicef.org",
    "ohchr.org", "unodc.org", "interpol.int", "iwf.org.uk", "inhope.org", "missingkids.org",
    "weprotect.org", "ecpat.org", "bailii.org", "judiciary.uk", "congress.gov", "govinfo.gov",
    "justice.gov", "canlii.org", "legislation.gov.au", "esafety.gov.au", "aph.gov.au", "oecd.org",
    "nist.gov", "iso.org", "ietf.org", "doi.org", "arxiv.org", "ssrn.com", "who.int", "nspcc.org.uk",
    "eff.org", "edri.org", "stanford.edu", "thorn.org", "cameraforensics.com",
)  # fmt: skip

DISGUISES = (
    (re.compile(r"h\s*[xt*]{2}\s*ps?\s*(?=:\s*/\s*/)", re.IGNORECASE), "http"),
    (re.compile(r"\s*[\[({<]\s*(?:\.|dot|punkt|point)\s*[\])}>]\s*", re.IGNORECASE), "."),
    (re.compile(r"(?<=\w)\s+dot\s+(?=\w)", re.IGNORECASE), "."),
    (re.compile(r"\s*[\[({<]\s*(?:@|at)\s*[\])}>]\s*", re.IGNORECASE), "@"),
    (re.compile(r"\s*[\[({<]\s*:\s*[\])}>]\s*"), ":"),
    (re.compile(r":\s+/\s*/\s*"), "://"),
)

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("picture", re.compile(r"data:\s*[\w.+-]+/[\w.+-]+\s*[;,]\S*", re.IGNORECASE)),
    ("sharing", re.compile(r"magnet:\?\S+|\bip[fn]s://\S+|\b(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|baf[ky][a-z2-7]{50,})\b", re.IGNORECASE)),  # noqa: E501 - one pattern a line
    ("onion", re.compile(r"\b(?:https?://)?[a-z2-7]{16}(?:[a-z2-7]{40})?\.onion\b\S*|\b[\w-]+\.onion\b", re.IGNORECASE)),  # noqa: E501 - one pattern a line
    ("fingerprint", re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-zA-Z])", re.IGNORECASE)),  # noqa: E501 - one pattern a line
    ("picture", re.compile(r"(?<![\w+/])(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])[A-Za-z0-9+/]{80,}={0,2}")),  # noqa: E501 - one pattern a line
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("birth", re.compile(r"\b(?:born|d\.?o\.?b\.?|date of birth)\b[^.\n]{0,20}?\d{1,4}(?:[./\- ](?:\d{1,2}|[a-z]{3,9})[./\- ]\d{2,4})", re.IGNORECASE)),  # noqa: E501 - one pattern a line
    ("birth", re.compile(r"\b(?:born|d\.?o\.?b\.?|date of birth)\b[^.\n]{0,20}?\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[a-z]{3,9},?\s+\d{4}", re.IGNORECASE)),  # noqa: E501 - one pattern a line
    ("name_age", re.compile(r"\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)?\s*(?:,\s*|\(\s*)(?:aged?\s+)?(?:[1-9]|1[0-7])(?:\s*(?:years?|yrs?)(?:[ -]old)?)?\s*(?=[,).;]|\s+(?:was|is|has|had|years?)\b)")),  # noqa: E501 - one pattern a line
    ("name_age", re.compile(r"\b(?:girl|boy|child|victim|daughter|son|pupil)\b[^.\n]{0,20}?\b(?:named|called)\s+[A-Z][a-z]+")),  # noqa: E501 - one pattern a line
    ("case_number", re.compile(r"\b(?:case|crime|incident|file|report|warrant|docket|ref(?:erence)?)\s*(?:no|number|nr|ref(?:erence)?|id)?\s*[.:#]{1,2}\s*(?=[\w/-]*\d{3})[\w/-]{5,}", re.IGNORECASE)),  # noqa: E501 - one pattern a line
)  # fmt: skip

ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,9}://|\bwww\.)[^\s<>\"']+|\b(?:[\w-]+\.)+[a-z]{2,24}\b(?:[/?:#][^\s<>\"']*)?",
    re.IGNORECASE,
)
EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass(frozen=True)
class Finding:
    """One passage that may be something that must not be sent."""

    kind: str
    passage: str
    question: str = ""

    @property
    def label(self) -> str:
        """What the respondent is told that this looks like."""
        return KINDS[self.kind]

    def without_words(self) -> dict[str, Any]:
        """The finding as it may be stored in the clear: what and how long, never the words."""
        return {"question": self.question, "kind": self.kind, "length": len(self.passage)}


class Written(Protocol):
    """What is screened: a questionnaire's questions and the answers that count."""

    @property
    def settled(self) -> dict[str, Any]: ...
    @property
    def route(self) -> tuple[Any, ...]: ...
    def questions(self, section: Any) -> Iterable[Any]: ...


def normalised(text: str) -> str:
    """The copy that is searched: compatibility forms, no invisible characters, disguises undone."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(each for each in plain if unicodedata.category(each) not in {"Cf", "Mn"})
    plain = plain.replace("\u3002", ".").replace("\u2024", ".")
    for pattern, meant in DISGUISES:
        plain = pattern.sub(meant, plain)
    return plain


def is_public(address: str) -> bool:
    """Whether an address is a citation of a well-known public source."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.lower()).split("/")[0].split("?")[0]
    host = host.split("@")[-1].split(":")[0].rstrip(".")
    return any(host == each or host.endswith(f".{each}") for each in PUBLIC_SUFFIXES)


def screen(text: str) -> tuple[Finding, ...]:
    """The passages of one text that look like something that must not be sent, in a fixed order."""
    plain = normalised(text)
    found: list[Finding] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(plain):
            found.append(Finding(kind, match.group()))
            plain = plain[: match.start()] + " " * len(match.group()) + plain[match.end() :]
    found += _addresses(plain)
    found += _telephones(plain)
    return tuple(dict.fromkeys(found))


def _addresses(plain: str) -> list[Finding]:
    found = []
    for match in ADDRESS.finditer(plain):
        address = match.group().rstrip(".,;:!?)]}")
        explicit = "://" in address or address.lower().startswith("www.")
        parts = EXTRACT(address)
        if (explicit or (parts.suffix and parts.domain)) and not is_public(address):
            found.append(Finding("address", address))
    return found


def _telephones(plain: str) -> list[Finding]:
    matcher = phonenumbers.PhoneNumberMatcher(plain, "GB", leniency=phonenumbers.Leniency.VALID)
    return [Finding("telephone", match.raw_string) for match in matcher]


def screen_answers(progress: Written) -> tuple[Finding, ...]:
    """Every finding in the free text that counts, with the question that it stands in."""
    found: list[Finding] = []
    for section in progress.route:
        for question in progress.questions(section):
            found += screen_question(question, progress.settled)
    return tuple(found)


def screen_question(question: Any, answers: dict[str, Any]) -> list[Finding]:
    """The findings in the free text of one question."""
    return [
        Finding(each.kind, each.passage, question.id)
        for text in question.text_values(answers).values()
        for each in screen(text)
    ]
