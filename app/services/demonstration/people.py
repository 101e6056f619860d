"""Made-up respondents: who they are, before they answer anything."""

from dataclasses import dataclass

import numpy as np

from app.services.demonstration.bank import leans, one_of, pick

CAMPAIGN_CAMP = "protection"


@dataclass(frozen=True)
class Person:
    """One made-up respondent.

    `side` is from −1 to 1: which wing of the camp; the wing above 0 is the nearer to child
    protection groups, the one below to digital rights groups. `thorough` and `talkative` are the
    shares of closed and open questions that the person answers.
    """

    number: int
    group: str
    camp: str
    subtype: str | None
    capacity: str
    name: str
    jurisdiction: str | None
    publication: str | None
    voice: str
    language: str
    side: float
    thorough: float
    talkative: float
    unsure: float
    campaigner: bool = False

    @property
    def tellers(self) -> tuple[str, ...]:
        """Where to look the person up in a table, the closest first."""
        return (self.camp, self.group)


def make_person(rng: np.random.Generator, number: int, *, campaigner: bool = False) -> Person:
    """Draw a respondent; one of the campaign is a person of the campaign's camp."""
    table = leans()
    camp = CAMPAIGN_CAMP if campaigner else draw_camp(rng)
    group, subtypes = table.camps[camp].group, table.camps[camp].subtypes
    is_organisation = not campaigner and rng.random() < table.organisations[group]
    capacity = "organisation" if is_organisation else "own_name"
    subtype = None if campaigner or rng.random() < table.no_subtype else pick(rng, subtypes)
    jurisdiction = pick(rng, table.jurisdictions)
    publication = pick(rng, table.publication[capacity])
    side = float(rng.choice((-1, 1)) * rng.uniform(0.4, 1))
    called = table.organisation_names[subtype or "other"] if is_organisation else table.person_name
    return Person(
        number=number,
        group=group,
        camp=camp,
        subtype=subtype,
        capacity=capacity,
        name=f"{called} {number}",
        jurisdiction=None if rng.random() < table.no_jurisdiction else jurisdiction,
        publication=None if publication == "blank" else publication,
        voice=draw_voice(rng, table.camps[camp].voices, side),
        language=draw_language(rng, jurisdiction),
        side=side,
        thorough=float(rng.beta(30, 2)),
        talkative=1.0 if campaigner else float(rng.beta(2.2, 2)),
        unsure=float(rng.gamma(2, 0.5)),
        campaigner=campaigner,
    )


def draw_camp(rng: np.random.Generator) -> str:
    """Draw a group, then a camp in proportion to the subtypes that it holds."""
    table = leans()
    group = pick(rng, table.groups)
    camps = {key: each for key, each in table.camps.items() if each.group == group}
    return pick(rng, {key: sum(camp.subtypes.values()) for key, camp in camps.items()})


def draw_voice(rng: np.random.Generator, voices: tuple[str, ...], side: float) -> str:
    """Return how the person argues: the wing decides mostly, where a camp has two voices."""
    if rng.random() < 0.2:
        return one_of(rng, voices)
    return voices[0] if side > 0 else voices[-1]


def draw_language(rng: np.random.Generator, jurisdiction: str) -> str:
    """Return the language that the person writes in: mostly English."""
    own = leans().writes_in.get(jurisdiction)
    return own if own and rng.random() < leans().own_language else "en"
