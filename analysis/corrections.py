"""Adjusting p values for how many were looked at. The family is stated before the tests are run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control

from analysis.inputs import Counts, Floats, numbers
from analysis.statistic import NOT_A_NUMBER, checked_share


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A family of p values, adjusted, in the order given.

    ``names`` are the keys of a mapping or 1, 2, …; ``family`` counts the p values that are there:
    a missing one stays ``nan``, is not rejected, and is not part of the family.
    """

    method: str
    alpha: float
    family: int
    names: tuple[Any, ...]
    p: tuple[float, ...]
    adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]

    @property
    def rejections(self) -> int:
        """How many are rejected."""
        return sum(self.rejected)


def holm(p: Counts, *, alpha: float = 0.05) -> Correction:
    """Adjust so that the chance of one or more false rejections stays within alpha (Holm).

    Parameters
    ----------
    p : sequence or mapping of p values
        All of one family. Missing values are carried along.
    alpha : float
        Rejected where the adjusted p is at most this.

    Returns
    -------
    Correction
        With an empty family, empty results.

    Raises
    ------
    ValueError
        A p outside 0 to 1, or an alpha outside (0, 1).

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    return _corrected(p, "Holm", _step_down, alpha)


def benjamini_hochberg(p: Counts, *, alpha: float = 0.05) -> Correction:
    """Adjust so that the expected share of false rejections among all stays within alpha (BH).

    Parameters
    ----------
    p : sequence or mapping of p values
        All of one family. Missing values are carried along.
    alpha : float
        Rejected where the adjusted p is at most this.

    Returns
    -------
    Correction
        With an empty family, empty results.

    Raises
    ------
    ValueError
        A p outside 0 to 1, or an alpha outside (0, 1).

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    return _corrected(p, "Benjamini-Hochberg", _step_up, alpha)


def bonferroni(p: Counts, *, alpha: float = 0.05) -> Correction:
    """Adjust by multiplying each p by the size of the family; Holm's is never weaker.

    Parameters
    ----------
    p : sequence or mapping of p values
        All of one family. Missing values are carried along.
    alpha : float
        Rejected where the adjusted p is at most this.

    Returns
    -------
    Correction
        With an empty family, empty results.

    Raises
    ------
    ValueError
        A p outside 0 to 1, or an alpha outside (0, 1).

    References
    ----------
    Dunn (1961), Multiple comparisons among means, JASA 56, 52-64.
    """
    return _corrected(p, "Bonferroni", _times_all, alpha)


def _times_all(values: Floats) -> Floats:
    return np.minimum(values * len(values), 1.0)


def _step_down(values: Floats) -> Floats:
    order = np.argsort(values, kind="stable")
    steps = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * steps), 1.0)
    return adjusted


def _step_up(values: Floats) -> Floats:
    return np.asarray(false_discovery_control(values, method="bh"), dtype=float)


# statsmodels' multipletests collects garbage at every call: 50 ms in a large process.
def _corrected(
    p: Counts, method: str, adjust: Callable[[Floats], Floats], alpha: float
) -> Correction:
    checked_share(alpha, "alpha")
    names = tuple(p) if isinstance(p, Mapping) else tuple(range(1, len(p) + 1))
    values = numbers(list(p.values()) if isinstance(p, Mapping) else p)
    there = ~np.isnan(values)
    if ((values[there] < 0) | (values[there] > 1)).any():
        raise ValueError("a p value is outside 0 to 1: give p values, not statistics")
    adjusted = np.full(len(values), NOT_A_NUMBER)
    if there.any():
        adjusted[there] = adjust(values[there])
    return Correction(
        method=method,
        alpha=alpha,
        family=int(there.sum()),
        names=names,
        p=tuple(values.tolist()),
        adjusted=tuple(adjusted.tolist()),
        # Compared here and not taken from the library, so that table and verdict cannot differ.
        rejected=tuple((adjusted <= alpha).tolist()),
    )
