"""From pairs of texts that are alike, and what people decided, to groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from analysis.texts.close_pairs import ClosePairs, Ints, all_pairs, lsh_pairs, shingle_matrix
from analysis.texts.decisions import Decision
from analysis.texts.groups import DuplicateGroup, TextPair
from analysis.texts.similarity import jaccard, shingles
from analysis.texts.tokens import fingerprint


class Compared:
    """The different texts by alphabet, so that nothing depends on the order of rows."""

    def __init__(self, sent_by: Mapping[str, set[str]], decisions: Sequence[Decision]) -> None:
        self.texts = sorted(sent_by)
        self.senders = [tuple(sorted(sent_by[text])) for text in self.texts]
        # Only decisions need every text's fingerprint; of 100,000 texts it would cost a second.
        named = enumerate(self.texts if decisions else ())
        position = {fingerprint(text): i for i, text in named}
        placed = {
            (min(i, j), max(i, j)): decision.same
            for decision in decisions
            if (i := position.get(decision.first)) is not None
            and (j := position.get(decision.second)) is not None
        }
        self.together = sorted(pair for pair, same in placed.items() if same is True)
        self.apart = sorted(pair for pair, same in placed.items() if same is False)

    def close_pairs(self, joined: float, offered: float, *, every_pair: bool) -> ClosePairs:
        """Give the pairs of `offered` or more, every one or those that LSH proposes."""
        if len(self.texts) < 2:
            nothing = np.empty(0, dtype=np.int64)
            return ClosePairs(nothing, nothing, np.empty(0))
        matrix, hashes, ends = shingle_matrix(self.texts)
        if every_pair:
            return all_pairs(matrix, offered)
        apart = self._keys(self.apart)
        return lsh_pairs(matrix, hashes, ends, least=offered, joined=joined, apart=apart)

    def _keys(self, pairs: Sequence[tuple[int, int]]) -> Ints:
        return np.array([i * len(self.texts) + j for i, j in pairs], dtype=np.int64)

    def grouped(
        self, pairs: ClosePairs, joined: float
    ) -> tuple[tuple[DuplicateGroup, ...], tuple[TextPair, ...]]:
        """Give the groups, and the undecided pairs between them."""
        n = len(self.texts)
        keys = pairs.first * n + pairs.second
        close = (pairs.similarity >= joined) & ~np.isin(keys, self._keys(self.apart))
        edges = dict(zip(keys[close].tolist(), pairs.similarity[close].tolist(), strict=True))
        for i, j in self.together:
            edges.setdefault(i * n + j, self._similarity(i, j))
        label, tree = _components(edges, n)
        groups = self._groups(label, tree, edges)
        return groups, self._offers(pairs, close, label)

    def _similarity(self, i: int, j: int) -> float:
        return jaccard(shingles(self.texts[i]), shingles(self.texts[j]))

    def _groups(
        self, label: list[int], tree: list[int], edges: dict[int, float]
    ) -> tuple[DuplicateGroup, ...]:
        n = len(self.texts)
        members: defaultdict[int, list[int]] = defaultdict(list)
        holding: defaultdict[int, list[TextPair]] = defaultdict(list)
        decided = set(self._keys(self.together).tolist())
        for i, group in enumerate(label):
            members[group].append(i)
        for key in tree:
            pair = self._pair(key // n, key % n, edges[key], decided=key in decided)
            holding[label[key // n]].append(pair)
        found = (self._group(members[group], holding[group]) for group in members)
        kept = [group for group in found if len(group.responses) > 1]
        return tuple(sorted(kept, key=lambda group: (-len(group.responses), group.text)))

    def _group(self, members: list[int], holding: list[TextPair]) -> DuplicateGroup:
        ordered = sorted(members, key=lambda i: (-len(self.senders[i]), self.texts[i]))
        return DuplicateGroup(
            responses=tuple(sorted({r for i in members for r in self.senders[i]})),
            text=self.texts[ordered[0]],
            versions=tuple(self.senders[i] for i in ordered),
            joined_by=tuple(sorted(holding, key=lambda p: (-p.similarity, p.first, p.second))),
        )

    def _offers(
        self, pairs: ClosePairs, close: np.ndarray, label: list[int]
    ) -> tuple[TextPair, ...]:
        settled = {_between(label, i, j) for i, j in self.apart}
        best: dict[tuple[int, int], tuple[float, int, int]] = {}
        rows = zip(pairs.first[~close], pairs.second[~close], pairs.similarity[~close], strict=True)
        for i, j, similarity in ((int(i), int(j), float(s)) for i, j, s in rows):
            groups = _between(label, i, j)
            if groups[0] != groups[1] and groups not in settled:
                best[groups] = min(best.get(groups, (0.0, i, j)), (-similarity, i, j))
        offers = [self._pair(i, j, -similarity) for similarity, i, j in best.values()]
        two_senders = [pair for pair in offers if pair.responses[0] != pair.responses[1]]
        return tuple(sorted(two_senders, key=lambda p: (-p.similarity, p.first, p.second)))

    def _pair(self, i: int, j: int, similarity: float, *, decided: bool = False) -> TextPair:
        (first, i), (second, j) = sorted((fingerprint(self.texts[k]), k) for k in (i, j))
        return TextPair(
            first=first,
            second=second,
            similarity=similarity,
            responses=(self.senders[i][0], self.senders[j][0]),
            texts=(self.texts[i], self.texts[j]),
            decided=decided,
        )


def _between(label: list[int], i: int, j: int) -> tuple[int, int]:
    return min(label[i], label[j]), max(label[i], label[j])


def _components(edges: dict[int, float], n: int) -> tuple[list[int], list[int]]:
    """Give each text's group, and the closest pairs that hold every group together."""
    keys = np.array(sorted(edges), dtype=np.int64)
    # A weight of nothing would be no edge to scipy: distances run from 1 (the same) to 2.
    distance = np.array([2.0 - edges[key] for key in keys.tolist()])
    graph = coo_array((distance, (keys // max(n, 1), keys % max(n, 1))), shape=(n, n)).tocsr()
    if n == 0:
        return [], []
    label = connected_components(graph, directed=False)[1].tolist()
    tree = minimum_spanning_tree(graph).tocoo()
    return label, sorted((tree.row.astype(np.int64) * n + tree.col).tolist())
