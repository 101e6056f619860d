"""Reading responses into columns: what came since is added, what no longer counts is dropped."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.models import Consultation, Edition, Response, Revision
from app.models_safeguarding import Redaction
from app.services import editions, exporting
from forms.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from analysis.responses import Responses

AT_ONCE = 500

Known = dict[str, str]


def signature(session: Session, consultation: Consultation, edition: Edition) -> tuple[Any, ...]:
    """Changes whenever a response that counts comes, goes or is changed."""
    of_consultation = Response.consultation_id == consultation.id
    revisions = sa.select(sa.func.count(), sa.func.max(Revision.sent_at)).join(Response)
    states = sa.select(
        sa.func.count(Response.withdrawn_at),
        sa.func.count(Response.held_at),
        sa.func.count(Response.excluded_reason),
        sa.func.max(Response.withdrawn_at),
        sa.func.max(Response.held_at),
    )
    redactions = sa.select(sa.func.count(), sa.func.max(Redaction.made_at)).join(
        Response, Redaction.response_id == Response.id
    )
    return (
        edition.id,
        *session.execute(revisions.where(of_consultation)).one(),
        *session.execute(states.where(of_consultation)).one(),
        *session.execute(redactions.where(of_consultation)).one(),
        consultation.small_counts,
        consultation.consensus_threshold,
    )


def bring_up_to_date(
    table: "pa.Table | None",
    known: Known,
    newest: Known,
    rows: "Callable[[list[str]], pa.Table]",
    nobody: "Callable[[], pa.Table]",
) -> "pa.Table":
    """Drop from the columns what no longer counts, and add what is new or was changed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    new = [public for public, mark in newest.items() if known.get(public) != mark]
    stays = [public for public, mark in known.items() if newest.get(public) == mark]
    parts = []
    if table is not None and stays:
        mask = pc.is_in(table.column("response_id"), value_set=pa.array(stays))
        parts.append(table.filter(mask))
    parts.extend(rows(new[start : start + AT_ONCE]) for start in range(0, len(new), AT_ONCE))
    if not parts:
        parts = [nobody()]
    return pa.concat_tables(parts).combine_chunks().sort_by("response_id")


def newest(session: Session, consultation: Consultation, edition: Edition) -> Known:
    """What is counted of each response, by its public id: the last revision, and its redactions."""
    redacted = sa.select(
        Redaction.response_id,
        sa.func.count().label("number"),
        sa.func.max(Redaction.made_at).label("last"),
    ).group_by(Redaction.response_id)
    marks = {each.response_id: f"{each.number} {each.last}" for each in session.execute(redacted)}
    statement = (
        sa.select(Response.public_id, Revision.id, Response.id)
        .join(Revision, Revision.response_id == Response.id)
        .where(
            Response.consultation_id == consultation.id,
            Response.edition_id == edition.id,
            Response.withdrawn_at.is_(None),
            Response.held_at.is_(None),
            Response.excluded_reason.is_(None),
        )
        .order_by(Response.public_id, Revision.number)
    )
    return {
        public: f"{revision} {marks.get(response, '')}"
        for public, revision, response in session.execute(statement)
    }


def columns(session: Session, edition: Edition, public_ids: list[str]) -> "pa.Table":
    """Some responses as columns, without what says who they are from."""
    from forms.folder import as_table, identifying_columns

    codebook = editions.questionnaire_of(edition).codebook()
    rows = _rows(session, public_ids) if public_ids else []
    return as_table(rows, codebook).drop_columns(identifying_columns(codebook))


def _rows(session: Session, public_ids: list[str]) -> list[dict[str, Any]]:
    statement = (
        sa.select(Response)
        .where(Response.public_id.in_(public_ids))
        .options(selectinload(Response.revisions))
    )
    rows = [exporting.row(each) for each in session.scalars(statement)]
    session.expunge_all()
    return rows


def responses(
    session: Session, consultation: Consultation, edition: Edition, table: "pa.Table"
) -> "Responses":
    """The columns as the analysis takes them."""
    from analysis.export import as_asked, as_frame
    from analysis.responses import Responses

    consultation = session.merge(consultation)
    codebook = editions.questionnaire_of(edition).codebook()
    accounting = exporting.account(session, consultation, edition)
    manifest: Manifest = exporting.manifest(
        consultation, accounting, "without_identities", datetime.now(UTC)
    )
    return Responses(
        frame=as_frame(table, codebook),
        asked=as_asked(table, codebook),
        codebook=codebook,
        manifest=manifest,
    )
