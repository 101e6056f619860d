"""Intervals for a share, given only when asked for.

Respondents to a consultation chose themselves and are a sample of nobody: an interval says how
far chance alone could move a figure, and nothing about people who did not answer.
"""

from dataclasses import dataclass
from typing import Any

from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.statistic import NOT_A_NUMBER, Statistic, checked_share, withheld


@dataclass(frozen=True, kw_only=True)
class Interval(Statistic):
    """The share itself (``value``) and the interval around it, all from 0 to 1."""

    low: float
    high: float
    confidence: float
    method: str


def wilson(successes: float, n: float, *, confidence: float = 0.95, minimum: float = 0) -> Interval:
    """Give Wilson's score interval for a share.

    Parameters
    ----------
    successes, n : float
        How many, out of how many.
    confidence : float
        Such as 0.95.
    minimum : float
        Fewest answers on which a figure is given.

    Returns
    -------
    Interval
        ``nan`` and a reason where n is 0.

    Raises
    ------
    ValueError
        Counts that are negative or more than n, or a confidence outside (0, 1).

    References
    ----------
    Wilson (1927), JASA 22, 209-212; Newcombe (1998), Statistics in Medicine 17, 857-872, method 3.
    """
    reason = _checked(successes, n, confidence, minimum)
    if reason:
        return _none(n, confidence, "Wilson", reason)
    low, high = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    # At none or all the end is 0 or 1 by algebra, which rounding can miss.
    return Interval(
        value=float(successes / n),
        n=n,
        low=0.0 if successes == 0 else float(low),
        high=1.0 if successes == n else float(high),
        confidence=confidence,
        method="Wilson",
    )


def jeffreys(
    successes: float, n: float, *, confidence: float = 0.95, minimum: float = 0
) -> Interval:
    """Give the Jeffreys interval for a share: equal tails of Beta(x + 1/2, n - x + 1/2).

    Parameters
    ----------
    successes, n : float
        How many, out of how many.
    confidence : float
        Such as 0.95.
    minimum : float
        Fewest answers on which a figure is given.

    Returns
    -------
    Interval
        The lower end is 0 where there are no successes, and the upper end 1 where there are no
        failures, as Brown, Cai and DasGupta advise. ``nan`` and a reason where n is 0.

    Raises
    ------
    ValueError
        Counts that are negative or more than n, or a confidence outside (0, 1).

    References
    ----------
    Brown, Cai & DasGupta (2001), Interval estimation for a binomial proportion, Statistical
    Science 16, 101-133, section 3.1.1.
    """
    reason = _checked(successes, n, confidence, minimum)
    if reason:
        return _none(n, confidence, "Jeffreys", reason)
    posterior: Any = stats.beta(successes + 0.5, n - successes + 0.5)
    tail = (1 - confidence) / 2
    return Interval(
        value=float(successes / n),
        n=n,
        low=0.0 if successes == 0 else float(posterior.ppf(tail)),
        high=1.0 if successes == n else float(posterior.isf(tail)),
        confidence=confidence,
        method="Jeffreys",
    )


def _checked(successes: float, n: float, confidence: float, minimum: float) -> str | None:
    checked_share(confidence, "confidence")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n}: give a count from 0 up to n")
    return withheld(n, minimum) or ("nobody answered" if n == 0 else None)


def _none(n: float, confidence: float, method: str, reason: str) -> Interval:
    return Interval(
        value=NOT_A_NUMBER,
        n=n,
        reason=reason,
        low=NOT_A_NUMBER,
        high=NOT_A_NUMBER,
        confidence=confidence,
        method=method,
    )
