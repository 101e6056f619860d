"""SVG from presentation attributes alone, so that it is drawn alike under any content policy.

No style attribute, no style sheet, no script, no address, nothing loaded. Numbers are written to
one decimal and attributes in the order given, so the same picture is the same text.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from html import escape

INK = "#1f2328"
MUTED = "#565d66"
RULE = "#c9cdd2"
PAPER = "#ffffff"

FONT = "Arial, Helvetica, Liberation Sans, Nimbus Sans, sans-serif"

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

NARROW = frozenset("iIjlt.,:;'|!()[]f ")
WIDE = frozenset("mwMW%@—")


def clean(text: str) -> str:
    """Escape text for XML and leave out characters that XML cannot hold."""
    return escape(NOT_XML.sub("", text), quote=True)


def figure(number: float) -> str:
    """Write a coordinate: one decimal at most, never an exponent, never minus nought."""
    rounded = Decimal(repr(float(number))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.normalize() + 0:f}"


def element(name: str, /, *content: str, **attributes: str | float | None) -> str:
    """Give one element; `content` is markup already. An underscore in a name becomes a hyphen."""
    given = [(key, value) for key, value in attributes.items() if value is not None]
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{clean(_as_text(value))}"' for key, value in given
    )
    return f"<{name}{written}>{''.join(content)}</{name}>" if content else f"<{name}{written}/>"


def _as_text(value: str | float) -> str:
    return value if isinstance(value, str) else figure(value)


def text(
    words: str,
    x: float,
    y: float,
    *,
    size: float = 12,
    fill: str = INK,
    anchor: str | None = None,
    bold: bool = False,
) -> str:
    """Give a line of words whose baseline stands at `y`."""
    return element(
        "text",
        clean(words),
        x=x,
        y=y,
        font_size=size,
        fill=fill,
        text_anchor=anchor,
        font_weight="bold" if bold else None,
    )


def rect(x: float, y: float, width: float, height: float, **attributes: str | float | None) -> str:
    """Give a rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def line(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str = RULE, width: float = 1
) -> str:
    """Give a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width)


def hatch(x: float, y: float, width: float, height: float, *, stroke: str, gap: float = 6) -> str:
    """Give rising strokes across a rectangle, cut to it by arithmetic.

    A pattern or a clip path would need an id, and two pictures on a page could share it.
    """
    strokes: list[str] = []
    offset = gap / 2
    while offset < width + height:
        start = (x + min(offset, width), y + max(0.0, offset - width))
        end = (x + max(0.0, offset - height), y + min(offset, height))
        strokes.append(f"M{figure(start[0])} {figure(start[1])}L{figure(end[0])} {figure(end[1])}")
        offset += gap
    return element("path", d="".join(strokes), stroke=stroke, stroke_width=1.2, fill="none")


def width_of(words: str, size: float) -> float:
    """Estimate how wide a line is drawn, in the picture's units, on the generous side.

    No font is measured, so that a picture is the same on a machine with other fonts.
    """
    return size * sum(
        0.31 if letter in NARROW else 0.86 if letter in WIDE else 0.7 if letter.isupper() else 0.55
        for letter in words
    )


def wrap(words: str, room: float, size: float, most: int | None = None) -> tuple[str, ...]:
    """Break words into lines no wider than `room`; with `most`, the last line ends in "…"."""
    lines: list[str] = []
    current = ""
    for word in words.split():
        longer = f"{current} {word}" if current else word
        if current and width_of(longer, size) > room:
            lines.append(current)
            current = word
        else:
            current = longer
    lines.append(current)
    if most is not None and len(lines) > most:
        kept = lines[most - 1]
        while kept and width_of(kept + "…", size) > room:
            kept = kept[:-1].rstrip()
        lines = [*lines[: most - 1], kept + "…"]
    return tuple(lines)


def picture(
    key: str, title: str, description: str, width: float, height: float, parts: Iterable[str]
) -> str:
    """Give a whole picture that says in words, too, what it shows."""
    name = clean(re.sub(r"[^a-z0-9_-]", "-", key.lower()))
    return element(
        "svg",
        element("title", clean(title), id=f"{name}-title")
        + element("desc", clean(description), id=f"{name}-desc")
        + rect(0, 0, width, height, fill=PAPER)
        + "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {figure(width)} {figure(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        font_family=FONT,
        font_size="12",
    )
