"""Texts sent by several: found, shown with what joined them, never dropped."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.texts.boilerplate import Boilerplate, strip_boilerplate
from analysis.texts.decisions import Decision
from analysis.texts.grouping import Compared
from analysis.texts.groups import DuplicateGroup, TextPair
from analysis.texts.similarity import (
    SHINGLE,
    jaccard,
    lsh_probability,
    minhash_estimate,
    minhash_standard_error,
    shingles,
)

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
    compared = Compared(sent_by, decisions)
    method: Method = "every pair" if len(compared.texts) <= exact_up_to else "MinHash and LSH"
    pairs = compared.close_pairs(joined, offered, every_pair=method == "every pair")
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
