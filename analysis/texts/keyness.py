"""Which words are a group's own: log-odds with a Dirichlet prior, and z.

Over 200 lines, half of them documentation: one method, its figures and their limits.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.texts.tokens import words

PRIOR_WORDS = 500.0


@dataclass(frozen=True)
class WordScore:
    """How much more one side uses a word than the other.

    Attributes
    ----------
    word : str
        The word.
    first, second : int
        How often each side uses it.
    log_odds : float
        Difference of the log-odds; above 0 where the first side uses it more.
    z : float
        `log_odds` over its standard error.
    """

    word: str
    first: int
    second: int
    log_odds: float
    z: float


@dataclass(frozen=True)
class KeyWord:
    """One word of a group's own vocabulary.

    Attributes
    ----------
    word : str
        The word.
    z, log_odds : float
        As in `WordScore`, the group against all the others.
    count, elsewhere : int
        How often the group uses it, and the others.
    respondents : int
        How many of the group use it; never fewer than `hidden_under`.
    """

    word: str
    z: float
    log_odds: float
    count: int
    elsewhere: int
    respondents: int


@dataclass(frozen=True)
class GroupVocabulary:
    """The words that one group uses more than the others.

    Attributes
    ----------
    group : str
        The group.
    respondents : int
        How many of it wrote in this language.
    words : tuple of KeyWord
        By z, highest first.
    hidden : int
        Words that would stand here, but that too few of the group used.
    reason : str or None
        Why there is nothing to show.
    """

    group: str
    respondents: int
    words: tuple[KeyWord, ...]
    hidden: int
    reason: str | None = None


def log_odds(
    first: Iterable[str] | Mapping[str, int],
    second: Iterable[str] | Mapping[str, int],
    prior: float | Mapping[str, float] = 0.5,
) -> tuple[WordScore, ...]:
    """Compare two sides' use of each word: log-odds ratio with a Dirichlet prior, and its z.

    Parameters
    ----------
    first, second : iterable of str, or mapping of word to count
        The texts of each side, or their words counted.
    prior : float or mapping of word to float, default 0.5
        The prior's pseudo-count α of each word: one number for all (flat), or one for each
        (informative), each above 0.

    Returns
    -------
    tuple of WordScore
        Every word of either side, by z, highest first, then by alphabet. Empty without words.

    Raises
    ------
    ValueError
        When a word's prior is missing or not above 0, or a count is below 0.

    Notes
    -----
    Monroe, Colaresi & Quinn (2008), "Fightin' Words", *Political Analysis* 16:372-403, equations
    16 (log-odds ratio), 20 (variance, 1/(y₁+α) + 1/(y₂+α)) and 22 (z).
    """
    one, two = _counted(first), _counted(second)
    vocabulary = sorted(set(one) | set(two))
    alpha = dict.fromkeys(vocabulary, prior) if not isinstance(prior, Mapping) else prior
    wrong = [word for word in vocabulary if not alpha.get(word, 0.0) > 0]
    if wrong or min((*one.values(), *two.values()), default=0) < 0:
        raise ValueError(
            f"counts must not be negative, and every word's prior above 0: {wrong[:5]}"
        )
    total = math.fsum(alpha[word] for word in vocabulary)
    all_one, all_two = sum(one.values()) + total, sum(two.values()) + total
    scores: list[WordScore] = []
    for word in vocabulary:
        y1, y2 = one[word] + alpha[word], two[word] + alpha[word]
        if all_one == y1:
            scores.append(WordScore(word, one[word], two[word], 0.0, 0.0))
            continue
        difference = math.log(y1 / (all_one - y1)) - math.log(y2 / (all_two - y2))
        z = difference / math.sqrt(1 / y1 + 1 / y2)
        scores.append(WordScore(word, one[word], two[word], difference, z))
    return tuple(sorted(scores, key=lambda score: (-score.z, score.word)))


def _counted(texts: Iterable[str] | Mapping[str, int]) -> Counter[str]:
    if isinstance(texts, str):
        raise TypeError("give a list of texts, not one text")
    if isinstance(texts, Mapping):
        return Counter(texts)
    return Counter(word for text in texts for word in words(text))


def keyness(
    answers: pd.DataFrame,
    *,
    prior: float | None = None,
    prior_words: float = PRIOR_WORDS,
    least_count: int = 5,
    least_texts: int = 3,
    hidden_under: int = 5,
    least_z: float = 1.96,
    top: int = 20,
    leave_out: Iterable[str] = (),
) -> tuple[GroupVocabulary, ...]:
    """Give each group's own vocabulary against all the other groups'.

    Parameters
    ----------
    answers : DataFrame
        A row for each text: `response_id`, `group`, `text`, and `language` if known. Take fillers
        and the copies of campaigns out first.
    prior : float, optional
        A flat prior. By default it is informative: each word's share of all texts given, times
        `prior_words`.
    prior_words : float, default 500
        How many words the informative prior is worth.
    least_count, least_texts : int, default 5 and 3
        Fewest uses, and fewest texts, over all groups.
    hidden_under : int, default 5
        A word that fewer respondents of the group used is counted in `hidden`, not shown, and a
        group with fewer respondents shows nothing.
    least_z : float, default 1.96
        Lowest z shown. With many words some pass by chance: z orders, it proves nothing.
    top : int, default 20
        Most words a group.
    leave_out : iterable of str
        Words not to show, such as those of the question itself.

    Returns
    -------
    tuple of GroupVocabulary
        In order of the groups' names; the same at any order of rows.

    Raises
    ------
    ValueError
        When a column is missing, or the texts are in more than one language.

    Notes
    -----
    Monroe, Colaresi & Quinn (2008), *Political Analysis* 16:372-403; informative prior as in
    their section 3.3.2, from all the texts.
    """
    used = _read(answers)
    everywhere: Counter[str] = Counter()
    in_texts: Counter[str] = Counter()
    for said in used["words"]:
        everywhere.update(said)
        in_texts.update(set(said))
    total = sum(everywhere.values())
    alpha: float | dict[str, float]
    alpha = (
        prior if prior is not None else {w: prior_words * n / total for w, n in everywhere.items()}
    )
    dropped = {word for text in leave_out for word in words(text)}
    shown = {
        word
        for word, n in everywhere.items()
        if n >= least_count and in_texts[word] >= least_texts and word not in dropped
    }
    limits = _Limits(frozenset(shown), hidden_under, least_z, top)
    return tuple(
        _vocabulary(str(group), rows, used, everywhere, alpha, limits)
        for group, rows in used.groupby("group", sort=True)
    )


@dataclass(frozen=True)
class _Limits:
    shown: frozenset[str]
    hidden_under: int
    least_z: float
    top: int


def _vocabulary(
    group: str,
    rows: pd.DataFrame,
    used: pd.DataFrame,
    everywhere: Counter[str],
    alpha: float | Mapping[str, float],
    limits: _Limits,
) -> GroupVocabulary:
    respondents = rows["response_id"].nunique()
    if respondents < limits.hidden_under:
        reason = f"fewer than {limits.hidden_under} respondents"
        return GroupVocabulary(group, respondents, (), 0, reason)
    if respondents == used["response_id"].nunique():
        return GroupVocabulary(group, respondents, (), 0, "no other group to compare with")
    own = Counter(word for said in rows["words"] for word in said)
    by = _respondents(rows)
    scores = log_odds(own, everywhere - own, alpha)
    high = [score for score in scores if score.word in limits.shown and score.z >= limits.least_z]
    kept = [score for score in high if by[score.word] >= limits.hidden_under]
    keywords = tuple(
        KeyWord(score.word, score.z, score.log_odds, score.first, score.second, by[score.word])
        for score in kept[: limits.top]
    )
    return GroupVocabulary(group, respondents, keywords, len(high) - len(kept))


def _read(answers: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("response_id", "group", "text") if name not in answers.columns]
    if missing:
        raise ValueError(f"columns are missing: {', '.join(missing)}")
    if "language" in answers.columns and len(answers["language"].unique()) > 1:
        several = ", ".join(sorted(answers["language"].astype(str).unique()))
        raise ValueError(f"one language at a time: these texts are in {several}")
    used = answers.loc[answers["group"].notna(), ["response_id", "group", "text"]]
    return used.assign(
        words=pd.Series(map(words, used["text"].astype(str)), used.index, dtype=object)
    )


def _respondents(rows: pd.DataFrame) -> Counter[str]:
    used: dict[str, set[str]] = {}
    for response, said in zip(rows["response_id"], rows["words"], strict=True):
        used.setdefault(str(response), set()).update(said)
    return Counter(word for vocabulary in used.values() for word in vocabulary)
