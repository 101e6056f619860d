"""Whether two sets of categories go together: tables of counts, groups by answers.

Each result gives the effect size first. A row or column that is all zero says nothing about
association: it is left out of the test and of its degrees of freedom, and its expected counts are
0 and its residuals ``nan``.

Four tests of one kind of table share its reading and its V; their docstrings make the file long.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats
from scipy.special import gammaln

from analysis.exact import RELATIVE_TOLERANCE, TooManyTablesError, exact_p
from analysis.inputs import Floats, Rows, count_table
from analysis.statistic import NOT_A_NUMBER, Statistic, checked_share, withheld

Cells = tuple[tuple[float, ...], ...]
Alternative = Literal["two-sided", "less", "greater"]

# The search for the conditional odds ratio takes seconds from here on, and soon minutes.
LARGEST_CONDITIONAL = 2000

TOO_SMALL = "the table needs two rows and two columns that are not all zero"


@dataclass(frozen=True, kw_only=True)
class CramersV(Statistic):
    """Cramér's V (``value``, 0 to 1), and whether it was corrected for bias."""

    bias_corrected: bool


@dataclass(frozen=True, kw_only=True)
class ChiSquare(Statistic):
    """Cramér's V (``value``, not bias-corrected), then the test and where the difference lies.

    ``adjusted_residuals`` are about standard normal without association: beyond 2 or 3 either
    way, a cell holds more or fewer than expected. ``smallest_expected`` and ``share_under_five``
    (of the cells tested) say whether to trust `p`; when not, use `freeman_halton`.
    """

    statistic: float
    df: int
    p: float
    expected: Cells
    residuals: Cells
    adjusted_residuals: Cells
    smallest_expected: float
    share_under_five: float


@dataclass(frozen=True, kw_only=True)
class FisherExact(Statistic):
    """The conditional maximum-likelihood odds ratio (``value``), its interval, and the exact p.

    In tables of more than 2,000 the sample odds ratio and its log-normal interval stand in, from
    which they hardly differ; ``kind`` says which. p is exact in every table.
    """

    low: float
    high: float
    sample_odds_ratio: float
    p: float
    alternative: str
    kind: Literal["conditional", "sample"]


@dataclass(frozen=True, kw_only=True)
class FreemanHalton(Statistic):
    """Cramér's V (``value``, not bias-corrected) and the exact p, or an estimate that says so.

    ``exact`` is False when `p` was estimated from ``draws`` random tables; ``standard_error`` is
    then that of `p`, otherwise 0.
    """

    p: float
    exact: bool
    draws: int
    standard_error: float


def chi_square(table: Rows, *, yates: bool = False, minimum: float = 0) -> ChiSquare:
    """Test whether rows and columns are independent, and show where they are not.

    Parameters
    ----------
    table : r x c counts (lists, array or frame)
        Each respondent in one cell only.
    yates : bool
        Whether to correct a 2 x 2 table for continuity, as R does by default.
    minimum : float
        Fewest respondents on which a figure is given.

    Returns
    -------
    ChiSquare
        ``nan`` and a reason where fewer than two rows or columns hold anyone.

    Raises
    ------
    ValueError
        Ragged rows, or a count that is missing, negative or not whole.

    References
    ----------
    Pearson (1900); Haberman (1973), The analysis of residuals in cross-classified tables,
    Biometrics 29, 205-220; Agresti (2002), Categorical Data Analysis, 2nd ed., 3.2-3.3.
    """
    counts = count_table(table)
    n = float(counts.sum())
    inner = _without_empty(counts)
    reason = withheld(n, minimum, "respondents") or (TOO_SMALL if min(inner.shape) < 2 else None)
    if reason:
        return ChiSquare(
            value=NOT_A_NUMBER,
            n=n,
            reason=reason,
            statistic=NOT_A_NUMBER,
            df=0,
            p=NOT_A_NUMBER,
            expected=(),
            residuals=(),
            adjusted_residuals=(),
            smallest_expected=NOT_A_NUMBER,
            share_under_five=NOT_A_NUMBER,
        )
    test = stats.chi2_contingency(inner, correction=yates)
    rows, columns = counts.sum(axis=1, keepdims=True) / n, counts.sum(axis=0, keepdims=True) / n
    expected = rows * columns * n
    residuals = _ratio(counts - expected, np.sqrt(expected))
    adjusted = _ratio(residuals, np.sqrt((1 - rows) * (1 - columns)))
    return ChiSquare(
        value=_plain_v(inner),
        n=n,
        statistic=float(test.statistic),
        df=int(test.dof),
        p=float(test.pvalue),
        expected=_cells(expected),
        residuals=_cells(residuals),
        adjusted_residuals=_cells(adjusted),
        smallest_expected=float(test.expected_freq.min()),
        share_under_five=float((test.expected_freq < 5).mean()),
    )


