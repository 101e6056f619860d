"""How alike two texts or two sets are: shingles, Jaccard, MinHash, and what LSH would find."""

import math
from collections.abc import Hashable, Iterable, Sequence

import rensa

from analysis.texts.tokens import words

SHINGLE = 3
SEED = 0
# Standard error 0.0071 at the worst similarity but one (0.71): 0.03 is then more than four of them.
PERMUTATIONS = 4096


def shingles(text: str, size: int = SHINGLE) -> frozenset[tuple[str, ...]]:
    """Give every run of `size` words in a text, each once.

    Parameters
    ----------
    text : str
        Any text; case and punctuation make no difference.
    size : int, default 3
        Words in a run. A text with fewer words is one run of all its words.

    Returns
    -------
    frozenset of tuple of str
        Empty where the text has no words.

    Raises
    ------
    ValueError
        When `size` is under 1.

    Notes
    -----
    Leskovec, Rajaraman & Ullman, *Mining of Massive Datasets*, section 3.2.
    """
    if size < 1:
        raise ValueError(f"size is {size}; give at least one word")
    said = words(text)
    if not said:
        return frozenset()
    return frozenset(said[i : i + size] for i in range(max(1, len(said) - size + 1)))


def jaccard(a: Iterable[Hashable], b: Iterable[Hashable]) -> float:
    """Give the share of two sets' members that both hold: |a ∩ b| / |a ∪ b|.

    Parameters
    ----------
    a, b : iterable of hashable
        The members; a repeated one counts once.

    Returns
    -------
    float
        Between 0 and 1. Two empty sets are the same: 1.

    Notes
    -----
    Jaccard 1912; Leskovec, Rajaraman & Ullman, section 3.1.
    """
    first, second = frozenset(a), frozenset(b)
    together = len(first | second)
    return len(first & second) / together if together else 1.0


def minhash_estimate(
    a: Iterable[str], b: Iterable[str], permutations: int = PERMUTATIONS, *, seed: int = SEED
) -> float:
    """Estimate the Jaccard similarity of two sets of words from their smallest hashes.

    Parameters
    ----------
    a, b : iterable of str
        The members; a repeated one counts once.
    permutations : int, default 4096
        Hash functions. The usual 128 have a standard error of 0.04 at a similarity of 0.71, so that
        one estimate in three is further than 0.03 from the truth; 4,096 have 0.007.
    seed : int, default 0
        Chooses the hash functions; the same seed always gives the same estimate.

    Returns
    -------
    float
        Between 0 and 1; 1 for two empty sets, as `jaccard` has it.

    Raises
    ------
    ValueError
        When `permutations` is under 1.

    Notes
    -----
    Broder 1997; Leskovec, Rajaraman & Ullman, section 3.3. The hashes are rensa's R-MinHash.
    """
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; give at least one")
    first, second = sorted(set(a)), sorted(set(b))
    if not first or not second:
        return float(first == second)
    return float(_minhash(first, permutations, seed).jaccard(_minhash(second, permutations, seed)))


def _minhash(members: Sequence[str], permutations: int, seed: int) -> rensa.RMinHash:
    sketch = rensa.RMinHash(num_perm=permutations, seed=seed)
    sketch.update(list(members))
    return sketch


def minhash_standard_error(similarity: float, permutations: int) -> float:
    """Give the standard error of a MinHash estimate: sqrt(J (1 - J) / k).

    Parameters
    ----------
    similarity : float
        The true Jaccard similarity J, from 0 to 1.
    permutations : int
        Hash functions k.

    Raises
    ------
    ValueError
        When `similarity` is outside 0 to 1 or `permutations` under 1.

    Notes
    -----
    Each hash agrees with probability J (Broder 1997), so that their share is binomial.
    """
    _check(similarity, permutations, 1)
    return math.sqrt(similarity * (1 - similarity) / permutations)


def lsh_probability(similarity: float, bands: int, rows: int) -> float:
    """Give the chance that two sets share at least one band: 1 - (1 - s^r)^b.

    Parameters
    ----------
    similarity : float
        Jaccard similarity s, from 0 to 1.
    bands, rows : int
        Bands b of r hashes each.

    Returns
    -------
    float
        Between 0 and 1; rises with similarity and bands, falls with rows.

    Raises
    ------
    ValueError
        When `similarity` is outside 0 to 1, or `bands` or `rows` under 1.

    Notes
    -----
    Leskovec, Rajaraman & Ullman, *Mining of Massive Datasets*, section 3.4.2.
    """
    _check(similarity, bands, rows)
    # log1p and expm1 keep the small chances that 1 - (1 - x) would round to nothing.
    one_band = similarity**rows
    return 1.0 if one_band >= 1 else -math.expm1(bands * math.log1p(-one_band))


def _check(similarity: float, *counts: int) -> None:
    if not 0 <= similarity <= 1:
        raise ValueError(f"similarity is {similarity}; it lies between 0 and 1")
    if min(counts) < 1:
        raise ValueError(f"{min(counts)} is too few; give at least one")
