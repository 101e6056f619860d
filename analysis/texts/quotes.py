"""Words of respondents that may be shown: agreed to, redacted, spread, from groups large enough.

Over 200 lines, so that every rule about who may be quoted stands in one place.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs import is_missing
from analysis.texts import redaction
from analysis.texts.fillers import candidate_kind, filler_kind
from analysis.texts.similarity import jaccard, shingles
from analysis.texts.tokens import clean, fingerprint, sentences

WITH_NAME = "with_name"
WITHOUT_NAME = "without_name"
COLUMNS = ("response_id", "group", "text", "publication", "confidential", "held")
TOO_ALIKE = 0.5
ENDED = re.compile(r"[.!?…][\"'»”’)\]]*$")


@dataclass(frozen=True)
class Quote:
    """One passage that may be shown, and whose it is said to be.

    Attributes
    ----------
    text : str
        Redacted, whole sentences from the answer's beginning.
    attribution : str
        The organisation's name where it agreed to be named; else "organisation, law enforcement".
    group : str
        The stakeholder group.
    position : str or None
        The respondent's answer to the closed question, where one was given.
    shortened : bool
        Whether the answer went on.
    response_id : str
        Whose it is: for the team to check, never to be printed.
    """

    text: str
    attribution: str
    group: str
    position: str | None
    shortened: bool
    response_id: str


@dataclass(frozen=True)
class Quotes:
    """What was picked, and why the rest could not be.

    Attributes
    ----------
    quotes : tuple of Quote
        Group by group, positions in turn.
    left_out : tuple of (str, int)
        How many texts could not be quoted, by the first reason that held.
    available : int
        How many could have been.
    """

    quotes: tuple[Quote, ...]
    left_out: tuple[tuple[str, int], ...]
    available: int


def pick_quotes(
    answers: pd.DataFrame,
    *,
    per_group: int = 3,
    threshold: int = 5,
    bases: Mapping[str, int] | None = None,
    redact: Callable[[str], str] = redaction.redact,
    shortest: int = 60,
    longest: int = 320,
    labels: Mapping[str, str] | None = None,
) -> Quotes:
    """Pick answers to one question that may be quoted, spread over groups and positions.

    Parameters
    ----------
    answers : DataFrame
        A row for each text: `response_id`, `group`, `text`, `publication` (``"with_name"`` and
        ``"without_name"`` may be quoted, anything else may not), `confidential` and `held` (true
        or false; missing counts as true). If known: `capacity`, `organisation` (a name), and
        `position` (the answer to the closed question beside it).
    per_group : int, default 3
        Most quotes a group.
    threshold : int, default 5
        A group with fewer respondents is never quoted; where one capacity in a group has fewer,
        no capacity is named in that group.
    bases : mapping of group to int, optional
        Respondents of each group, all those who answered anything. By default, those in `answers`.
    redact : callable, default `analysis.texts.redaction.redact`
        Takes a text, gives it without what identifies a person.
    shortest, longest : int, default 60 and 320
        Characters, after redaction. A longer answer is cut at a sentence's end; one whose first
        sentence is longer is not quoted.
    labels : mapping of str to str, optional
        Words for the keys of groups and capacities; a key's underscores become spaces without.

    Returns
    -------
    Quotes
        The same at any order of rows: the choice depends on the words alone.

    Raises
    ------
    ValueError
        When a column is missing, `threshold` is under 1, or `shortest` is over `longest`.

    Notes
    -----
    Our own rule. A respondent who may not be named is called nothing but capacity and group, and
    the name of its organisation is taken out of its text. A respondent is quoted once, and no two
    quotes are alike (Jaccard similarity of three-word runs of 0.5), so that no campaign fills the
    page. Patterns do not find every name: a person reads the quotes before they are published.
    """
    missing = [column for column in COLUMNS if column not in answers.columns]
    if missing or threshold < 1 or shortest > longest:
        raise ValueError(
            f"threshold is at least 1, shortest no more than longest; missing: {missing}"
        )
    base = dict(bases) if bases is not None else _bases(answers)
    capacities = _capacities(answers)
    left_out: Counter[str] = Counter()
    candidates: list[Quote] = []
    for row in _rows(answers):
        if not _known(row, "text").strip():
            continue
        if reason := _refusal(row, base, threshold):
            left_out[reason] += 1
            continue
        text, shortened = _passage(str(row["text"]), _redactor(row, redact), shortest, longest)
        if not text:
            left_out["no passage of a fitting length"] += 1
            continue
        named = _attribution(row, capacities, threshold, labels or {})
        position = _known(row, "position") or None
        candidates.append(
            Quote(text, named, str(row["group"]), position, shortened, str(row["response_id"]))
        )
    return Quotes(_spread(candidates, per_group), tuple(sorted(left_out.items())), len(candidates))


def _known(row: Mapping[str, object], column: str) -> str:
    value = row.get(column)
    return "" if is_missing(value) else str(value)


def _rows(answers: pd.DataFrame) -> Iterator[dict[str, object]]:
    names = [str(name) for name in answers.columns]
    for values in answers.itertuples(index=False, name=None):
        yield dict(zip(names, values, strict=True))


def _bases(answers: pd.DataFrame) -> dict[str, int]:
    return {str(k): int(n) for k, n in answers.groupby("group")["response_id"].nunique().items()}


def _capacities(answers: pd.DataFrame) -> dict[tuple[str, str], int]:
    if "capacity" not in answers.columns:
        return {}
    senders = answers.dropna(subset=["group", "capacity"]).drop_duplicates("response_id")
    pairs = zip(senders["group"].astype(str), senders["capacity"].astype(str), strict=True)
    return dict(Counter(pairs))


def _refusal(row: Mapping[str, object], base: Mapping[str, int], threshold: int) -> str | None:
    """Give the first reason why an answer may not be quoted; what is unknown counts against it."""
    if _known(row, "publication") not in (WITH_NAME, WITHOUT_NAME):
        return "publication not agreed to"
    if not _is_false(row["confidential"]):
        return "marked confidential"
    if not _is_false(row["held"]):
        return "held back by the team"
    if base.get(str(row["group"]), 0) < threshold:
        return f"group of fewer than {threshold}"
    if filler_kind(str(row["text"])) or candidate_kind(str(row["text"])):
        return "no view of its own"
    return None


def _is_false(value: object) -> bool:
    return isinstance(value, bool | np.bool_) and not value


def _redactor(row: Mapping[str, object], given: Callable[[str], str]) -> Callable[[str], str]:
    organisation = _known(row, "organisation")
    if _known(row, "publication") == WITH_NAME or not organisation:
        return given
    return lambda text: redaction.take_out_names(given(text), [organisation])


def _passage(
    text: str, redacted: Callable[[str], str], shortest: int, longest: int
) -> tuple[str, bool]:
    """Give whole sentences from the beginning, line breaks kept, and whether more followed.

    An answer may break off in mid-sentence where a form allowed no more characters: its last
    sentence is then left out, unless too little would remain.
    """
    whole = clean(redacted(text))
    ends: list[int] = []
    for sentence in sentences(whole):
        start = ends[-1] if ends else 0
        ends.append(whole.index(sentence, start) + len(sentence))
    fitting = [end for end in ends if shortest <= end <= longest]
    if not fitting:
        return "", False
    ended = [end for end in fitting if ENDED.search(whole[:end])]
    end = max(ended or fitting)
    return whole[:end], end < len(whole)


def _attribution(
    row: Mapping[str, object],
    capacities: Mapping[tuple[str, str], int],
    threshold: int,
    labels: Mapping[str, str],
) -> str:
    organisation = _known(row, "organisation").strip()
    if _known(row, "publication") == WITH_NAME and organisation:
        return organisation
    group, capacity = str(row["group"]), _known(row, "capacity")
    group_label = labels.get(group, group.replace("_", " "))
    # Were only the small capacity left unnamed, leaving it out would name it.
    smallest = min((n for (of, _), n in capacities.items() if of == group), default=0)
    if not capacity or smallest < threshold:
        return group_label
    return f"{labels.get(capacity, capacity.replace('_', ' '))}, {group_label}"


def _spread(candidates: list[Quote], per_group: int) -> tuple[Quote, ...]:
    """Take from each group, its positions in turn, what is not like anything taken before."""
    waiting: defaultdict[str, defaultdict[str, list[Quote]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for quote in sorted(candidates, key=_order):
        waiting[quote.group][quote.position or ""].append(quote)
    taken: list[Quote] = []
    for group in sorted(waiting):
        of_group = 0
        for quote in _in_turn(waiting[group]):
            if of_group == per_group:
                break
            if not any(_too_close(quote, other) for other in taken):
                taken.append(quote)
                of_group += 1
    return tuple(taken)


def _order(quote: Quote) -> tuple[bool, str, str, str]:
    """Order whole sentences first, then by fingerprint: no length, place or name is favoured."""
    return (
        ENDED.search(quote.text) is None,
        fingerprint(quote.text),
        quote.attribution,
        quote.response_id,
    )


def _in_turn(positions: Mapping[str, list[Quote]]) -> Iterator[Quote]:
    for depth in range(max(map(len, positions.values()))):
        for position in sorted(positions):
            if depth < len(positions[position]):
                yield positions[position][depth]


def _too_close(quote: Quote, other: Quote) -> bool:
    same_sender = quote.response_id == other.response_id
    return same_sender or jaccard(shingles(quote.text), shingles(other.text)) >= TOO_ALIKE
