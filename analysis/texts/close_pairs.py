"""Which pairs of many texts are alike: every pair when few, MinHash and LSH when many.

Candidates from LSH are always verified by exact Jaccard similarity, so that a pair reported is
right; only a pair *not* reported can have been missed, as often as `lsh_probability` says.
It is array code over 200 lines: the pairs of 100,000 texts do not fit into objects.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import rensa
from scipy.sparse import coo_array, csr_array, triu
from scipy.sparse.csgraph import connected_components

from analysis.texts.similarity import SEED, SHINGLE

BANDS, ROWS = 24, 4
AT_ONCE = 100_000
LOOKED_INSIDE = 50

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class ClosePairs:
    """Pairs of positions with their exact similarity, each pair once, the lower position first."""

    first: Ints
    second: Ints
    similarity: npt.NDArray[np.float64]


def shingle_matrix(texts: Sequence[str]) -> tuple[csr_array[Any], Hashes, Hashes]:
    """Give which text holds which run of three words.

    Parameters
    ----------
    texts : sequence of str
        Words joined by spaces, at least three in each.

    Returns
    -------
    matrix : csr_array
        A row for each text, a column for each different run, 1 where the text holds it.
    hashes, ends : array
        The same as 64-bit hashes, text after text, and where each text's begin and end; a hash
        depends on its three words alone.

    Raises
    ------
    ValueError
        When a text has fewer than three words.
    """
    split = [text.split(" ") for text in texts]
    lengths = np.fromiter(map(len, split), dtype=np.int64, count=len(split))
    if lengths.size and lengths.min() < SHINGLE:
        raise ValueError(f"every text needs at least {SHINGLE} words")
    number: dict[str, int] = {}
    flat = np.fromiter(
        (number.setdefault(word, len(number)) for word in chain.from_iterable(split)),
        dtype=np.int64,
        count=int(lengths.sum()),
    )
    codes = np.array([_hash(word) for word in number], dtype=np.uint64)[flat]
    runs = _mix(_mix(_mix(codes[:-2]) + codes[1:-1]) + codes[2:])
    owner = np.repeat(np.arange(len(split)), lengths)
    inside = owner[:-2] == owner[2:]
    runs, owner = runs[inside], owner[:-2][inside]
    _, column = np.unique(runs, return_inverse=True)
    matrix = csr_array((np.ones(len(runs), dtype=np.int32), (owner, column)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    ends = np.concatenate(([0], np.cumsum(lengths - (SHINGLE - 1)))).astype(np.uint64)
    return matrix, runs, ends


def all_pairs(matrix: csr_array[Any], least: float) -> ClosePairs:
    """Compare every pair exactly; `least` is the lowest similarity kept, above 0."""
    together = coo_array(triu(matrix @ matrix.T, k=1))
    first, second = (axis.astype(np.int64) for axis in together.coords)
    sizes = np.diff(matrix.indptr)
    similarity = together.data / (sizes[first] + sizes[second] - together.data)
    kept = similarity >= least
    order = np.lexsort((second[kept], first[kept]))
    return ClosePairs(first[kept][order], second[kept][order], similarity[kept][order])


def lsh_pairs(
    matrix: csr_array[Any],
    hashes: Hashes,
    ends: Hashes,
    *,
    least: float,
    joined: float,
    apart: Ints | None = None,
) -> ClosePairs:
    """Compare exactly the pairs that MinHash and LSH propose.

    Parameters
    ----------
    matrix, hashes, ends
        What `shingle_matrix` gives.
    least : float
        Lowest similarity kept.
    joined : float
        Similarity from which two texts are in one group. Two texts already in one group are not
        compared again, which keeps a campaign of thousands from being millions of pairs.
    apart : array of int, optional
        Pairs never to be joined, each as ``first * texts + second``.

    Returns
    -------
    ClosePairs
        Every proposed pair of `least` or more that joins groups or stands between two.

    Notes
    -----
    24 bands of 4 hashes: a pair at 0.8 is proposed with probability 0.999997, at 0.7 with 0.9986
    (Leskovec, Rajaraman & Ullman, section 3.4). rensa computes the hashes.
    """
    n = matrix.shape[0]
    buckets = [_buckets(keys) for keys in _band_keys(hashes, ends)]
    checked = np.unique(np.concatenate([_with_leader(bucket, n) for bucket in buckets]))
    similarity = _verify(matrix, checked, n)
    for bucket in buckets:
        label = _groups(checked[similarity >= joined], n, apart)
        fresh = np.setdiff1d(_across(bucket, label, n), checked)
        if fresh.size:
            checked = np.concatenate((checked, fresh))
            similarity = np.concatenate((similarity, _verify(matrix, fresh, n)))
    fresh = np.setdiff1d(_within(_groups(checked[similarity >= joined], n, apart), n), checked)
    checked = np.concatenate((checked, fresh))
    similarity = np.concatenate((similarity, _verify(matrix, fresh, n)))
    kept = similarity >= least
    checked, similarity = checked[kept], similarity[kept]
    order = np.argsort(checked)
    checked = checked[order]
    return ClosePairs(checked // n, checked % n, similarity[order])


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())


def _mix(x: Hashes) -> Hashes:
    """Spread the bits of 64-bit numbers (the finaliser of SplitMix64, Steele, Lea & Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _band_keys(hashes: Hashes, ends: Hashes) -> Iterator[Hashes]:
    sketch = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, ends, num_perm=BANDS * ROWS, seed=SEED
    )
    digest = np.array(sketch.to_rows(), dtype=np.uint64)
    for band in range(BANDS):
        key = np.zeros(len(digest), dtype=np.uint64)
        for row in range(band * ROWS, (band + 1) * ROWS):
            key = _mix(key + digest[:, row] + np.uint64(1))
        yield key


