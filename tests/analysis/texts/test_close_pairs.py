import itertools

import numpy as np
import pytest

from analysis.texts.close_pairs import all_pairs, lsh_pairs, shingle_matrix
from analysis.texts.similarity import jaccard, shingles


def some_texts(n, seed):
    rng = np.random.default_rng(seed)
    return [" ".join(f"w{i}" for i in rng.integers(0, 4, rng.integers(3, 12))) for _ in range(n)]


def test_similarities_are_those_of_the_sets_themselves():
    texts = some_texts(40, seed=1)

    found = all_pairs(shingle_matrix(texts)[0], 0.05)

    expected = {
        (i, j): jaccard(shingles(texts[i]), shingles(texts[j]))
        for i, j in itertools.combinations(range(40), 2)
    }
    given = dict(
        zip(
            zip(found.first.tolist(), found.second.tolist(), strict=True),
            found.similarity,
            strict=True,
        )
    )
    assert given == pytest.approx({pair: s for pair, s in expected.items() if s >= 0.05})


def test_proposed_pairs_carry_their_exact_similarity():
    texts = some_texts(60, seed=2)
    matrix, hashes, ends = shingle_matrix(texts)

    found = lsh_pairs(matrix, hashes, ends, least=0.3, joined=1.0)

    assert len(found.first) > 5
    for i, j, similarity in zip(found.first, found.second, found.similarity, strict=True):
        assert similarity == pytest.approx(jaccard(shingles(texts[i]), shingles(texts[j])))


def test_a_text_of_two_words_is_refused():
    with pytest.raises(ValueError, match="at least 3 words"):
        shingle_matrix(["one two three", "one two"])
