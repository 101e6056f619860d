"""Tables and pictures to take away: each says what it shows, of whom, and as of when."""

import re
from typing import TYPE_CHECKING

from app.services.results.choices import Choice, options

if TYPE_CHECKING:
    from analysis.charts.frame import Chart
    from analysis.tables import Table
    from app.services.results.live import Snapshot

EVERYBODY = "Everybody who answered"
LINE, MARGIN, SIZE = 17.0, 6.0, 13.0


def file_name(name: str, choice: Choice, kind: str) -> str:
    """The name of a file says what it holds and whose answers were counted."""
    parts = [name, *(choice.page.values() or ("everybody",))]
    words = (re.sub(r"[^a-z0-9]+", "_", each.lower()).strip("_") for each in parts)
    return f"{'-'.join(words)}.{kind}"


def about(snapshot: "Snapshot", choice: Choice, made_at: str) -> tuple[tuple[str, str], ...]:
    """What has to be known of a figure that has left its page."""
    manifest = snapshot.responses.manifest
    return (
        ("Consultation", manifest.consultation.title),
        ("Whose answers are counted", ", ".join(options(snapshot).words(choice)) or EVERYBODY),
        ("Figures as of", made_at),
        (
            "Hidden",
            f"Counts from 1 to {snapshot.threshold - 1}, and figures that would give one away",
        ),
    )


def as_csv(table: "Table", lines: tuple[tuple[str, str], ...]) -> bytes:
    """One table as a file: the figures with all bases first, what they are below."""
    from analysis.report.writing import csv_bytes

    records = list(table.as_records())
    note = (("Note", table.note),) if table.note else ()
    content: bytes = csv_bytes([*records, (), ("Table", table.title), *note, *lines])
    return content


def as_svg(chart: "Chart", lines: tuple[tuple[str, str], ...]) -> bytes:
    """One picture as a file: the question above it, what it is below."""
    from analysis.charts.svg import FONT, INK, MUTED, PAPER, element, rect, text, wrap

    found = re.search(r' width="([\d.]+)" height="([\d.]+)"', chart.svg)
    if found is None:
        msg = "a picture without a size"
        raise AssertionError(msg)
    width, height = float(found[1]), float(found[2])
    titles = wrap(chart.title, width - 2 * MARGIN, SIZE)
    notes = [
        part
        for name, words in lines
        for part in wrap(f"{name}: {words}", width - 2 * MARGIN, SIZE - 1)
    ]
    above = LINE * len(titles) + 2 * MARGIN
    whole = above + height + LINE * len(notes) + 2 * MARGIN
    picture: str = element(
        "svg",
        rect(0, 0, width, whole, fill=PAPER),
        *(text(words, MARGIN, LINE * place + MARGIN, size=SIZE, fill=INK, bold=True)
          for place, words in enumerate(titles, 1)),
        chart.svg.replace("<svg ", f'<svg y="{above:g}" ', 1),
        *(text(words, MARGIN, above + height + LINE * place, size=SIZE - 1, fill=MUTED)
          for place, words in enumerate(notes, 1)),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {whole:g}",
        width=width,
        height=whole,
        font_family=FONT,
    )  # fmt: skip
    return picture.encode()
