"""Sentences that many otherwise different texts share: a salutation, a template's own words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from analysis.texts.similarity import jaccard
from analysis.texts.tokens import sentences, words

LOOKED_AT = 40


@dataclass(frozen=True)
class Boilerplate:
    """One sentence left out before texts are compared.

    Attributes
    ----------
    sentence : str
        Its words, normalised.
    texts : int
        How many different texts hold it; 0 for one that the caller gave and no text holds.
    given : bool
        Whether the caller gave it (the question's own wording, a form's template).
    """

    sentence: str
    texts: int
    given: bool = False


@dataclass(frozen=True)
class Stripped:
    """Texts without the boilerplate, as they are compared.

    Attributes
    ----------
    texts : tuple of str
        The words of each text joined by spaces, in the order given. A text that is nothing but
        boilerplate keeps it.
    boilerplate : tuple of Boilerplate
        What was left out, commonest first.
    """

    texts: tuple[str, ...]
    boilerplate: tuple[Boilerplate, ...]


def strip_boilerplate(
    texts: Sequence[str],
    given: Sequence[str] = (),
    *,
    find: bool = True,
    least_texts: int = 5,
    most_alike: float = 0.2,
) -> Stripped:
    """Leave out what many otherwise different texts share.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    given : sequence of str
        Passages known to be boilerplate, such as the wording of the question.
    find : bool, default True
        Whether to look for more. A sentence of at least three words is boilerplate where
        `least_texts` different texts hold it *and have little else in common*: the median Jaccard
        similarity of the rest of those texts is under `most_alike`. The sentences of a campaign
        stay, because the rest of its texts is alike too.
    least_texts : int, default 5
        Fewest different texts.
    most_alike : float, default 0.2
        Similarity of the rest, from 0 to 1, from which a sentence is not boilerplate.

    Returns
    -------
    Stripped
        The same at any order of `texts`.

    Raises
    ------
    ValueError
        When `least_texts` is under 2.

    Notes
    -----
    The rule is our own. Where more than forty texts hold a sentence, forty are looked at: the
    first by alphabet, so that the choice does not depend on the order of rows.
    """
    if least_texts < 2:
        raise ValueError(f"least_texts is {least_texts}; give at least two")
    split = [tuple(" ".join(words(sentence)) for sentence in sentences(text)) for text in texts]
    split = [tuple(sentence for sentence in text if sentence) for text in split]
    found = _shared_sentences(split, least_texts, most_alike) if find else {}
    passages = sorted({" ".join(words(passage)) for passage in given} - {""})
    holders = dict.fromkeys(passages, 0)
    bare: list[str] = []
    for text in split:
        kept = f" {' '.join(sentence for sentence in text if sentence not in found)} "
        for passage in passages:
            if f" {passage} " in kept:
                holders[passage] += 1
                kept = kept.replace(f" {passage} ", " ")
        bare.append(kept.strip() or " ".join(text))
    listed = [Boilerplate(sentence, n, given=True) for sentence, n in holders.items()]
    listed += [Boilerplate(sentence, n) for sentence, n in found.items()]
    listed.sort(key=lambda item: (-item.texts, item.sentence))
    return Stripped(tuple(bare), tuple(listed))


def _shared_sentences(
    split: Sequence[tuple[str, ...]], least_texts: int, most_alike: float
) -> dict[str, int]:
    holders: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for text in sorted(set(split)):
        for sentence in set(text):
            holders[sentence].append(text)
    return {
        sentence: len(held)
        for sentence, held in sorted(holders.items())
        if len(held) >= least_texts
        and sentence.count(" ") >= 2
        and _rest_differs(sentence, held, least_texts, most_alike)
    }


def _rest_differs(
    sentence: str, held: Sequence[tuple[str, ...]], least_texts: int, most_alike: float
) -> bool:
    rests = (" ".join(part for part in text if part != sentence).split() for text in held)
    runs = [
        frozenset(zip(rest, rest[1:], rest[2:], strict=False)) for rest in rests if len(rest) > 2
    ]
    looked_at = runs[:LOOKED_AT]
    if len(looked_at) < least_texts:
        return False
    return median(jaccard(a, b) for a, b in combinations(looked_at, 2)) < most_alike
