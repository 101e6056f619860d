"""What the analysis lends to coding: copies of a text, suggested themes, how far coders agree."""

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from analysis.responses import Responses
    from analysis.tables import Table

LEAST_DOUBLE_CODED = 10
TOO_FEW = "too few"
ROOM = 16 * 1024 * 1024

Made = TypeVar("Made")
starting = threading.Lock()


@dataclass(frozen=True)
class Suggestion:
    """Words that occur together, how many answers are strongest in them, and which to read."""

    words: tuple[str, ...]
    texts: int
    responses: tuple[str, ...]


@dataclass(frozen=True)
class Suggested:
    """Themes that a computer suggests; none, with the reason, where there is too little."""

    themes: tuple[Suggestion, ...]
    used: int
    note: str
    reason: str | None


@dataclass(frozen=True)
class CodeAgreement:
    """How far two coders agree on one code. A figure that means nothing here is None.

    `n` counts the answers that both coded, `agreed` the share on which they said the same.
    """

    code: str
    n: int
    agreed: float | None
    alpha: float | None
    kappa: float | None
    reason: str | None


def copies(texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The responses that wrote the same: word for word at any length, nearly where long enough.

    Parameters
    ----------
    texts : sequence of (response id, text)
        Answers to one question, none blank.
    """
    from scipy.cluster.hierarchy import DisjointSet

    from analysis.texts.duplicates import near_duplicates
    from analysis.texts.tokens import fingerprint

    together = DisjointSet([response for response, _ in texts])
    same: defaultdict[str, list[str]] = defaultdict(list)
    for response, text in texts:
        same[fingerprint(text)].append(response)
    near = near_duplicates([text for _, text in texts], [response for response, _ in texts])
    for group in (*same.values(), *(found.responses for found in near.groups)):
        for other in group[1:]:
            together.merge(group[0], other)
    return tuple(tuple(sorted(each)) for each in together.subsets() if len(each) > 1)


def suggested(texts: Sequence[tuple[str, str]], language: str, question: str) -> Suggested:
    """Themes in the answers to a question, whose own words are left out."""
    import pandas as pd

    from analysis.texts.themes import suggest_themes

    rows = pd.DataFrame(list(texts), columns=["response_id", "text"])
    found = with_room(lambda: suggest_themes(rows, language=language[:2], leave_out=[question]))
    themes = tuple(Suggestion(each.words, each.texts, each.responses) for each in found.themes)
    return Suggested(themes, found.counts.used, found.note, found.reason)


def with_room(make: Callable[[], Made]) -> Made:
    """Compute something in a thread of its own, with room for what OpenBLAS puts on the stack.

    The threads in which the server answers have 2 MB: from some 1,400 texts on, the factoring of
    the themes runs over their end and takes the whole process with it.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        with starting:
            usual = threading.stack_size(ROOM)
            try:
                making = pool.submit(make)
            finally:
                threading.stack_size(usual)
        return making.result()


def agreement(
    first: Sequence[frozenset[str]], second: Sequence[frozenset[str]], codes: Sequence[str]
) -> tuple[CodeAgreement, ...]:
    """How far two coders agree, code by code: whether each answer has it or has it not."""
    return tuple(
        _of_code(code, [code in one for one in first], [code in one for one in second])
        for code in codes
    )


def _of_code(code: str, first: list[bool], second: list[bool]) -> CodeAgreement:
    from analysis.reliability import cohen_kappa, krippendorff_alpha

    n = len(first)
    if n < LEAST_DOUBLE_CODED:
        return CodeAgreement(code, n, None, None, None, TOO_FEW)
    alpha = krippendorff_alpha([first, second])
    kappa = cohen_kappa(first, second)
    same = sum(a == b for a, b in zip(first, second, strict=True))
    return CodeAgreement(
        code, n, same / n, _or_none(alpha.value), _or_none(kappa.value), alpha.reason
    )


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def themes(responses: "Responses", coded: Mapping[str, Any], threshold: int) -> "Table | None":
    """The codes of a question by group, small counts hidden; None where that cannot be done.

    Parameters
    ----------
    responses : Responses
        Those that count now.
    coded : mapping
        A question of `codings.json`.
    threshold : int
        The smallest count that may be shown.
    """
    from analysis.attack import ExposureError
    from analysis.codings import CodedQuestion, theme_table
    from analysis.disclosure import hide_small_counts
    from analysis.feasibility import UndecidedError

    table = theme_table(responses, CodedQuestion.model_validate(coded))
    try:
        return hide_small_counts((table,), threshold)[0]
    except (ExposureError, UndecidedError):
        return None
