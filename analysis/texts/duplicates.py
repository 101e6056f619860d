"""Texts sent by several: found, shown with what joined them, never dropped."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from analysis.texts.boilerplate import Boilerplate, strip_boilerplate
from analysis.texts.close_pairs import ClosePairs, Ints, all_pairs, lsh_pairs, shingle_matrix
from analysis.texts.decisions import Decision
from analysis.texts.similarity import (
    SHINGLE,
    jaccard,
    lsh_probability,
    minhash_estimate,
    minhash_standard_error,
    shingles,
)
from analysis.texts.tokens import fingerprint

__all__ = [
    "DuplicateGroup",
    "NearDuplicates",
    "TextPair",
    "jaccard",
    "lsh_probability",
    "minhash_estimate",
    "minhash_standard_error",
    "near_duplicates",
    "shingles",
]

JOINED = 0.8
OFFERED = 0.7
EXACT_UP_TO = 3_000

Method = Literal["every pair", "MinHash and LSH"]


@dataclass(frozen=True)
class TextPair:
    """Two different texts that are alike.

    Attributes
    ----------
    first, second : str
        Fingerprints, the lesser first.
    similarity : float
        Exact Jaccard similarity of their runs of three words.
    responses : tuple of str
        One response that sent the first text, one that sent the second.
    texts : tuple of str
        The two texts as they were compared.
    decided : bool
        Whether a person joined them.
    """

    first: str
    second: str
    similarity: float
    responses: tuple[str, str]
    texts: tuple[str, str]
    decided: bool = False

    @property
    def passage(self) -> str:
        """The longest run of words that both hold."""
        a, b = (text.split(" ") for text in self.texts)
        run = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
        return " ".join(a[run.a : run.a + run.size])

    def undecided(self) -> Decision:
        """Give the entry for the decisions file that a person fills in."""
        return Decision(
            first=self.first,
            second=self.second,
            similarity=round(self.similarity, 4),
            responses=self.responses,
        )


@dataclass(frozen=True)
class DuplicateGroup:
    """The same text, word for word or nearly, from at least two.

    Attributes
    ----------
    responses : tuple of str
        Who sent it, in order.
    text : str
        The version that most sent, as it was compared.
    versions : tuple of tuple of str
        The responses behind each different version, the commonest version first.
    joined_by : tuple of TextPair
        The closest pairs that hold the versions together, one fewer than there are versions.
    """

    responses: tuple[str, ...]
    text: str
    versions: tuple[tuple[str, ...], ...]
    joined_by: tuple[TextPair, ...]

    @property
    def weakest(self) -> float:
        """The lowest similarity in `joined_by`; 1 where all sent the same words."""
        return min((pair.similarity for pair in self.joined_by), default=1.0)


@dataclass(frozen=True)
class NearDuplicates:
    """What was compared, what was joined, and what is offered for a person's decision.

    Attributes
    ----------
    examined, too_short : int
        Texts compared, and texts with too few words to say anything; blank ones are neither.
    groups : tuple of DuplicateGroup
        Largest first.
    offered : tuple of TextPair
        Undecided pairs between the two limits, the closest pair for any two groups.
    boilerplate : tuple of Boilerplate
        Sentences that were left out of the comparison.
    method : str
        ``"every pair"`` or ``"MinHash and LSH"``; similarities are exact in both.
    """

    examined: int
    too_short: int
    groups: tuple[DuplicateGroup, ...]
    offered: tuple[TextPair, ...]
    boilerplate: tuple[Boilerplate, ...]
    method: Method

    @property
    def copies(self) -> tuple[str, ...]:
        """The responses in groups but one of each: what to set aside to count a text once."""
        return tuple(sorted(r for group in self.groups for r in _all_but_one(group)))


def _all_but_one(group: DuplicateGroup) -> tuple[str, ...]:
    kept = group.versions[0][0]
    return tuple(response for response in group.responses if response != kept)


def near_duplicates(
    texts: Sequence[str],
    responses: Sequence[str] | None = None,
    *,
    joined: float = JOINED,
    offered: float = OFFERED,
    least_words: int = 6,
    boilerplate: Sequence[str] = (),
    find_boilerplate: bool = True,
    decisions: Sequence[Decision] = (),
    exact_up_to: int = EXACT_UP_TO,
) -> NearDuplicates:
    """Group the texts that are the same, word for word or nearly.

    Parameters
    ----------
    texts : sequence of str
        Answers to one question, fillers among them or not.
    responses : sequence of str, optional
        Who sent each; positions where left out. The same response twice is not two senders.
    joined, offered : float, default 0.8 and 0.7
        Jaccard similarity from which texts are joined, and from which they are offered for a
        decision. Groups are connected components: A and C may be joined through B alone.
    least_words : int, default 6
        Shorter texts are not compared: many say "facial recognition" without knowing each other.
    boilerplate, find_boilerplate
        Passages to leave out first, and whether to look for more (`strip_boilerplate`).
    decisions : sequence of Decision
        ``same=True`` joins two texts at any similarity; ``same=False`` keeps the pair from
        joining, and its groups from being offered again.
    exact_up_to : int, default 3000
        Up to so many different texts every pair is compared; above, those that LSH proposes.

    Returns
    -------
    NearDuplicates
        The same at any order of rows.

    Raises
    ------
    ValueError
        When the two sequences differ in length, `least_words` is under 3, or the limits are not
        0 < offered <= joined <= 1.

    Notes
    -----
    Leskovec, Rajaraman & Ullman, *Mining of Massive Datasets*, chapter 3.
    """
    senders = [str(i) for i in range(len(texts))] if responses is None else list(responses)
    if len(senders) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(senders)} responses")
    if least_words < SHINGLE or not 0 < offered <= joined <= 1:
        raise ValueError("least_words must be 3 or more, and 0 < offered <= joined <= 1")
    stripped = strip_boilerplate(texts, boilerplate, find=find_boilerplate)
    long_enough = [text.count(" ") + 1 >= least_words for text in stripped.texts]
    sent_by: defaultdict[str, set[str]] = defaultdict(set)
    for text, sender, kept in zip(stripped.texts, senders, long_enough, strict=True):
        if kept:
            sent_by[text].add(sender)
    compared = _Compared(sent_by, decisions)
    method: Method = "every pair" if len(compared.texts) <= exact_up_to else "MinHash and LSH"
    pairs = compared.close_pairs(method, joined, offered)
    groups, open_pairs = compared.grouped(pairs, joined)
    return NearDuplicates(
        examined=sum(long_enough),
        too_short=sum(
            1 for text, kept in zip(stripped.texts, long_enough, strict=True) if text and not kept
        ),
        groups=groups,
        offered=open_pairs,
        boilerplate=stripped.boilerplate,
        method=method,
    )


class _Compared:
    """The different texts by alphabet, so that nothing depends on the order of rows."""

    def __init__(self, sent_by: dict[str, set[str]], decisions: Sequence[Decision]) -> None:
        self.texts = sorted(sent_by)
        self.senders = [tuple(sorted(sent_by[text])) for text in self.texts]
        self.fingerprints = [fingerprint(text) for text in self.texts]
        position = {mark: i for i, mark in enumerate(self.fingerprints)}
        placed = {
            (min(i, j), max(i, j)): decision.same
            for decision in decisions
            if (i := position.get(decision.first)) is not None
            and (j := position.get(decision.second)) is not None
        }
        self.together = sorted(pair for pair, same in placed.items() if same is True)
        self.apart = sorted(pair for pair, same in placed.items() if same is False)

    def close_pairs(self, method: Method, joined: float, offered: float) -> ClosePairs:
        if len(self.texts) < 2:
            nothing = np.empty(0, dtype=np.int64)
            return ClosePairs(nothing, nothing, np.empty(0))
        matrix, hashes, ends = shingle_matrix(self.texts)
        if method == "every pair":
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
        if self.fingerprints[i] > self.fingerprints[j]:
            i, j = j, i
        return TextPair(
            first=self.fingerprints[i],
            second=self.fingerprints[j],
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
