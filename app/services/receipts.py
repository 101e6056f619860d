"""Receipts: what was received, when, and the digest that proves it."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document

from app.models import Response, Revision
from app.pages import when
from app.services import editions, safeguarding


@dataclass(frozen=True)
class Said:
    """One answer as it was received."""

    question: str
    words: tuple[str, ...]
    confidential: str | None


@dataclass(frozen=True)
class Receipt:
    """What a respondent keeps."""

    title: str
    organiser: str
    zone: str
    reference: str
    revision: int
    first_sent_at: datetime
    sent_at: datetime
    digest: str
    questionnaire_digest: str
    withdrawn_at: datetime | None
    held: bool
    set_aside: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Said, ...]], ...]


def said(revision: Revision) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """The answers of a revision as sent, in words, for whoever sent them."""
    answers: dict[str, Any] = revision.unseal("answers") or {}
    return in_words(revision, answers, revision.unseal("confidential") or {})


def passages_set_aside(response: Response) -> tuple[str, ...]:
    """The questions in whose answers a passage was set aside: nobody counts or quotes it."""
    questionnaire = editions.questionnaire_of(response.edition)
    rows = safeguarding.redaction_rows(response)
    return tuple(dict.fromkeys(questionnaire.question(each.question).text for each in rows))


def in_words(
    revision: Revision, answers: dict[str, Any], marks: dict[str, str]
) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """Answers in words, section by section; blank ones are left out."""
    questionnaire = editions.questionnaire_of(revision.response.edition)
    found = (
        (
            section.title,
            tuple(
                Said(each.text, each.display(answers), marks.get(each.id))
                for each in section.questions
                if not each.blank(answers)
            ),
        )
        for section in questionnaire.sections
    )
    return tuple((title, words) for title, words in found if words)


def read(response: Response, revision: Revision) -> Receipt:
    """The receipt of one revision."""
    return Receipt(
        title=response.consultation.title,
        organiser=response.consultation.organiser,
        zone=response.consultation.zone,
        reference=response.reference,
        revision=revision.number,
        first_sent_at=response.sent_at,
        sent_at=revision.sent_at,
        digest=revision.digest,
        questionnaire_digest=response.edition.digest,
        withdrawn_at=response.withdrawn_at,
        held=response.held_at is not None,
        set_aside=passages_set_aside(response),
        sections=said(revision),
    )


def facts(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    """The lines at the head of a receipt."""
    lines = [
        ("Reference", receipt.reference),
        ("Received", when(receipt.sent_at, receipt.zone)),
        ("Received (UTC)", when(receipt.sent_at)),
        ("Version", str(receipt.revision)),
        ("Digest of what was received (SHA-256)", receipt.digest),
        ("Digest of the questionnaire", receipt.questionnaire_digest),
    ]
    if receipt.withdrawn_at is not None:
        lines.insert(1, ("Withdrawn", when(receipt.withdrawn_at, receipt.zone)))
    return tuple(lines)


def to_docx(receipt: Receipt) -> bytes:
    """The receipt and the copy as a Word file."""
    document = Document()
    document.core_properties.title = f"Receipt {receipt.reference}"
    document.core_properties.author = receipt.organiser
    document.core_properties.created = receipt.sent_at
    document.add_heading(f"Receipt {receipt.reference}", level=1)
    document.add_paragraph(receipt.title)
    for name, value in facts(receipt):
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(value)
    document.add_heading("What was received", level=2)
    for title, answers in receipt.sections:
        document.add_heading(title, level=3)
        for answer in answers:
            document.add_paragraph().add_run(answer.question).bold = True
            for words in answer.words:
                document.add_paragraph(_printable(words))
            if answer.confidential is not None:
                document.add_paragraph(f"Marked confidential: {_printable(answer.confidential)}")
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _printable(words: str) -> str:
    return "".join(each for each in words if each in "\n\t" or ord(each) >= 32)
