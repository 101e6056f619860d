"""Themes by group as they stand, small counts hidden as in every table."""

from sqlalchemy.orm import Session

from app.database import Database
from app.models import Consultation
from app.models_coding import CodingFrame
from app.services import results
from app.services.coding import final
from app.services.coding.answers import Unit
from app.services.results import coding_aid


def themes(
    database: Database,
    session: Session,
    consultation: Consultation,
    frame: CodingFrame,
    units: tuple[Unit, ...],
) -> object | None:
    """The table of a question, for a page to draw; None where nothing may be shown."""
    snapshot = results.current(database, consultation)
    coded = final.of_frame(session, consultation, frame, units)
    if not isinstance(snapshot, results.Snapshot) or not coded["codings"]:
        return None
    return coding_aid.themes(snapshot.responses, coded, consultation.small_counts)
