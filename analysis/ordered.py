"""Whether answers in an order differ: between groups, between questions, or along another answer.

Only the order of the values counts, never their distance, so points of a scale may be given as
any rising numbers. Each result gives the effect size first.

Five tests on ranks share their reading of ties; their docstrings make the file long.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from analysis.inputs import Floats, Groups, Rows, Values, answered, matrix, named_groups, pairs
from analysis.statistic import NOT_A_NUMBER, Statistic, checked_share, withheld

Alternative = Literal["two-sided", "less", "greater"]
ALTERNATIVES = ("two-sided", "less", "greater")

# Romano et al. (2006): the least |delta| of "small", "medium" and "large".
MAGNITUDES = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"))
# R switches to the normal approximation at the same number of pairs.
LARGEST_EXACT_TAU = 50


@dataclass(frozen=True, kw_only=True)
class KruskalWallis(Statistic):
    """Epsilon squared (``value``, 0 to 1), then H corrected for ties and its p.

    ``sizes`` are (group, answers) in the order given, groups that nobody is in included with 0.
    """

    statistic: float
    df: int
    p: float
    sizes: tuple[tuple[Any, int], ...]


@dataclass(frozen=True, kw_only=True)
class CliffsDelta(Statistic):
    """Delta (``value``, -1 to 1): the chance that x is higher less the chance that y is."""

    low: float
    high: float
    confidence: float
    magnitude: str | None
    sizes: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class MannWhitney(Statistic):
    """Cliff's delta (``value``), then U of x and its p."""

    u: float
    p: float
    method: str
    alternative: str


@dataclass(frozen=True, kw_only=True)
class KendallTau(Statistic):
    """Tau-b (``value``, -1 to 1), the concordant pairs T, and p with how it was found."""

    concordant: int
    discordant: int
    p: float
    method: str
    alternative: str

    @property
    def T(self) -> int:  # noqa: N802 - the letter of the textbooks and of R
        """The number of concordant pairs."""
        return self.concordant


@dataclass(frozen=True, kw_only=True)
class Friedman(Statistic):
    """Kendall's W (``value``, 0 to 1), then the chi-square corrected for ties and its p.

    ``n`` is the number of complete rows; ``left_out`` of those with something missing.
    """

    statistic: float
    df: int
    p: float
    left_out: int


def kruskal_wallis(groups: Groups, *, minimum: float = 0) -> KruskalWallis:
    """Test whether groups give ordered answers alike.

    Parameters
    ----------
    groups : mapping of group to answers, list of lists, or frame with a column for each group
        Numbers, or ordered categoricals over the same categories. Missing answers are left out.
    minimum : float
        Fewest answers, in the smallest group that has any, on which a figure is given.

    Returns
    -------
    KruskalWallis
        ``value`` is H / (n - 1). Groups without answers are left out of the test. ``nan`` and a
        reason with fewer than two groups; where every answer is the same, H is undefined and so.

    Raises
    ------
    ValueError
        Words instead of numbers.

    References
    ----------
    Kruskal & Wallis (1952), JASA 47, 583-621; Hollander & Wolfe (1973), ch. 6; epsilon squared:
    Kelley (1935), Tomczak & Tomczak (2014), Trends in Sport Sciences 21, 19-25.
    """
    named = named_groups(groups)
    sizes = tuple((name, len(values)) for name, values in named)
    taken = [values for _, values in named if len(values)]
    n = sum(len(values) for values in taken)
    reason = withheld(min(map(len, taken), default=0), minimum, "answers in the smallest group")
    if reason is None and len(taken) < 2:
        reason = "fewer than two groups have answers"
    if reason is None and len(np.unique(np.concatenate(taken))) == 1:
        reason = "every answer is the same"
    if reason is None and n < 3:
        reason = "two answers cannot tell groups apart"
    if reason:
        return KruskalWallis(
            value=NOT_A_NUMBER,
            n=n,
            reason=reason,
            statistic=NOT_A_NUMBER,
            df=max(0, len(taken) - 1),
            p=NOT_A_NUMBER,
            sizes=sizes,
        )
    test = stats.kruskal(*taken)
    statistic = max(0.0, float(test.statistic))
    return KruskalWallis(
        value=min(1.0, statistic / (n - 1)),
        n=n,
        statistic=statistic,
        df=len(taken) - 1,
        p=float(test.pvalue),
        sizes=sizes,
    )


