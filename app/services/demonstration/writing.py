"""Open texts, put together from the bank of words so that hardly two are alike."""

import re

import numpy as np

from app.services.demonstration.bank import beginnings, find, one_of, words
from app.services.demonstration.people import Person

ALTERNATIVES = re.compile(r"\(([^()]*\|[^()]*)\)")
FILLER_SHARE = 0.04
LONG_SHARE = 0.12
VERY_LONG_SHARE = 0.03
COUNTS = (1, 1, 2, 2, 2, 3, 3)


def write(rng: np.random.Generator, person: Person, name: str) -> str | None:
    """Return what the person writes under this name; None where the bank has nothing to say."""
    if person.campaigner:
        return write_for_campaign(rng, name)
    spoken = own_language(person, name)
    if spoken is not None:
        opening = one_of(rng, words().openings_in[person.language])
        return " ".join(sentences_of(rng, spoken, opening))
    arguments = arguments_on(person, name)
    if not arguments:
        return None
    if rng.random() < FILLER_SHARE:
        return one_of(rng, words().fillers)
    if name in words().single.names:
        single = words().single
        around = (one_of(rng, single.begins), one_of(rng, single.ends[person.voice]))
        return sentence(rng, one_of(rng, arguments).join(around))
    return compose(rng, person, arguments)


def arguments_on(person: Person, name: str) -> tuple[str, ...]:
    """Return the arguments of the person's voice, or of everybody where it has none."""
    return find(words().texts, name, (person.voice,)) or any_voice(name)


def own_language(person: Person, name: str) -> tuple[str, ...] | None:
    """Return arguments in the person's language, where the bank has any on the subject."""
    known = words().languages.get(person.language, {})
    return next((known[each] for each in beginnings(name) if each in known), None)


def any_voice(name: str) -> tuple[str, ...]:
    """Return the arguments of all voices together; none where nobody has a word to say."""
    entry = next((words().texts[b] for b in beginnings(name) if b in words().texts), {})
    return tuple(each for arguments in entry.values() for each in arguments)


def compose(rng: np.random.Generator, person: Person, arguments: tuple[str, ...]) -> str:
    """Return one to three arguments, or all of them at length, with what ties them together."""
    length = rng.random()
    if length < VERY_LONG_SHARE:
        arguments += arguments_on(person, one_of(rng, tuple(words().texts)))
    is_long = length < LONG_SHARE
    most = len(arguments) if is_long else int(rng.choice(COUNTS))
    opening = one_of(rng, words().openings[person.capacity])
    said = sentences_of(rng, arguments, opening, most=most, connectors=words().connectors)
    closings = list(words().closings[person.voice])
    for place in range(len(said), 0, -1):
        alone = len(said) == 1
        if closings and rng.random() < (0.6 if is_long or alone else 0.2):
            line = closings.pop(int(rng.integers(len(closings))))
            said.insert(place, closing(rng, person, line))
    if not is_long:
        return " ".join(said)
    half = (len(said) + 1) // 2
    return f"{' '.join(said[:half])}\n\n{' '.join(said[half:])}".strip()


def sentences_of(
    rng: np.random.Generator,
    arguments: tuple[str, ...],
    opening: str,
    *,
    most: int = 2,
    connectors: tuple[str, ...] = ("",),
) -> list[str]:
    """Return some of the arguments as sentences, in any order; no connector twice."""
    order = rng.permutation(len(arguments))[:most]
    leads = [opening, *(connectors[int(p)] for p in rng.permutation(len(connectors)))]
    leads += [""] * len(order)
    return [
        sentence(rng, lead + arguments[int(place)])
        for lead, place in zip(leads, order, strict=False)
    ]


def closing(rng: np.random.Generator, person: Person, line: str) -> str:
    """Return a general sentence; a person says “I” where bodies say “we”."""
    text = sentence(rng, line)
    if person.capacity == "organisation":
        return text
    return text.replace("We are", "I am").replace("We ", "I ")


def sentence(rng: np.random.Generator, clause: str) -> str:
    """Return a clause as a sentence, each alternative decided."""
    text = clause
    while found := ALTERNATIVES.search(text):
        chosen = one_of(rng, tuple(found.group(1).split("|")))
        text = text[: found.start()] + chosen + text[found.end() :]
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def write_for_campaign(rng: np.random.Generator, name: str) -> str | None:
    """Return the campaign's paragraph with a greeting or farewell of one's own, if any."""
    campaign = words().campaign
    for beginning in beginnings(name):
        if beginning in campaign.texts:
            text = campaign.texts[beginning]
            return one_of(rng, campaign.greeting) + text + one_of(rng, campaign.farewell)
    return None
