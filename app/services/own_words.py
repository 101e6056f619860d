"""The organiser's words: what we asked, what you said, what we will do, on each open question."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_publishing import OrganiserWords
from app.services import audit
from forms.questionnaire import Questionnaire

INTRODUCTION = "introduction"
LONGEST = 20_000


class UnknownPart(LookupError):
    """The questionnaire has no such open question."""


class SavedMeanwhile(Exception):
    """A colleague saved these words since they were read; nothing was overwritten."""

    def __init__(self, theirs: OrganiserWords) -> None:
        super().__init__("A colleague has saved these words since you opened this page.")
        self.theirs = theirs


class TooLong(ValueError):
    """Words that are longer than anybody will read; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"Use {LONGEST:,} characters or fewer.")
        self.field = field


@dataclass(frozen=True)
class Part:
    """Something that the organiser writes about: an open question, or the introduction."""

    key: str
    title: str
    asked: str = ""


def parts(questionnaire: Questionnaire) -> tuple[Part, ...]:
    """The introduction, then every open question with what was asked about it."""
    codebook = questionnaire.codebook()
    found = [Part(INTRODUCTION, "Introduction")]
    for each in codebook.open_questions:
        texts = [one.text for one in codebook.questions if one.serves[:1] == (each.key,)]
        asked = "\n".join((each.title, *(f"– {text}" for text in texts)))
        found.append(Part(each.key, each.title, asked))
    return tuple(found)


def part_of(questionnaire: Questionnaire, key: str) -> Part:
    """One of them.

    Raises
    ------
    UnknownPart
        If there is none of this name.
    """
    for each in parts(questionnaire):
        if each.key == key:
            return each
    raise UnknownPart(key)


def words_of(session: Session, consultation: Consultation) -> dict[str, OrganiserWords]:
    """What is written so far, by part."""
    statement = sa.select(OrganiserWords).where(OrganiserWords.consultation_id == consultation.id)
    return {each.part: each for each in session.scalars(statement)}


def save_words(
    session: Session,
    consultation: Consultation,
    part: str,
    given: Mapping[str, str],
    *,
    seen: int,
    actor: str,
    now: datetime,
) -> OrganiserWords:
    """Save words on one part. `seen` is the version that the writer had before them.

    Raises
    ------
    SavedMeanwhile
        If a colleague saved since.
    TooLong
        If a text is too long.
    """
    found = words_of(session, consultation).get(part)
    if (found.version if found else 0) != seen and found is not None:
        raise SavedMeanwhile(found)
    if found is None:
        found = OrganiserWords(
            consultation_id=consultation.id, part=part, version=0, saved_at=now, saved_by=actor
        )
        session.add(found)
    for field in ("asked", "said", "will"):
        text = given.get(field, "").replace("\r\n", "\n").strip()
        if len(text) > LONGEST:
            raise TooLong(field)
        setattr(found, field, text)
    found.version += 1
    found.saved_at, found.saved_by = now, actor
    audit.record(session, actor, "write results", consultation.key, {"part": part}, now=now)
    return found


def as_written(session: Session, consultation: Consultation) -> dict[str, dict[str, str]]:
    """The words as they go into a publication."""
    return {
        part: {"asked": each.asked, "said": each.said, "will": each.will}
        for part, each in sorted(words_of(session, consultation).items())
        if each.asked or each.said or each.will
    }


def digest_of(words: Mapping[str, Mapping[str, str]]) -> str:
    """The digest of the words, to see whether they changed since."""
    text = json.dumps(words, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(session: Session, consultation: Consultation) -> str:
    """The digest of the words as they are now."""
    return digest_of(as_written(session, consultation))
