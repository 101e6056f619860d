"""Whether two or more coders, working apart, gave the same codes: alpha and the kappas.

All correct agreement for what chance would give. Where every code given is the same there is
nothing to set chance against: the figure is undefined, not 1, and the result says so.

Three coefficients that a reader compares stand together; their docstrings make the file long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import krippendorff
import numpy as np
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.inputs import Floats, Labels, Rows, Values, count_table, is_missing, labels, matrix
from analysis.statistic import NOT_A_NUMBER, Statistic, withheld

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")
Weights = Literal["linear", "quadratic"]

NO_VARIATION = "every code given is the same: there is no variation to agree about"


@dataclass(frozen=True, kw_only=True)
class KrippendorffAlpha(Statistic):
    """Alpha (``value``): 1 perfect, 0 what chance gives, below 0 worse than chance.

    ``n`` counts the codes in units that two or more coders coded; ``units`` those units.
    """

    level: str
    coders: int
    units: int


@dataclass(frozen=True, kw_only=True)
class CohenKappa(Statistic):
    """Kappa (``value``) of two coders, its interval, and p of the hypothesis that it is 0.

    ``observed`` and ``expected`` are the shares of agreement, weighted where kappa is. ``n``
    counts the units that both coded.
    """

    observed: float
    expected: float
    low: float
    high: float
    p: float
    weights: str


@dataclass(frozen=True, kw_only=True)
class FleissKappa(Statistic):
    """Kappa (``value``) of several coders, z and p of the hypothesis that it is 0.

    ``n`` counts the units, ``left_out`` those that not every coder coded.
    """

    observed: float
    expected: float
    z: float
    p: float
    raters: int
    left_out: int


def krippendorff_alpha(
    coders_by_units: Rows,
    level: Level = "nominal",
    *,
    order: Sequence[Any] | None = None,
    minimum: float = 0,
) -> KrippendorffAlpha:
    """Measure agreement of any number of coders, at four levels, with codes missing.

    Parameters
    ----------
    coders_by_units : coders x units (lists, array or frame)
        A row for each coder, a column for each unit; missing where a coder did not code it.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Nominal codes may be any labels; the others are numbers, ratio ones at least 0.
    order : sequence, optional
        The labels from lowest to highest, for ordinal codes that are words.
    minimum : float
        Fewest codes, in units coded twice or more, on which a figure is given.

    Returns
    -------
    KrippendorffAlpha
        ``nan`` and a reason where no unit was coded twice, or every such code is the same.

    Raises
    ------
    ValueError
        An unknown level, words where numbers are needed, a label not in `order`, an order at
        another level than ordinal, a negative ratio.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability; Krippendorff (2004), Content
    Analysis, 2nd ed., ch. 11.
    """
    if level not in LEVELS:
        raise ValueError(f"level is {level!r}: give one of {', '.join(LEVELS)}")
    if order is not None and level != "ordinal":
        raise ValueError(f"an order has no meaning at level {level!r}: use level 'ordinal'")
    codes = _codes(coders_by_units, level, order)
    twice = (~np.isnan(codes)).sum(axis=0) >= 2
    pairable = codes[:, twice]
    given = pairable[~np.isnan(pairable)]
    reason = withheld(len(given), minimum, "codes")
    if reason is None and len(given) == 0:
        reason = "no unit was coded by two coders"
    elif reason is None and len(np.unique(given)) == 1:
        reason = NO_VARIATION
    return KrippendorffAlpha(
        value=NOT_A_NUMBER
        if reason
        else float(krippendorff.alpha(reliability_data=pairable, level_of_measurement=level)),
        n=len(given),
        reason=reason,
        level=level,
        coders=len(codes),
        units=int(twice.sum()),
    )


def cohen_kappa(
    first: Values,
    second: Values,
    *,
    weights: Weights | None = None,
    order: Sequence[Any] | None = None,
    minimum: float = 0,
) -> CohenKappa:
    """Measure agreement of two coders who both coded the same units.

    Parameters
    ----------
    first, second : sequences of labels of the same length
        Units that one did not code are left out.
    weights : {None, "linear", "quadratic"}
        None: codes agree or not. Otherwise nearer codes disagree less, by how many steps they are
        apart in the order of the categories, or by the square of that.
    order : sequence, optional
        All categories in order. When not given: those that occur, sorted; needed to weight words,
        and to keep categories that nobody used as steps.
    minimum : float
        Fewest units on which a figure is given.

    Returns
    -------
    CohenKappa
        95 % interval. ``nan`` and a reason where no unit was coded by both or all codes are the
        same; where one coder always gave the same code, kappa is 0 and p alone is ``nan``.

    Raises
    ------
    ValueError
        Different lengths, unknown weights, a code that is not in `order`, or weighted words
        without an `order`.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968), Psychological
    Bulletin 70, 213-220; Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323-327.
    """
    if weights not in (None, "linear", "quadratic"):
        raise ValueError(f"weights is {weights!r}: give None, 'linear' or 'quadratic'")
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} codes: give both coders' for each unit")
    both = [
        (a, b)
        for a, b in zip(first, second, strict=True)
        if not is_missing(a) and not is_missing(b)
    ]
    categories = _categories([code for pair in both for code in pair], order, weights is not None)
    table = np.zeros((len(categories), len(categories)))
    where = {category: place for place, category in enumerate(categories)}
    for a, b in both:
        table[where[a], where[b]] += 1
    n = len(both)
    reason = withheld(n, minimum, "units") or ("no unit was coded by both" if not both else None)
    if reason is None and np.count_nonzero(table.sum(axis=0) + table.sum(axis=1)) == 1:
        reason = NO_VARIATION
    if reason:
        nothing = dict.fromkeys(("value", "observed", "expected", "low", "high", "p"), NOT_A_NUMBER)
        return CohenKappa(**nothing, n=n, reason=reason, weights=weights or "none")
    observed, expected = _weighted_agreement(table / n, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where a coder always gave one code the library divides by a standard error of 0 for z.
        found = cohens_kappa(table, wt=weights)
    low, high = _ends(found.kappa, found.std_kappa)
    return CohenKappa(
        value=(observed - expected) / (1 - expected),
        n=n,
        observed=observed,
        expected=expected,
        low=low,
        high=high,
        p=float(2 * stats.norm.sf(abs(found.kappa) / found.std_kappa0))
        if found.std_kappa0 > 0
        else NOT_A_NUMBER,
        weights=weights or "none",
    )


def fleiss_kappa(
    subjects_by_raters: Rows, *, counted: bool = False, minimum: float = 0
) -> FleissKappa:
    """Measure agreement of a fixed number of coders, not always the same ones, on categories.

    Parameters
    ----------
    subjects_by_raters : units x coders (lists, array or frame) of labels
        Units that not every coder coded are left out, and counted; to use them, take
        `krippendorff_alpha`.
    counted : bool
        Whether the table is units x categories, holding how many coders gave each.
    minimum : float
        Fewest units on which a figure is given.

    Returns
    -------
    FleissKappa
        ``nan`` and a reason with no complete unit, one coder, or one category used.

    Raises
    ------
    ValueError
        Ragged rows; with `counted`, bad counts or rows of different sums.

    References
    ----------
    Fleiss (1971), Psychological Bulletin 76, 378-382; the standard error of Fleiss, Nee & Landis
    (1979), Psychological Bulletin 86, 974-977.
    """
    table, left_out = _fleiss_counts(subjects_by_raters, counted=counted)
    n = len(table)
    raters = int(table[0].sum()) if n else 0
    reason = withheld(n, minimum, "units")
    if reason is None and (n == 0 or raters < 2):
        reason = "no unit was coded by every coder" if n == 0 else "one coder cannot disagree"
    elif reason is None and np.count_nonzero(table.sum(axis=0)) == 1:
        reason = NO_VARIATION
    value = observed = expected = z = p = NOT_A_NUMBER
    if reason is None:
        shares = table.sum(axis=0) / table.sum()
        observed = float((table * (table - 1)).sum()) / (n * raters * (raters - 1))
        expected = float(shares @ shares)
        value = (observed - expected) / (1 - expected)
        against = shares * (1 - shares)
        spread = float(against.sum()) ** 2 - float(against @ (1 - 2 * shares))
        error = np.sqrt(2 * spread / (n * raters * (raters - 1))) / float(against.sum())
        z = float(value / error)
        p = float(2 * stats.norm.sf(abs(z)))
    return FleissKappa(
        value=value,
        n=n,
        reason=reason,
        observed=observed,
        expected=expected,
        z=z,
        p=p,
        raters=raters,
        left_out=left_out,
    )


def _codes(rows: Rows, level: Level, order: Sequence[Any] | None) -> Floats:
    if level == "nominal" or order is not None:
        given = labels(rows)
        found = _categories([code for code in given.ravel() if code is not None], order, False)
        where = {category: float(place) for place, category in enumerate(found)}
        flat = [NOT_A_NUMBER if code is None else where[code] for code in given.ravel()]
        return np.array(flat, dtype=np.float64).reshape(given.shape)
    codes = matrix(rows)
    if level == "ratio" and (codes < 0).any():
        raise ValueError("a ratio is negative: use level 'interval'")
    return codes


def _categories(given: list[Any], order: Sequence[Any] | None, ordered: bool) -> list[Any]:  # noqa: FBT001 - private, and named by the caller's variable
    if order is not None:
        for code in given:
            if code not in order:
                raise ValueError(f"{code!r} is not in the order {list(order)}")
        return list(order)
    found = list(dict.fromkeys(given))
    if ordered and any(isinstance(code, str) for code in found):
        raise ValueError("weighted words need an order: give `order`, from lowest to highest")
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=lambda code: (type(code).__name__, str(code)))


def _weighted_agreement(shares: Floats, weights: Weights | None) -> tuple[float, float]:
    places = np.arange(len(shares))
    apart = np.abs(places[:, np.newaxis] - places)
    most = max(1, len(shares) - 1)
    if weights is None:
        agreement = (apart == 0).astype(np.float64)
    else:
        agreement = 1 - (apart / most) ** (1 if weights == "linear" else 2)
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float((agreement * shares).sum()), float((agreement * expected).sum())


def _ends(kappa: float, error: float) -> tuple[float, float]:
    half = float(stats.norm.ppf(0.975)) * float(error)
    return max(-1.0, float(kappa) - half), min(1.0, float(kappa) + half)


def _fleiss_counts(rows: Rows, *, counted: bool) -> tuple[Floats, int]:
    if counted:
        table = count_table(rows)
        if len(set(table.sum(axis=1).tolist())) > 1:
            raise ValueError("the rows add up to different numbers of coders: use labels instead")
        return table, 0
    given = labels(rows)
    complete: Labels = given[[all(code is not None for code in row) for row in given]]
    categories = _categories(list(complete.ravel()), None, False)
    table = np.array(
        [[sum(code == category for code in row) for category in categories] for row in complete],
        dtype=np.float64,
    )
    return table.reshape(len(complete), len(categories)), len(given) - len(complete)
