"""Results: the one part of the application that may call the analysis, when first asked to."""

from app.services.results.choices import (
    CannotFilter,
    Choice,
    Options,
    UnknownQuestion,
    check,
    narrowed,
    options,
)
from app.services.results.figures import (
    Figures,
    apart,
    figures,
    overview,
    questions_of,
)
from app.services.results.live import BeingWorkedOut, Progress, Snapshot, current, forget, kept_of
from app.services.results.made_apart import BrokeOff, StoppedByTheServer, write_files_apart
from app.services.results.report_files import STEPS, CannotPublish, Made
from app.services.results.saving import about, as_csv, as_svg, file_name
from app.services.results.words import Behind, behind

__all__ = [
    "STEPS",
    "Behind",
    "BeingWorkedOut",
    "BrokeOff",
    "CannotFilter",
    "CannotPublish",
    "Choice",
    "Figures",
    "Made",
    "Options",
    "Progress",
    "Snapshot",
    "StoppedByTheServer",
    "UnknownQuestion",
    "about",
    "apart",
    "as_csv",
    "as_svg",
    "behind",
    "check",
    "current",
    "figures",
    "file_name",
    "forget",
    "kept_of",
    "narrowed",
    "options",
    "overview",
    "questions_of",
    "write_files_apart",
]
