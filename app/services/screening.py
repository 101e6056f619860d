"""Screening: looks for words that must not be sent, without judging anything else.

It looks in a normalised copy (`plain_copy`); what the respondent wrote stays untouched, and each
finding is a stretch of the original. A finding holds a response until someone has looked; it never
refuses one. Public citations (legislation, courts, known organisations' reports) pass, and where a
question asks for addresses, ordinary ones do. Nothing found is ever linked or fetched.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import phonenumbers
from phonenumbers import Leniency

from app.services.looked_for import (
    ADDRESS,
    AFTER_ADDRESSES,
    BEFORE_ADDRESSES,
    CASE_NUMBER,
    KINDS,
    PUBLIC_NUMBER,
    TELEPHONE_START,
    TELEPHONE_WORD,
)
from app.services.plain_copy import plain_copy
from app.services.public_sources import (
    EXTRACT,
    NAMES_WITH_A_DOT,
    host_of,
    is_number,
    is_ordinary,
    is_public,
)
from forms.questionnaire import Questionnaire

# Endings that are also words: after a full stop without a space they begin a sentence.
WORDS_TOO = (
    "ai", "ae", "al", "am", "an", "as", "at", "be", "by", "case", "company", "de", "do", "el", "en",
    "es", "est", "eu", "green", "cars", "here", "i", "il", "in", "info", "is", "it", "la", "law",
    "le", "legal", "me", "media", "my", "net", "new", "no", "now", "on", "one", "or", "org", "si",
    "so", "team", "to", "trade", "training", "us", "we", "work", "world", "care", "support", "data",
)  # fmt: skip

Place = tuple[str, int, int]
Regions = tuple[str, ...]
HERE: Regions = ("GB",)
REASON = "reason for confidentiality"


@dataclass(frozen=True)
class Finding:
    """One passage, as it was written, that may be something that must not be sent."""

    kind: str
    passage: str
    question: str = ""
    field: str = ""
    start: int = 0

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
    def questionnaire(self) -> Questionnaire: ...
    @property
    def settled(self) -> dict[str, Any]: ...
    @property
    def route(self) -> tuple[Any, ...]: ...
    @property
    def confidential(self) -> dict[str, str]: ...
    def questions(self, section: Any) -> Iterable[Any]: ...


def regions_of(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> Regions:
    """Where the telephone numbers of a respondent may be from, as told by the jurisdiction."""
    kept = answers.get(questionnaire.roles.jurisdiction or "")
    codes = kept if isinstance(kept, list) else []
    known = (each for each in codes if each in phonenumbers.SUPPORTED_REGIONS)
    return tuple(dict.fromkeys((*HERE, *known)))


def screen(text: str, regions: Regions = HERE) -> tuple[Finding, ...]:
    """The passages of one text that look like something that must not be sent, in their order."""
    copy = plain_copy(text)
    found: list[Finding] = []
    for kind, start, end in sorted(_look(copy.text, regions), key=lambda each: each[1:]):
        found.append(Finding(kind, copy.passage(start, end), start=copy.place(start, end)[0]))
    return tuple(found)


def _look(plain: str, regions: Regions) -> Iterator[Place]:
    """Yield kind and place; what was found once is blanked, so that nothing is found twice."""
    for kind, pattern in BEFORE_ADDRESSES:
        plain = yield from _take(kind, pattern, plain)
    for start, end, passes in _addresses(plain):
        if not passes:
            yield "address", start, end
        plain = _blanked(plain, start, end)
    for kind, pattern in AFTER_ADDRESSES:
        plain = yield from _take(kind, pattern, plain)
    for match in CASE_NUMBER.finditer(plain):
        if not PUBLIC_NUMBER.fullmatch(match["value"]):
            yield "case_number", *match.span()
            plain = _blanked(plain, *match.span())
    yield from _telephones(plain, regions)


def _take(kind: str, pattern: re.Pattern[str], plain: str) -> Generator[Place, None, str]:
    """Yield what a pattern finds; the text that is left is returned."""
    for match in pattern.finditer(plain):
        yield kind, *match.span()
        plain = _blanked(plain, *match.span())
    return plain


def _blanked(plain: str, start: int, end: int) -> str:
    return plain[:start] + " " * (end - start) + plain[end:]


def _addresses(plain: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where an address stands, and whether it passes as a public citation or a name."""
    for match in ADDRESS.finditer(plain):
        address = match.group().rstrip(".,;:!?)]}»")
        explicit = "://" in address or address.lower().startswith("www")
        if explicit or _is_address(address):
            yield match.start(), match.start() + len(address), is_public(address)


