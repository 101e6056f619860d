"""A pair of texts that are alike, and a group of them: what is shown of near-duplicates."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from analysis.texts.decisions import Decision


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
