"""Variables that nobody is asked for: the service itself knows them of every response."""

from collections.abc import Collection, Iterable
from typing import Protocol

from forms.codebook import AskedQuestion, Category, Measure, SectionTitle, Variable

SYSTEM_SECTION = SectionTitle(key="response", title="About the response", kind="closing")
TOPIC_PREFIX = "topic_"
VERIFIED = (
    Category(key="verified", label="Verified by invitation"),
    Category(key="declared", label="Declared by the respondent"),
)
CHANNEL = (
    Category(key="online", label="Online"),
    Category(key="paper", label="On paper"),
    Category(key="email", label="By e-mail"),
    Category(key="import", label="Imported"),
)
TOPIC = (
    Category(key="offered", label="Offered"),
    Category(key="opted_out", label="Opted out"),
    Category(key="not_chosen", label="Not chosen"),
)


class Titled(Protocol):
    """Anything with a key and a title, such as a section."""

    @property
    def key(self) -> str: ...

    @property
    def title(self) -> str: ...


def topic_variable_name(section: str) -> str:
    """Return the name of the variable that says what became of a topic."""
    return f"{TOPIC_PREFIX}{section}"


def is_reserved(name: str) -> bool:
    """Say whether no question may use the name, because a system variable has it."""
    return name in {"verified", "channel"} or name.startswith(TOPIC_PREFIX)


def topic_state(
    section: str, chosen: object, topics: Collection[str], opted_out: Collection[str]
) -> str:
    """Return what became of a topic.

    Where nothing was chosen on the topics page every topic is offered; one that was not chosen is
    `not_chosen` whatever was opted out of.
    """
    picked = [key for key in chosen if key in topics] if isinstance(chosen, list | tuple) else []
    if picked and section not in picked:
        return "not_chosen"
    return "opted_out" if section in opted_out else "offered"


def system_questions(topics: Iterable[Titled]) -> list[tuple[AskedQuestion, Variable]]:
    """Return each system variable with a question of the same name for it to belong to."""
    pairs = [
        system_question("verified", "How the group is known", VERIFIED),
        system_question("channel", "How the response came in", CHANNEL),
    ]
    pairs += [
        system_question(topic_variable_name(each.key), f"Topic: {each.title}", TOPIC)
        for each in topics
    ]
    return pairs


def system_question(
    name: str, text: str, categories: tuple[Category, ...]
) -> tuple[AskedQuestion, Variable]:
    """Return one system variable and its question."""
    section = SYSTEM_SECTION.key
    asked = AskedQuestion(key=name, text=text, section=section, kind="closed", type="system")
    variable = Variable(
        name=name,
        label=text,
        question=name,
        section=section,
        measure=Measure.NOMINAL,
        categories=categories,
    )
    return asked, variable