def cliffs_delta(
    x: Values, y: Values, *, confidence: float = 0.95, minimum: float = 0
) -> CliffsDelta:
    """Measure how far one group's ordered answers lie above another's, with an interval.

    Parameters
    ----------
    x, y : sequences of numbers
        The answers of two groups. Missing answers are left out.
    confidence : float
        Of the interval.
    minimum : float
        Fewest answers, in the smaller group, on which a figure is given.

    Returns
    -------
    CliffsDelta
        Delta is positive when `x` is higher. The interval is Feng & Cliff's asymmetric one, from
        Cliff's unbiased variance and Student's t with n - 2 degrees of freedom. It is ``nan``,
        with a reason, when a group has one answer only. Where that variance comes out at or below
        zero, Cliff's lower limit (1 - delta²) / (n_x n_y - 1) stands in; where the groups do not
        overlap at all, delta is drawn in by 1 / (n_x n_y) for the interval, and the outer end
        is ±1.

    Raises
    ------
    ValueError
        Words instead of numbers, or a confidence outside (0, 1).

    References
    ----------
    Cliff (1993), Psychological Bulletin 114, 494-509; Feng & Cliff (2004), Journal of Modern
    Applied Statistical Methods 3, 322-332; magnitudes: Romano et al. (2006).
    """
    checked_share(confidence, "confidence")
    first, second = answered(x), answered(y)
    sizes = (len(first), len(second))
    reason = withheld(min(sizes), minimum, "answers in the smaller group")
    if reason is None and 0 in sizes:
        reason = "one of the groups has no answers"
    value, low, high = NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER
    if reason is None:
        by_x, by_y = _dominance(first, second), -_dominance(second, first)
        value = float(by_x.mean()) + 0.0
        if 1 in sizes:
            reason = "a group has one answer only: no interval can be given"
        else:
            low, high = _delta_interval(value, by_x, by_y, _untied(first, second), confidence)
    return CliffsDelta(
        value=value,
        n=sum(sizes),
        reason=reason,
        low=low,
        high=high,
        confidence=confidence,
        magnitude=None if math.isnan(value) else _magnitude(value),
        sizes=sizes,
    )


def mann_whitney(
    x: Values,
    y: Values,
    *,
    alternative: Alternative = "two-sided",
    minimum: float = 0,
) -> MannWhitney:
    """Test whether one group's ordered answers lie above another's.

    Parameters
    ----------
    x, y : sequences of numbers
        The answers of two groups. Missing answers are left out.
    alternative : {"two-sided", "less", "greater"}
        "greater": x lies above y.
    minimum : float
        Fewest answers, in the smaller group, on which a figure is given.

    Returns
    -------
    MannWhitney
        U counts the pairs in which x is higher, ties half. p is exact with no ties and a group
        of at most eight, otherwise normal with ties and continuity corrected (``method``).

    Raises
    ------
    ValueError
        Words instead of numbers, or an unknown alternative.

    References
    ----------
    Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50-60; Hollander & Wolfe, ch. 4.
    """
    _check(alternative)
    first, second = answered(x), answered(y)
    smaller, n = min(len(first), len(second)), len(first) + len(second)
    reason = withheld(smaller, minimum, "answers in the smaller group")
    if reason is None and smaller == 0:
        reason = "one of the groups has no answers"
    u = p = value = NOT_A_NUMBER
    method = "none"
    if reason is None:
        everything = np.concatenate([first, second])
        value = float(_dominance(first, second).mean()) + 0.0
        u = (value + 1) / 2 * len(first) * len(second)
        if len(np.unique(everything)) == 1:
            reason = "every answer is the same"
        else:
            tied = len(np.unique(everything)) < n
            method = "exact" if smaller <= 8 and not tied else "asymptotic"
            p = float(stats.mannwhitneyu(first, second, alternative=alternative, method=method)[1])
    return MannWhitney(
        value=value, n=n, reason=reason, u=u, p=p, method=method, alternative=alternative
    )


def kendall_tau(
    x: Values,
    y: Values,
    *,
    alternative: Alternative = "two-sided",
    minimum: float = 0,
) -> KendallTau:
    """Measure how far two orders agree, pair by pair.

    Parameters
    ----------
    x, y : sequences of numbers of the same length
        Two answers of each respondent. Pairs with one missing are left out.
    alternative : {"two-sided", "less", "greater"}
        Of tau against 0.
    minimum : float
        Fewest pairs on which a figure is given.

    Returns
    -------
    KendallTau
        Tau-b, which takes ties into account. p is exact with no ties and fewer than 50 pairs,
        otherwise normal with the variance corrected for ties (``method``). ``nan`` and a reason
        with fewer than two pairs or where one of the two never varies.

    Raises
    ------
    ValueError
        Different lengths, words instead of numbers, or an unknown alternative.

    References
    ----------
    Kendall (1938), Biometrika 30, 81-93; (1945), Biometrika 33, 239-251; Hollander & Wolfe
    (1973), ch. 8.
    """
    _check(alternative)
    first, second = pairs(x, y)
    n = len(first)
    reason = withheld(n, minimum, "pairs")
    distinct = len(np.unique(first)), len(np.unique(second))
    if reason is None and n < 2:
        reason = "fewer than two pairs"
    elif reason is None and min(distinct) < 2:
        reason = "one of the two never varies"
    concordant, discordant, value, p, method = 0, 0, NOT_A_NUMBER, NOT_A_NUMBER, "none"
    if reason is None:
        method = "exact" if distinct == (n, n) and n < LARGEST_EXACT_TAU else "asymptotic"
        test = stats.kendalltau(first, second, method=method, alternative=alternative)
        value, p = float(test.statistic), float(test.pvalue)
        concordant, discordant = _concordance(first, second, value)
    return KendallTau(
        value=value,
        n=n,
        reason=reason,
        concordant=concordant,
        discordant=discordant,
        p=p,
        method=method,
        alternative=alternative,
    )


