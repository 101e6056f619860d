"""Plain inputs, read once and the same way everywhere: lists, arrays, series, frames, mappings.

Nothing here changes what it is given: each function returns a fresh array. A missing value is
``None``, ``nan``, ``pandas.NA`` or ``NaT``. Words where numbers are needed are an error that says
so; an *ordered* pandas categorical is read as its positions 0, 1, 2, …
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    # Only the type checker knows what a series holds: at run time the class takes no brackets.
    Series: TypeAlias = pd.Series[Any]
else:
    Series = pd.Series

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.object_]
Values: TypeAlias = Sequence[Any] | npt.NDArray[Any] | Series | pd.Categorical
Counts: TypeAlias = Mapping[Any, float] | Values
Rows: TypeAlias = Sequence[Sequence[Any]] | npt.NDArray[Any] | pd.DataFrame
Groups: TypeAlias = Mapping[Any, Values] | Sequence[Values] | pd.DataFrame


def is_missing(value: object) -> bool:
    """Say whether one value stands for "no answer"."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, float | np.floating) and bool(np.isnan(value))


def numbers(values: Values) -> Floats:
    """Return one row of numbers, ``nan`` where the answer is missing.

    Raises
    ------
    ValueError
        When a value is a word, is infinite, or the values are not one row.
    """
    array = _as_floats(values)
    if array.ndim != 1:
        raise ValueError(f"expected one row of values, got {array.ndim} dimensions")
    return array


def answered(values: Values) -> Floats:
    """Return the numbers of `values` without the missing ones."""
    array = numbers(values)
    return array[~np.isnan(array)]


def pairs(x: Values, y: Values) -> tuple[Floats, Floats]:
    """Return `x` and `y` without the pairs in which either is missing.

    Raises
    ------
    ValueError
        When `x` and `y` differ in length.
    """
    first, second = numbers(x), numbers(y)
    if len(first) != len(second):
        raise ValueError(f"x has {len(first)} values and y has {len(second)}: give pairs")
    kept = ~(np.isnan(first) | np.isnan(second))
    return first[kept], second[kept]


def frequencies(counts: Counts) -> Floats:
    """Return the counts of a scale, in its order, empty categories kept.

    Raises
    ------
    ValueError
        When there are fewer than two categories, or a count is missing or negative.
    """
    array = numbers(list(counts.values()) if isinstance(counts, Mapping) else counts)
    if len(array) < 2:
        raise ValueError("a scale needs at least two categories: give a count for each, 0 if empty")
    if np.isnan(array).any() or (array < 0).any():
        raise ValueError("a count is missing or negative: give 0 for an empty category")
    return array


def count_table(table: Rows) -> Floats:
    """Return a table of whole counts, zero rows and columns kept.

    Raises
    ------
    ValueError
        When the table is not rows by columns, or a count is missing, negative or not whole.
    """
    array = matrix(table)
    if np.isnan(array).any() or (array < 0).any():
        raise ValueError("a count in the table is missing or negative: give 0 for an empty cell")
    if (array != np.floor(array)).any():
        raise ValueError("the table holds fractions: give counts of people, not shares")
    return array


def matrix(rows: Rows) -> Floats:
    """Return rows by columns of numbers, ``nan`` where missing.

    Raises
    ------
    ValueError
        When rows differ in length or a value is a word.
    """
    return _as_floats(_rectangle(rows)) if not isinstance(rows, pd.DataFrame) else _frame(rows)


def labels(rows: Rows) -> Labels:
    """Return rows by columns of labels as they are, None where missing."""
    source = rows.to_numpy(dtype=object) if isinstance(rows, pd.DataFrame) else _rectangle(rows)
    fresh = np.empty(source.shape, dtype=object)
    for place, value in np.ndenumerate(source):
        fresh[place] = None if is_missing(value) else value
    return fresh


def named_groups(groups: Groups) -> tuple[tuple[Any, Floats], ...]:
    """Return (name, answers without the missing) for each group, in the order given.

    A mapping or a frame names its groups (a frame: one column each); a list numbers them from 1.
    """
    if isinstance(groups, Mapping | pd.DataFrame):
        return tuple((name, answered(values)) for name, values in groups.items())
    return tuple((place, answered(values)) for place, values in enumerate(groups, start=1))


def _frame(frame: pd.DataFrame) -> Floats:
    columns = [_as_floats(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def _rectangle(rows: Sequence[Sequence[Any]] | npt.NDArray[Any]) -> npt.NDArray[Any]:
    if not isinstance(rows, np.ndarray):
        given = [list(row) for row in rows]
        if len({len(row) for row in given}) > 1:
            raise ValueError("the rows differ in length: give every row the same columns")
        source = np.empty((len(given), len(given[0]) if given else 0), dtype=object)
        for place, row in enumerate(given):
            source[place, :] = row
        return source
    if rows.ndim != 2:
        raise ValueError(f"expected rows by columns, got {rows.ndim} dimensions")
    return rows


def _as_floats(values: Any) -> Floats:
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered:
        codes = np.asarray(pd.Categorical(values).codes, dtype=np.float64)
        return np.where(codes < 0, np.nan, codes)
    source = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    if source.dtype.kind in "biuf":
        array = source.astype(np.float64)
    else:
        array = np.array([_number(value) for value in source.ravel()], dtype=np.float64)
        array = array.reshape(source.shape)
    if np.isinf(array).any():
        raise ValueError("a value is infinite: give finite numbers, or None where missing")
    return array


def _number(value: object) -> float:
    if is_missing(value):
        return float("nan")
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        raise ValueError(
            f"{value!r} is not a number: give the position on the scale, not its words"
        )
    return float(value)
