"""Results: the one part of the application that may call the analysis, when first asked to."""

from app.services.results.figures import (
    Choice,
    Figures,
    UnknownQuestion,
    apart,
    as_csv,
    figures,
    narrowed,
    overview,
    questions_of,
)
from app.services.results.live import BeingWorkedOut, Progress, Snapshot, current, forget, kept_of
from app.services.results.made_apart import BrokeOff, StoppedByTheServer, write_files_apart
from app.services.results.report_files import STEPS, CannotPublish, Made
from app.services.results.words import Behind, behind

__all__ = [
    "STEPS",
    "Behind",
    "BeingWorkedOut",
    "BrokeOff",
    "CannotPublish",
    "Choice",
    "Figures",
    "Made",
    "Progress",
    "Snapshot",
    "StoppedByTheServer",
    "UnknownQuestion",
    "apart",
    "as_csv",
    "behind",
    "current",
    "figures",
    "forget",
    "kept_of",
    "narrowed",
    "overview",
    "questions_of",
    "write_files_apart",
]
