"""Countries and territories, by ISO 3166 code."""

import unicodedata
from functools import cached_property, lru_cache
from typing import Annotated, ClassVar, Literal

import pycountry
from pydantic import Field, StringConstraints
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField

from forms.codebook import Frozen, Measure, Variable
from forms.fields import Several, pick_one, quoted
from forms.question import Answers, Paper, Posted, Problem, Question, Specimen, Words

BESIDE_ISO = {
    "EU": "European Union",  # reserved by ISO 3166 for this use
    "UN": "United Nations or another international body",  # reserved likewise
    "XK": "Kosovo",  # user-assigned; so used by the European Commission and the World Bank
}


class Place(Frozen):
    """A jurisdiction: its code, and its name as respondents see it."""

    code: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    name: Words


@lru_cache(maxsize=1)
def all_places() -> tuple[Place, ...]:
    """Return every country and territory of ISO 3166-1, and a few beside, sorted by English name.

    The common name is taken where there is one (“Taiwan”, “Iran”).
    """
    names = {each.alpha_2: getattr(each, "common_name", each.name) for each in pycountry.countries}
    places = (Place(code=code, name=name) for code, name in (names | BESIDE_ISO).items())
    return tuple(sorted(places, key=lambda place: unaccented(place.name)))


def unaccented(name: str) -> str:
    """Return the name as it sorts in English: “Åland” stands among the A."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(each for each in letters if not unicodedata.combining(each)).casefold()


class Jurisdiction(Question):
    """One place out of a list, or several. The list is part of the frozen question."""

    control: ClassVar[str] = "jurisdiction"

    type: Literal["jurisdiction"] = "jurisdiction"
    several: bool = False
    places: Annotated[tuple[Place, ...], Field(min_length=1)] = Field(default_factory=all_places)

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each place by its code."""
        return {place.code: place.name for place in self.places}

    def fields(self) -> dict[str, UnboundField]:
        choices = [SelectChoice(value=code, label=name) for code, name in self.names.items()]
        if self.several:
            return {self.id: UnboundField(Several, quoted(self.text), choices=choices)}
        return {self.id: pick_one(self.text, choices)}

    def store(self, data: Posted) -> Answers:
        chosen = data.get(self.id)
        codes = [chosen] if isinstance(chosen, str) else chosen
        return {self.id: codes or None}

    def restore(self, answers: Answers) -> Posted:
        kept = answers.get(self.id)
        codes = kept if isinstance(kept, list) else []
        if self.several:
            return {self.id: codes}
        return {self.id: codes[0] if codes else None}

    def record(self, answers: Answers) -> dict[str, object]:
        kept = answers.get(self.id)
        return {self.id: " ".join(kept) if isinstance(kept, list) else None}

    def measured(self) -> tuple[Variable, ...]:
        return (self.variable(measure=Measure.JURISDICTION),)

    def display(self, answers: Answers) -> tuple[str, ...]:
        kept = answers.get(self.id)
        codes: list[str] = kept if isinstance(kept, list) else []
        return tuple(self.names.get(code, code) for code in codes)

    def paper(self) -> Paper:
        what = "the names of countries or territories" if self.several else "the name of a country"
        return Paper(f"Write {what}.", lines=1)

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        one = cls(id="place", text="Which jurisdiction do you know best?")
        many = cls(id="others", text="Which others do you know?", several=True)
        unknown = "Choose from the answers shown for “Which jurisdiction do you know best?”"
        return (
            Specimen(
                question=one,
                valid=(
                    ({"place": "GB"}, {"place": ["GB"]}),
                    ({"place": "EU"}, {"place": ["EU"]}),
                    ({"place": ""}, {"place": None}),
                ),
                invalid=(({"place": "ZZ"}, Problem("place", unknown)),),
                shown=(({"place": ["NO"]}, ("Norway",)), ({"place": None}, ())),
            ),
            Specimen(
                question=many,
                valid=(
                    ({"others": ["NO", "AU"]}, {"others": ["AU", "NO"]}),
                    ({}, {"others": None}),
                ),
                shown=(({"others": ["AU", "NO"]}, ("Australia", "Norway")),),
            ),
        )
