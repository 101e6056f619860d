"""Reading responses: search, filters, and one response as everybody but safeguarding reads it.

Answers are sealed, so words are found by opening every response that the other filters leave. What
is held is never opened here, so it is never found.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Consultation, Edition, Response, Revision
from app.services import editions, receipts, safeguarding
from app.services.receipts import Said
from forms.questionnaire import Questionnaire

AT_ONCE = 2_000
PER_PAGE = 50
AROUND = 70
REFERENCE = re.compile(r"\s*oq[\s-]*((?:[a-z0-9]{4}[\s-]*){3})", re.IGNORECASE)
STATES = ("counted", "withdrawn", "excluded", "any")


@dataclass(frozen=True)
class Filters:
    """What is looked for; an empty one lets everything pass."""

    words: str = ""
    group: str = ""
    verified: str = ""
    channel: str = ""
    capacity: str = ""
    publication: str = ""
    state: str = "counted"

    @classmethod
    def from_given(cls, given: Mapping[str, str]) -> "Filters":
        """The filters of an address, blanks trimmed, unknown states as the usual one."""
        values = {name: given.get(name, "").strip()[:200] for name in cls.__dataclass_fields__}
        if values["state"] not in STATES:
            values["state"] = "counted"
        return cls(**values)

    def as_given(self) -> dict[str, str]:
        """The filters as they stand in an address."""
        usual = Filters()
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in given.items() if value != getattr(usual, name)}

    @property
    def reference(self) -> str:
        """The reference that was typed instead of words, as it is written; else nothing."""
        if (typed := REFERENCE.fullmatch(self.words)) is None:
            return ""
        letters = re.sub(r"[\s-]", "", typed[1]).upper()
        return f"OQ-{letters[:4]}-{letters[4:8]}-{letters[8:]}"

    @property
    def looks_inside(self) -> bool:
        """Whether responses must be opened to be found."""
        return not self.reference and bool(self.words or self.capacity or self.publication)


@dataclass(frozen=True)
class Hit:
    """A response that was found, and the words around what was looked for."""

    response: Response
    before: str = ""
    match: str = ""
    after: str = ""


@dataclass(frozen=True)
class Found:
    """One page of what was found."""

    hits: tuple[Hit, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True)
class Read:
    """One revision as it may be read: by section, with marks; `hidden` says that names are not."""

    revision: Revision
    sections: tuple[tuple[str, tuple[Said, ...]], ...]
    hidden: bool


@dataclass(frozen=True)
class Change:
    """One answer that differs between two versions; nothing stands where it was not given."""

    question: str
    before: Said | None
    after: Said | None


def changes(before: Read, after: Read) -> tuple[Change, ...]:
    """What differs between two versions as they may be read, in the order of the questions."""
    earlier, later = (
        {(section, said.question): said for section, answers in each.sections for said in answers}
        for each in (before, after)
    )
    places = dict.fromkeys((*later, *earlier))
    return tuple(
        Change(place[1], earlier.get(place), later.get(place))
        for place in places
        if earlier.get(place) != later.get(place)
    )


def search(
    session: Session, consultation: Consultation, filters: Filters, *, page: int, identities: bool
) -> Found:
    """The responses that the filters let pass, the newest first, a page of them."""
    first = (page - 1) * PER_PAGE
    if not filters.looks_inside:
        wanted = _rows(consultation, filters)
        total = session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
        ids = [each.response for each in session.execute(wanted.offset(first).limit(PER_PAGE))]
        plain = _responses(session, ids)
        return Found(tuple(Hit(plain[each]) for each in ids), total, page)
    passed = list(_inside(session, consultation, filters, identities=identities))
    known = _responses(session, passed[first : first + PER_PAGE])
    hits = []
    for identifier in passed[first : first + PER_PAGE]:
        edition = _Edition.of(session, known[identifier].edition_id, identities=identities)
        around = _where(filters.words, known[identifier], edition) if filters.words else None
        hits.append(Hit(known[identifier], *(around or ("", "", ""))))
    return Found(tuple(hits), len(passed), page)


def _rows(consultation: Consultation, filters: Filters) -> sa.Select[*tuple[Any, ...]]:
    """The last revision of each response that is not held and that the plain filters let pass."""
    last = (
        sa.select(sa.func.max(Revision.number))
        .where(Revision.response_id == Response.id)
        .correlate(Response)
        .scalar_subquery()
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Response.id.label("response"),
            Response.edition_id.label("edition"),
            Revision.id.label("revision"),
            Revision.answers.label("answers"),
        )
        .join(Revision, sa.and_(Revision.response_id == Response.id, Revision.number == last))
        .where(Response.consultation_id == consultation.id, Response.held_at.is_(None))
        .order_by(Response.sent_at.desc(), Response.id)
    )
    if filters.reference:  # whoever types one wants that response, however it stands
        return statement.where(Response.reference == filters.reference)
    if filters.group:
        statement = statement.where(Response.group_key == filters.group)
    if filters.verified:
        statement = statement.where(Response.verified.is_(filters.verified == "verified"))
    if filters.channel:
        statement = statement.where(Response.channel == filters.channel)
    if filters.state == "counted":
        statement = statement.where(
            Response.withdrawn_at.is_(None), Response.excluded_reason.is_(None)
        )
    elif filters.state == "withdrawn":
        statement = statement.where(Response.withdrawn_at.is_not(None))
    elif filters.state == "excluded":
        statement = statement.where(Response.excluded_reason.is_not(None))
    return statement


def _responses(session: Session, ids: list[str]) -> dict[str, Response]:
    statement = sa.select(Response).where(Response.id.in_(ids))
    return {each.id: each for each in session.scalars(statement)}


def _inside(
    session: Session, consultation: Consultation, filters: Filters, *, identities: bool
) -> Iterator[str]:
    """Open one response after the other; yield those in which everything is as wanted."""
    keyring = session.info["keyring"]
    wanted = {"capacity": filters.capacity, "publication": filters.publication}
    needle = filters.words.casefold()
    redacted = safeguarding.redacted(session)
    known: dict[str, _Edition] = {}
    for row in session.execute(_rows(consultation, filters).execution_options(yield_per=AT_ONCE)):
        if row.answers is None:
            continue
        edition = known.get(row.edition)
        if edition is None:
            edition = known[row.edition] = _Edition.of(session, row.edition, identities=identities)
        answers = keyring.open(row.answers, f"revision:{row.revision}:answers")
        if any(
            value and answers.get(edition.roles[role]) != value for role, value in wanted.items()
        ):
            continue
        if needle and not _stands(needle, answers, edition.texts):
            continue
        if needle and row.response in redacted:
            response = session.get_one(Response, row.response)
            if _where(filters.words, response, edition) is None:
                continue
        yield row.response


@dataclass(frozen=True)
class _Edition:
    """What search needs to know of a questionnaire."""

    questionnaire: Questionnaire
    roles: dict[str, str | None]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, session: Session, edition: str, *, identities: bool) -> "_Edition":
        questionnaire = editions.questionnaire_of(session.get_one(Edition, edition))
        roles = questionnaire.roles
        open_to_reader = tuple(
            variable.name
            for variable in questionnaire.variables()
            if variable.measure in {"text", "references"}
            and (identities or not variable.identifying)
        )
        return cls(
            questionnaire,
            {"capacity": roles.capacity, "publication": roles.publication},
            open_to_reader,
        )


def _stands(needle: str, answers: Mapping[str, Any], texts: tuple[str, ...]) -> bool:
    """Whether the words may stand in an answer: quick, before anything is taken out."""
    for name in texts:
        value = answers.get(name)
        if isinstance(value, str):
            if needle in value.casefold():
                return True
        elif isinstance(value, list) and any(needle in str(each).casefold() for each in value):
            return True
    return False


def _where(words: str, response: Response, edition: _Edition) -> tuple[str, str, str] | None:
    """The words around the first place, in what may be read; None where it was set aside."""
    answers = safeguarding.answers_for_analysis(response.revisions[-1])
    for question in edition.questionnaire.questions:
        if not set(question.answer_names) & set(edition.texts):
            continue
        for text in question.text_values(answers).values():
            if match := re.search(re.escape(words), text, re.IGNORECASE):
                at, end = match.span()
                return text[max(0, at - AROUND) : at], match.group(), text[end : end + AROUND]
            if (
                words.casefold() in text.casefold()
            ):  # “STRASSE” was looked for and “Straße” is there
                return text[: 2 * AROUND], "", ""
    return None


def find(session: Session, consultation: Consultation, reference: str) -> Response | None:
    """The response with this reference, where it may be read: not while it is held."""
    statement = (
        sa.select(Response)
        .where(
            Response.consultation_id == consultation.id,
            Response.reference == reference,
            Response.held_at.is_(None),
        )
        .options(selectinload(Response.revisions), joinedload(Response.edition))
    )
    return session.scalar(statement)


def read(revision: Revision, *, identities: bool) -> Read:
    """One revision as it may be read."""
    questionnaire = editions.questionnaire_of(revision.response.edition)
    answers = safeguarding.answers_for_analysis(revision)
    naming = {each.name for each in questionnaire.variables() if each.identifying}
    hidden = not identities and any(answers.get(name) is not None for name in naming)
    if not identities:
        answers = {name: value for name, value in answers.items() if name not in naming}
    words = receipts.in_words(revision, answers, safeguarding.reasons_for_reading(revision))
    return Read(revision, words, hidden)
