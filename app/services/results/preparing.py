"""Working out in the background what pages ask for first: the overview and every question."""

from app.services.results.figures import Choice, figures, overview
from app.services.results.live import Snapshot


def prepare(snapshot: Snapshot) -> None:
    """Work out the overview and the unfiltered figures of every closed question."""
    overview(snapshot)
    for question in snapshot.responses.codebook.questions:
        if question.kind == "closed" and question.serves:
            figures(snapshot, question.key, Choice())
