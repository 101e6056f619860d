"""How many records look alike on what an outsider may know; a release is refused where too few do.

**A missing key is, by default, a value of its own.** Somebody who left a question blank shows a
blank in the published file, and can be known by it. The other reading, that a blank matches
anything, finds more records alike and so promises more than the file keeps; it is offered
(``missing="matches anything"``) for comparison with sdcMicro.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.inputs import Rows, labels
from analysis.statistic import NOT_A_NUMBER

Codes = npt.NDArray[np.int64]
Missing = Literal["own value", "matches anything"]


@dataclass(frozen=True, kw_only=True)
class KAnonymity:
    """How many records share each record's keys, itself included, in the order given.

    ``k`` is the least of them, 0 where there are no records. ``unique`` counts the records like no
    other, ``share_unique`` is out of all records (``nan`` of none).
    """

    k: int
    counts: tuple[int, ...]
    unique: int
    share_unique: float
    records: int
    keys: tuple[Any, ...]
    missing: str

    def under(self, k: int) -> int:
        """Count the records that share their keys with fewer than `k`, themselves included."""
        return sum(count < k for count in self.counts)

    def equal(self, k: int) -> int:
        """Count the records that share their keys with exactly `k`, themselves included."""
        return self.counts.count(k)


class NotAnonymousEnoughError(ValueError):
    """Some records share their keys with fewer than k, so they must not be released."""

    def __init__(self, found: KAnonymity, k: int) -> None:
        keys = ", ".join(map(str, found.keys))
        super().__init__(
            f"{found.under(k)} of {found.records} records share ({keys}) with fewer than {k}, "
            f"themselves included: publish fewer or coarser keys, or leave those records out"
        )
        self.found = found


def k_anonymity(
    records: Rows, keys: Sequence[Any] | None = None, *, missing: Missing = "own value"
) -> KAnonymity:
    """Count for each record how many, itself included, have the same keys.

    Parameters
    ----------
    records : frame, or list of rows
        One row a record.
    keys : sequence, optional
        The columns that an outsider may know: names of a frame's columns, positions in a row.
        All when not given.
    missing : {"own value", "matches anything"}
        How a missing key is read; see the head of this module.

    Returns
    -------
    KAnonymity
        Of no records: ``k`` 0 and no counts. With an empty list of keys all records are alike.

    Raises
    ------
    ValueError
        A key that is not among the columns, an unknown way to read missing keys, or ragged rows.

    References
    ----------
    Samarati & Sweeney (1998); Hundepool et al., Handbook on Statistical Disclosure Control;
    sdcMicro's freqCalc for the reading of missing keys as matching anything.
    """
    if missing not in ("own value", "matches anything"):
        raise ValueError(f"missing is {missing!r}: give 'own value' or 'matches anything'")
    frame = records if isinstance(records, pd.DataFrame) else pd.DataFrame(labels(records))
    chosen = list(frame.columns) if keys is None else list(keys)
    for key in chosen:
        if key not in frame.columns:
            raise ValueError(f"{key!r} is not among the columns {list(frame.columns)}")
    codes = _codes(frame.loc[:, chosen])
    kinds, kind_of, sizes = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    if missing == "matches anything":
        sizes = _matching(kinds, sizes)
    counts = tuple(sizes[kind_of].tolist())
    unique = counts.count(1)
    return KAnonymity(
        k=min(counts, default=0),
        counts=counts,
        unique=unique,
        share_unique=unique / len(counts) if counts else NOT_A_NUMBER,
        records=len(counts),
        keys=tuple(chosen),
        missing=missing,
    )


def require_k_anonymity(
    records: Rows,
    k: int,
    keys: Sequence[Any] | None = None,
    *,
    missing: Missing = "own value",
) -> KAnonymity:
    """Return `k_anonymity`, or refuse when a record shares its keys with fewer than `k`.

    Parameters
    ----------
    records, keys, missing
        As for `k_anonymity`.
    k : int
        The least that is acceptable, 2 or more.

    Raises
    ------
    NotAnonymousEnoughError
        With how many records are under `k`; its ``found`` holds the counts. No records at all are
        nobody's secret, and pass.
    ValueError
        A `k` under 2, which would promise nothing.
    """
    if k < 2:
        raise ValueError(f"k is {k}: give 2 or more, as every record is like itself")
    found = k_anonymity(records, keys, missing=missing)
    if found.under(k):
        raise NotAnonymousEnoughError(found, k)
    return found


def _codes(frame: pd.DataFrame) -> Codes:
    """Number the values of each column from 0, a missing one -1."""
    columns = [pd.factorize(frame.iloc[:, place])[0] for place in range(frame.shape[1])]
    return np.column_stack([*columns, np.zeros(len(frame), dtype=np.int64)])


def _matching(kinds: Codes, sizes: Codes) -> Codes:
    """Count, for each kind of record, those of every kind that agrees where neither is blank."""
    totals = [
        sizes[((kinds == kind) | (kinds < 0) | (kind < 0)).all(axis=1)].sum() for kind in kinds
    ]
    return np.array(totals, dtype=np.int64)
