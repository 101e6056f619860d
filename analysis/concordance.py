"""Kendall's W: how far several rankings of the same things agree."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.inputs import Rows, matrix
from analysis.ordered import friedman_statistic
from analysis.statistic import NOT_A_NUMBER, Statistic, withheld


@dataclass(frozen=True, kw_only=True)
class KendallW(Statistic):
    """W corrected for ties (``value``, 0 to 1), W without the correction, and the test.

    ``n`` is the number of raters. ``left_out`` counts the things that some rater did not rate.
    """

    uncorrected: float
    statistic: float
    df: int
    p: float
    raters: int
    subjects: int
    left_out: int


def kendall_w(subjects_by_raters: Rows, *, minimum: float = 0) -> KendallW:
    """Measure how far raters put the same things in the same order.

    Parameters
    ----------
    subjects_by_raters : things x raters (lists, array or frame) of scores or ranks
        A row for each thing, a column for each rater; transpose a frame of respondents. Things
        that not every rater rated are left out, and counted.
    minimum : float
        Fewest raters on which a figure is given.

    Returns
    -------
    KendallW
        ``statistic`` is chi-square = m (n - 1) W, with n - 1 degrees of freedom, for W corrected.
        ``nan`` and a reason with no rater, fewer than two complete things, or raters that tie all.
        One rater agrees with themselves: W is 1.

    Raises
    ------
    ValueError
        Ragged rows or words instead of numbers.

    References
    ----------
    Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10, 275-287; Kendall
    (1948), Rank Correlation Methods, for ties.
    """
    values = matrix(subjects_by_raters)
    complete = values[~np.isnan(values).any(axis=1)]
    subjects, raters = complete.shape
    reason = withheld(raters, minimum, "raters")
    if reason is None and raters == 0:
        reason = "nobody rated"
    elif reason is None and subjects < 2:
        reason = "fewer than two things were rated by everybody"
    statistic = uncorrected = NOT_A_NUMBER
    if reason is None:
        statistic = friedman_statistic(complete.T)
        sums = stats.rankdata(complete, axis=0).sum(axis=1)
        spread = float(((sums - sums.mean()) ** 2).sum())
        uncorrected = 12 * spread / (raters**2 * (subjects**3 - subjects))
        reason = "every rater ties everything" if math.isnan(statistic) else None
    df = max(0, subjects - 1)
    return KendallW(
        value=NOT_A_NUMBER if math.isnan(statistic) else min(1.0, statistic / (raters * df)),
        n=raters,
        reason=reason,
        uncorrected=uncorrected,
        statistic=statistic,
        df=df,
        p=NOT_A_NUMBER if math.isnan(statistic) else float(stats.chi2.sf(statistic, df)),
        raters=raters,
        subjects=subjects,
        left_out=len(values) - subjects,
    )
