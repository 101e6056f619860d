"""Whose answers to count: what a page may be filtered by, and who is let through."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from forms.codebook import Measure, Variable

if TYPE_CHECKING:
    from analysis.parts import Partition
    from analysis.responses import Mask, Responses
    from app.services.results.live import Snapshot

MOST_FILTERS = 2
VERIFIED = {"verified": "Verified by invitation", "declared": "Declared only"}
CAMPAIGNS = {"without": "Each campaign counted once"}


class UnknownQuestion(LookupError):
    """The questionnaire has no such question or open question."""


class CannotFilter(ValueError):
    """These filters cannot be used; the message says why, and `field` which one it is about."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Choice:
    """Whose answers to count, as the page's address says it."""

    verified: str = ""
    capacity: str = ""
    jurisdiction: str = ""
    campaigns: str = ""

    @property
    def page(self) -> dict[str, str]:
        """What narrows, by name."""
        return {name: key for name, key in asdict(self).items() if key}

    @property
    def narrows(self) -> bool:
        """Whether anybody is left out."""
        return bool(self.page)


@dataclass(frozen=True)
class Options:
    """What each filter offers, key and words; a country only where enough named it."""

    verified: tuple[tuple[str, str], ...]
    capacity: tuple[tuple[str, str], ...]
    jurisdiction: tuple[tuple[str, str], ...]
    campaigns: tuple[tuple[str, str], ...]

    def words(self, choice: Choice) -> tuple[str, ...]:
        """Say a choice in the words in which it was offered."""
        return tuple(dict(getattr(self, name))[key] for name, key in choice.page.items())


def options(snapshot: "Snapshot") -> Options:
    """What may be filtered by."""
    made: Options = snapshot.once(("options",), lambda: _options(snapshot))
    return made


def _options(snapshot: "Snapshot") -> Options:
    from analysis.summaries import place_name

    roles, known = snapshot.responses.codebook.roles, snapshot.responses.codebook.by_name
    named = ((key, place_name(key)) for key in countries_of(snapshot))
    countries = tuple(sorted(named, key=lambda each: each[1]))
    return Options(
        verified=tuple(VERIFIED.items()) if roles.verified else (),
        capacity=tuple((each.key, each.label) for each in known[roles.capacity].categories)
        if roles.capacity
        else (),
        jurisdiction=countries,
        campaigns=tuple(CAMPAIGNS.items()),
    )


def check(snapshot: "Snapshot", choice: Choice) -> None:
    """Refuse filters that there are not, or that may not go together.

    Raises
    ------
    CannotFilter
        The message is for whoever chose them.
    """
    from analysis.parting import may_cross

    offered = options(snapshot)
    for name, key in choice.page.items():
        if key not in dict(getattr(offered, name)):
            raise CannotFilter(_not_offered(snapshot, name), name)
    chosen = tuple(choice.page)
    if len(chosen) > MOST_FILTERS:
        msg = "Choose two filters at most. With more, single people could be told apart"
        raise CannotFilter(msg, chosen[-1])
    if len(chosen) == MOST_FILTERS and not may_cross(*chosen):
        msg = "A country cannot be combined with counting each campaign once: choose one of the two"
        raise CannotFilter(msg, "jurisdiction")


def _not_offered(snapshot: "Snapshot", name: str) -> str:
    if name == "jurisdiction":
        return (
            "Choose a country from the list. It holds the countries that at least "
            f"{snapshot.threshold} respondents named"
        )
    return "Choose an answer from the list"


def narrowed(
    snapshot: "Snapshot", choice: Choice, variables: "Sequence[Variable]" = ()
) -> "Responses":
    """The responses that a choice lets through; with `variables`, no more of them than these.

    Raises
    ------
    CannotFilter
        If these filters cannot be used.
    BeingWorkedOut
        If it is not known yet which responses belong to campaigns.
    """
    check(snapshot, choice)
    responses = snapshot.responses
    if variables:
        columns = [name for each in variables for name in each.columns]
        wanted = dict.fromkeys([responses.codebook.roles.group, *columns])
        known = [name for name in wanted if name in responses.frame.columns]
        questions = dict.fromkeys(each.question for each in variables)
        asked = [name for name in questions if name in responses.asked.columns]
        responses = replace(responses, frame=responses.frame[known], asked=responses.asked[asked])
    if not choice.narrows:
        return responses
    words = ", ".join(options(snapshot).words(choice))
    return responses.only(_mask(snapshot, choice), words)


def _mask(snapshot: "Snapshot", choice: Choice) -> "Mask":
    """Who is let through."""
    import numpy as np

    mask: Mask = np.ones(len(snapshot.responses), dtype=np.bool_)
    for name, key in choice.page.items():
        parted = partition_of(snapshot, name)
        if parted is None or key not in parted.keys:
            raise CannotFilter(_not_offered(snapshot, name), name)
        mask &= parted.codes == parted.keys.index(key)
    return mask


def when(snapshot: "Snapshot", names: "dict[str, str] | tuple[str, ...]") -> datetime | None:
    """When campaigns were last found, where it matters."""
    return snapshot.copies.made_at if "campaigns" in names else None


def countries_of(snapshot: "Snapshot") -> tuple[str, ...]:
    """The countries that at least the threshold named; none where somebody may name several.

    Parts that overlap could not be kept from being worked out of each other.
    """
    found = partition_of(snapshot, "jurisdiction")
    return () if found is None else found.keys


def partition_of(snapshot: "Snapshot", name: str) -> "Partition | None":
    """How one filter parts everybody; None where this consultation cannot tell."""
    made: Partition | None = snapshot.once(
        ("partition", name, when(snapshot, (name,))), lambda: _partition(snapshot, name)
    )
    return made


def _partition(snapshot: "Snapshot", name: str) -> "Partition | None":
    from analysis.parts import partition

    masks = _masks(snapshot, name)
    return partition(name, masks, len(snapshot.responses)) if masks else None


def _masks(snapshot: "Snapshot", name: str) -> "dict[str, Mask]":
    responses = snapshot.responses
    if name == "campaigns":
        copies = {each for one in snapshot.campaigns for each in sorted(one)[1:]}
        return {"without": ~responses.frame.index.isin(tuple(copies))}
    role = getattr(responses.codebook.roles, name)
    if role is None:
        return {}
    column = responses.frame[role]
    if responses.variable(role).measure is not Measure.JURISDICTION:
        keys = [each.key for each in responses.variable(role).categories]
        return {key: (column == key).to_numpy(dtype=bool) for key in keys}
    named = column.fillna("").astype("str").str.strip()
    if named.str.contains(" ", regex=False).any():
        return {}
    sizes = named.value_counts()
    return {
        str(key): (named == key).to_numpy(dtype=bool)
        for key, size in sizes.items()
        if key and size >= snapshot.threshold
    }
