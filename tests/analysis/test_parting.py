"""Filters and pairs of filters: what all pages together give away, and what each still shows."""

from itertools import combinations

import numpy as np
import pytest

from analysis.crosstabs import by_group
from analysis.disclosure import hide_small_counts, not_answers
from analysis.export import read_export
from analysis.parting import Parting, may_cross, needed, veiled
from analysis.parts import Partition, count_parts, partition
from analysis.responses import Responses
from analysis.tables import Table
from analysis.veils import Rule
from forms.codebook import Measure
from tests.analysis.exports import make_export
from tests.patient_reader import Page, PatientReader

THRESHOLD = 5
COUNTED = (Measure.NOMINAL, Measure.ORDINAL, Measure.SEVERAL, Measure.RANKING)
COUNTRIES = ("GB", "DE", "FR", "IE")


def partitions_of(responses: Responses, seed: int) -> dict[str, Partition]:
    """Verified or not, two capacities, four countries and others, a third of all in campaigns."""
    draws = np.random.default_rng(seed)
    size, codebook = len(responses), responses.codebook
    frame, roles = responses.frame, codebook.roles
    assert roles.verified is not None
    assert roles.capacity is not None
    verified = (frame[roles.verified] == "verified").to_numpy(dtype=bool)
    capacities = [each.key for each in codebook.by_name[roles.capacity].categories]
    country = draws.choice([*COUNTRIES, ""], size, p=[0.4, 0.2, 0.15, 0.05, 0.2])
    found = {
        "verified": partition("verified", {"verified": verified, "declared": ~verified}, size),
        "capacity": partition(
            "capacity",
            {key: (frame[roles.capacity] == key).to_numpy(dtype=bool) for key in capacities},
            size,
        ),
        "jurisdiction": partition("jurisdiction", {key: country == key for key in COUNTRIES}, size),
        "campaigns": partition("campaigns", {"without": draws.random(size) < 0.7}, size),
    }
    return {name: each for name, each in found.items() if each is not None}


def pages_of(parts: dict[str, Partition]) -> list[Page]:
    """Every page that may be opened: everybody, each filter, and pairs that may be crossed."""
    alone: list[Page] = [((name, key),) for name, each in parts.items() for key in each.keys]
    pairs: list[Page] = [
        ((one, first), (other, second))
        for one, other in combinations(parts, 2)
        if may_cross(one, other)
        for first in parts[one].keys
        for second in parts[other].keys
    ]
    return [(), *alone, *pairs]


def narrowed(responses: Responses, parts: dict[str, Partition], page: Page) -> Responses:
    """Those whom a page counts."""
    mask = np.ones(len(responses), dtype=bool)
    for name, key in page:
        mask &= parts[name].codes == parts[name].keys.index(key)
    return responses.only(mask, "a part") if page else responses


def shown(responses: Responses, parts: dict[str, Partition], everybody: Table, page: Page) -> Table:
    """The table of a page, as it is shown."""
    if not page:
        return everybody
    own = {name: parts[name] for name in needed(dict(page)) if name in parts}
    name = str(everybody.variable)
    answers = name not in not_answers(responses.codebook)
    parting = Parting(
        Rule(everybody, THRESHOLD, answers=answers),
        own,
        count_parts(responses, name, tuple(own.values())),
    )
    plain = by_group(narrowed(responses, parts, page), name)
    veils = parting.veils(dict(page))
    return veiled(plain, everybody, veils, THRESHOLD, crossed=len(page) > 1)


def read_all(responses: Responses, parts: dict[str, Partition], everybody: Table) -> PatientReader:
    """A reader who has opened every page of one variable."""
    name = str(everybody.variable)
    pages = pages_of(parts)
    masks = {
        (part.name, key): part.codes == place
        for part in parts.values()
        for place, key in enumerate(part.keys)
    }
    reader = PatientReader(
        responses, name, masks, {each: shown(responses, parts, everybody, each) for each in pages}
    )
    true = {each: by_group(narrowed(responses, parts, each), name) for each in pages}
    reader.looks_for(true, THRESHOLD)
    return reader


def everybody_of(responses: Responses) -> list[Table]:
    """The tables of everybody, each hidden by itself."""
    codebook = responses.codebook
    known = not_answers(codebook)
    return [
        hide_small_counts((by_group(responses, each.name),), THRESHOLD, not_answers=known)[0]
        for each in codebook.variables
        if each.measure in COUNTED and each.name not in known and not each.identifying
    ]


@pytest.fixture(scope="module", params=[(60, 1), (300, 2), (900, 3)], ids=lambda each: each[0])
def asked(request, tmp_path_factory) -> tuple[Responses, dict[str, Partition]]:
    """Responses to one question of every measure, and how they are parted."""
    responses, seed = request.param
    folder = tmp_path_factory.mktemp("parting")
    make_export(folder, responses=responses, seed=seed)
    found = read_export(folder)
    return found, partitions_of(found, seed)


def test_all_pages_together_give_no_small_count_away(asked):
    responses, parts = asked
    looked_for = 0
    for everybody in everybody_of(responses):
        reader = read_all(responses, parts, everybody)
        looked_for += len(reader.targets)
        assert reader.finds_out(THRESHOLD) == []

    assert looked_for > 100
