"""Exporting: from the database to the folder that the analysis reads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.models import Consultation, Draft, Edition, Response
from app.services import editions, safeguarding
from forms.folder import write_folder
from forms.manifest import Accounting, ConsultationFacts, Contents, GroupCount, Manifest, Rules

BATCH = 500
REASONS = {
    "withdrawn": "withdrawn by the respondent",
    "held": "held for safeguarding",
    "excluded": "left out by the organiser, with a reason",
    "other_edition": "answered another version of the questionnaire",
}


class NothingOpened(LookupError):
    """The consultation has not opened, so there is nothing to export."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    folder: Path
    accounting: Accounting
    digests: dict[str, str]


def reason_removed(response: Response, edition: Edition) -> str | None:
    """Why a response does not count; None where it does."""
    if response.withdrawn_at is not None:
        return "withdrawn"
    if response.excluded_reason is not None:
        return "excluded"
    if response.held_at is not None:
        return "held"
    return None if response.edition_id == edition.id else "other_edition"


def account(session: Session, consultation: Consultation, edition: Edition) -> Accounting:
    """Received = included + removed, by reason; again by group; drafts beside."""
    removed: Counter[str] = Counter()
    received: Counter[str] = Counter()
    included: Counter[str] = Counter()
    of_consultation = Response.consultation_id == consultation.id
    total = 0
    for response in session.scalars(sa.select(Response).where(of_consultation)):
        total += 1
        group = response.group_key or "unknown"
        received[group] += 1
        if (reason := reason_removed(response, edition)) is None:
            included[group] += 1
        else:
            removed[reason] += 1
    return Accounting(
        received=total,
        included=sum(included.values()),
        removed=dict(sorted(removed.items())),
        drafts=count_drafts(session, consultation),
        by_group={
            key: GroupCount(received=received[key], included=included[key])
            for key in sorted(received)
        },
    )


def count_drafts(session: Session, consultation: Consultation) -> int:
    """How many drafts were never sent."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Draft)
        .join(Edition, Draft.edition_id == Edition.id)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .where(Edition.consultation_id == consultation.id, Response.id.is_(None))
    )
    return session.scalar(statement) or 0


def included(session: Session, consultation: Consultation, edition: Edition) -> Iterator[Response]:
    """The responses that count, with their revisions, a batch at a time."""
    statement = (
        sa.select(Response)
        .where(
            Response.consultation_id == consultation.id,
            Response.edition_id == edition.id,
            Response.withdrawn_at.is_(None),
            Response.held_at.is_(None),
            Response.excluded_reason.is_(None),
        )
        .options(selectinload(Response.revisions))
        .order_by(Response.public_id)
        .execution_options(yield_per=BATCH)
    )
    yield from session.scalars(statement)


def row(response: Response) -> dict[str, Any]:
    """One response as a row of `responses.parquet`."""
    revision = response.revisions[-1]
    questionnaire = editions.questionnaire_of(response.edition)
    marks: dict[str, str] = revision.unseal("confidential") or {}
    return {
        **questionnaire.record(
            safeguarding.answers_for_analysis(revision), tuple(revision.opted_out)
        ),
        "response_id": response.public_id,
        "submitted_on": revision.sent_at.date().isoformat(),
        "confidential": " ".join(sorted(marks)),
        "verified": "verified" if response.verified else "declared",
        "channel": response.channel,
    }


def write_export(
    session: Session,
    consultation: Consultation,
    folder: Path,
    *,
    now: datetime,
    contents: Contents = "without_identities",
) -> Exported:
    """Write the export folder of a consultation.

    Raises
    ------
    NothingOpened
        If the consultation never opened.
    """
    edition = editions.current_edition(session, consultation)
    if edition is None:
        msg = f"“{consultation.title}” has not opened: there is nothing to export."
        raise NothingOpened(msg)
    from app.services.coding import final  # coding asks the results, and they ask this module

    accounting = account(session, consultation, edition)
    coded = final.write_codings(folder, final.as_bytes(session, consultation))
    digests = write_folder(
        folder,
        (row(each) for each in included(session, consultation, edition)),
        editions.questionnaire_of(edition).codebook(),
        manifest(consultation, accounting, contents, now).model_copy(update={"digests": coded}),
    )
    return Exported(folder, accounting, digests)


def manifest(
    consultation: Consultation, accounting: Accounting, contents: Contents, now: datetime
) -> Manifest:
    """What the folder says of itself."""
    closed = consultation.closes_at
    return Manifest(
        consultation=ConsultationFacts(
            key=consultation.key,
            title=consultation.title,
            opened_at=consultation.opens_at,
            closed_at=closed if closed is not None and closed <= now else None,
            exported_at=now,
            organiser=consultation.organiser,
        ),
        synthetic=consultation.synthetic,
        source="Open Questions",
        accounting=accounting,
        rules=Rules(
            small_counts=consultation.small_counts,
            consensus_threshold=consultation.consensus_threshold,
            k_anonymity=consultation.k_anonymity,
        ),
        contents=contents,
    )
