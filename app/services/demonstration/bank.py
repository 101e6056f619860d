"""The tables that made-up respondents are drawn from: who takes part, how they lean, their words.

The tables are data (`leans.yaml`, `words.yaml`). Lookups go by the name of a variable, and then by
the beginnings of that name: `oq8_support_immunity`, `oq8_support`, `oq8`.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import yaml
from pydantic import BeforeValidator

from forms.codebook import Frozen

FOLDER = Path(__file__).parent
Found = TypeVar("Found")
Weights = Mapping[str, float]
ByCamp = Mapping[str, Mapping[str, Found]]


class Camp(Frozen):
    """A part of a group that thinks alike, and how far apart its two wings stand."""

    group: str
    voices: tuple[str, ...]
    split: float
    subtypes: Weights


class Leans(Frozen):
    """Who takes part, and which way they lean."""

    groups: Weights
    camps: Mapping[str, Camp]
    no_subtype: float
    organisations: Weights
    organisation_names: Mapping[str, str]
    person_name: str
    jurisdictions: Weights
    writes_in: Mapping[str, str]
    own_language: float
    no_jurisdiction: float
    publication: Mapping[str, Weights]
    topic_counts: Weights
    topics: Mapping[str, Weights]
    leans: ByCamp[float]
    bands: ByCamp[float]
    weights: ByCamp[Weights]
    alone: tuple[str, ...]
    ways_out: ByCamp[Weights]


class Campaign(Frozen):
    """The words of a co-ordinated campaign."""

    greeting: tuple[str, ...]
    farewell: tuple[str, ...]
    texts: Mapping[str, Annotated[str, BeforeValidator(str.strip)]]


class Source(Frozen):
    """A public source that somebody points to."""

    title: str
    address: str
    shows: str


class Single(Frozen):
    """What stands around the argument of an answer in one sentence."""

    names: tuple[str, ...]
    begins: tuple[str, ...]
    ends: Mapping[str, tuple[str, ...]]


class Words(Frozen):
    """What made-up respondents write."""

    openings: Mapping[str, tuple[str, ...]]
    connectors: tuple[str, ...]
    closings: Mapping[str, tuple[str, ...]]
    single: Single
    fillers: tuple[str, ...]
    other_words: tuple[str, ...]
    reasons_confidential: tuple[str, ...]
    campaign: Campaign
    texts: ByCamp[tuple[str, ...]]
    languages: ByCamp[tuple[str, ...]]
    openings_in: Mapping[str, tuple[str, ...]]
    evidence: tuple[Source, ...]
    planted: tuple[str, ...]


@lru_cache(maxsize=1)
def leans() -> Leans:
    """Return the table of leans."""
    return Leans.model_validate(yaml.safe_load((FOLDER / "leans.yaml").read_text("utf-8")))


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the bank of words."""
    return Words.model_validate(yaml.safe_load((FOLDER / "words.yaml").read_text("utf-8")))


def beginnings(name: str) -> Iterator[str]:
    """Yield a name, then it without its last part, and so on to nothing."""
    parts = name.split("_")
    for length in range(len(parts), -1, -1):
        yield "_".join(parts[:length])


def find(table: ByCamp[Found], name: str, tellers: tuple[str, ...]) -> Found | None:
    """Return what the table says for the first of the tellers that an entry for the name knows."""
    for beginning in beginnings(name):
        entry = table.get(beginning, {})
        for teller in (*tellers, "all"):
            if teller in entry:
                return entry[teller]
    return None


def pick(rng: np.random.Generator, weights: Weights) -> str:
    """Draw a key in proportion to its weight."""
    keys = list(weights)
    reached = np.cumsum([weights[key] for key in keys])
    return keys[int(np.searchsorted(reached, rng.random() * reached[-1], side="right"))]


def one_of(rng: np.random.Generator, choices: tuple[Found, ...]) -> Found:
    """Draw one, each alike."""
    return choices[int(rng.integers(len(choices)))]
