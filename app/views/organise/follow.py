"""Follow: how a consultation is going, on one page."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.security import open_to
from app.services import following
from app.services.following import Period
from app.services.hidden import Count
from app.services.roles import who
from app.team import now
from app.views.organise.desk import find_consultation, organise
from forms.manifest import LEAST_VIEWS

WIDTH, HEIGHT, LEFT, FOOT = 960, 260, 48, 34
STUB = 6  # how high a bar is drawn whose number is hidden


@dataclass(frozen=True)
class Bar:
    """A bar of the picture; hidden ones are stubs of one height."""

    x: float
    y: float
    width: float
    height: float
    series: str
    hidden: bool


@dataclass(frozen=True)
class Mark:
    """A line across the picture, with its number, or a word under it."""

    at: float
    words: str


@dataclass(frozen=True)
class Picture:
    """The bars of begun and sent over time."""

    bars: tuple[Bar, ...]
    lines: tuple[Mark, ...]
    dates: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - FOOT


def top_of(most: int) -> int:
    """A round number not below the highest bar: 1, 2 or 5 with noughts."""
    size = 1
    while True:
        for each in (1, 2, 5):
            if each * size >= most:
                return each * size
        size *= 10


def draw(periods: tuple[Period, ...]) -> Picture:
    """Where each bar stands; drawn with attributes alone, as the content policy asks."""
    top = top_of(max(max(each.begun or 0, each.sent or 0, 1) for each in periods))
    slot = (WIDTH - LEFT) / len(periods)
    room = HEIGHT - FOOT - 12

    def bar(place: int, series: str, shift: float, count: Count) -> Bar:
        height = STUB if count is None else count / top * room
        x = LEFT + place * slot + slot * shift
        return Bar(x, HEIGHT - FOOT - height, slot * 0.38, height, series, count is None)

    bars = [
        each
        for place, period in enumerate(periods)
        for each in (
            bar(place, "begun", 0.1, period.begun),
            bar(place, "sent", 0.5, period.sent),
        )
    ]
    lines = tuple(
        Mark(HEIGHT - FOOT - part * room, f"{round(top * part):,}") for part in (0, 0.5, 1)
    )
    every = -(-len(periods) // 8)
    dates = tuple(
        Mark(LEFT + place * slot + slot * 0.1, f"{period.first.day} {period.first:%b}")
        for place, period in enumerate(periods)
        if place % every == 0
    )
    return Picture(tuple(each for each in bars if each.height), lines, dates)


@organise.get("/c/<key>/follow")
@open_to(*who("see"))
def follow(key: str) -> ResponseReturnValue:
    """Invited, begun, sent; the balance of the groups; minutes, and where people stop."""
    consultation = find_consultation(key)
    try:
        found = following.read(current_session(), consultation)
    except following.NotOpened:
        return render_template("organise/follow_not_yet.html")
    picture = draw(found.periods) if found.periods else None
    return render_template(
        "organise/follow.html",
        found=found,
        picture=picture,
        moment=now(),
        thin=following.thin(found),
        least=LEAST_VIEWS,
    )
