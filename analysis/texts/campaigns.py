"""Campaigns: the same respondents sending the same texts, question after question."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd
from scipy.cluster.hierarchy import DisjointSet

from analysis.texts.decisions import Decision
from analysis.texts.duplicates import DuplicateGroup, NearDuplicates, near_duplicates
from analysis.texts.fillers import find_fillers

COLUMNS = ("response_id", "question", "text")


@dataclass(frozen=True)
class CampaignText:
    """What a campaign sent to one question.

    Attributes
    ----------
    question : str
        The question.
    responses : tuple of str
        The campaign's respondents who sent it.
    group : DuplicateGroup
        The group of near-identical texts, with the pairs that joined it; others may be in it.
    """

    question: str
    responses: tuple[str, ...]
    group: DuplicateGroup


@dataclass(frozen=True)
class Campaign:
    """Respondents joined by near-identical texts in several questions.

    Attributes
    ----------
    responses : tuple of str
        Who belongs to it.
    shared : tuple of (str, int)
        For each respondent, in how many questions its text is one of the campaign's.
    texts : tuple of CampaignText
        What was sent, in order of the questions.
    """

    responses: tuple[str, ...]
    shared: tuple[tuple[str, int], ...]
    texts: tuple[CampaignText, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions through which it runs."""
        return tuple(dict.fromkeys(text.question for text in self.texts))


@dataclass(frozen=True)
class Campaigns:
    """Near-duplicates question by question, and the campaigns that they make together.

    Attributes
    ----------
    campaigns : tuple of Campaign
        Largest first.
    by_question : tuple of (str, NearDuplicates)
        Every group, in a campaign or not, with the pairs offered for a decision.
    """

    campaigns: tuple[Campaign, ...]
    by_question: tuple[tuple[str, NearDuplicates], ...]

    @property
    def copies(self) -> tuple[tuple[str, str], ...]:
        """(response_id, question) of every copy but one of each group: set aside to count once."""
        return tuple((r, question) for question, found in self.by_question for r in found.copies)

    @property
    def undecided(self) -> tuple[Decision, ...]:
        """Entries for the decisions file, in order."""
        offers = (pair.undecided() for _, found in self.by_question for pair in found.offered)
        unique = {decision.pair: decision for decision in offers}
        return tuple(unique[pair] for pair in sorted(unique))


def find_campaigns(
    answers: pd.DataFrame,
    *,
    least_questions: int = 2,
    joined: float = 0.8,
    offered: float = 0.7,
    least_words: int = 6,
    boilerplate: Mapping[str, Sequence[str]] | None = None,
    decisions: Sequence[Decision] = (),
) -> Campaigns:
    """Find texts sent by several in each question, and who sent several together.

    Parameters
    ----------
    answers : DataFrame
        A row for each text answer: `response_id`, `question`, `text`. Fillers are left aside.
    least_questions : int, default 2
        Two respondents belong together when they sent near-identical texts to at least so many
        questions; a campaign is everyone connected so.
    joined, offered, least_words, decisions
        As in `near_duplicates`.
    boilerplate : mapping of question to passages, optional
        Known boilerplate of a question, such as its own wording.

    Returns
    -------
    Campaigns
        The same at any order of rows.

    Raises
    ------
    ValueError
        When a column is missing or `least_questions` is under 1.

    Notes
    -----
    Groups of texts as in `near_duplicates`; joining respondents over questions is our own rule.
    """
    missing = [column for column in COLUMNS if column not in answers.columns]
    if missing or least_questions < 1:
        raise ValueError(f"least_questions must be 1 or more, and no column missing: {missing}")
    known = boilerplate or {}
    found: list[tuple[str, NearDuplicates]] = []
    for question, rows in answers.groupby("question", sort=True):
        texts = rows["text"].astype(str).tolist()
        fillers = set(find_fillers(texts).positions)
        said = [i for i in range(len(texts)) if i not in fillers]
        senders = rows["response_id"].astype(str).tolist()
        duplicates = near_duplicates(
            [texts[i] for i in said],
            [senders[i] for i in said],
            joined=joined,
            offered=offered,
            least_words=least_words,
            boilerplate=known.get(str(question), ()),
            decisions=decisions,
        )
        found.append((str(question), duplicates))
    return Campaigns(_across_questions(found, least_questions), tuple(found))


def _across_questions(
    found: Sequence[tuple[str, NearDuplicates]], least_questions: int
) -> tuple[Campaign, ...]:
    groups = [(question, group) for question, result in found for group in result.groups]
    belongs: defaultdict[str, list[int]] = defaultdict(list)
    for number, (_, group) in enumerate(groups):
        for response in group.responses:
            belongs[response].append(number)
    together = DisjointSet(sorted(belongs))
    first_with: dict[tuple[int, ...], str] = {}
    for response in sorted(belongs):
        for shared in combinations(belongs[response], least_questions):
            together.merge(first_with.setdefault(shared, response), response)
    campaigns = [
        _campaign(set(members), groups) for members in together.subsets() if len(members) > 1
    ]
    return tuple(sorted(campaigns, key=lambda found: (-len(found.responses), found.responses)))


def _campaign(members: set[str], groups: Sequence[tuple[str, DuplicateGroup]]) -> Campaign:
    texts = [
        CampaignText(question, senders, group)
        for question, group in groups
        if len(senders := tuple(r for r in group.responses if r in members)) > 1
    ]
    responses = tuple(sorted(members))
    shared = tuple(
        (r, len({text.question for text in texts if r in text.responses})) for r in responses
    )
    return Campaign(responses, shared, tuple(texts))