def cramers_v(table: Rows, *, bias_corrected: bool = False, minimum: float = 0) -> CramersV:
    """Measure association in a table from 0 (none) to 1 (each row has columns of its own).

    Parameters
    ----------
    table : r x c counts (lists, array or frame)
        Rows and columns that are all zero are left out.
    bias_corrected : bool
        Whether to take off what chance alone adds; the result says which it is.
    minimum : float
        Fewest respondents on which a figure is given.

    Returns
    -------
    CramersV
        ``nan`` and a reason where fewer than two rows or columns hold anyone, or where the
        correction leaves nothing to divide by.

    Raises
    ------
    ValueError
        Ragged rows, or a count that is missing, negative or not whole.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics; Bergsma (2013), A bias-correction for
    Cramér's V and Tschuprow's T, Journal of the Korean Statistical Society 42, 323-328.
    """
    counts = count_table(table)
    n = float(counts.sum())
    inner = _without_empty(counts)
    reason = withheld(n, minimum, "respondents") or (TOO_SMALL if min(inner.shape) < 2 else None)
    value = NOT_A_NUMBER
    if not reason:
        value = _corrected_v(inner) if bias_corrected else _plain_v(inner)
        if np.isnan(value):
            reason = "too few respondents for this many rows and columns to correct for bias"
    return CramersV(value=value, n=n, reason=reason, bias_corrected=bias_corrected)


def fisher_exact(
    table: Rows,
    *,
    alternative: Alternative = "two-sided",
    confidence: float = 0.95,
    minimum: float = 0,
) -> FisherExact:
    """Test a 2 x 2 table exactly.

    Parameters
    ----------
    table : 2 x 2 counts
        Zero rows and columns are allowed: nothing can then be learnt, and p is 1.
    alternative : {"two-sided", "less", "greater"}
        Of the odds ratio against 1. Two-sided adds all tables at most as likely.
    confidence : float
        Of the interval of the odds ratio, which goes with the alternative.
    minimum : float
        Fewest respondents on which a figure is given.

    Returns
    -------
    FisherExact
        ``value`` is the conditional odds ratio, as in R; 0 or infinite where a cell is empty;
        ``nan`` with a reason, and p 1, where a margin is zero.

    Raises
    ------
    ValueError
        Not 2 x 2, bad counts, an unknown alternative, or a confidence outside (0, 1).

    References
    ----------
    Fisher (1934); Agresti (2002), Categorical Data Analysis, 2nd ed., 3.5.
    """
    counts = count_table(table)
    if counts.shape != (2, 2):
        raise ValueError(f"the table is {counts.shape[0]} x {counts.shape[1]}: use freeman_halton")
    checked_share(confidence, "confidence")
    n = float(counts.sum())
    reason = withheld(n, minimum, "respondents")
    value = low = high = sample = p = NOT_A_NUMBER
    kind: Literal["conditional", "sample"] = "conditional" if n <= LARGEST_CONDITIONAL else "sample"
    if reason is None and min(_without_empty(counts).shape) < 2:
        reason, p = "a row or column is all zero: any odds ratio would fit", 1.0
    elif reason is None:
        whole = counts.astype(np.int64)
        p = float(stats.fisher_exact(whole, alternative=alternative).pvalue)
        ratio = stats.contingency.odds_ratio(whole, kind=kind)
        ends = ratio.confidence_interval(confidence, alternative=alternative)
        value, low, high = float(ratio.statistic), float(ends.low), float(ends.high)
        across = counts[0, 1] * counts[1, 0]
        sample = float(counts[0, 0] * counts[1, 1] / across) if across else float("inf")
    return FisherExact(
        value=value,
        n=n,
        reason=reason,
        low=low,
        high=high,
        sample_odds_ratio=sample,
        p=p,
        alternative=alternative,
        kind=kind,
    )


