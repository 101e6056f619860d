"""Colours that stay apart for colour-blind eyes and on a grey printer, and the shapes beside them.

No meaning rests on a colour alone: groups have shapes, sides have a place and a hatching, and every
figure is printed. `tests/analysis/charts` measures contrast and simulates colour blindness.
"""

from dataclasses import dataclass
from typing import Literal

from analysis.charts.svg import PAPER, element, figure

Shape = Literal["circle", "square", "triangle", "diamond", "cross", "bar"]


@dataclass(frozen=True, slots=True)
class Mark:
    """How one group is drawn in every picture."""

    colour: str
    shape: Shape


MARKS = (
    Mark("#0b4f8a", "circle"),
    Mark("#c2510a", "square"),
    Mark("#1d7f63", "triangle"),
    Mark("#7a3e9d", "diamond"),
    Mark("#8a6d00", "cross"),
    Mark("#a3195b", "bar"),
)
BLACK = "#000000"
EVERYBODY = Mark("#3c4148", "diamond")

AGAINST = ("#a8480b", "#eba466")
MIDDLE = "#dfe2e6"
FOR = ("#8fbbe3", "#13548f")
SEQUENCE = ("#dbe7f3", "#aac8e4", "#6fa0cf", "#3573ad", "#0d416f")
VERDICTS = {"common": "#13548f", "split": "#a8480b", "other": "#6b727b"}


def mark_of(place: int) -> Mark:
    """Give the mark of the group at this place in the codebook's order."""
    return MARKS[place % len(MARKS)]


def ramp(steps: int, colours: tuple[str, ...] = SEQUENCE) -> tuple[str, ...]:
    """Give this many colours from light to dark."""
    if steps == 1:
        return (colours[-1],)
    last = len(colours) - 1
    return tuple(_between(colours, place * last / (steps - 1)) for place in range(steps))


def _between(colours: tuple[str, ...], place: float) -> str:
    low = min(int(place), len(colours) - 2)
    part = place - low
    pairs = zip(channels(colours[low]), channels(colours[low + 1]), strict=True)
    mixed = (round(first + (second - first) * part) for first, second in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def channels(colour: str) -> tuple[int, int, int]:
    """Give red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Give the relative luminance, 0 to 1 (WCAG 2.2)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Give the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Give black or white, whichever reads better: one of them has 4.5 to 1 on any colour."""
    return max((BLACK, PAPER), key=lambda ink: contrast(ink, colour))


def draw_mark(mark: Mark, x: float, y: float, size: float = 5.5) -> str:
    """Draw a group's mark with its middle at a point, edged in white where marks overlap."""
    edge: dict[str, str | float | None] = {
        "fill": mark.colour,
        "stroke": PAPER,
        "stroke_width": 1.2,
    }
    if mark.shape == "circle":
        return element("circle", cx=x, cy=y, r=size, **edge)
    if mark.shape == "square":
        side = size * 0.9
        return element("rect", x=x - side, y=y - side, width=2 * side, height=2 * side, **edge)
    return element("polygon", points=_corners(mark.shape, x, y, size * 1.2), **edge)


def _corners(shape: Shape, x: float, y: float, size: float) -> str:
    third = size / 3
    outlines: dict[Shape, tuple[tuple[float, float], ...]] = {
        "triangle": ((0, -size), (size, size * 0.8), (-size, size * 0.8)),
        "diamond": ((0, -size), (size, 0), (0, size), (-size, 0)),
        "bar": ((-third, -size), (third, -size), (third, size), (-third, size)),
        "cross": (
            *((-third, -size), (third, -size), (third, -third), (size, -third)),
            *((size, third), (third, third), (third, size), (-third, size)),
            *((-third, third), (-size, third), (-size, -third), (-third, -third)),
        ),
    }
    return " ".join(f"{figure(x + dx)},{figure(y + dy)}" for dx, dy in outlines[shape])
