"""Drafts: answers still being written, kept on the server from the first one on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Draft, DraftSection, Edition, Response, new_id
from app.sealing import Keyring, hashed
from app.services import editions
from forms.question import Question
from forms.questionnaire import Questionnaire, Section

Answers = dict[str, Any]
LONGEST_SITTING = timedelta(hours=1)


class Conflict(Exception):
    """Somebody saved other answers to this page since it was shown."""

    def __init__(self, saved: DraftSection) -> None:
        super().__init__(f"section {saved.section} is at version {saved.version}")
        self.saved = saved


@dataclass(frozen=True)
class SectionState:
    """One line of the task list."""

    section: Section
    version: int
    answered: int
    asked: int
    opted_out: bool

    @property
    def status(self) -> str:
        """`opted_out`, `new`, `blank`, `part` or `done`."""
        if self.opted_out:
            return "opted_out"
        if self.version == 0:
            return "new"
        if self.answered == 0:
            return "blank"
        return "done" if self.answered == self.asked else "part"


@dataclass
class Progress:
    """A draft as it stands: what was written, what counts, what is left to do."""

    draft: Draft
    questionnaire: Questionnaire
    raw: Answers
    versions: dict[str, int]
    confidential: dict[str, str]

    @property
    def opted_out(self) -> tuple[str, ...]:
        """The topics that the respondent chose not to answer."""
        return tuple(self.draft.opted_out)

    @cached_property
    def settled(self) -> Answers:
        """The answers to questions that are really reached."""
        return self.questionnaire.settle(self.raw, self.opted_out)

    @cached_property
    def route(self) -> tuple[Section, ...]:
        """The sections with something to ask this respondent."""
        return tuple(self.questionnaire.route(self.raw, self.opted_out))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The keys of the questions that this respondent is asked."""
        return frozenset(self.questionnaire.asked(self.raw, self.opted_out))

    def questions(self, section: Section) -> tuple[Question, ...]:
        """The questions of a section that this respondent is asked."""
        return tuple(each for each in section.questions if each.id in self.asked)

    @property
    def no_longer_counting(self) -> tuple[Question, ...]:
        """Questions with an answer that is kept but not reached any more."""
        return tuple(
            question
            for section in self.questionnaire.sections
            for question in section.questions
            if question.id not in self.asked and not question.blank(self.raw)
        )

    @property
    def unanswered(self) -> tuple[tuple[Section, Question], ...]:
        """The required questions that are still blank."""
        return tuple(
            (section, question)
            for section in self.route
            for question in self.questions(section)
            if question.required and question.blank(self.settled)
        )

    @cached_property
    def topics(self) -> tuple[SectionState, ...]:
        """Every topic that is offered: chosen ones, and those opted out of."""
        everything = self.questionnaire.route(self.raw, ())
        return tuple(self.state(each) for each in everything if each.kind == "topic")

    def state(self, section: Section) -> SectionState:
        """How far a section is."""
        opted_out = section.key in self.opted_out
        asked = self.questionnaire.asked(self.raw, ()) if opted_out else self.asked
        questions = [each for each in section.questions if each.id in asked]
        answered = sum(not each.blank(self.raw) for each in questions)
        version = self.versions.get(section.key, 0)
        return SectionState(section, version, answered, len(questions), opted_out)

    @property
    def stamp(self) -> str:
        """Changes whenever anything in the draft does: what a person looked at when sending."""
        told = sorted(self.versions.items()), sorted(self.opted_out), sorted(self.confidential)
        return hashed(repr(told))[:16]


def resume_secret(keyring: Keyring, draft: Draft) -> str:
    """The secret of a draft's resume link: made again from its id, never stored."""
    return keyring.derive("resume", draft.id, draft.resume_version)


def begin(
    session: Session,
    edition: Edition,
    section: str,
    answers: Answers,
    *,
    now: datetime,
    channel: str = "online",
    invitation_id: str | None = None,
    token: str | None = None,
) -> Draft:
    """Start a draft with the answers of its first page; the same token gives the same draft.

    Raises
    ------
    Conflict
        If the draft of this token was begun with other answers.
    editions.NotOpen
        If the consultation takes no answers at that time.
    """
    keyring: Keyring = session.info["keyring"]
    draft = Draft(
        id=keyring.derive("draft", edition.id, token) if token else new_id(),
        edition=edition,
        created_at=now,
        changed_at=now,
        resume_version=1,
        channel=channel,
        synthetic=edition.consultation.synthetic,
        invitation_id=invitation_id,
    )
    editions.refuse_unless_open(session, edition.consultation, now=now, draft=draft)
    draft.resume_hash = hashed(resume_secret(keyring, draft))
    draft = _add_once(session, draft)
    save_section(session, draft, section, answers, seen=0, now=now)
    return draft


def _add_once(session: Session, draft: Draft) -> Draft:
    """The draft, or the one with its id that another post of the same form began."""
    begun = session.get(Draft, draft.id)
    if begun is not None:
        return begun
    try:
        with session.begin_nested():
            session.add(draft)
            session.flush()
    except sa.exc.IntegrityError:
        return session.get_one(Draft, draft.id)
    return draft


