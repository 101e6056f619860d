"""Themes that a computer suggests for a question, with answers to read before naming them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_coding import CodingFrame
from app.services.coding import bringing, frames
from app.services.coding.frames import Named, Refused
from app.services.coding.questions import TextQuestion
from app.services.results import coding_aid

EXAMPLES = 3


@dataclass(frozen=True)
class Offered:
    """A theme on offer: its words, how many answers, and some of them. People name it."""

    words: str
    texts: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Offers:
    """What is suggested, on how many answers it rests, and what a reader must be told."""

    themes: tuple[Offered, ...]
    used: int
    note: str
    reason: str | None


def suggestions(session: Session, consultation: Consultation, question: TextQuestion) -> Offers:
    """What the computer finds. Answers that are marked as confidential are no examples."""
    written = [each for each in bringing.look(session, consultation, question.key) if each.text]
    texts = [(each.response_id, each.text) for each in written]
    found = coding_aid.suggested(texts, question.language, question.text)
    quotable = {each.response_id: each.text for each in written if not each.confidential}
    themes = tuple(
        Offered(
            words=", ".join(theme.words),
            texts=theme.texts,
            examples=tuple(quotable[each] for each in theme.responses if each in quotable)[
                :EXAMPLES
            ],
        )
        for theme in found.themes
    )
    return Offers(themes, found.used, found.note, found.reason)


def check(frame: CodingFrame | None, picked: dict[str, Named]) -> None:
    """Refuse what could not all be made; each stands under its place in the list.

    Raises
    ------
    Refused
        If nothing was picked, two have one name, or a name is missing, taken or too long.
    """
    if not picked:
        raise Refused("suggested", "Choose at least one suggestion, or start from nothing.")
    empty, names = CodingFrame(), set()
    for place, each in picked.items():
        frames.checked(frame or empty, each, f"name-{place}", about=f"about-{place}")
        name = " ".join(each.name.split()).casefold()
        if name in names:
            raise Refused(f"name-{place}", "Another of these codes has the same name.")
        names.add(name)
