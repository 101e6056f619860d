"""Working out in the background what pages ask for first: the overview and every question."""

from typing import TYPE_CHECKING

from app.services import background
from app.services.results.choices import Choice
from app.services.results.figures import figures, overview

if TYPE_CHECKING:
    from app.services.results.live import Kept, Snapshot


def prepare(snapshot: "Snapshot", kept: "Kept") -> None:
    """Work out the unfiltered figures of every closed question, and the overview of them."""
    asked = [
        each
        for each in snapshot.responses.codebook.questions
        if each.kind == "closed" and each.serves
    ]
    kept.worked_out, kept.questions = 0, len(asked)
    for question in asked:
        background.go_on()
        figures(snapshot, question.key, Choice())
        kept.worked_out += 1
    overview(snapshot)