def find(session: Session, secret: str) -> Draft | None:
    """The draft that a resume link opens."""
    return session.scalar(sa.select(Draft).where(Draft.resume_hash == hashed(secret)))


def new_link(session: Session, draft: Draft, *, now: datetime) -> None:
    """Make a new resume link; the old one opens nothing any more."""
    draft.resume_version += 1
    draft.resume_hash = hashed(resume_secret(session.info["keyring"], draft))
    draft.changed_at = now


def read(draft: Draft) -> Progress:
    """A draft as it stands."""
    raw: Answers = {}
    for section in draft.sections:
        raw.update(section.unseal("answers") or {})
    versions = {section.section: section.version for section in draft.sections}
    questionnaire = editions.questionnaire_of(draft.edition)
    return Progress(draft, questionnaire, raw, versions, draft.unseal("confidential") or {})


def locked(session: Session, draft: Draft) -> Draft:
    """The draft, read again and kept from other writers until this transaction ends."""
    statement = sa.select(Draft).where(Draft.id == draft.id).with_for_update(of=Draft)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def save_section(
    session: Session,
    draft: Draft,
    section: str,
    answers: Answers,
    *,
    seen: int,
    now: datetime,
    seconds: int = 0,
) -> DraftSection:
    """Keep the answers of one page.

    Raises
    ------
    editions.NotOpen
        If the consultation takes no answers at that time.
    Conflict
        If the page was saved with other answers since version `seen` of it was shown.
    """
    locked(session, draft)
    editions.refuse_unless_open(session, draft.edition.consultation, now=now, draft=draft)
    saved = find_section(session, draft, section)
    if saved is None:
        saved = DraftSection(draft_id=draft.id, section=section, version=0, saved_at=now)
        session.add(saved)
    before: Answers = saved.unseal("answers") or {}
    kept = {**before, **answers}  # a page holds only what is asked now; the rest of it stays
    if saved.version and kept == before:
        return saved
    if saved.version and saved.version != seen:
        raise Conflict(saved)
    saved.seal(session.info["keyring"], "answers", kept)
    saved.version += 1
    saved.saved_at = now
    saved.seconds += min(seconds, int(LONGEST_SITTING.total_seconds()))
    draft.changed_at = now
    session.flush()
    session.expire(draft, ["sections"])
    _note_group(draft, section)
    return saved


def find_section(session: Session, draft: Draft, section: str) -> DraftSection | None:
    """The saved page of a draft, read again from the database."""
    statement = sa.select(DraftSection).where(
        DraftSection.draft_id == draft.id, DraftSection.section == section
    )
    return session.scalar(statement.execution_options(populate_existing=True))


def _note_group(draft: Draft, saved: str) -> None:
    questionnaire = editions.questionnaire_of(draft.edition)
    group = questionnaire.roles.group
    if saved not in _decide(questionnaire, group):
        return
    chosen = read(draft).settled.get(group)
    draft.group_key = chosen if isinstance(chosen, str) else None


def _decide(questionnaire: Questionnaire, question: str) -> tuple[str, ...]:
    """The sections that can change an answer: its own and, by conditions, those before it."""
    keys = [section.key for section in questionnaire.sections]
    own = next(
        place
        for place, section in enumerate(questionnaire.sections)
        if any(each.id == question for each in section.questions)
    )
    return tuple(keys[: own + 1])


def opt_out(session: Session, draft: Draft, section: str, *, out: bool, now: datetime) -> None:
    """Leave a topic out, or take it in again; its answers are kept either way.

    Raises
    ------
    editions.NotOpen
        If the consultation takes no answers at that time.
    """
    locked(session, draft)
    editions.refuse_unless_open(session, draft.edition.consultation, now=now, draft=draft)
    others = [each for each in draft.opted_out if each != section]
    draft.opted_out = [*others, section] if out else others
    draft.changed_at = now


def keep_confidential(
    session: Session, draft: Draft, question: str, reason: str | None, *, now: datetime
) -> None:
    """Mark an answer as confidential, with a reason; no reason (None) takes the mark away.

    Raises
    ------
    editions.NotOpen
        If the consultation takes no answers at that time.
    """
    locked(session, draft)
    editions.refuse_unless_open(session, draft.edition.consultation, now=now, draft=draft)
    marks: dict[str, str] = dict(draft.unseal("confidential") or {})
    marks.pop(question, None)
    if reason is not None:
        marks[question] = reason
    draft.seal(session.info["keyring"], "confidential", marks)
    draft.changed_at = now


def has_unsent_changes(progress: Progress, response: Response | None) -> bool:
    """Whether the draft says something else than the last revision that was sent."""
    if response is None or not response.revisions:
        return False
    last = response.revisions[-1]
    return (
        last.unseal("answers") != progress.settled
        or (last.unseal("confidential") or {}) != progress.confidential
        or sorted(last.opted_out) != sorted(progress.opted_out)
    )
