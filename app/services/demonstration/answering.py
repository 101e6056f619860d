"""Made-up answers, decided by what a variable measures and by the tables; never by its question.

One short function a measure, in one file so that the list of measures can be read at a glance.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from app.services.demonstration.bank import Weights, find, leans, one_of, pick, words
from app.services.demonstration.people import Person
from app.services.demonstration.writing import write
from forms.codebook import Measure, Variable
from forms.question import Question

Draw = Callable[[np.random.Generator, Person, Variable], object]
NOISE = 0.75
BAND_SPREAD = 0.17
NEUTRAL: Weights = {}
STANDING_ALONE = 3.0


def answer(rng: np.random.Generator, person: Person, question: Question) -> dict[str, object]:
    """Return the answers to one question; None is a blank."""
    variables = question.variables()
    names: dict[str, object] = {each.name: None for each in variables}
    if question.required:
        return names | {each.name: required(each) for each in variables}
    shares = {each.name: sure_of(person, each) for each in variables}
    if rng.random() > max(shares.values()):
        return names
    declined = way_out(rng, person, variables[0])
    first = variables[0]
    given: dict[str, object] = {}
    for variable in variables:
        if variable.measure is Measure.TEXT and variable is not first:
            given[variable.name] = other_words(rng, given[first.name])
        elif declined is not None:
            given[variable.name] = as_answer(variable, declined)
        else:
            given[variable.name] = draw(rng, person, variable)
    return names | given


def draw(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Return one answer: a way out, or whatever its measure holds; now and then a row is missed."""
    if variable.row is not None and rng.random() > person.thorough:
        return None
    declined = way_out(rng, person, variable)
    if declined is not None:
        return as_answer(variable, declined)
    return BY_MEASURE[variable.measure](rng, person, variable)


def sure_of(person: Person, variable: Variable) -> float:
    """Return how likely the person is to answer at all."""
    if variable.measure is Measure.TEXT:
        return person.talkative
    if variable.measure is Measure.REFERENCES:
        return 0.12 * person.talkative
    return person.thorough


def required(variable: Variable) -> object:
    """Return the plain consent that a required question without a role asks for."""
    first = variable.substantive[0].key
    return [first] if variable.measure is Measure.SEVERAL else first


def way_out(rng: np.random.Generator, person: Person, variable: Variable) -> str | None:
    """Return the way out that the person takes; None for most.

    Drawn once for the question and once for each row, so each draw takes half of the share.
    """
    shares = find(leans().ways_out, variable.name, person.tellers) or {}
    left = rng.random()
    for category in variable.not_substantive:
        unsure = person.unsure if category.key == "dont_know" else 1.0
        left -= shares.get(category.key, 0.0) * unsure / 2
        if left < 0:
            return category.key
    return None


def as_answer(variable: Variable, key: str) -> object:
    """Return a way out as an answer to this variable keeps it."""
    return [key] if variable.measure is Measure.SEVERAL else key


def other_words(rng: np.random.Generator, chosen: object) -> str | None:
    """Return what stands beside “other”, where that was chosen."""
    took_other = chosen == "other" or (isinstance(chosen, list) and "other" in chosen)
    return one_of(rng, words().other_words) if took_other else None


def weights_of(person: Person, variable: Variable) -> dict[str, float]:
    """Return the weight of every category that is a view."""
    told = find(leans().weights, variable.name, person.tellers) or NEUTRAL
    return {each.key: told.get(each.key, 1.0) for each in variable.substantive}


def nominal(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Draw one category."""
    return pick(rng, weights_of(person, variable))


def ordinal(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Draw a point: about the person's lean where points take sides, else about the usual band."""
    points = variable.substantive
    last = len(points) - 1
    if any(point.side for point in points):
        place = last / 2 + (lean_of(person, variable) + rng.normal(0, NOISE)) * last / 5
    else:
        middle = find(leans().bands, variable.name, person.tellers)
        place = rng.normal(0.45 if middle is None else middle, BAND_SPREAD) * last
    return points[int(np.clip(round(place), 0, last))].key


def lean_of(person: Person, variable: Variable) -> float:
    """Return the lean of the person's camp, moved towards that of its wing."""
    lean = find(leans().leans, variable.name, person.tellers) or 0.0
    one, other = (
        find(leans().leans, variable.name, (camp, leans().camps[camp].group)) or 0.0
        for camp in ("protection", "rights")
    )
    return lean + person.side * leans().camps[person.camp].split * float(np.sign(one - other))


def several(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Draw the categories chosen, or the one that stands alone."""
    told = find(leans().weights, variable.name, person.tellers) or NEUTRAL
    chosen = []
    for category in variable.substantive:
        if category.key in leans().alone:
            if rng.random() * 100 < told.get(category.key, STANDING_ALONE):
                return [category.key]
            continue
        weight = told.get(category.key, 1.0)
        if rng.random() < weight / (weight + 2):
            chosen.append(category.key)
    most = variable.at_most or len(chosen)
    kept = {chosen[int(place)] for place in rng.permutation(len(chosen))[:most]}
    return [key for key in chosen if key in kept] or None


def ranking(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Draw an order by Plackett and Luce: each place in proportion to what is left."""
    left = weights_of(person, variable)
    most = min(variable.at_most or len(left), len(left))
    length = most if rng.random() < 0.75 else int(rng.integers(1, most + 1))
    order: dict[str, int] = {}
    for place in range(1, length + 1):
        key = pick(rng, left)
        order[key] = place
        del left[key]
    return order


def points(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Draw shares by a Dirichlet distribution, mostly rounded to tens or fives, summing exactly."""
    weights = weights_of(person, variable)
    total = variable.total or 100
    step = int(rng.choice((1, 5, 5, 10)))
    step = step if total % step == 0 else 1
    shares = rng.dirichlet([max(weight, 0.05) * 1.5 for weight in weights.values()])
    cuts = [
        0,
        *np.rint(np.cumsum(shares)[:-1] * (total / step)).astype(int).tolist(),
        total // step,
    ]
    return {key: (b - a) * step for key, (a, b) in zip(weights, pairwise(cuts), strict=True)}


def number(rng: np.random.Generator, person: Person, variable: Variable) -> object:  # noqa: ARG001  # every measure is drawn alike
    """Draw a small whole figure, with a long tail."""
    return int(rng.lognormal(2, 1))


def text(rng: np.random.Generator, person: Person, variable: Variable) -> object:
    """Write something."""
    return write(rng, person, variable.name)


def jurisdiction(rng: np.random.Generator, person: Person, variable: Variable) -> object:  # noqa: ARG001  # every measure is drawn alike
    """Draw one to three further countries; most people name none."""
    if rng.random() < 0.7:
        return None
    drawn = (pick(rng, leans().jurisdictions) for _ in range(int(rng.integers(1, 4))))
    return sorted({code for code in drawn if code != person.jurisdiction}) or None


def references(rng: np.random.Generator, person: Person, variable: Variable) -> object:  # noqa: ARG001  # every measure is drawn alike
    """Point to one to three public sources."""
    bank = words().evidence
    places = rng.permutation(len(bank))[: int(rng.integers(1, 4))]
    return [bank[int(place)].model_dump() for place in places]


BY_MEASURE: Mapping[Measure, Draw] = {
    Measure.NOMINAL: nominal,
    Measure.ORDINAL: ordinal,
    Measure.SEVERAL: several,
    Measure.RANKING: ranking,
    Measure.POINTS: points,
    Measure.NUMBER: number,
    Measure.TEXT: text,
    Measure.JURISDICTION: jurisdiction,
    Measure.REFERENCES: references,
}
