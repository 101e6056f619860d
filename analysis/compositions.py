"""Points of 100 shared among options: parts of a whole, never separate answers.

Giving one option more leaves less for the rest, so the options of one question go up and down
together by arithmetic alone. They are therefore described together and **never tested or
correlated one by one as if independent**. Beside the mean (what most readers expect) stands the
centre of Aitchison's geometry, closed to the same total, and its centred log-ratios (clr), which
are what may be compared: a clr above 0 is more than an even share of the geometric kind.

Logarithms need parts above zero. A zero is replaced by ``zero_as`` points, by default 0.65 of one
point (65 % of the least that can be given), and the other parts shrink in proportion so that the
total stays; the result says how many were replaced.

The file is long for what its docstrings say; the arithmetic and its checks belong side by side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import Floats, Rows, Values, is_missing, matrix, numbers
from analysis.statistic import NOT_A_NUMBER, withheld


@dataclass(frozen=True, kw_only=True)
class OptionPoints:
    """What one option got, in points; ``zeros`` counts respondents and ``clr`` is a log-ratio."""

    option: Any
    mean: float
    median: float
    zeros: int
    share_zero: float
    centre: float
    clr: float


@dataclass(frozen=True, kw_only=True)
class Composition:
    """How one group shared its points. Means add up to the total, and so do centres.

    ``n`` counts complete rows, ``left_out`` the rows with something missing, ``replaced`` the
    zeros that stood in as ``zero_as`` for the centre.
    """

    group: Any
    n: int
    left_out: int
    total: float
    options: tuple[OptionPoints, ...]
    replaced: int
    zero_as: float
    reason: str | None = None


def close(parts: Values, total: float = 100) -> tuple[float, ...]:
    """Scale parts so that they add up to `total`.

    Parameters
    ----------
    parts : sequence of numbers, none negative
        At least one above zero.
    total : float
        What they are to add up to.

    Raises
    ------
    ValueError
        A part that is missing or negative, or none above zero.

    References
    ----------
    Aitchison (1986), The Statistical Analysis of Compositional Data, 2.2.
    """
    values = numbers(parts)
    if np.isnan(values).any() or (values < 0).any() or values.sum() == 0:
        raise ValueError("give parts that are there, not negative, and not all zero")
    return tuple((values * (total / values.sum())).tolist())


def clr(parts: Values) -> tuple[float, ...]:
    """Return the centred log-ratios: the log of each part over the geometric mean of all.

    Parameters
    ----------
    parts : sequence of numbers above zero
        Of any total: the result does not depend on it, and adds up to 0.

    Raises
    ------
    ValueError
        A part that is missing, zero or negative: replace zeros first (`replace_zeros`).

    References
    ----------
    Aitchison (1986), 4.6.
    """
    values = numbers(parts)
    if np.isnan(values).any() or (values <= 0).any():
        raise ValueError("a part is missing, zero or negative: replace zeros first (replace_zeros)")
    logs = np.log(values)
    return tuple((logs - logs.mean()).tolist()) if len(logs) else ()


def replace_zeros(parts: Values, zero_as: float, total: float = 100) -> tuple[float, ...]:
    """Replace zeros by `zero_as` and shrink the other parts so that the total stays.

    Parameters
    ----------
    parts : sequence of numbers adding up to `total`
        Ratios among those above zero are kept.
    zero_as : float
        In the units of the parts, above 0 and small beside them.
    total : float
        What the parts add up to.

    Raises
    ------
    ValueError
        A `zero_as` that is not above 0 or that would use up the whole.

    References
    ----------
    Martín-Fernández, Barceló-Vidal & Pawlowsky-Glahn (2003), Dealing with zeros and missing values
    in compositional data sets, Mathematical Geology 35, 253-278 (multiplicative replacement).
    """
    values = numbers(parts)
    empty = values == 0
    used = zero_as * int(empty.sum())
    if zero_as <= 0 or used >= total:
        raise ValueError(f"zero_as is {zero_as}: give a number above 0, small beside the total")
    return tuple(np.where(empty, zero_as, values * (1 - used / total)).tolist())


def aitchison_distance(first: Values, second: Values) -> float:
    """Return how far two compositions are apart: the Euclidean distance of their clr.

    Parameters
    ----------
    first, second : sequences of numbers above zero, of the same length
        Such as the centres of two groups.

    Raises
    ------
    ValueError
        Different lengths, or a part that is missing, zero or negative.

    References
    ----------
    Aitchison (1986), 8.3.
    """
    one, other = clr(first), clr(second)
    if len(one) != len(other):
        raise ValueError(f"{len(one)} and {len(other)} parts: give the same options")
    return math.dist(one, other)


def share_of_points(
    points: Rows,
    *,
    options: Sequence[Any] | None = None,
    total: float = 100,
    zero_as: float = 0.65,
    minimum: float = 0,
    group: Any = None,
) -> Composition:
    """Describe how respondents shared a total among options.

    Parameters
    ----------
    points : respondents x options (lists, array or frame)
        A zero is an answer; missing is not. Rows with something missing are left out, and counted.
    options : sequence, optional
        Names of the options; a frame's columns, or 1, 2, … when not given.
    total : float
        What every complete row must add up to.
    zero_as : float
        What stands in for a zero in the centre and clr, in points.
    minimum : float
        Fewest complete rows on which figures are given.
    group : any
        A name carried along.

    Returns
    -------
    Composition
        ``nan`` in every figure and a reason where nobody shared points, or too few did.

    Raises
    ------
    ValueError
        A complete row that is negative somewhere or does not add up to `total`, options that do
        not match the columns, ragged rows, words.

    References
    ----------
    Aitchison (1986); Martín-Fernández et al. (2003) for zeros.
    """
    values = matrix(points)
    names = _names(points, values, options)
    complete = values[~np.isnan(values).any(axis=1)] if len(names) else values[:0]
    _check_totals(complete, total)
    n = len(complete)
    reason = withheld(n, minimum, "respondents") or ("nobody shared points" if n == 0 else None)
    if reason:
        described = tuple(_unknown(name) for name in names)
    else:
        described = _described(names, complete, total, zero_as)
    return Composition(
        group=group,
        n=n,
        left_out=len(values) - n,
        total=total,
        options=described,
        replaced=0 if reason else int((complete == 0).sum()),
        zero_as=zero_as,
        reason=reason,
    )


def points_by_group(
    points: Rows,
    groups: Sequence[Any] | Values,
    *,
    options: Sequence[Any] | None = None,
    total: float = 100,
    zero_as: float = 0.65,
    minimum: float = 0,
) -> tuple[Composition, ...]:
    """Describe how each group shared a total among options.

    Parameters
    ----------
    points, options, total, zero_as, minimum
        As for `share_of_points`.
    groups : sequence, one for each respondent
        Groups come out sorted; respondents without a group come last, as None.

    Returns
    -------
    tuple of Composition
        Empty where there are no respondents.

    Raises
    ------
    ValueError
        Another number of groups than of rows, or as for `share_of_points`.

    References
    ----------
    As for `share_of_points`.
    """
    values = matrix(points)
    names = _names(points, values, options)
    members = [None if is_missing(group) else group for group in groups]
    if len(members) != len(values):
        raise ValueError(f"{len(values)} rows and {len(members)} groups: give one for each row")
    found = sorted({member for member in members if member is not None}, key=str)
    return tuple(
        share_of_points(
            values[[member == name for member in members]],
            options=names,
            total=total,
            zero_as=zero_as,
            minimum=minimum,
            group=name,
        )
        for name in [*found, *([None] if None in members else [])]
    )


def _names(points: Rows, values: Floats, options: Sequence[Any] | None) -> list[Any]:
    if options is None:
        if isinstance(points, pd.DataFrame):
            return list(points.columns)
        return list(range(1, values.shape[1] + 1))
    if values.size and len(options) != values.shape[1]:
        raise ValueError(f"{values.shape[1]} columns and {len(options)} options: name each column")
    return list(options)


def _check_totals(complete: Floats, total: float) -> None:
    if (complete < 0).any():
        raise ValueError("a number of points is negative")
    sums = complete.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - total) > 1e-6 * total)
    if len(wrong):
        raise ValueError(
            f"{len(wrong)} complete rows do not add up to {total:g} (the first adds up to "
            f"{sums[wrong[0]]:g}): give them as missing, or give the right total"
        )


def _described(
    names: list[Any], complete: Floats, total: float, zero_as: float
) -> tuple[OptionPoints, ...]:
    filled = np.array([replace_zeros(row, zero_as, total) for row in complete])
    centre = close(np.exp(np.log(filled).mean(axis=0)), total)
    ratios = clr(centre)
    means, medians = complete.mean(axis=0).tolist(), np.median(complete, axis=0).tolist()
    zeros = (complete == 0).sum(axis=0).tolist()
    return tuple(
        OptionPoints(
            option=name,
            mean=means[place],
            median=medians[place],
            zeros=zeros[place],
            share_zero=zeros[place] / len(complete),
            centre=centre[place],
            clr=ratios[place],
        )
        for place, name in enumerate(names)
    )


def _unknown(name: Any) -> OptionPoints:
    return OptionPoints(
        option=name,
        mean=NOT_A_NUMBER,
        median=NOT_A_NUMBER,
        zeros=0,
        share_zero=NOT_A_NUMBER,
        centre=NOT_A_NUMBER,
        clr=NOT_A_NUMBER,
    )