def _buckets(keys: Hashes) -> list[Ints]:
    """Give the positions that share a key, lowest first, where at least two do."""
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    starts = np.concatenate(([0], cuts))
    sizes = np.diff(np.concatenate((starts, [len(keys)])))
    return [
        order[s : s + size] for s, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True)
    ]


def _with_leader(buckets: list[Ints], n: int) -> Ints:
    if not buckets:
        return np.empty(0, dtype=np.int64)
    return np.concatenate([bucket[0] * n + bucket[1:] for bucket in buckets])


def _across(buckets: list[Ints], label: Ints, n: int) -> Ints:
    """Give the pairs in one bucket whose texts are not yet in one group."""
    found = [np.empty(0, dtype=np.int64)]
    for bucket in buckets:
        groups = label[bucket]
        if (groups == groups[0]).all():
            continue
        for i in range(len(bucket) - 1):
            others = bucket[i + 1 :][groups[i + 1 :] != groups[i]]
            found.append(bucket[i] * n + others)
    return np.unique(np.concatenate(found))


def _within(label: Ints, n: int) -> Ints:
    """Give every pair inside the groups of at most fifty, so that their closest pairs are known."""
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    small = [group for group in groups if 1 < len(group) <= LOOKED_INSIDE]
    pairs = [
        group[i] * n + group[j] for group in small for i, j in [np.triu_indices(len(group), 1)]
    ]
    return np.concatenate([np.empty(0, dtype=np.int64), *pairs])


def _groups(pairs: Ints, n: int, apart: Ints | None) -> Ints:
    if apart is not None:
        pairs = np.setdiff1d(pairs, apart)
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs // n, pairs % n)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _verify(matrix: csr_array[Any], pairs: Ints, n: int) -> npt.NDArray[np.float64]:
    sizes = np.diff(matrix.indptr)
    similarity = np.empty(len(pairs))
    for start in range(0, len(pairs), AT_ONCE):
        first, second = divmod(pairs[start : start + AT_ONCE], n)
        both = np.asarray(matrix[first].multiply(matrix[second]).sum(axis=1)).ravel()
        similarity[start : start + AT_ONCE] = both / (sizes[first] + sizes[second] - both)
    return similarity
