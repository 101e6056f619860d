"""One page for all open questions: where the groups stand together and where they stand apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.charts.frame import WIDTH, Block, Chart, Column, finished, footnote, legend_of_marks
from analysis.charts.palette import VERDICTS, draw_mark
from analysis.charts.svg import INK, MUTED, line, rect, text, wrap
from analysis.charts.wording import HIDDEN, NOBODY, listed, percent
from analysis.tables import Table

VERDICT = 112.0
"""Room for the verdict, right of the lines."""

MARK = 9.0
"""Marks nearer to each other than this stand one above the other."""

LEFT = 8.0
RIGHT = WIDTH - VERDICT - 8

Kind = Literal["common", "split", "other"]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one group stands on one question: its share of the position shown, in per cent.

    With `at_least` some are hidden, and the share is a lower limit.
    """

    share: float | None
    hidden: bool = False
    at_least: bool = False

    @property
    def words(self) -> str:
        """Write the share, or that it is hidden or that nobody answered."""
        if self.hidden:
            return HIDDEN
        return f"{'at least ' if self.at_least else ''}{percent(self.share)}"


@dataclass(frozen=True, slots=True)
class Ground:
    """One open question on the map.

    `measured` says what the share is a share of; `verdict` is the word that stands beside the
    line, and `kind` says how it is drawn.
    """

    key: str
    title: str
    measured: str
    stands: tuple[Stand, ...]
    verdict: str
    kind: Kind


def ground_map(
    key: str,
    title: str,
    grounds: Sequence[Ground],
    columns: Sequence[Column],
    tables: Sequence[Table],
    *,
    threshold: float = 75.0,
) -> Chart:
    """Draw every open question as a line from nobody to everybody, with the groups upon it.

    Parameters
    ----------
    key, title
        Name of the file; heading.
    grounds
        One an open question, each with a stand for every column, in the columns' order.
    columns
        The groups.
    tables
        The tables that hold the figures.
    threshold
        The share in per cent that was fixed beforehand as consensus; drawn as an upright stroke.

    Returns
    -------
    Chart
        A hidden share has no mark.
    """
    legend = legend_of_marks(columns, None, 0)
    parts, y = list(legend.parts), legend.height + 2
    axis = _axis(y)
    parts += axis.parts
    y += axis.height
    for ground in grounds:
        block = _ground(ground, columns, y, threshold)
        parts += block.parts
        y += block.height
    note = footnote(
        "Each mark is the share of a group that gave the answer in grey, of those with a view. "
        "Marks close together stand alike. The upright stroke is the "
        f"{percent(threshold)} that was fixed beforehand as consensus. › at least so many: some "
        "are hidden. Hidden shares have no mark.",
        y,
    )
    description = " ".join(_words(ground, columns) for ground in grounds)
    height = y + note.height
    return finished(key, title, description, [*parts, *note.parts], height, tables)


def _at(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share / 100


def _axis(y: float) -> Block:
    parts = [
        text(words, _at(share), y + 11, size=10.5, fill=MUTED, anchor=anchor)
        for words, share, anchor in (
            ("0%", 0, "middle"),
            ("50%", 50, "middle"),
            ("100%", 100, "middle"),
        )
    ]
    return Block(tuple(parts), 20)


def _ground(ground: Ground, columns: Sequence[Column], y: float, threshold: float) -> Block:
    key_room = 40.0
    lines = wrap(ground.title, WIDTH - key_room, 12)
    parts = [text(ground.key, 0, y + 12, size=12, bold=True)]
    parts += [
        text(words, key_room, y + 12 + place * 15, size=12) for place, words in enumerate(lines)
    ]
    measured = wrap(ground.measured, WIDTH - key_room, 10.5)
    parts += [
        text(words, key_room, y + 15 * len(lines) + 11 + place * 13, size=10.5, fill=MUTED)
        for place, words in enumerate(measured)
    ]
    middle = y + 15 * len(lines) + 13 * len(measured) + 16
    colour = VERDICTS[ground.kind]
    parts.append(line(_at(0), middle, _at(100), middle))
    parts.append(line(_at(threshold), middle - 9, _at(threshold), middle + 9, stroke=MUTED))
    shown = [
        (stand.share, column)
        for stand, column in zip(ground.stands, columns, strict=True)
        if stand.share is not None and not stand.hidden
    ]
    if len(shown) > 1:
        shares = [share for share, _ in shown]
        parts.append(
            line(_at(min(shares)), middle, _at(max(shares)), middle, stroke=colour, width=4)
        )
    parts += [
        text("›", _at(stand.share) + 9, middle + 5, size=15, fill=INK)
        for stand in ground.stands
        if stand.at_least and stand.share is not None
    ]
    lanes = _lanes([_at(share) for share, _ in shown])
    parts += [
        draw_mark(column.mark, _at(share), middle + lane, 6)
        for (share, column), lane in reversed(list(zip(shown, lanes, strict=True)))
    ]
    parts += _verdict(ground, colour, middle)
    return Block(tuple(parts), middle - y + 22)


def _lanes(places: Sequence[float]) -> list[float]:
    """Give how far above or below the line each mark stands, so that none covers another."""
    lanes: list[float] = []
    for at, place in enumerate(places):
        taken = {lanes[near] for near in range(at) if abs(places[near] - place) < MARK}
        free = [lane for lane in (0.0, -MARK, MARK) if lane not in taken]
        lanes.append(free[0] if free else 0.0)
    return lanes


def _verdict(ground: Ground, colour: str, middle: float) -> list[str]:
    x = WIDTH - VERDICT + 8
    lines = wrap(ground.verdict, VERDICT - 22, 11.5)
    top = middle + 4 - 6.5 * (len(lines) - 1)
    mark = {
        "common": rect(x, middle - 5, 10, 10, fill=colour),
        "split": rect(x, middle - 5, 3.5, 10, fill=colour)
        + rect(x + 6.5, middle - 5, 3.5, 10, fill=colour),
        "other": rect(x + 0.5, middle - 4.5, 9, 9, fill="none", stroke=colour, stroke_width=1.2),
    }[ground.kind]
    words = [
        text(
            each, x + 15, top + place * 13, size=11.5, fill=INK if ground.kind != "other" else MUTED
        )
        for place, each in enumerate(lines)
    ]
    return [mark, *words]


def _words(ground: Ground, columns: Sequence[Column]) -> str:
    said = [
        f"{column.heading} {stand.words}"
        for stand, column in zip(ground.stands, columns, strict=True)
    ]
    shares = listed(said) or NOBODY
    return f"{ground.key} {ground.title} ({ground.measured}): {shares}. {ground.verdict}."