def freeman_halton(
    table: Rows,
    *,
    work: int = 5_000_000,
    when_too_large: Literal["estimate", "refuse"] = "estimate",
    draws: int = 100_000,
    seed: int = 0,
    minimum: float = 0,
) -> FreemanHalton:
    """Test an r x c table exactly: the chance of a table as unlikely as this one, or more so.

    Parameters
    ----------
    table : r x c counts (lists, array or frame)
        Rows and columns that are all zero are left out.
    work : int
        The most steps for the exact count (five million take a few seconds).
    when_too_large : {"estimate", "refuse"}
        Estimate from random tables with these margins and say so, or raise.
    draws, seed : int
        Of the estimate: the same seed gives the same figure.
    minimum : float
        Fewest respondents on which a figure is given.

    Returns
    -------
    FreemanHalton
        ``exact`` says whether p was counted; if not, ``reason`` says so in words. p is 1 and
        ``value`` ``nan`` where fewer than two rows or columns hold anyone.

    Raises
    ------
    ValueError
        Bad counts, or fewer than one draw.
    TooManyTablesError
        When refused.

    References
    ----------
    Freeman & Halton (1951), Biometrika 38, 141-149; Mehta & Patel (1983), JASA 78, 427-434;
    Agresti (2002), Categorical Data Analysis, 2nd ed., p. 97.
    """
    counts = count_table(table)
    n = float(counts.sum())
    if draws < 1:
        raise ValueError(f"draws is {draws}: give at least 1")
    inner = _without_empty(counts)
    reason = withheld(n, minimum, "respondents")
    if reason or min(inner.shape) < 2:
        return FreemanHalton(
            value=NOT_A_NUMBER,
            n=n,
            reason=reason or TOO_SMALL,
            p=NOT_A_NUMBER if reason else 1.0,
            exact=True,
            draws=0,
            standard_error=NOT_A_NUMBER if reason else 0.0,
        )
    whole = inner.astype(np.int64)
    try:
        p, exact = exact_p(whole, work), True
    except TooManyTablesError:
        if when_too_large == "refuse":
            raise
        p, exact = _estimated_p(whole, draws, seed), False
        reason = (
            f"not exact: the table is too large to count, so p is estimated from {draws:,} "
            f"random tables with the same margins (seed {seed})"
        )
    return FreemanHalton(
        value=_plain_v(inner),
        n=n,
        reason=reason,
        p=p,
        exact=exact,
        draws=0 if exact else draws,
        standard_error=0.0 if exact else float(np.sqrt(p * (1 - p) / draws)),
    )


def _estimated_p(
    counts: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]", draws: int, seed: int
) -> float:
    observed = -float(gammaln(counts + 1.0).sum())
    source = stats.random_table(counts.sum(axis=1), counts.sum(axis=0))
    generator = np.random.default_rng(seed)
    block = max(1, 2_000_000 // counts.size)
    as_unlikely = 0
    for start in range(0, draws, block):
        tables = source.rvs(min(block, draws - start), random_state=generator)
        weights = -gammaln(tables + 1.0).sum(axis=(1, 2))
        as_unlikely += int((weights <= observed + RELATIVE_TOLERANCE).sum())
    # The observed table counts as one of the draws, so that p is never 0.
    return (as_unlikely + 1) / (draws + 1)


def _without_empty(counts: Floats) -> Floats:
    kept = counts[counts.sum(axis=1) > 0]
    inner: Floats = kept[:, kept.sum(axis=0) > 0]
    return inner


def _phi_squared(inner: Floats) -> float:
    return float(stats.chi2_contingency(inner, correction=False).statistic) / float(inner.sum())


def _plain_v(inner: Floats) -> float:
    return min(1.0, float(np.sqrt(_phi_squared(inner) / (min(inner.shape) - 1))))


def _corrected_v(inner: Floats) -> float:
    rows, columns = inner.shape
    n = float(inner.sum())
    phi = max(0.0, _phi_squared(inner) - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, float(np.sqrt(phi / smaller))) if smaller > 0 else NOT_A_NUMBER


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide, giving ``nan`` where there is nothing to divide by."""
    shape = np.broadcast_shapes(top.shape, bottom.shape)
    divisor = np.broadcast_to(bottom, shape)
    ratio: Floats = np.divide(top, divisor, out=np.full(shape, np.nan), where=divisor > 0)
    return ratio


def _cells(array: Floats) -> Cells:
    return tuple(tuple(row) for row in array.tolist())