def friedman(rows: Rows, *, minimum: float = 0) -> Friedman:
    """Test whether the same respondents place several things alike.

    Parameters
    ----------
    rows : respondents x things (lists, array or frame) of numbers
        Rows with something missing are left out, and counted.
    minimum : float
        Fewest complete rows on which a figure is given.

    Returns
    -------
    Friedman
        ``value`` is Kendall's W, chi-square / (n (k - 1)). ``nan`` and a reason with no complete
        row, fewer than two things, or rows that are all ties.

    Raises
    ------
    ValueError
        Ragged rows or words instead of numbers.

    References
    ----------
    Friedman (1937), JASA 32, 675-701; Hollander & Wolfe (1973), ch. 7, with ties.
    """
    values = matrix(rows)
    complete = values[~np.isnan(values).any(axis=1)]
    n, things = complete.shape
    left_out = len(values) - n
    reason = withheld(n, minimum, "complete rows")
    statistic = NOT_A_NUMBER
    if reason is None and (n == 0 or things < 2):
        reason = "no complete row" if n == 0 else "fewer than two things to compare"
    if reason is None:
        statistic = friedman_statistic(complete)
        reason = "every row is all ties" if math.isnan(statistic) else None
    df = max(0, things - 1)
    return Friedman(
        value=statistic / (n * df) if n and df else NOT_A_NUMBER,
        n=n,
        reason=reason,
        statistic=statistic,
        df=df,
        p=NOT_A_NUMBER if math.isnan(statistic) else float(stats.chi2.sf(statistic, df)),
        left_out=left_out,
    )


def friedman_statistic(complete: Floats) -> float:
    """Return Friedman's chi-square, corrected for ties; ``nan`` where every row is all ties."""
    ranks = stats.rankdata(complete, axis=1)
    n, k = ranks.shape
    spread = float(((ranks - (k + 1) / 2) ** 2).sum())
    if spread == 0:
        return NOT_A_NUMBER
    between = float(((ranks.sum(axis=0) - n * (k + 1) / 2) ** 2).sum())
    return float((k - 1) * between / spread)


def _check(alternative: str) -> None:
    if alternative not in ALTERNATIVES:
        raise ValueError(f"alternative is {alternative!r}: give one of {', '.join(ALTERNATIVES)}")


def _dominance(first: Floats, second: Floats) -> Floats:
    """Return for each of `first` the share of `second` below it less the share above it."""
    rising = np.sort(second)
    below = np.searchsorted(rising, first, side="left")
    above = len(rising) - np.searchsorted(rising, first, side="right")
    return (below - above) / len(rising)


def _untied(first: Floats, second: Floats) -> int:
    """Return the number of pairs, one from each, that differ."""
    rising = np.sort(second)
    ties = np.searchsorted(rising, first, "right") - np.searchsorted(rising, first, "left")
    return len(first) * len(second) - int(ties.sum())


def _delta_interval(
    delta: float, by_x: Floats, by_y: Floats, untied: int, confidence: float
) -> tuple[float, float]:
    n_x, n_y = len(by_x), len(by_y)
    every = n_x * n_y
    d = delta * (1 - 1 / every) if abs(delta) == 1 else delta
    # The sum over all pairs of (sign - d)², without building the pairs.
    residual = untied - 2 * d * delta * every + every * d**2
    across = n_y**2 * float(((by_x - d) ** 2).sum()) + n_x**2 * float(((by_y - d) ** 2).sum())
    variance = (across - residual) / (every * (n_x - 1) * (n_y - 1))
    if variance <= 0:
        variance = (1 - d**2) / (every - 1)
    t = float(stats.t.ppf((1 + confidence) / 2, n_x + n_y - 2))
    half = t * math.sqrt(variance) * math.sqrt((1 - d**2) ** 2 + t**2 * variance)
    middle, scale = d - d**3, 1 - d**2 + t**2 * variance
    low, high = max(-1.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return (-1.0 if delta == -1 else low), (1.0 if delta == 1 else high)


def _magnitude(delta: float) -> str:
    for limit, word in MAGNITUDES:
        if abs(delta) < limit:
            return word
    return "large"


def _concordance(first: Floats, second: Floats, tau: float) -> tuple[int, int]:
    """Count the pairs of respondents in the same order on both, and in opposite orders.

    Their difference is in tau-b and their sum in the ties, so no pair need be looked at.
    """
    every = math.comb(len(first), 2)
    tied_x, tied_y = _tied_pairs(first), _tied_pairs(second)
    difference = round(tau * math.sqrt((every - tied_x) * (every - tied_y)))
    untied = every - tied_x - tied_y + _tied_pairs(np.column_stack([first, second]))
    return (untied + difference) // 2, (untied - difference) // 2


def _tied_pairs(values: Floats) -> int:
    counts = np.unique(values, axis=0, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())
