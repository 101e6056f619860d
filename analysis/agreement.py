"""How far a group agrees with itself on an ordered scale, and whether that is consensus.

Everything takes the counts of a scale in its order, **with its empty categories**: without them
"strongly disagree: 0" would shorten the scale and change the figure. The rules for consensus live
in `analysis.consensus` and are offered here too; that list is what makes the file long.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.consensus import (
    CometDecision,
    Consensus,
    ConsensusAcrossGroups,
    GroupInformedConsensus,
    ProportionTest,
    comet_consensus,
    consensus_across_groups,
    group_informed_consensus,
    proportion_test,
    threshold_consensus,
)
from analysis.inputs import Counts, Floats, frequencies, numbers
from analysis.statistic import NOT_A_NUMBER, Statistic, withheld

__all__ = [
    "Agreement",
    "CometDecision",
    "Consensus",
    "ConsensusAcrossGroups",
    "Dispersion",
    "GroupInformedConsensus",
    "ProportionTest",
    "comet_consensus",
    "consensus_across_groups",
    "group_informed_consensus",
    "leik_dispersion",
    "proportion_test",
    "tastle_wierman_consensus",
    "threshold_consensus",
    "van_der_eijk_agreement",
]

NOBODY = "nobody answered"


@dataclass(frozen=True, kw_only=True)
class Agreement(Statistic):
    """Van der Eijk's A: 1 all in one category, 0 spread evenly, -1 half at each end."""

    @property
    def polarisation(self) -> float:
        """A turned round to run from 0 (one category) to 1 (half at each end): (1 - A) / 2."""
        return (1 - self.value) / 2


@dataclass(frozen=True, kw_only=True)
class Dispersion(Statistic):
    """Leik's D: 0 all in one category, 1 half at each end."""

    @property
    def consensus(self) -> float:
        """The same, read as consensus: 1 - D."""
        return 1 - self.value


def van_der_eijk_agreement(counts: Counts, *, minimum: float = 0) -> Agreement:
    """Measure agreement on an ordered scale with van der Eijk's A.

    The counts are cut into layers; each layer is a pattern of filled and empty categories whose
    agreement is its unimodality times how few categories it fills; A is their weighted mean.

    Parameters
    ----------
    counts : mapping or sequence of numbers, one per category (K >= 2)
        In the order of the scale. Shares will do as well as counts.
    minimum : float
        Fewest answers on which a figure is given.

    Returns
    -------
    Agreement
        ``value`` from -1 to 1; ``polarisation``. With two categories, no pattern can have two
        peaks and A runs from 0 to 1. Nobody answering gives ``nan`` and a reason.

    Raises
    ------
    ValueError
        Fewer than two categories, or a missing or negative count.

    References
    ----------
    van der Eijk (2001), Measuring agreement in ordered rating scales, Quality & Quantity 35,
    325-341.
    """
    bars = frequencies(counts)
    n = float(bars.sum())
    reason = withheld(n, minimum) or (NOBODY if n == 0 else None)
    if reason:
        return Agreement(value=NOT_A_NUMBER, n=n, reason=reason)

    total, floor = 0.0, 0.0
    for level in np.unique(bars[bars > 0]):
        filled = bars >= level
        weight = float((level - floor) * filled.sum()) / n
        total += weight * _pattern_agreement(filled)
        floor = float(level)
    return Agreement(value=_within(total, -1.0, 1.0), n=n)


def tastle_wierman_consensus(
    counts: Counts, *, positions: Counts | None = None, minimum: float = 0
) -> Statistic:
    """Measure consensus on an ordered scale with Tastle and Wierman's Cns.

    Cns = 1 + sum of p(i) log2(1 - |x(i) - mean| / width): 1 all in one category, 0 half at each
    end.

    Parameters
    ----------
    counts : mapping or sequence of numbers, one per category (K >= 2)
        In the order of the scale.
    positions : sequence of numbers, optional
        Where the categories lie, rising; 1, 2, … K when not given.
    minimum : float
        Fewest answers on which a figure is given.

    Returns
    -------
    Statistic
        ``value`` from 0 to 1, or ``nan`` and a reason.

    Raises
    ------
    ValueError
        Fewer than two categories, a missing or negative count, or positions that do not rise.

    References
    ----------
    Tastle & Wierman (2007), Consensus and dissention, International Journal of Approximate
    Reasoning 45, 531-545.
    """
    bars = frequencies(counts)
    places = np.arange(1.0, len(bars) + 1) if positions is None else _positions(positions, bars)
    n = float(bars.sum())
    reason = withheld(n, minimum) or (NOBODY if n == 0 else None)
    if reason:
        return Statistic(value=NOT_A_NUMBER, n=n, reason=reason)

    shares, taken = bars / n, bars > 0
    distance = np.abs(places - shares @ places) / (places[-1] - places[0])
    value = 1 + float(shares[taken] @ np.log2(1 - distance[taken]))
    return Statistic(value=_within(value, 0.0, 1.0), n=n)


def leik_dispersion(counts: Counts, *, minimum: float = 0) -> Dispersion:
    """Measure dispersion on an ordered scale with Leik's D.

    D = 2 (sum over categories of min(F, 1 - F)) / (K - 1), F the cumulative shares.

    Parameters
    ----------
    counts : mapping or sequence of numbers, one per category (K >= 2)
        In the order of the scale.
    minimum : float
        Fewest answers on which a figure is given.

    Returns
    -------
    Dispersion
        ``value`` (D) from 0 to 1, and ``consensus`` (1 - D); ``nan`` and a reason when empty.

    Raises
    ------
    ValueError
        Fewer than two categories, or a missing or negative count.

    References
    ----------
    Leik (1966), A measure of ordinal consensus, Pacific Sociological Review 9, 85-90.
    """
    bars = frequencies(counts)
    n = float(bars.sum())
    reason = withheld(n, minimum) or (NOBODY if n == 0 else None)
    if reason:
        return Dispersion(value=NOT_A_NUMBER, n=n, reason=reason)
    cumulative = np.cumsum(bars) / n
    spread = 2 * float(np.minimum(cumulative, 1 - cumulative).sum()) / (len(bars) - 1)
    return Dispersion(value=_within(spread, 0.0, 1.0), n=n)


def _pattern_agreement(filled: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> float:
    categories, taken = len(filled), int(filled.sum())
    if taken == categories:
        return 0.0
    triples = list(combinations(filled.tolist(), 3))
    one_peak = sum(b and a != c for a, b, c in triples)
    two_peaks = sum(a and c and not b for a, b, c in triples)
    unimodality = 1.0
    if one_peak + two_peaks:
        unimodality = ((categories - 2) * one_peak - (categories - 1) * two_peaks) / (
            (categories - 2) * (one_peak + two_peaks)
        )
    return unimodality * (1 - (taken - 1) / (categories - 1))


def _positions(positions: Counts, bars: Floats) -> Floats:
    places = numbers(list(positions))
    if len(places) != len(bars) or not (np.diff(places) > 0).all():
        raise ValueError(f"positions must be {len(bars)} rising numbers, one per category")
    return places


def _within(value: float, low: float, high: float) -> float:
    # Adding zero turns -0.0, which rounding can leave, into 0.0.
    return min(max(value, low), high) + 0.0
