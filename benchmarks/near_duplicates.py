"""Near-duplicates of many short texts: our way beside comparing every pair, in one run.

    python benchmarks/near_duplicates.py [--texts 100000]

What is printed are ratios and recall; seconds are of this machine and this moment. The texts are
made up from a seed: words as rare as in real writing (Zipf), one text in ten copied with up to four
words changed, and one campaign of two in a hundred with a personal last sentence.
"""

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from analysis.texts.close_pairs import all_pairs, lsh_pairs, shingle_matrix
from analysis.texts.duplicates import near_duplicates
from analysis.texts.similarity import jaccard, shingles

ROUNDS = 3


def made_up(n: int, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    campaign = " ".join(f"c{i}" for i in range(40))
    texts = [f"{campaign} yours person{i} of town{i % 97}" for i in range(n // 50)]
    while len(texts) < n:
        words = np.minimum(rng.zipf(1.3, rng.integers(12, 70)), 50_000)
        texts.append(" ".join(f"w{word}" for word in words))
        if rng.random() < 0.1:
            changed = words.copy()
            places = rng.integers(0, len(words), rng.integers(1, 5))
            changed[places] = rng.integers(50_000, 90_000, len(places))
            texts.append(" ".join(f"w{word}" for word in changed))
    return texts[:n]


def every_pair(texts: list[str]) -> set[tuple[int, int]]:
    sets = [shingles(text) for text in texts]
    return {
        (i, j)
        for (i, a), (j, b) in itertools.combinations(enumerate(sets), 2)
        if jaccard(a, b) >= 0.7
    }


def in_turn(*ways: Callable[[], object]) -> list[float]:
    """Time each way once a round, so that a busy moment meets them all; give the medians."""
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, taken in zip(ways, seconds, strict=True):
            start = time.perf_counter()
            way()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in seconds]


def small() -> None:
    texts = made_up(1_500)
    matrix, hashes, ends = shingle_matrix(texts)
    truth = every_pair(texts)
    found = lsh_pairs(matrix, hashes, ends, least=0.7, joined=1.01)
    pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    naive, ours, lsh = in_turn(
        lambda: every_pair(texts),
        lambda: near_duplicates(texts),
        lambda: near_duplicates(texts, exact_up_to=0),
    )
    print(f"1,500 texts, {len(truth):,} pairs at 0.7 or more by comparing every pair of sets")
    print(f"  every pair of sets / ours, every pair    {naive / ours:8.1f} times as long")
    print(f"  every pair of sets / ours, MinHash + LSH {naive / lsh:8.1f} times as long")
    shared = len(pairs & truth)
    print(f"  recall of LSH {shared / len(truth):.4f}, precision {shared / len(pairs):.4f}")


def middle() -> None:
    texts = made_up(20_000)
    matrix, hashes, ends = shingle_matrix(texts)
    truth = all_pairs(matrix, 0.7)
    known = set(zip(truth.first.tolist(), truth.second.tolist(), strict=True))
    found = lsh_pairs(matrix, hashes, ends, least=0.7, joined=1.01)
    pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    exact, lsh = in_turn(
        lambda: near_duplicates(texts, exact_up_to=len(texts)),
        lambda: near_duplicates(texts),
    )
    same = near_duplicates(texts).groups == near_duplicates(texts, exact_up_to=len(texts)).groups
    print(f"20,000 texts, {len(known):,} pairs at 0.7 or more by sparse matrices, exactly")
    print(f"  every pair / MinHash + LSH {exact / lsh:8.1f} times as long")
    print(f"  recall of LSH {len(pairs & known) / len(known):.4f}")
    print(f"  the groups are {'' if same else 'not '}the same")


def large(n: int) -> None:
    texts = made_up(n)
    start, busy = time.perf_counter(), time.process_time()
    found = near_duplicates(texts)
    taken, busy = time.perf_counter() - start, time.process_time() - busy
    sizes = [len(group.responses) for group in found.groups]
    print(f"{n:,} texts: {taken:.1f} s ({busy:.1f} s of computing), {found.method}")
    print(f"  {len(sizes):,} groups, the largest of {max(sizes):,}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    arguments = parser.parse_args()
    small()
    middle()
    large(arguments.texts)