def _is_address(bare: str) -> bool:
    """Whether something without http:// or www. is an address, and no slip of the full stop."""
    host = host_of(bare)
    if is_number(host):
        octets = [int(each) for each in host.split(".") if each.isdecimal()]
        return len(octets) == 4 and max(octets) <= 255 and max(octets) > 31
    parts = EXTRACT(host)
    if not (parts.suffix and parts.domain) or (host in NAMES_WITH_A_DOT and host == bare.lower()):
        return False
    ending = bare[: len(host)].rpartition(".")[2]
    if len(bare) > len(host):
        return not (bare[len(host)] == "/" and ending[0].isupper())
    before = bare[: len(host)].rpartition(".")[0]
    short = min(len(each) for each in before.split(".")) < 2
    slip = ending[0].isupper() or ending.lower() in WORDS_TOO
    shouted = bare.isupper() and len(before) > 3
    return not short and (shouted or not slip or _looks_named(before, ending))


def _looks_named(before: str, ending: str) -> bool:
    """Whether `name.org` is meant: an ending that is a word only where no sentence ended."""
    return ending in {"org", "net", "info", "eu", "de"} and before.islower()


def _telephones(plain: str, regions: Regions) -> Iterator[Place]:
    for region in regions:
        matcher = phonenumbers.PhoneNumberMatcher(plain, region, Leniency.VALID)
        for match in matcher:
            if TELEPHONE_START.match(match.raw_string) or (
                region not in HERE and _is_written_as_a_number(match, region)
            ):
                yield "telephone", match.start, match.end
                plain = _blanked(plain, match.start, match.end)
    for named in TELEPHONE_WORD.finditer(plain):
        if sum(each.isdigit() for each in named["number"]) >= 7:
            yield "telephone", *named.span()


def _is_written_as_a_number(match: phonenumbers.PhoneNumberMatch, region: str) -> bool:
    """Whether digits without 0 or + in front are grouped as numbers there are.

    Two groups of four are years (2019/2144) more often than a number, one block may be any, and
    what ends in 000 counts something.
    """
    groups = re.findall(r"\d+", match.raw_string)
    if groups[-1] == "000" or len(groups) < 2 or (len(groups) == 2 and sum(map(len, groups)) < 10):
        return False
    strict = phonenumbers.PhoneNumberMatcher(match.raw_string, region, Leniency.STRICT_GROUPING)
    return any(each.raw_string == match.raw_string for each in strict)


def screen_answers(progress: Written) -> tuple[Finding, ...]:
    """Every finding in the free text that counts, with the question that it stands in."""
    found: list[Finding] = []
    regions = regions_of(progress.questionnaire, progress.settled)
    for section in progress.route:
        for question in progress.questions(section):
            found += screen_question(question, progress.settled, regions)
            found += screen_reason(question, progress.confidential, regions)
    return tuple(found)


def screen_reason(question: Any, marks: dict[str, str], regions: Regions = HERE) -> list[Finding]:
    """The findings in the reason for which an answer is marked confidential."""
    return [
        Finding(each.kind, each.passage, question.id, REASON, each.start)
        for each in screen(marks.get(question.id, ""), regions)
    ]


def screen_question(
    question: Any, answers: dict[str, Any], regions: Regions = HERE
) -> list[Finding]:
    """The findings in the free text of one question."""
    asked_for = question.address_names
    return [
        Finding(each.kind, each.passage, question.id, field, each.start)
        for field, text in question.text_values(answers).items()
        for each in screen(text, regions)
        if not (field in asked_for and each.kind == "address" and is_ordinary(each.passage))
    ]
